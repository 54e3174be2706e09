"""The verbs that ask a case: who, account, shared, collateral, diff, export, appeal."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.screen.output import ExportFormat, Format, Role
from linkage.cli.verbs.options import CaseFolder, Output, Passphrase, Who, call, declare

Values = Annotated[
    list[str],
    typer.Argument(metavar="TRAIT=VALUE", help="A value, such as ip=203.0.113.7.", show_default=False),
]


def account(
    case: CaseFolder,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account id.", show_default=False)],
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Show one account: its group, its partners, the reasons.

    Also what speaks against, and in which families of evidence nothing is known.
    """
    return call("account", case=case, account=account, output=output, who=who)


def who(
    case: CaseFolder,
    values: Values,
    any_of: Annotated[
        bool, typer.Option("--any", help="Accounts with at least one of the values. Default: with all.")
    ] = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """List the accounts that have some values.

    prefix and ip take a network of any size: prefix=203.0.113.0/24. Other traits: bin=411111, ja4=…,
    email_domain=…, and any trait of the source.
    """
    return call("who", case=case, values=values, any_of=any_of, output=output, who=who)


def shared(
    case: CaseFolder,
    accounts: Annotated[
        list[str] | None, typer.Argument(metavar="ACCOUNT", help="Account ids: two or more.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--accounts", metavar="FILE", help="File of more account ids, one a line."),
    ] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Show what some accounts have in common, and what does not.

    Common values come rarest first, with how many accounts of the case have them; then what sets each apart.
    """
    return call("shared", case=case, accounts=accounts or (), file=file, output=output, who=who)


def export(
    case: CaseFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.", show_default=False)],
    groups: Annotated[
        list[str] | None, typer.Argument(metavar="GROUP", help="Reported groups. Default: all.")
    ] = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="Kind of file.")] = ExportFormat.csv,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="Only groups that a person confirmed.")
    ] = False,
    role: Annotated[Role | None, typer.Option("--role", help="Only accounts of this role.")] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Write the accounts of reported groups into a file.

    csv and parquet: one row an account, with group, role, log-odds, q-value, how strong the evidence for the
    group is, and what the account says of itself. graphml, gexf, opengraph (BloodHound): accounts and links;
    opengraph writes its schema and saved queries beside FILE.
    attack-navigator: a layer of MITRE ATLAS techniques. Accounts that are unresolved or explained are never
    exported.
    """
    only = {"confirmed": confirmed, "role": role}
    return call(
        "export", case=case, groups=groups or (), form=form, out=out, only=only, output=output, who=who
    )


def diff(
    case: CaseFolder,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="RUN",
            help="Also what earlier runs changed, back to the run whose data end on this day: 2026-03-01."
            " Default: the last run alone.",
        ),
    ] = "",
    other: Annotated[
        Path | None,
        typer.Option("--with", metavar="CASE", help="An earlier case: a copy of this one."),
    ] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Show what changed: groups, and accounts by name.

    Groups that are new, gone, split or merged, accounts that joined and left, and what verdicts did, in
    the last run or since an earlier one. All accounts are named where an earlier case is given.
    """
    return call("diff", case=case, since=since, other=other, output=output, who=who)


def collateral(
    case: CaseFolder,
    about: Annotated[
        list[str],
        typer.Argument(metavar="GROUP|TRAIT=VALUE", help="A group, or values.", show_default=False),
    ],
    trait: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TRAIT",
            help="Of a group: block values of this trait only. Repeatable. Default: all traits.",
        ),
    ] = None,
    others: Annotated[
        list[int] | None,
        typer.Option(
            min=0, metavar="N", help="Of a group: accounts outside it that may hold each value. Repeatable."
        ),
    ] = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Show who is hit if values are blocked.

    For a group: the smallest sets of values that cover its members, at several limits of collateral.
    """
    chosen = {"traits": trait or (), "others": others or ()}
    return call("collateral", case=case, about=about, **chosen, output=output, who=who)


def appeal(
    case: CaseFolder,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="An account id.", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.html", help="File to write.", show_default=False)
    ],
    contact: Annotated[
        str, typer.Option("--contact", help="Whom the owner writes to, such as appeals@provider.example.")
    ] = "",
    key: Annotated[
        Path | None, typer.Option("--key", metavar="KEY", help="Sign with this key; writes FILE.html.sig.")
    ] = None,
    passphrase_file: Passphrase = None,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Write what is held about an account, for its owner.

    What speaks for and against a link, what is not known, and how to contest it. No id of another account is
    on the page, and no value that this account does not hold itself.
    """
    keys = {"key": key, "passphrase_file": passphrase_file}
    chosen = {"account": account, "out": out, "contact": contact}
    return call("appeal", case=case, **chosen, keys=keys, output=output, who=who)


def register(program: typer.Typer) -> None:
    """Add these verbs."""
    declare(
        program,
        account,
        "linkage account cases/demo ACCOUNT",
        "linkage account cases/demo ACCOUNT --output json",
    )
    declare(
        program,
        who,
        "linkage who cases/demo prefix=115.214.37.0/24",
        "linkage who cases/demo bin=508910 country=US --output csv",
    )
    declare(
        program,
        shared,
        "linkage shared cases/demo ACCOUNT ACCOUNT ACCOUNT",
        "linkage shared cases/demo --accounts list.txt --output csv",
    )
    declare(
        program,
        collateral,
        "linkage collateral cases/demo prefix=115.214.37.0/24",
        "linkage collateral cases/demo GROUP --others 0 --others 5 --trait ip --trait ja4",
    )
    declare(
        program,
        diff,
        "linkage diff cases/spring",
        "linkage diff cases/spring --with backups/spring --output ndjson",
    )
    declare(
        program,
        export,
        "linkage export cases/demo --out accounts.csv",
        "linkage export cases/demo GROUP --format graphml --role core --out group.graphml",
    )
    declare(
        program,
        appeal,
        "linkage appeal cases/demo ACCOUNT --out account.html",
        "linkage appeal cases/demo ACCOUNT --out account.html --contact appeals@provider.example --key KEY",
    )
