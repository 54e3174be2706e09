"""groups: the groups of a case."""

from pathlib import Path

from linkage.case import Case
from linkage.cli.open_case import open_case
from linkage.cli.screen import browser
from linkage.cli.screen.group_list import explained_page, explained_rows, group_rows, list_page
from linkage.cli.screen.layout import show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say


def groups(*, case: Path, explained: bool, output: Format, who: str) -> None:
    """List the groups of a case."""
    found = open_case(case, "groups", who)
    innocent = explained_rows(found)
    rows = innocent if explained else group_rows(found)
    if output is not Format.table:
        emit(output, rows)
    elif explained:
        show(*explained_page(rows))
    else:
        show(*list_page(rows, innocent))
        _verdict_changes(found)
        if rows:
            say(f"next: linkage show {case} {rows[0]['group']}")
            browser.groups(found)


def _verdict_changes(case: Case) -> None:
    for row in case.run.get("verdicts", ()):
        about = row.get("group") or f"{row['left']} and {row['right']}"
        for change in row["said"]:
            say(f"{about}, {row['verdict']} by a person: {change}")
