"""The commands of `linkage bundle`; what they do is loaded when called."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli import stamping
from linkage.cli.options import CaseFolder, Output, Verb, Who, examples
from linkage.cli.output import Format

Groups = Annotated[list[str], typer.Argument(metavar="GROUP", help="Groups to tell of.", show_default=False)]
Bundle = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A bundle, or the folder it was unpacked to.", show_default=False),
]
View = Annotated[
    str, typer.Option("--view", help="internal, court, partner, public, or a TOML file.", show_default=False)
]
KeyFile = Annotated[
    Path, typer.Option("--key", help="The Ed25519 key that signs the view.", show_default=False)
]
SealKey = Annotated[
    Path | None, typer.Option("--seal-key", help="The key that signs the seal; default: the same.")
]
Passphrase = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File with the passphrase of the keys.")
]
Recipient = Annotated[str, typer.Option("--recipient", help="For whom.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", metavar="FILE.zip", help="File to write.", show_default=False)]
Override = Annotated[
    str,
    typer.Option(
        "--override", metavar="REASON", help="Why a view may leave that could tell who somebody is."
    ),
]
Validation = Annotated[
    Path | None,
    typer.Option("--validation", help="Rates, as linkage evaluate --kinds FILE --output json prints them."),
]
Pdf = Annotated[bool, typer.Option("--pdf", help="Also the report as PDF (needs linkage[pdf]).")]
Chosen = Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.", show_default=False)]
Signers = Annotated[
    Path | None,
    typer.Option("--signers", help="Who may sign, as ssh-keygen has it; default: keys you trust."),
]

TsaRoots = Annotated[
    Path | None,
    typer.Option("--tsa-roots", metavar="FILE.pem", help="Certificates of the time authorities you trust."),
]

bundle = typer.Typer(
    help="Hand evidence to somebody who need not trust you.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _do(verb: str, /, **given: Any) -> int:
    module, _, function = verb.partition(":")
    code: int | None = getattr(import_module(f"linkage.cli.{module}"), function)(**given)
    return code or 0


def create(
    case: CaseFolder,
    groups: Groups,
    view: View,
    key: KeyFile,
    recipient: Recipient,
    out: Out,
    seal_key: SealKey = None,
    passphrase_file: Passphrase = None,
    validation: Validation = None,
    override: Override = "",
    pdf: Pdf = False,
    reseal: Annotated[bool, typer.Option("--reseal", help="Seal the case anew, as it is now.")] = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Seal a case, and write one recipient's view of it."""
    keys = {"key": key, "seal_key": seal_key, "passphrase_file": passphrase_file}
    more = {"override": override, "validation": validation, "reseal": reseal, "pdf": pdf}
    return _do(
        "bundling:create", case=case, groups=groups, view=view, keys=keys, recipient=recipient,
        out=out, more=more,
        output=output, who=who,
    )  # fmt: skip


def redact(
    case: CaseFolder,
    groups: Groups,
    view: View,
    withhold: Annotated[
        list[str],
        typer.Option(help="A path of units, or a class, * for any; may be repeated.", show_default=False),
    ],
    reason: Annotated[str, typer.Option(help="Why; stands in the view.", show_default=False)],
    key: KeyFile,
    recipient: Recipient,
    out: Out,
    passphrase_file: Passphrase = None,
    validation: Validation = None,
    override: Override = "",
    pdf: Pdf = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Write a further view of a sealed case that opens less."""
    keys = {"key": key, "seal_key": None, "passphrase_file": passphrase_file}
    more = {
        "override": override, "validation": validation, "pdf": pdf,
        "withhold": withhold, "reason": reason,
    }  # fmt: skip
    return _do(
        "bundling:redact", case=case, groups=groups, view=view, keys=keys, recipient=recipient,
        out=out, more=more,
        output=output, who=who,
    )  # fmt: skip


def verify(
    file: Bundle,
    signers: Signers = None,
    revoked: Annotated[
        Path | None, typer.Option("--revoked", help="Fingerprints of keys that no longer count.")
    ] = None,
    at: Annotated[
        str, typer.Option("--at", metavar="YYYYMMDD", help="Whether keys were valid then; default: now.")
    ] = "",
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Also compute the claims from the opened units.")
    ] = False,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", help="Another view of the same seal, to compare with; may be repeated."),
    ] = None,
    answer: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--answer", metavar="CHALLENGE ANSWER", help="Also check a challenge (V5)."),
    ] = None,
    tsa_roots: TsaRoots = None,
    rerun: Annotated[
        list[Path] | None,
        typer.Option(
            "--rerun",
            metavar="SOURCE",
            help="Also compute everything again from the sources (V4); may be repeated.",
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(help="For --rerun: a linkage.toml, where the view does not open the settings."),
    ] = None,
    output: Output = Format.table,
) -> int:
    """Check a bundle: bytes, signer, seal, claims. Exit 5 where anything is wrong."""
    again = {"sources": rerun or (), "settings": settings}
    return _do("verifying:verify", file=file, signers=signers, revoked=revoked, at=at, recompute=recompute,
        against=against or (), answer=answer, tsa_roots=tsa_roots, again=again, output=output,
    )  # fmt: skip


challenge = typer.Typer(
    help="Have the provider open units that a beacon picks: 300 clean ones bound the bad ones below 1 %.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def pick(
    file: Bundle,
    beacon: Annotated[
        str, typer.Option(help="A public text nobody could foresee: a lottery's numbers.", show_default=False)
    ],
    out: Chosen,
    count: Annotated[int, typer.Option(min=1, help="How many units to pick.")] = 300,
) -> int:
    """Write a challenge to the seal of a bundle."""
    return _do("verifying:pick", file=file, beacon=beacon, out=out, count=count)


def answer(
    case: CaseFolder,
    given: Annotated[Path, typer.Argument(metavar="CHALLENGE", help="What pick wrote.", show_default=False)],
    out: Chosen,
    who: Who = "",
) -> int:
    """Open the picked units of a sealed case, whatever they say: look before you hand it on."""
    return _do("bundling:answer", case=case, given=given, out=out, who=who)


_PICK = ('linkage bundle challenge pick a.zip --beacon "…" --out challenge',)
_ANSWER = ("linkage bundle challenge answer cases/demo challenge --out answer",)
challenge.command("pick", epilog=examples(*_PICK))(pick)
challenge.command("answer", epilog=examples(*_ANSWER))(answer)
bundle.add_typer(challenge, name="challenge")


def report(
    case: CaseFolder,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="An .html, .pdf or .xlsx to write.", show_default=False),
    ],
    groups: Annotated[
        list[str] | None, typer.Argument(metavar="[GROUP]...", help="Groups to tell of; default: all.")
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option("--plots", metavar="DIR", help="Also every picture as a Vega-Lite specification."),
    ] = None,
    who: Who = "",
) -> int:
    """Write a report on the groups of a case.

    As HTML one file, which opens offline and reads well without its script; as PDF (needs linkage[pdf]); or
    as a spreadsheet of text cells.
    """
    return _do("reporting:report", case=case, groups=groups or (), out=out, plots=plots, who=who)


_EXAMPLES: dict[Verb, tuple[str, str]] = {
    create: (
        "linkage bundle create cases/demo GROUP --view court --key KEY --recipient court --out a.zip",
        "linkage bundle create cases/demo GROUP --view public --key KEY --recipient press --out b.zip",
    ),
    redact: (
        "linkage bundle redact cases/demo GROUP --view court --withhold 'seen/*/ip' --reason privilege"
        " --key KEY --recipient expert --out c.zip",
        "linkage bundle redact cases/demo GROUP --view partner --withhold link.weights --reason policy"
        " --key KEY --recipient lab --out d.zip",
    ),
    verify: (
        "linkage bundle verify a.zip --signers signers --recompute",
        "linkage bundle verify a.zip --signers signers --answer challenge answer",
    ),
}

_REPORT = ("linkage report cases/demo --out report.html", "linkage report cases/demo GROUP --out report.pdf")


def register(app: typer.Typer) -> None:
    """Give the program `bundle` and `report`."""
    stamping.register(bundle)
    app.add_typer(bundle, name="bundle")
    app.command("report", epilog=examples(*_REPORT))(report)


for verb, lines in _EXAMPLES.items():
    bundle.command(verb.__name__.replace("_", "-"), epilog=examples(*lines))(verb)
