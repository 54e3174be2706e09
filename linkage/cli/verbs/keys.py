"""The verbs of `linkage keys`: new, show, trust, exchange."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.screen.output import Format
from linkage.cli.verbs.options import Output, Passphrase, call, declare, group

Name = Annotated[
    str,
    typer.Option("--name", help="Owner of the key, such as legal@provider.example.", show_default=False),
]

keys = group("Make signing keys, and choose whose signatures you trust.")


def new(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="File for the key; FILE.pub is the public key.", show_default=False
        ),
    ],
    name: Name,
    passphrase_file: Passphrase = None,
) -> int:
    """Make an Ed25519 key that only you can read. Keys of ssh-keygen work as well."""
    return call("keys.new", file=file, name=name, passphrase_file=passphrase_file)


def show(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Public keys. Default: the keys you trust."),
    ] = None,
    output: Output = Format.table,
) -> int:
    """Print the fingerprints of public keys, or of all keys you trust."""
    return call("keys.show", files=files or (), output=output)


def trust(
    file: Annotated[Path, typer.Argument(metavar="FILE.pub", help="The public key.", show_default=False)],
    name: Name,
    fingerprint: Annotated[
        str,
        typer.Option(
            help="Fingerprint of the key, from its owner by another channel: letter, website, phone.",
            show_default=False,
        ),
    ],
    role: Annotated[
        list[str] | None,
        typer.Option(help="What the key may sign: view or seal. Repeatable. Default: both."),
    ] = None,
    since: Annotated[str, typer.Option("--from", metavar="YYYYMMDDZ", help="First day of validity.")] = "",
    until: Annotated[
        str, typer.Option("--until", metavar="YYYYMMDDZ", help="Day on which validity ends.")
    ] = "",
) -> int:
    """Trust a key: its signatures count from now on."""
    return call(
        "keys.trust",
        file=file,
        name=name,
        fingerprint=fingerprint,
        roles=role or (),
        since=since,
        until=until,
    )


def exchange(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write.", show_default=False)],
) -> int:
    """Make the secret key of an indicator exchange.

    Both providers need the same file. Nobody else may have it.
    """
    return call("keys.exchange", file=file)


declare(
    keys,
    new,
    "linkage keys new exporter --name legal@provider.example",
    "linkage keys new custodian --name custody@provider.example --passphrase-file FILE",
)
declare(keys, show, "linkage keys show", "linkage keys show exporter.pub")
declare(
    keys,
    trust,
    "linkage keys trust exporter.pub --name legal@provider.example --fingerprint SHA256:…",
    "linkage keys trust e.pub --name x@y.example --fingerprint SHA256:… --role view --until 20280101Z",
)
declare(
    keys, exchange, "linkage keys exchange spring.exchange", "linkage keys exchange /secure/partner.exchange"
)
