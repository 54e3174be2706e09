"""demo: the case that comes with the program, from rows to an explanation."""

import sys
from pathlib import Path

from linkage.case import Case
from linkage.case.table import as_rows
from linkage.cli.investigate import carry_out
from linkage.cli.screen.explanation import explanation_page
from linkage.cli.screen.group_list import explained_rows, group_rows, list_page, unresolved_rows
from linkage.cli.screen.layout import heading, show
from linkage.cli.screen.receipt import conservation
from linkage.cli.screen.terminal import say, width
from linkage.distribution import packaged
from linkage.errors import command


def demo(*, case: Path, quiet: bool) -> None:
    """Investigate the fixtures; print the groups, one explanation and where to look next."""
    source = fixtures()
    found = carry_out([source], case, quiet=quiet)
    rows = group_rows(found)
    show(
        *conservation(found.run),
        heading("Groups"),
        *list_page(rows, explained_rows(found), unresolved_rows(found)),
    )
    if not rows:
        return
    sys.stdout.flush()
    pair = strongest_pair(found, rows[0]["group"])
    if pair:
        show(heading("One explanation"), *explanation_page(found.explain(*pair), width()))
    for line in _next(case, rows[0]["group"], pair, source):
        say(line)


def fixtures() -> Path:
    """The sources of the demonstration; raises InputError where they are not installed."""
    return packaged("fixtures") / "case"


def strongest_pair(case: Case, group: str) -> tuple[str, str] | None:
    """The two members of a group whose link has most bits."""
    accounts = {row["account"] for row in case.members(group)}
    links = as_rows(case.table("links", {"left": accounts, "right": accounts}))
    best = max(links, key=lambda row: (len(row["families"] or ()), row["log_odds"]), default=None)
    return (best["left"], best["right"]) if best else None


def _next(case: Path, group: str, pair: tuple[str, str] | None, source: Path) -> list[str]:
    lines = ["", "where to look next:", f"  {command('linkage', 'show', case, group)}"]
    if pair:
        lines.append(f"  {command('linkage', 'explain', case, *pair, '--all')}")
    truth = source.parent / "truth.csv"
    if truth.exists():
        lines.append(f"  {command('linkage', 'evaluate', case, '--truth', truth)}")
    return lines
