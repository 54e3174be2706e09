"""show: one group, with the evidence for and against it."""

from pathlib import Path

from linkage.cli.open_case import open_case
from linkage.cli.screen import browser
from linkage.cli.screen.group_page import group_page
from linkage.cli.screen.group_summary import summary
from linkage.cli.screen.layout import show as print_page
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import width


def show(*, case: Path, group: str, output: Format, who: str) -> None:
    """Show one group."""
    folder = open_case(case, "show", who, group=group)
    found = summary(folder, group)
    if output is Format.json:
        emit(output, [found.as_row()])
    elif output is not Format.table:
        # One line a member: a program that reads lines wants accounts, not a nested page.
        emit(output, found.members)
    else:
        print_page(*group_page(found, width()))
        if found.finding:
            browser.group(folder, group)
