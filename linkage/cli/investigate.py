"""investigate: from log tables to groups."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.case import Case
from linkage.cli.screen.group_list import explained_rows, group_rows, list_page, unresolved_rows
from linkage.cli.screen.layout import heading, note, show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.progress import Budget, Progress
from linkage.cli.screen.receipt import adds_up, by_table, conservation
from linkage.cli.screen.retries import announce_retries
from linkage.cli.screen.terminal import say
from linkage.cli.screen.write_back import write_back_line
from linkage.errors import IntegrityError, command

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
    """Run an investigation, and print what it found."""
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
        show(
            *conservation(found.run),
            heading("Groups"),
            *list_page(rows, explained_rows(found), unresolved_rows(found)),
        )
    else:
        if not quiet:
            note(*conservation(found.run))
        emit(output, rows, inputs=found.run.get("inputs", []), caps=found.run.get("caps", []))
    _balanced(found)
    if rows and not quiet:
        say(f"next: {command('linkage', 'show', case, rows[0]['group'])}")
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
    from linkage.settings.program import Settings

    chosen = Settings.load(settings, **(changes or {}))
    # The engine and all stages; a mistake in the command is reported before they load.
    from linkage.api import investigate as run
    from linkage.cli.cost import needed, prediction, refuse
    from linkage.runs.history import remember

    costs = [] if quiet and not limits.limits else prediction(sources, chosen)
    refuse(limits, costs, sources)
    seconds, needs = {each.stage: each.seconds for each in costs}, needed(costs) if costs else ""
    with (
        announce_retries(quiet=quiet),
        Progress(limits, quiet=quiet, seconds=seconds, needs=needs) as progress,
    ):
        found = run(
            list(sources),
            case=case,
            settings=chosen,
            progress=progress,
            who=who,
            indicators=list(indicators),
            known=list(known),
            exchange_key=exchange_key or "",
            on_return=lambda done: say(write_back_line(done)),
        )
    remember(found.run, chosen)
    return found


def _balanced(case: Case) -> None:
    """Raises IntegrityError if a row is not accounted for."""
    for name, row in by_table(case.run).items():
        if not adds_up(row):
            raise IntegrityError(f"{name}: rows read do not equal rows used, filtered and quarantined")
