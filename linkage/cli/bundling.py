"""bundle create, redact, verify: what they do and print."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.bundle import create as bundled
from linkage.bundle import sign
from linkage.bundle.checks.challenge import read_challenge
from linkage.bundle.checks.faults import FAILS, HOLDS
from linkage.bundle.checks.strict import NotStrict
from linkage.bundle.policy import read_policy
from linkage.bundle.validation import read_validation
from linkage.case import Case, audit, user
from linkage.cli.layout import AGAINST, FAINT, FOR, heading, indented, line, rows, show, text
from linkage.cli.output import Format, emit
from linkage.cli.terminal import say
from linkage.cli.text import many
from linkage.cli.verifying import read_bytes
from linkage.errors import UsageError
from linkage.share.export import in_view

FEW = 50
TONES = {HOLDS: FOR, FAILS: AGAINST}


def create(
    *,
    case: Path,
    groups: Sequence[str],
    view: str,
    keys: Mapping[str, Path | None],
    recipient: str,
    out: Path,
    more: Mapping[str, Any],
    output: Format,
    who: str,
) -> None:
    """Write one view."""
    wanted = _wanted(groups, read_policy(view), keys, recipient, out, more)
    _write(case, wanted, "bundle create", output, who)


def redact(
    *,
    case: Path,
    groups: Sequence[str],
    view: str,
    keys: Mapping[str, Path | None],
    recipient: str,
    out: Path,
    more: Mapping[str, Any],
    output: Format,
    who: str,
) -> None:
    """Write one view that opens less."""
    wanted = _wanted(groups, read_policy(view), keys, recipient, out, more)
    wanted = bundled.redacted(wanted, more["withhold"], more["reason"])
    _write(case, wanted, "bundle redact", output, who)


def _wanted(
    groups: Sequence[str],
    policy: Any,
    keys: Mapping[str, Path | None],
    recipient: str,
    out: Path,
    more: Mapping[str, Any],
) -> bundled.Wanted:
    secret = passphrase(keys["passphrase_file"])
    key, seal_key = (
        sign.load_key(path, secret) if path else None for path in (keys["key"], keys["seal_key"])
    )
    if key is None:
        raise UsageError("a view is signed", hint="--key KEY; make one: linkage keys new KEY")
    if not recipient.strip():
        raise UsageError("a view is for somebody", hint="--recipient NAME")
    validation = read_validation(more["validation"]) if more["validation"] else None
    return bundled.Wanted(
        groups=list(dict.fromkeys(groups)),
        policy=policy,
        key=key,
        recipient=recipient,
        out=out,
        seal_key=seal_key,
        override=more["override"],
        validation=validation,
        reseal=bool(more.get("reseal")),
        pdf=bool(more.get("pdf")),
        stix=in_view,
    )


def passphrase(path: Path | None) -> bytes | None:
    """The passphrase in a file, without its line end."""
    return None if path is None else read_bytes(path).rstrip(b"\r\n")


def _write(path: Path, wanted: bundled.Wanted, action: str, output: Format, who: str) -> None:
    case = Case(path)
    made = bundled.create(case, wanted)
    detail = {
        "recipient": wanted.recipient,
        "view": wanted.policy.name,
        "groups": list(wanted.groups),
        "sha256": made.sha256,
        "override": wanted.override,
    }
    audit(case.path, action, detail, who=who or user())
    bundled.sign_audit(case.path, wanted.key)
    row = {
        "file": str(wanted.out),
        "sha256": made.sha256,
        "seal": made.seal,
        "opened": sum(made.opened.values()),
    }
    row |= {"withheld": sum(count for count, _ in made.withheld.values()), "commitments": made.commitments}
    if output is not Format.table:
        emit(output, [row], reidentification=vars(made.risk))
        return
    show(*_written(made, wanted))
    if made.newly_sealed:
        say(f"the case is sealed now; keep {path}/seal safe: it alone opens what was sealed")
    say(f"next: linkage bundle verify {wanted.out} --signers FILE --recompute")


def _written(made: bundled.Made, wanted: bundled.Wanted) -> list[Any]:
    opened = [(kind, f"{count:,}", "opened", "") for kind, count in sorted(made.opened.items())]
    withheld = [(kind, f"{count:,}", "withheld", why) for kind, (count, why) in sorted(made.withheld.items())]
    risk = made.risk
    k = "names are opened" if wanted.policy.names else f"k {risk.k:,}, least allowed {wanted.policy.min_k:,}"
    return [
        line((str(wanted.out), "bold"), f"  view {wanted.policy.name} for {wanted.recipient}"),
        indented(line(("sha256 ", FAINT), made.sha256)),
        indented(line(("seal   ", FAINT), made.seal)),
        heading("Units"),
        indented(rows(("class", "units", "", "why*"), [*opened, *withheld], right="units")),
        heading("Who could be recognised"),
        indented(text(f"{many(risk.accounts, 'account')}, smallest group {risk.smallest_group:,}; {k}")),
    ]


def answer(*, case: Path, given: Path, out: Path, who: str) -> None:
    """Answer a challenge."""
    try:
        asked = read_challenge(read_bytes(given))
    except NotStrict as error:
        raise UsageError(f"{given}: {error}") from error
    found = Case(case)
    lines = bundled.answer(found, asked)
    out.write_bytes(b"".join(line + b"\n" for line in lines))
    detail = {"seal": asked["seal"], "beacon": asked["beacon"], "units": len(lines)}
    audit(found.path, "bundle challenge", detail, who=who or user())
    say(f"{many(len(lines), 'commitment')} opened in {out}; look: it may say what views withhold")
