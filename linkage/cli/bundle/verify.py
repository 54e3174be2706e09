"""bundle verify: every check of a bundle. What makes bundles is not loaded for it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.bundle import trusted_signers
from linkage.bundle.checks.challenge import challenge_fault
from linkage.bundle.checks.faults import FAILS, HOLDS
from linkage.bundle.checks.ladder import Asked, Verified, verify_bundle
from linkage.bundle.checks.sshsig import Unreadable, moment
from linkage.bundle.checks.view_comparison import compare
from linkage.cli.files import read_bytes, read_text
from linkage.cli.screen.layout import AGAINST, FAINT, FOR, WARN, indented, line, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.text import many
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
    keep_going: bool,
    against: Sequence[Path],
    answer: tuple[Path, str, int] | None,
    tsa_roots: Path | None,
    again: Mapping[str, Any],
    output: Format,
) -> int:
    """Check one bundle; returns the exit code."""
    asked = Asked(signers_text(signers), _text(revoked) or "", _moment(at), recompute)
    asked.keep_going = keep_going
    if tsa_roots is not None:
        from linkage.bundle import timestamp

        asked.stamps = timestamp.checker(timestamp.roots(tsa_roots))
    if answer:
        if why := challenge_fault(*answer[1:]):
            raise UsageError(
                why, hint="--beacon TEXT: the one that you gave to linkage bundle challenge pick"
            )
        asked.challenge, asked.answer = answer[1:], read_bytes(answer[0])
    asked.redraw = _redraw
    found = verify_bundle(str(file), asked)
    for other in against:
        compare(found, verify_bundle(str(other), asked), str(other))
    if again["sources"]:
        # The engine and all stages; only where it was asked for.
        from linkage.bundle import rerun
        from linkage.pipeline import investigate

        rerun.rerun(found, file, rerun.Given(**again), investigate=investigate)
    ladder = [
        {"rung": rung, "meaning": meaning, "state": state, "remark": remark}
        for rung, meaning, state, remark in found.report.ladder()
    ]
    faults = [vars(each) for each in found.report.faults]
    if output is Format.table:
        show(*_page(found, ladder))
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


def _redraw(view: dict[str, Any], lines: Iterable[bytes], names: list[str]) -> Mapping[str, bytes]:
    """The report drawn again; what draws is loaded for a bundle that has one."""
    from linkage.bundle.view_report import redrawn

    return redrawn(view, lines, names)


def signers_text(path: Path | None) -> str | None:
    """The list of signers at a path, else that of the keys this person trusts; None without either."""
    own = trusted_signers.signers_file()
    return _text(path or (own if own.exists() else None))


def _text(path: Path | None) -> str | None:
    return None if path is None else read_text(path)


def _moment(at: str) -> float | None:
    try:
        return moment(at or None)
    except Unreadable as error:
        raise UsageError(f"--at {error}") from error


def _page(found: Verified, ladder: Sequence[Mapping[str, str]]) -> list[Any]:
    report = found.report
    body = [
        (row["rung"], row["meaning"], text(row["state"], TONES.get(row["state"], FAINT)), row["remark"])
        for row in ladder
    ]
    parts: list[Any] = [rows(("", "check", "result", "remark*"), body)]
    parts += [indented(line((f"{name} ", FAINT), value)) for name, value in sorted(report.facts.items())]
    for fault in report.faults[:FEW]:
        parts.append(line((f"{fault.rung} ", WARN), fault.path, ": ", fault.what))
        parts += [
            indented(line((f"{name} ", FAINT), value), 5)
            for name, value in (("expected", fault.expected), ("found", fault.found))
            if value
        ]
    if (more := len(report.faults) - FEW + report.more) > 0:
        parts.append(text(f"and {many(more, 'more fault')}: see --output json"))
    parts.append(text("verified" if report.good else "NOT VERIFIED", FOR if report.good else AGAINST))
    return parts
