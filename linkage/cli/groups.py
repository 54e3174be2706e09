"""groups: the groups of a case."""

from pathlib import Path

from linkage.case import Case
from linkage.cli.open_case import open_case
from linkage.cli.screen import browser
from linkage.cli.screen.group_list import (
    explained_page,
    explained_rows,
    group_rows,
    list_page,
    unresolved_page,
    unresolved_rows,
)
from linkage.cli.screen.group_targets import about, target_page, using
from linkage.cli.screen.layout import show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.errors import UsageError, command


def groups(
    *, case: Path, explained: bool, unresolved: bool, target: str, model: str, output: Format, who: str
) -> None:
    """List the groups of a case: the reported ones, or those of one other outcome."""
    if explained + unresolved + bool(target or model) > 1:
        raise UsageError(
            "--explained, --unresolved and --target or --model are different lists",
            hint="ask for one at a time",
        )
    found = open_case(case, "groups", who)
    if target or model:
        _targeting(found, target, model, output)
        return
    innocent, undecided = explained_rows(found), unresolved_rows(found)
    rows = innocent if explained else undecided if unresolved else group_rows(found)
    if output is not Format.table:
        emit(output, rows)
    elif explained:
        show(*explained_page(rows))
    elif unresolved:
        show(*unresolved_page(rows))
    else:
        show(*list_page(rows, innocent, undecided))
        _verdict_changes(found)
        if rows:
            say(f"next: {command('linkage', 'show', case, rows[0]['group'])}")
            browser.groups(found)


def _targeting(case: Case, target: str, model: str, output: Format) -> None:
    rows = group_rows(case)
    rows = about(rows, target) if target else rows
    rows = using(case, rows, model) if model else rows
    if output is Format.table:
        show(*target_page(rows, target, model))
    else:
        emit(output, rows)


def _verdict_changes(case: Case) -> None:
    for row in case.run.get("verdicts", ()):
        about = row.get("group") or f"{row['left']} and {row['right']}"
        for change in row["said"]:
            say(f"{about}, {row['verdict']} by a person: {change}")
