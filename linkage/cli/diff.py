"""diff: what changed since the last run, or between two cases."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkage.case.diff import NEW, Change, between, groups_of, recorded, verdict_effects
from linkage.case.reader import CaseReader
from linkage.case.table import as_rows
from linkage.cli.read_case import read_case
from linkage.cli.screen.layout import FAINT, STRONG, heading, indented, line, rows, show, text
from linkage.cli.screen.outcomes import WORDS, left_out
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.text import many
from linkage.errors import UsageError

FEW = 50
"""Changes that a page lists; those of reported groups come first."""

NAMED = 30
"""Accounts of one change that a page names."""

BY_NUMBER = (
    "A case keeps how many accounts of each group came from which earlier group, and not who they were."
    " For names keep a copy of the case before a run, and give it: --with COPY."
)
"""What cannot be known from one case."""


def diff(*, case: Path, since: str, other: Path | None, output: Format, who: str) -> None:
    """Show what changed."""
    if since and other:
        raise UsageError("--since and --with are two questions", hint="ask one at a time")
    start = _moment(since) if since else None
    earlier = CaseReader(other) if other else None
    folder = read_case(case, "diff", who, since=since, other=str(other or ""))
    now = groups_of(folder)
    lineage = as_rows(folder.table("lineage"))
    changes = between(now, groups_of(earlier)) if earlier else recorded(lineage, now, since=start)
    # An earlier run with a group would have left another kind of row.
    first = not earlier and bool(lineage) and all(row["kind"] == NEW for row in lineage)
    effects = list(verdict_effects(folder.run))
    names_known = earlier is not None
    if output is not Format.table:
        listed = [asdict(each) for each in changes]
        emit(output, listed, names_known=names_known, nothing_earlier=first, verdicts=effects)
    elif first:
        show(*_first(len(now)), *_verdicts(effects))
    else:
        show(*_page(changes, len(now), names_known=names_known), *_verdicts(effects))


def _moment(given: str) -> datetime:
    """A day or a moment; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise UsageError(f"--since {given}: {error}", hint="a day or a moment: 2026-03-01") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _first(groups: int) -> Iterable[Any]:
    yield text(
        "No earlier run of this case had a group: nothing to compare with."
        f" The case has {many(groups, 'group')}, all of them new."
    )
    yield text("List: linkage groups CASE. To compare with another case: --with CASE", FAINT)


def _page(changes: Sequence[Change], groups: int, *, names_known: bool) -> Iterable[Any]:
    touched = sum(1 for each in changes if each.outcome)
    same = many(groups - touched, "other group")
    if not changes:
        yield text(f"No group has changed; the case has {many(groups, 'group')}.")
    else:
        kinds = Counter(each.kind for each in changes)
        counted = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
        yield line((many(len(changes), "group"), STRONG), f": {counted}; {same} as before.")
        yield text("")
        columns = ("change", "group!", "outcome", "accounts", "joined", "left", "of earlier groups*")
        yield rows(columns, map(_row, changes[:FEW]), right="accounts joined left")
        yield from left_out(FEW, len(changes), "change")
    yield from _names(changes)
    if not names_known:
        yield text("")
        yield text(BY_NUMBER, FAINT)


def _verdicts(effects: Sequence[dict[str, Any]]) -> Iterable[Any]:
    if effects:
        yield heading("Verdicts")
    for each in effects:
        yield from _effect(each)


def _row(each: Change) -> tuple[object, ...]:
    now, before = (WORDS[name] if name else "" for name in (each.outcome, each.before))
    outcome = f"{before} → {now}" if before and now and before != now else now or f"was {before}".strip()
    own = [name for name in each.was if name != each.group]
    return (
        each.kind,
        each.group,
        "" if outcome == "was" else outcome,
        f"{each.accounts:,}",
        *("?" if count is None else f"{count:,}" for count in (each.joined_count, each.left_count)),
        ", ".join(own),
    )


def _names(changes: Sequence[Change]) -> Iterable[Any]:
    """The accounts of groups that are or were reported or unresolved: of others a page would be too long."""
    named = [each for each in changes if {each.outcome, each.before} & {"groups", "unresolved"}]
    for each in named:
        for what, names in (("joined", each.joined or ()), ("left", each.left or ())):
            if names:
                yield heading(f"{each.group}: {what}, {many(len(names), 'account')}")
                more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
                yield indented(text(", ".join(names[:NAMED]) + more))
    if len(named) < len(changes):
        yield text("")
        yield text("Accounts of explained groups: --output ndjson", FAINT)


def _effect(each: dict[str, Any]) -> Iterable[Any]:
    yield indented(line((each["about"], STRONG), f": {each['verdict']}"))
    for said in each["said"] or ["nothing has changed"]:
        yield indented(text(said), 4)
    for name, what in (("come", "came"), ("alone", "in no group now"), ("missing", "not in the sources")):
        if each[name]:
            yield indented(text(f"{what}: {', '.join(each[name])}", FAINT), 4)
