"""bundle verify and challenge pick: what they do and print; nothing that makes bundles is loaded for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.bundle import trust
from linkage.bundle.challenge_request import challenge
from linkage.bundle.checks.challenge import picks
from linkage.bundle.checks.compared import compare
from linkage.bundle.checks.faults import FAILS, HOLDS
from linkage.bundle.checks.ladder import Asked, Verified, verify_bundle
from linkage.bundle.checks.sshsig import Unreadable, moment
from linkage.cli.layout import AGAINST, FAINT, FOR, WARN, indented, line, rows, show, text
from linkage.cli.output import Format, emit
from linkage.cli.terminal import say
from linkage.cli.text import many
from linkage.errors import IntegrityError, UsageError

FEW = 50
TONES = {HOLDS: FOR, FAILS: AGAINST}


def verify(
    *,
    file: Path,
    signers: Path | None,
    revoked: Path | None,
    at: str,
    recompute: bool,
    against: Sequence[Path],
    answer: tuple[Path, Path] | None,
    tsa_roots: Path | None,
    again: Mapping[str, Any],
    output: Format,
) -> int:
    """Check one bundle; returns the exit code."""
    asked = Asked(_signers(signers), _text(revoked) or "", _moment(at), recompute)
    if tsa_roots is not None:
        from linkage.bundle import timestamp

        asked.stamps = timestamp.checker(timestamp.roots(tsa_roots))
    if answer:
        asked.audit = (read_bytes(answer[0]), read_bytes(answer[1]))
    found = verify_bundle(str(file), asked)
    for other in against:
        compare(found, verify_bundle(str(other), asked), str(other))
    if again["sources"]:
        # The engine and all stages; only where it was asked for.
        from linkage.bundle import rerun
        from linkage.pipeline import investigate

        rerun.rerun(found, list(again["sources"]), again["settings"], investigate=investigate)
    ladder = [
        {"rung": rung, "meaning": meaning, "state": state, "remark": remark}
        for rung, meaning, state, remark in found.report.ladder()
    ]
    faults = [vars(each) for each in found.report.faults]
    if output is Format.table:
        show(*_verified(found, ladder))
    else:
        emit(
            output,
            faults,
            ladder=ladder,
            verified=found.report.good,
            more_faults=found.report.more,
            claims=found.states,
        )
    return 0 if found.report.good else IntegrityError.exit_code


def _signers(path: Path | None) -> str | None:
    """The list that was named, else that of the keys this person trusts; none where there is neither."""
    own = trust.signers_file()
    return _text(path or (own if own.exists() else None))


def read_bytes(path: Path) -> bytes:
    """The content of a file that was named; raises UsageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _text(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def _moment(at: str) -> float | None:
    try:
        return moment(at or None)
    except Unreadable as error:
        raise UsageError(f"--at {error}") from error


def _verified(found: Verified, ladder: Sequence[Mapping[str, str]]) -> list[Any]:
    report = found.report
    body = [
        (row["rung"], row["meaning"], text(row["state"], TONES.get(row["state"], FAINT)), row["remark"])
        for row in ladder
    ]
    parts: list[Any] = [rows(("", "what", "", "*"), body)]
    parts += [indented(line((f"{name} ", FAINT), value)) for name, value in sorted(report.facts.items())]
    for fault in report.faults[:FEW]:
        parts.append(line((f"{fault.rung} ", WARN), fault.path, ": ", fault.what))
        parts += [
            indented(line((f"{name} ", FAINT), value), 5)
            for name, value in (("expected", fault.expected), ("found", fault.found))
            if value
        ]
    if (more := len(report.faults) - FEW + report.more) > 0:
        parts.append(text(f"and {many(more, 'more fault')}; --output json has them"))
    parts.append(text("verified" if report.good else "NOT VERIFIED", FOR if report.good else AGAINST))
    return parts


def pick(*, file: Path, beacon: str, out: Path, count: int) -> None:
    """Write a challenge."""
    found = verify_bundle(str(file), Asked(_signers(None)))
    if found.report.failed("V0") or found.report.failed("V2"):
        raise IntegrityError(f"{file}: does not hold together", hint=f"linkage bundle verify {file}")
    out.write_bytes(challenge(str(found.view["seal"]), beacon, count))
    total = len(found.packed) // 32
    for place in picks(found.view["seal"], beacon, count, total):
        print(found.packed[place * 32 : place * 32 + 32].hex())
    say(f"next: have {out} answered; then linkage bundle verify {file} --answer {out} ANSWER")
