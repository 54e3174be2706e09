"""The verbs for populations with known operators: simulate, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.screen.output import Format
from linkage.cli.verbs.options import Output, Who, call, declare


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write to.", show_default=False)],
    profile: Annotated[
        str,
        typer.Option(
            help="Fixed: null, sloppy, mixed, careful, slow, pool, large, hydra, framing or fixture. "
            "Knobs drawn by the seed, innocents only: course, hackathon, deadline, tutorial, platform, "
            "framework or hijack; one operator: drip, one-exit or sticky; two: one-reseller.",
            show_default=False,
        ),
    ],
    accounts: Annotated[int, typer.Option(min=1, help="Number of accounts.")] = 2_000,
    interactions: Annotated[int, typer.Option(min=1, help="Number of interactions, about.")] = 25_000,
    seed: Annotated[int, typer.Option(help="Seed of all random choices.")] = 0,
    prompts: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="File of real prompts to draw from. Repeatable."),
    ] = None,
    withhold: Annotated[
        list[str] | None,
        typer.Option(help="Leave out prompts (metadata only) or lineage. Repeatable."),
    ] = None,
    operator_accounts: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Accounts of the profile's first operator, instead of its share of all."
        ),
    ] = None,
    unique_share: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="SHARE",
            help="Share of what people ask that stays unique when numbers, names of files and links are "
            "masked. Default: as the prompts are.",
        ),
    ] = None,
) -> int:
    """Simulate a population with known operators."""
    return call(
        "simulate",
        out=out,
        profile=profile,
        accounts=accounts,
        interactions=interactions,
        seed=seed,
        prompts=prompts or (),
        withhold=withhold or (),
        operator_accounts=operator_accounts,
        unique_share=unique_share,
    )


def evaluate(
    case: Annotated[Path | None, typer.Argument(metavar="CASE", help="The case folder.")] = None,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV with account and operator. Empty operator: innocent account."),
    ] = None,
    kinds: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV with account and kind: flagged innocent accounts by kind."),
    ] = None,
    messages: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV with interaction and operator: also score interactions."),
    ] = None,
    curves: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT", help="Instead of CASE: plot recall against evasion cost into this folder."
        ),
    ] = None,
    knob: Annotated[
        list[str] | None, typer.Option(help="Curves: an evasion to vary. Repeatable. Default: all.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Curves: behaviour in everything else: careless, medium or careful.")
    ] = "medium",
    accounts: Annotated[int, typer.Option(min=1, help="Curves: accounts in each population.")] = 1_000,
    seed: Annotated[list[int] | None, typer.Option(help="Curves: a seed. Repeatable. Default: 1.")] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Curves: settings file for the runs.")
    ] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Score groups against known operators, or plot evasion cost."""
    if curves is None:
        files = {"truth": truth, "kinds": kinds, "messages": messages}
        return call("evaluate", case=case, files=files, output=output, who=who)
    return call(
        "curves",
        out=curves,
        case=case,
        knobs=knob or (),
        base=base,
        accounts=accounts,
        seeds=seed or (1,),
        settings=settings,
        output=output,
    )


def register(program: typer.Typer) -> None:
    """Add these verbs."""
    declare(
        program,
        simulate,
        "linkage simulate /tmp/population --profile mixed --seed 1",
        "linkage simulate /tmp/metadata --profile hydra --withhold prompts",
    )
    declare(
        program,
        evaluate,
        "linkage evaluate cases/demo --truth fixtures/truth.csv",
        "linkage evaluate --curves /tmp/curves --knob cards --knob paraphrase --accounts 500",
    )
