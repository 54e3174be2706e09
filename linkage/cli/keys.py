"""The commands of `linkage keys` and `linkage audit`; what they do is loaded when called."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.options import CaseFolder, Output, Verb, examples
from linkage.cli.output import Format

Name = Annotated[
    str, typer.Option("--name", help="Whose key: a word such as legal@provider.example.", show_default=False)
]
Passphrase = Annotated[Path | None, typer.Option("--passphrase-file", help="File with the key's passphrase.")]

keys = typer.Typer(
    help="Keys that sign seals and views, and whose signatures count. Keys of ssh-keygen serve as well.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _do(function: str, /, **given: Any) -> int:
    code: int | None = getattr(import_module("linkage.cli.keyring"), function)(**given)
    return code or 0


def new(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write; FILE.pub too.", show_default=False)
    ],
    name: Name,
    passphrase_file: Passphrase = None,
) -> int:
    """Make an Ed25519 key, readable by you alone."""
    return _do("new", file=file, name=name, passphrase_file=passphrase_file)


def show(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Public keys; default: those you trust.")
    ] = None,
    output: Output = Format.table,
) -> int:
    """Print fingerprints: of public keys, or of everybody you trust."""
    return _do("show", files=files or (), output=output)


def trust(
    file: Annotated[Path, typer.Argument(metavar="FILE.pub", help="A public key.", show_default=False)],
    name: Name,
    fingerprint: Annotated[
        str,
        typer.Option(
            help="As its owner told you by another way: letterhead, website, telephone.", show_default=False
        ),
    ],
    role: Annotated[
        list[str] | None, typer.Option(help="view or seal; may be repeated. Default: both.")
    ] = None,
    since: Annotated[str, typer.Option("--from", metavar="YYYYMMDDZ", help="Valid from then.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="YYYYMMDDZ", help="Valid before then.")] = "",
) -> int:
    """Count a key's signatures from now on."""
    return _do(
        "trust", file=file, name=name, fingerprint=fingerprint, roles=role or (), since=since, until=until
    )


def audit(
    case: CaseFolder,
    key: Annotated[Path | None, typer.Option("--key", help="Sign the file as it stands.")] = None,
    passphrase_file: Passphrase = None,
    signers: Annotated[
        Path | None, typer.Option("--signers", help="Who may sign; default: keys you trust.")
    ] = None,
    output: Output = Format.table,
) -> int:
    """Check who did what with a case, or sign it. Exit 5 where an entry was changed, moved or lost."""
    return _do("audit", case=case, key=key, passphrase_file=passphrase_file, signers=signers, output=output)


_EXAMPLES: dict[Verb, tuple[str, str]] = {
    new: (
        "linkage keys new exporter --name legal@provider.example",
        "linkage keys new custodian --name custody@provider.example --passphrase-file FILE",
    ),
    show: ("linkage keys show", "linkage keys show exporter.pub"),
    trust: (
        "linkage keys trust exporter.pub --name legal@provider.example --fingerprint SHA256:…",
        "linkage keys trust e.pub --name x@y.example --fingerprint SHA256:… --role view --until 20280101Z",
    ),
}

for verb, lines in _EXAMPLES.items():
    keys.command(verb.__name__, epilog=examples(*lines))(verb)


def register(app: typer.Typer) -> None:
    """Give the program `keys` and `audit`."""
    app.add_typer(keys, name="keys")
    lines = ("linkage audit cases/demo", "linkage audit cases/demo --key custodian")
    app.command("audit", epilog=examples(*lines))(audit)
