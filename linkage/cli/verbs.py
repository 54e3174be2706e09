"""The list of verbs: what each takes. What a verb does is loaded only when it is called."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.options import CaseFolder, Output, Quiet, Verb, Who, examples
from linkage.cli.output import Format

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="Files or folders of tables, or a Neo4j database: neo4j://host:7687/name.",
        show_default=False,
    ),
]
CaseOption = Annotated[Path, typer.Option("--case", help="Folder to write the case to.", show_default=False)]
Account = Annotated[str, typer.Argument(help="An account.", show_default=False)]


def _do(verb: str, **given: Any) -> int:
    module, _, name = verb.partition(":")
    code: int | None = getattr(import_module(f"linkage.cli.{module}"), name)(**given)
    return code or 0


def investigate(
    sources: Sources,
    case: CaseOption,
    settings: Annotated[Path | None, typer.Option(help="A linkage.toml.")] = None,
    engine: Annotated[str | None, typer.Option(help="Where relational work runs: duckdb.")] = None,
    budget: Annotated[
        str, typer.Option(help="Most time and memory, such as 30m,12GB; beyond it exit 6.")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Seed of everything random.")] = None,
    indicators: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Values of known operators: a table, or a STIX 2.1 bundle. May be repeated."
        ),
    ] = None,
    known: Annotated[
        list[Path] | None,
        typer.Option(metavar="CASE", help="An earlier case to recognise operators from. May be repeated."),
    ] = None,
    exchange_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Key under which partners' indicators are digests."),
    ] = None,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help="Exit 10 when groups are found.")
    ] = False,
    output: Output = Format.table,
    who: Who = "",
    quiet: Quiet = False,
) -> int:
    """Turn raw tables into groups with reasons."""
    changes = {name: value for name, value in (("engine", engine), ("seed", seed)) if value is not None}
    return _do(
        "investigate:investigate",
        sources=sources,
        case=case,
        settings=settings,
        changes=changes,
        budget=budget,
        indicators=indicators or (),
        known=known or (),
        exchange_key=exchange_key,
        fail_on_findings=fail_on_findings,
        output=output,
        who=who,
        quiet=quiet,
    )


def demo(
    case: Annotated[Path, typer.Option("--case", help="Folder to write the case to.")] = Path("cases/demo"),
    quiet: Quiet = False,
) -> int:
    """Run the main job on the fixtures."""
    return _do("demo:demo", case=case, quiet=quiet)


def groups(
    case: CaseFolder,
    explained: Annotated[
        bool, typer.Option("--explained", help="The linked groups that accuse nobody.")
    ] = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """List the groups of a case."""
    return _do("look:groups", case=case, explained=explained, output=output, who=who)


def show(
    case: CaseFolder,
    group: Annotated[str, typer.Argument(help="A group, as linkage groups names it.", show_default=False)],
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Show one group, with evidence for and against."""
    return _do("look:show", case=case, group=group, output=output, who=who)


def explain(
    case: CaseFolder,
    a: Account,
    b: Account,
    every: Annotated[
        bool, typer.Option("--all", help="Write out every reason, those of no weight too.")
    ] = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Explain a link, bit by bit and row by row."""
    return _do("look:explain", case=case, a=a, b=b, every=every, output=output, who=who)


def why_not(case: CaseFolder, a: Account, b: Account, output: Output = Format.table, who: Who = "") -> int:
    """Explain why two accounts are not linked."""
    return _do("look:why_not", case=case, a=a, b=b, output=output, who=who)


def judge(
    case: CaseFolder,
    reason: Annotated[str, typer.Option(help="Why; kept for ever.", show_default=False)],
    linked: Annotated[
        tuple[str, str] | None, typer.Option("--linked", metavar="A B", help="One operator.")
    ] = None,
    not_linked: Annotated[
        tuple[str, str] | None, typer.Option("--not-linked", metavar="A B", help="Two operators.")
    ] = None,
    confirm: Annotated[str | None, typer.Option(metavar="GROUP", help="This group is an operator's.")] = None,
    dismiss: Annotated[str | None, typer.Option(metavar="GROUP", help="This group is not.")] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Record a verdict, which the next run obeys."""
    chosen = {"linked": linked, "not linked": not_linked, "confirmed": confirm, "dismissed": dismiss}
    return _do("judge:judge", case=case, chosen=chosen, reason=reason, output=output, who=who)


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write.", show_default=False)],
    profile: Annotated[
        str,
        typer.Option(
            help="null, sloppy, mixed, careful, slow, pool, hydra, framing or fixture.", show_default=False
        ),
    ],
    accounts: Annotated[int, typer.Option(min=1, help="Accounts in all.")] = 2_000,
    interactions: Annotated[int, typer.Option(min=1, help="About so many interactions.")] = 25_000,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    prompts: Annotated[
        list[Path] | None,
        typer.Option(help="A file of real prompts to draw on; may be given more than once."),
    ] = None,
    withhold: Annotated[
        list[str] | None,
        typer.Option(help="Leave out prompts (metadata only) or lineage; may be given more than once."),
    ] = None,
) -> int:
    """Make a population with planted operators."""
    return _do(
        "lab:simulate",
        out=out,
        profile=profile,
        accounts=accounts,
        interactions=interactions,
        seed=seed,
        prompts=prompts or (),
        withhold=withhold or (),
    )


def evaluate(
    case: Annotated[Path | None, typer.Argument(metavar="CASE", help="A case folder.")] = None,
    truth: Annotated[
        Path | None, typer.Option(help="A CSV with account and operator (empty: innocent).")
    ] = None,
    kinds: Annotated[
        Path | None, typer.Option(help="A CSV with account and kind: innocents flagged, by kind.")
    ] = None,
    messages: Annotated[
        Path | None, typer.Option(help="A CSV with interaction and operator: single interactions, too.")
    ] = None,
    curves: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="No case: draw recall against attack budget into this folder."),
    ] = None,
    knob: Annotated[
        list[str] | None, typer.Option(help="Curves: an evasion; may be repeated. Default: all.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Curves: careless, medium or careful in everything else.")
    ] = "medium",
    accounts: Annotated[int, typer.Option(min=1, help="Curves: accounts of each population.")] = 1_000,
    seed: Annotated[list[int] | None, typer.Option(help="Curves: a seed; may be repeated.")] = None,
    settings: Annotated[Path | None, typer.Option(help="Curves: a linkage.toml for the runs.")] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Compare a case with the truth, or draw what evasions cost."""
    if curves is not None:
        return _do(
            "curves:curves",
            out=curves,
            case=case,
            knobs=knob or (),
            base=base,
            accounts=accounts,
            seeds=seed or (1,),
            settings=settings,
            output=output,
        )
    return _do("lab:evaluate", case=case, truth=truth, kinds=kinds, messages=messages, output=output, who=who)


def doctor(
    source: Annotated[
        Path | None, typer.Argument(metavar="[SOURCE|CASE]", help="Say which signals it can support.")
    ] = None,
    output: Output = Format.table,
) -> int:
    """Check this installation and a source."""
    return _do("doctor:doctor", source=source, output=output)


_EXAMPLES: dict[Verb, tuple[str, str]] = {
    investigate: (
        "linkage investigate sessions.csv prompts.ndjson.gz --case cases/spring --seed 7 --output json",
        "linkage investigate neo4j+s://graph.example:7687 --case cases/summer --settings linkage.toml",
    ),
    demo: ("linkage demo", "linkage demo --case cases/first"),
    groups: ("linkage groups cases/demo", "linkage groups cases/demo --output csv"),
    show: ("linkage show cases/demo GROUP", "linkage show cases/demo GROUP --output json"),
    explain: (
        "linkage explain cases/demo ACCOUNT ACCOUNT",
        "linkage explain cases/demo ACCOUNT ACCOUNT --all",
    ),
    why_not: (
        "linkage why-not cases/demo ACCOUNT ACCOUNT",
        "linkage why-not cases/demo ACCOUNT ACCOUNT --output json",
    ),
    judge: (
        'linkage judge cases/demo --not-linked ACCOUNT ACCOUNT --reason "two firms, checked by phone"',
        'linkage judge cases/demo --confirm GROUP --reason "same invoice contact" --who mira',
    ),
    simulate: (
        "linkage simulate /tmp/population --profile mixed --seed 1",
        "linkage simulate /tmp/metadata --profile hydra --withhold prompts",
    ),
    evaluate: (
        "linkage evaluate cases/demo --truth fixtures/truth.csv",
        "linkage evaluate --curves /tmp/curves --knob cards --knob paraphrase --accounts 500",
    ),
    doctor: ("linkage doctor", "linkage doctor fixtures/case"),
}


def register(app: typer.Typer) -> None:
    """Give the program its verbs."""
    for verb, lines in _EXAMPLES.items():
        app.command(verb.__name__.replace("_", "-"), epilog=examples(*lines))(verb)
