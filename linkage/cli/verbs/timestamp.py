"""The verbs of `linkage bundle timestamp`: request, import."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.verbs.options import call, declare, group

timestamp = group("Prove when a seal or a bundle was signed (RFC 3161). Only a digest goes to the authority.")

Stamped = Annotated[
    Path,
    typer.Argument(metavar="CASE|FILE.zip", help="The case, for its seal, or a bundle.", show_default=False),
]


def request(
    file: Stamped,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.tsq", help="File to write.", show_default=False)
    ],
) -> int:
    """Write a request for a time stamp. You send it to a time stamp authority."""
    return call("bundle.timestamp:request", file=file, out=out)


def accept(
    file: Stamped,
    response: Annotated[
        Path, typer.Argument(metavar="ANSWER.tsr", help="The answer of the authority.", show_default=False)
    ],
    asked: Annotated[
        Path,
        typer.Option(
            "--request", metavar="FILE.tsq", help="The file that request wrote.", show_default=False
        ),
    ],
    tsa_roots: Annotated[
        Path,
        typer.Option(
            "--tsa-roots",
            metavar="FILE.pem",
            help="Certificates of the authorities you trust: from the authority, not from an answer.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE.zip", help="File to write. Default: the bundle itself; none for a case."
        ),
    ] = None,
) -> int:
    """Check a time stamp and add it to the bundle or case.

    Added to a case, it is in every bundle written later.

    Exit code 5 if it does not match.
    """
    return call(
        "bundle.timestamp:accept", file=file, response=response, asked=asked, tsa_roots=tsa_roots, out=out
    )


declare(
    timestamp,
    request,
    "linkage bundle timestamp request cases/demo --out seal.tsq",
    "linkage bundle timestamp request case.zip --out case.tsq",
)
declare(
    timestamp,
    accept,
    "linkage bundle timestamp import case.zip case.tsr --request case.tsq --tsa-roots roots.pem",
    name="import",
)
