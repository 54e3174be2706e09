"""The verbs that read a case, or add to it: groups, show, explain, why-not, judge, report, share, audit."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.screen.output import Format
from linkage.cli.verbs.options import CaseFolder, Groups, Output, Passphrase, Who, call, declare

A = Annotated[str, typer.Argument(metavar="A", help="An account id.", show_default=False)]
B = Annotated[str, typer.Argument(metavar="B", help="An account id.", show_default=False)]


def groups(
    case: CaseFolder,
    explained: Annotated[
        bool, typer.Option("--explained", help="List the linked groups that are not reported, with reasons.")
    ] = False,
    unresolved: Annotated[
        bool,
        typer.Option(
            "--unresolved",
            help="List the groups that may be one operator's or innocent, with what would decide.",
        ),
    ] = False,
    target: Annotated[
        str, typer.Option("--target", metavar="NAME", help="Only groups that ask about this: software.")
    ] = "",
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help="Only groups with members that use this model.")
    ] = "",
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """List the groups of a case."""
    lists = {"explained": explained, "unresolved": unresolved, "target": target, "model": model}
    return call("groups", case=case, **lists, output=output, who=who)


def show(
    case: CaseFolder,
    group: Annotated[
        str,
        typer.Argument(metavar="GROUP", help="A group id, as linkage groups lists it.", show_default=False),
    ],
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Show one group, with the evidence for and against it."""
    return call("show", case=case, group=group, output=output, who=who)


def explain(
    case: CaseFolder,
    a: A,
    b: B,
    every: Annotated[
        bool, typer.Option("--all", help="List all evidence, also the pieces that count 0 bits.")
    ] = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Explain the link between two accounts: bits and source rows."""
    return call("explain", case=case, a=a, b=b, every=every, output=output, who=who)


def why_not(case: CaseFolder, a: A, b: B, output: Output = Format.table, who: Who = "") -> int:
    """Explain why two accounts are not linked."""
    return call("why_not", case=case, a=a, b=b, output=output, who=who)


def judge(
    case: CaseFolder,
    reason: Annotated[
        str, typer.Option(help="Reason for the verdict. It is kept with the case.", show_default=False)
    ],
    linked: Annotated[
        tuple[str, str] | None,
        typer.Option("--linked", metavar="A B", help="Verdict: one operator runs both accounts."),
    ] = None,
    not_linked: Annotated[
        tuple[str, str] | None,
        typer.Option("--not-linked", metavar="A B", help="Verdict: different operators run them."),
    ] = None,
    confirm: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Verdict: one operator runs this group.")
    ] = None,
    dismiss: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Verdict: this group is a false finding.")
    ] = None,
    withdraw: Annotated[
        int | None, typer.Option(metavar="N", help="Withdraw the verdict of this number.")
    ] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Record a verdict that binds the next run.

    The file verdicts.ndjson of the case lists all verdicts with their numbers. None is deleted: a withdrawal
    is added.
    """
    chosen = {
        "linked": linked, "not linked": not_linked, "confirmed": confirm, "dismissed": dismiss,
        "withdrawn": withdraw,
    }  # fmt: skip
    return call("judge", case=case, chosen=chosen, reason=reason, output=output, who=who)


def report(
    case: CaseFolder,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help="File to write: .html, .pdf or .xlsx.", show_default=False
        ),
    ],
    groups: Annotated[
        list[str] | None, typer.Argument(metavar="GROUP", help="Groups to report. Default: all.")
    ] = None,
    dossier: Annotated[
        bool,
        typer.Option(
            "--dossier", help="One page for each group, with the questions of a legal reader: HTML or PDF."
        ),
    ] = False,
    plots: Annotated[
        Path | None,
        typer.Option("--plots", metavar="DIR", help="Also write every figure as a Vega-Lite specification."),
    ] = None,
    who: Who = "",
) -> int:
    """Write a report on the groups of a case.

    HTML is one file that opens offline and without scripts. PDF needs the extra pdf. A spreadsheet (.xlsx)
    has numbers as numbers, filters, and a sheet with one row for each group.
    """
    return call("report", case=case, groups=groups or (), out=out, dossier=dossier, plots=plots, who=who)


def share(
    case: CaseFolder,
    groups: Groups,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.json", help="File to write.", show_default=False)
    ],
    provider: Annotated[
        str,
        typer.Option(
            "--provider", help="Name of the sender. Default: the name in the key.", show_default=False
        ),
    ] = "",
    recipient: Annotated[
        str,
        typer.Option(
            "--recipient", help="Name of the recipient. Each gets other pseudonyms for the accounts."
        ),
    ] = "",
    tlp: Annotated[
        str,
        typer.Option("--tlp", help="Traffic Light Protocol mark: clear, green, amber, amber+strict or red."),
    ] = "amber",
    exchange_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Share keyed digests instead of values; see keys exchange."),
    ] = None,
    with_text: Annotated[
        bool,
        typer.Option(
            "--with-text",
            help="Also share the text of prompt templates. It may contain other people's words.",
        ),
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="KEY", help="Sign with this key; writes FILE.json.sig."),
    ] = None,
    passphrase_file: Passphrase = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Write the indicators of groups for other providers.

    The file is a STIX 2.1 bundle; linkage investigate --indicators reads it, and so do other programs. It
    holds only trait values that support links inside a group and that no account outside the group has.
    """
    keys = {"key": key, "passphrase_file": passphrase_file, "exchange_key": exchange_key}
    terms = {"provider": provider, "recipient": recipient, "tlp": tlp, "text": with_text}
    return call("share", case=case, groups=groups, out=out, terms=terms, keys=keys, output=output, who=who)


def audit(
    case: CaseFolder,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="KEY", help="Sign the audit file as it is now.")
    ] = None,
    passphrase_file: Passphrase = None,
    signers: Annotated[
        Path | None,
        typer.Option("--signers", metavar="FILE", help="Keys whose signatures count. Default: trusted keys."),
    ] = None,
    output: Output = Format.table,
) -> int:
    """List who did what with a case, and check the audit file.

    Exit code 5 if an entry was changed, moved or removed.
    """
    return call("audit", case=case, key=key, passphrase_file=passphrase_file, signers=signers, output=output)


def register(program: typer.Typer) -> None:
    """Add these verbs."""
    both = "cases/demo ACCOUNT ACCOUNT"
    declare(program, groups, "linkage groups cases/demo", "linkage groups cases/demo --output csv")
    declare(program, show, "linkage show cases/demo GROUP", "linkage show cases/demo GROUP --output json")
    declare(program, explain, f"linkage explain {both}", f"linkage explain {both} --all")
    declare(program, why_not, f"linkage why-not {both}", f"linkage why-not {both} --output json")
    declare(
        program,
        judge,
        'linkage judge cases/demo --not-linked ACCOUNT ACCOUNT --reason "two firms, checked by phone"',
        'linkage judge cases/demo --withdraw 3 --reason "the invoice was forged"',
    )
    declare(
        program,
        report,
        "linkage report cases/demo --out report.html",
        "linkage report cases/demo --dossier GROUP --out dossier.pdf",
    )
    declare(
        program,
        share,
        "linkage share cases/demo GROUP --out partner.json --key KEY",
        "linkage share cases/demo GROUP --out partner.json --exchange-key FILE --tlp amber+strict",
    )
    declare(program, audit, "linkage audit cases/demo", "linkage audit cases/demo --key custodian")
