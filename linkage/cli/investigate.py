"""investigate: the main job, from sources to groups."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.case import Case
from linkage.cli.grouped import explained_rows, group_rows
from linkage.cli.grouped import groups as groups_screen
from linkage.cli.layout import heading, note
from linkage.cli.look import screen
from linkage.cli.output import Format, emit
from linkage.cli.progress import Budget, Progress
from linkage.cli.receipt import adds_up, by_table, conservation
from linkage.cli.terminal import say
from linkage.cli.waiting import told_of_waiting
from linkage.errors import IntegrityError

FOUND = 10
"""Exit code when groups were found and --fail-on-findings was given."""


def investigate(
    *,
    sources: Sequence[str],
    case: Path,
    settings: Path | None,
    changes: Mapping[str, Any],
    budget: str,
    indicators: Sequence[Path],
    known: Sequence[Path],
    exchange_key: Path | None,
    fail_on_findings: bool,
    output: Format,
    who: str,
    quiet: bool,
) -> int:
    """Run the main job and print what it found."""
    found = carry_out(
        sources,
        case,
        settings=settings,
        changes=changes,
        budget=budget,
        indicators=indicators,
        known=known,
        exchange_key=exchange_key,
        who=who,
        quiet=quiet,
    )
    rows = group_rows(found)
    if output is Format.table:
        screen([*conservation(found.run), heading("Groups"), *groups_screen(rows, explained_rows(found))])
    else:
        if not quiet:
            note(*conservation(found.run))
        emit(output, rows, inputs=found.run.get("inputs", []), caps=found.run.get("caps", []))
    _balanced(found)
    if rows and not quiet:
        say(f"next: linkage show {case} {rows[0]['group']}")
    return FOUND if rows and fail_on_findings else 0


def carry_out(
    sources: Sequence[str | Path],
    case: Path,
    *,
    settings: Path | None = None,
    changes: Mapping[str, Any] | None = None,
    budget: str = "",
    indicators: Sequence[Path] = (),
    known: Sequence[Path] = (),
    exchange_key: Path | None = None,
    who: str = "",
    quiet: bool = False,
) -> Case:
    """The run itself, with its progress on stderr."""
    limits = Budget.parse(budget)
    from linkage.settings import Settings

    chosen = Settings.load(settings, **(changes or {}))
    # The engine and all stages; a mistake in the command is told before they load.
    from linkage.api import investigate as run

    with told_of_waiting(quiet=quiet), Progress(limits, quiet=quiet) as progress:
        return run(
            list(sources),
            case=case,
            settings=chosen,
            progress=progress,
            who=who,
            indicators=list(indicators),
            known=list(known),
            exchange_key=exchange_key or "",
            on_return=lambda done: say(returned_line(done)),
        )


def returned_line(done: Any) -> str:
    """What was written into a database, in a line."""
    groups, tied = done.pushed.sent["OperatorGroup"], done.attached
    line = f"{groups:,} groups are in {done.to} as case {done.pushed.plan.case}"
    if tied is None:
        return line
    lost = f"; {tied.missing:,} were not found there again" if tied.missing else ""
    return f"{line}, tied to {tied.found:,} accounts of its own{lost}"


def _balanced(case: Case) -> None:
    """The promise of every run, checked where it is shown."""
    for name, row in by_table(case.run).items():
        if not adds_up(row):
            raise IntegrityError(f"{name}: rows in are not rows used, filtered and quarantined")
