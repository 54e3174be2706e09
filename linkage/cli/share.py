"""The command `linkage share`, and `linkage keys exchange`; what they do is loaded when called."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.options import CaseFolder, Output, Who, examples
from linkage.cli.output import Format


def _do(function: str, /, **given: Any) -> None:
    getattr(import_module("linkage.cli.sharing"), function)(**given)


def share(
    case: CaseFolder,
    groups: Annotated[
        list[str], typer.Argument(metavar="GROUP...", help="Groups to tell of.", show_default=False)
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.json", help="File to write.", show_default=False)
    ],
    provider: Annotated[
        str, typer.Option("--provider", help="Who tells; default: whose key it is.", show_default=False)
    ] = "",
    recipient: Annotated[
        str, typer.Option("--recipient", help="For whom: accounts get other pseudonyms for each.")
    ] = "",
    tlp: Annotated[str, typer.Option("--tlp", help="clear, green, amber, amber+strict or red.")] = "amber",
    exchange_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Tell no value, but its digest under this key."),
    ] = None,
    with_text: Annotated[
        bool,
        typer.Option("--with-text", help="Also the text of templates, which may hold what others wrote."),
    ] = False,
    key: Annotated[Path | None, typer.Option("--key", help="Sign it with this key: FILE.json.sig.")] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option("--passphrase-file", help="File with the key's passphrase.")
    ] = None,
    output: Output = Format.table,
    who: Who = "",
) -> None:
    """Tell other providers what a group is known by.

    A STIX 2.1 bundle, which linkage investigate --indicators and other programs read. Only values that
    speak for links inside the group, and that no account outside it has.
    """
    keys = {"key": key, "passphrase_file": passphrase_file, "exchange_key": exchange_key}
    said = {"provider": provider, "recipient": recipient, "tlp": tlp, "text": with_text}
    _do("share", case=case, groups=groups, out=out, said=said, keys=keys, output=output, who=who)


def exchange(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write.", show_default=False)],
) -> None:
    """Make the key of one exchange between providers: both need it, and nobody else may have it."""
    _do("exchange", file=file)


_SHARE = (
    "linkage share cases/demo GROUP --out partner.json --key KEY",
    "linkage share cases/demo GROUP --out partner.json --exchange-key FILE --tlp amber+strict",
)
_EXCHANGE = ("linkage keys exchange spring.exchange",)


def register(app: typer.Typer, keys: typer.Typer) -> None:
    """Give the program `share`, and `keys` its `exchange`."""
    app.command("share", epilog=examples(*_SHARE))(share)
    keys.command("exchange", epilog=examples(*_EXCHANGE))(exchange)
