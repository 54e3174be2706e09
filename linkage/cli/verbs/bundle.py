"""The verbs of `linkage bundle`: seal, create, redact, verify, challenge, timestamp."""

from pathlib import Path
from typing import Annotated

import typer

from linkage.cli.screen.output import Format
from linkage.cli.verbs import timestamp
from linkage.cli.verbs.options import (
    CaseFolder,
    Groups,
    Output,
    Passphrase,
    SettingsFile,
    Validation,
    Who,
    call,
    declare,
    group,
)

Bundle = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="The bundle, or the folder it is unpacked in.", show_default=False),
]
View = Annotated[
    str,
    typer.Option(
        "--view",
        help="What the bundle shows: internal, court, partner, public, or a TOML file.",
        show_default=False,
    ),
]
KeyFile = Annotated[
    Path,
    typer.Option("--key", metavar="KEY", help="Ed25519 key that signs the bundle.", show_default=False),
]
SealKey = Annotated[
    Path | None,
    typer.Option("--seal-key", metavar="KEY", help="Key that signs the seal. Default: the one of --key."),
]
Recipient = Annotated[str, typer.Option("--recipient", help="Name of the recipient.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", metavar="FILE.zip", help="File to write.", show_default=False)]
OutFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.", show_default=False)]
Override = Annotated[
    str,
    typer.Option(
        "--override",
        metavar="REASON",
        help="Write the bundle although accounts could be re-identified or a group is unresolved: why.",
    ),
]
Pdf = Annotated[bool, typer.Option("--pdf", help="Also include the report as PDF. Needs the extra pdf.")]
Reseal = Annotated[bool, typer.Option("--reseal", help="Make a new seal of the case as it is now.")]
TsaRoots = Annotated[
    Path | None,
    typer.Option(
        "--tsa-roots", metavar="FILE.pem", help="Certificates of the time stamp authorities you trust."
    ),
]

bundle = group("Make signed evidence bundles for others, and verify bundles.")
challenge = group(
    "Spot check: the provider opens sealed units chosen at random. 300 units without a fault show, at 95 %"
    " confidence, that fewer than 1 % are faulty."
)


def seal(
    case: CaseFolder,
    key: Annotated[
        Path,
        typer.Option("--key", metavar="KEY", help="Ed25519 key that signs the seal.", show_default=False),
    ],
    passphrase_file: Passphrase = None,
    validation: Validation = None,
    reseal: Reseal = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Seal a case before anything of it is shown. What bundles show later is fixed from then on."""
    keys, more = (
        {"key": key, "passphrase_file": passphrase_file},
        {"validation": validation, "reseal": reseal},
    )
    return call("bundle.seal", case=case, keys=keys, more=more, output=output, who=who)


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
    reseal: Reseal = False,
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Seal a case, and write a bundle for one recipient."""
    keys = {"key": key, "seal_key": seal_key, "passphrase_file": passphrase_file}
    more = {"override": override, "validation": validation, "reseal": reseal, "pdf": pdf}
    return call(
        "bundle.create", case=case, groups=groups, view=view, keys=keys, recipient=recipient,
        out=out, more=more,
        output=output, who=who,
    )  # fmt: skip


def redact(
    case: CaseFolder,
    groups: Groups,
    view: View,
    withhold: Annotated[
        list[str],
        typer.Option(
            help="What to leave out: a path or a class of units, * for any part. Repeatable.",
            show_default=False,
        ),
    ],
    reason: Annotated[str, typer.Option(help="Reason. It is written into the bundle.", show_default=False)],
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
    """Write a bundle of a sealed case that shows less."""
    keys = {"key": key, "seal_key": None, "passphrase_file": passphrase_file}
    more = {
        "override": override, "validation": validation, "pdf": pdf,
        "withhold": withhold, "reason": reason,
    }  # fmt: skip
    return call(
        "bundle.redact", case=case, groups=groups, view=view, keys=keys, recipient=recipient,
        out=out, more=more,
        output=output, who=who,
    )  # fmt: skip


def verify(
    file: Bundle,
    signers: Annotated[
        Path | None,
        typer.Option(
            "--signers",
            metavar="FILE",
            help="Keys whose signatures count, in the format of ssh-keygen. Default: trusted keys.",
        ),
    ] = None,
    revoked: Annotated[
        Path | None,
        typer.Option("--revoked", metavar="FILE", help="Fingerprints of keys that no longer count."),
    ] = None,
    at: Annotated[
        str, typer.Option("--at", metavar="YYYYMMDD", help="Day on which keys must be valid. Default: today.")
    ] = "",
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Also recompute the claims from the opened units (V3).")
    ] = False,
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Also check V2 and V3 where V0 or V1 fails: nobody's word then."),
    ] = False,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against", metavar="FILE", help="Another bundle of the same seal to compare. Repeatable."
        ),
    ] = None,
    answer: Annotated[
        Path | None,
        typer.Option("--answer", metavar="ANSWER", help="Also check the answer to your challenge (V5)."),
    ] = None,
    beacon: Annotated[str, typer.Option(help="With --answer: the beacon of your challenge.")] = "",
    count: Annotated[int, typer.Option(help="With --answer: how many units it picked.")] = 300,
    tsa_roots: TsaRoots = None,
    rerun: Annotated[
        list[Path] | None,
        typer.Option(
            "--rerun", metavar="SOURCE", help="Also repeat the run from its sources (V4). Repeatable."
        ),
    ] = None,
    settings: SettingsFile = None,
    verdicts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For --rerun: the verdicts that bound the run.")
    ] = None,
    indicators: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="For --rerun: as the run had. Repeatable.")
    ] = None,
    known: Annotated[
        list[Path] | None, typer.Option(metavar="CASE", help="For --rerun: as the run had. Repeatable.")
    ] = None,
    output: Output = Format.table,
) -> int:
    """Verify a bundle: files, signature, seal, claims. Exit code 5 if a check fails.

    --settings is for --rerun, where the bundle does not show the settings.
    """
    again = {
        "sources": rerun or (), "settings": settings, "verdicts": verdicts,
        "indicators": indicators or (), "known": known or (),
    }  # fmt: skip
    return call(
        "bundle.verify", file=file, signers=signers, revoked=revoked, at=at, recompute=recompute,
        keep_going=keep_going, against=against or (), answer=(answer, beacon, count) if answer else None,
        tsa_roots=tsa_roots, again=again, output=output,
    )  # fmt: skip


def pick(
    file: Bundle,
    beacon: Annotated[
        str,
        typer.Option(
            help="Public text that nobody could predict, such as lottery numbers.", show_default=False
        ),
    ],
    out: OutFile,
    count: Annotated[int, typer.Option(min=1, help="Number of units to choose.")] = 300,
) -> int:
    """Choose sealed units at random, and write the challenge."""
    return call("bundle.challenge:pick", file=file, beacon=beacon, out=out, count=count)


def answer(
    case: CaseFolder,
    given: Annotated[
        Path, typer.Argument(metavar="CHALLENGE", help="The file that pick wrote.", show_default=False)
    ],
    out: OutFile,
    who: Who = "",
) -> int:
    """Open the chosen units of a sealed case.

    The answer shows whatever the units hold, also what bundles leave out: read it before you send it.
    """
    return call("bundle.challenge:answer", case=case, given=given, out=out, who=who)


declare(bundle, seal, "linkage bundle seal cases/demo --key KEY --validation rates.json")
declare(
    bundle,
    create,
    "linkage bundle create cases/demo GROUP --view court --key KEY --recipient court --out a.zip",
    "linkage bundle create cases/demo GROUP --view public --key KEY --recipient press --out b.zip",
)
declare(
    bundle,
    redact,
    "linkage bundle redact cases/demo GROUP --view court --withhold 'seen/*/ip' --reason privilege"
    " --key KEY --recipient expert --out c.zip",
    "linkage bundle redact cases/demo GROUP --view partner --withhold link.weights --reason policy"
    " --key KEY --recipient lab --out d.zip",
)
declare(
    bundle,
    verify,
    "linkage bundle verify a.zip --signers signers --recompute",
    'linkage bundle verify a.zip --signers signers --answer answer --beacon "…"',
)
declare(challenge, pick, 'linkage bundle challenge pick a.zip --beacon "…" --out challenge')
declare(challenge, answer, "linkage bundle challenge answer cases/demo challenge --out answer")
bundle.add_typer(challenge, name="challenge")
bundle.add_typer(timestamp.timestamp, name="timestamp")
