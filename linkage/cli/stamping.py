"""The commands of `linkage bundle timestamp`, and what they do and print."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.options import examples
from linkage.cli.terminal import say
from linkage.errors import UsageError

Bundle = Annotated[Path, typer.Argument(metavar="FILE.zip", help="A bundle.", show_default=False)]

timestamp = typer.Typer(
    help="Independent time (RFC 3161), without a network: only a digest leaves the house.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def request(
    file: Bundle,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.tsq", help="File to write.", show_default=False)
    ],
) -> None:
    """Write a request for a time stamp of a bundle's signature; carry it to a time authority."""
    from linkage.bundle import timestamp as stamps

    content = stamps.request(file)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    say(f"send {out} to an authority (curl -H 'Content-Type: application/timestamp-query' --data-binary @…)")
    say(f"next: linkage bundle timestamp import {file} ANSWER.tsr --request {out} --tsa-roots ROOTS.pem")


def take_in(
    file: Bundle,
    response: Annotated[
        Path, typer.Argument(metavar="ANSWER.tsr", help="What the authority answered.", show_default=False)
    ],
    asked: Annotated[
        Path, typer.Option("--request", metavar="FILE.tsq", help="What request wrote.", show_default=False)
    ],
    tsa_roots: Annotated[
        Path,
        typer.Option(
            "--tsa-roots",
            metavar="FILE.pem",
            help="Certificates of the time authorities you trust; from them, never from an answer.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.zip", help="File to write; default: the bundle.")
    ] = None,
) -> None:
    """Check the answer, and put it beside the signature it stamps. Exit 5 where it does not hold."""
    from linkage.bundle import timestamp as stamps

    when, who = stamps.taken_in(file, response, asked=asked, trusted=tsa_roots, out=out or file)
    say(f"{out or file}: stamped {when} by {who}")
    say(f"next: linkage bundle verify {out or file} --signers FILE --tsa-roots {tsa_roots}")


_REQUEST = ("linkage bundle timestamp request case.zip --out case.tsq",)
_IMPORT = ("linkage bundle timestamp import case.zip case.tsr --request case.tsq --tsa-roots roots.pem",)
timestamp.command("request", epilog=examples(*_REQUEST))(request)
timestamp.command("import", epilog=examples(*_IMPORT))(take_in)


def register(bundle: typer.Typer) -> None:
    """Give `bundle` its `timestamp`."""
    bundle.add_typer(timestamp, name="timestamp")
