"""groups, show, explain, why-not: looking at a case."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from linkage.cli import browser
from linkage.cli.apart import apart
from linkage.cli.grouped import explained_groups, explained_rows, group_rows
from linkage.cli.grouped import groups as groups_screen
from linkage.cli.opened import opened
from linkage.cli.output import Format, emit
from linkage.cli.terminal import console, say


def groups(*, case: Path, explained: bool, output: Format, who: str) -> None:
    """List the groups of a case."""
    found = opened(case, "groups", who)
    apart_from = explained_rows(found)
    rows = apart_from if explained else group_rows(found)
    if output is not Format.table:
        emit(output, rows)
    elif explained:
        screen(explained_groups(rows))
    else:
        screen(groups_screen(rows, apart_from))
        for row in found.run.get("verdicts", ()):
            for change in row["said"]:
                about = row.get("group") or f"{row['left']} and {row['right']}"
                say(f"{about}, {row['verdict']} by a person: {change}")
        if rows:
            say(f"next: linkage show {case} {rows[0]['group']}")
            browser.groups(found)


def show(*, case: Path, group: str, output: Format, who: str) -> None:
    """Show one group."""
    from linkage.cli.shown import group as group_screen
    from linkage.cli.view import view

    folder = opened(case, "show", who, group=group)
    seen = view(folder, group)
    if output is Format.json:
        emit(output, [seen.as_row()])
    elif output is not Format.table:
        # One line a member: a program that reads lines wants accounts, not a nested page.
        emit(output, seen.members)
    else:
        screen(group_screen(seen, width()))
        if seen.finding:
            browser.group(folder, group)


def explain(*, case: Path, a: str, b: str, every: bool, output: Format, who: str) -> None:
    """Explain a link."""
    from linkage.cli.waterfall import explanation

    folder = opened(case, "explain", who, a=a, b=b)
    found = folder.explain(a, b)
    if output is Format.table:
        screen(explanation(found, width(), every=every))
        browser.pair(folder, a, b, linked=found.linked)
        return
    top = {name: value for name, value in vars(found).items() if name not in ("lines", "seen")}
    top["not_compared"] = [asdict(each) for each in found.not_compared]
    top["differences"] = [asdict(each) for each in found.differences]
    top["against"] = [asdict(each) for each in found.against]
    emit(
        output,
        found.rows(),
        **top,
        under_other_priors=found.under_other_priors(),
        family_bits=found.by_family(),
    )


def why_not(*, case: Path, a: str, b: str, output: Format, who: str) -> None:
    """Explain an absent link."""
    found = opened(case, "why-not", who, a=a, b=b).why_not(a, b)
    if output is Format.table:
        screen(apart(found))
        return
    emit(
        output,
        [asdict(each) for each in found.shared],
        left=asdict(found.left),
        right=asdict(found.right),
        state=found.state,
        because=found.because,
        linked=found.explanation.linked,
        together=found.together,
        log_odds=found.explanation.log_odds,
        link_bits=found.explanation.link_bits,
        failed=list(found.failed),
        compared=list(found.explanation.compared),
        not_compared=[asdict(each) for each in found.not_compared],
        differences=[asdict(each) for each in found.differences],
        against=[asdict(each) for each in found.against],
    )


def screen(parts: Iterable[Any]) -> None:
    """Print the parts of a screen on stdout."""
    from linkage.cli.layout import show as print_parts

    print_parts(*parts)


def width() -> int:
    """Columns of stdout."""
    return int(console(sys.stdout).width)
