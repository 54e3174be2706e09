"""What changed between two runs: groups that are new, gone, split or merged, and accounts that came and went.

A group continues an earlier one by the rule of `lineage`: more than half of the earlier one's members are in
it. Two case folders are compared by their members, so every account is known by name. Of the runs of one case
only `lineage` is kept: it counts accounts and does not name them.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.case import parquet
from linkage.case.lineage import PAST, persist
from linkage.case.reader import CaseReader
from linkage.case.table import as_rows
from linkage.schema import OUTCOMES

Row = Mapping[str, Any]

NEW, GONE, KEPT, CHANGED, SPLIT, MERGED = "new", "gone", "kept", "changed", "split", "merged"
BROKEN_UP = "broken up"
"""An earlier group that no group continues, though some of its accounts are in one."""


@dataclass(frozen=True)
class Members:
    """One group of one run: its outcome (one of OUTCOMES) and its accounts."""

    outcome: str
    accounts: frozenset[str]


@dataclass(frozen=True)
class Change:
    """What became of one group: `kind` is one of the words above. `was` are the earlier groups that it has
    accounts of, the one it continues first; `outcome` is None where it is gone, `before` the outcome of the
    group it continues.

    `joined` and `left` are accounts by name; None where only their numbers, or not even these, are known.
    """

    kind: str
    group: str
    was: tuple[str, ...]
    outcome: str | None
    before: str | None
    accounts: int
    joined_count: int | None
    left_count: int | None
    joined: tuple[str, ...] | None
    left: tuple[str, ...] | None
    at: datetime | None = None


def groups_of(case: CaseReader) -> dict[str, Members]:
    """The groups of a case, of every outcome."""
    found: dict[str, set[str]] = {}
    outcomes: dict[str, str] = {}
    for name in OUTCOMES:
        if (case.path / f"{name}.parquet").exists():
            rows = as_rows(parquet.read(case.path / f"{name}.parquet").select(["group", "account"]))
            for row in rows:
                found.setdefault(row["group"], set()).add(row["account"])
                outcomes[row["group"]] = name
    return {group: Members(outcomes[group], frozenset(accounts)) for group, accounts in found.items()}


# --- two cases -----------------------------------------------------------------------------------


def between(now: Mapping[str, Members], earlier: Mapping[str, Members]) -> list[Change]:
    """What changed from one run to another, from the members of both; groups as they were are left out."""
    names = sorted(now)
    ids, lineage = persist(
        [now[name].accounts for name in names], {name: each.accounts for name, each in earlier.items()}
    )
    named = dict(zip(ids, names, strict=True))
    rows: dict[str, list[Row]] = {}
    gone, continued = set(), set()
    for row in as_rows(lineage):
        if row["kind"] == GONE:
            gone.add(row["group"])
            continue
        rows.setdefault(named[row["group"]], []).append(row)
        if row["kind"] in (KEPT, MERGED):
            continued.add(row["was"])
    found = [_change(name, now[name], rows[name], earlier) for name in names]
    found += [
        _ended(GONE if name in gone else BROKEN_UP, name, earlier[name])
        for name in sorted(set(earlier) - continued)
    ]
    return sorted((each for each in found if each.kind != KEPT), key=_in_reading_order)


def _change(name: str, group: Members, rows: Sequence[Row], earlier: Mapping[str, Members]) -> Change:
    heir = next((row["was"] for row in rows if row["kind"] == KEPT), None)
    was = sorted((row for row in rows if row["was"]), key=lambda row: (row["was"] != heir, -row["shared"]))
    then: frozenset[str] = earlier[heir].accounts if heir else frozenset()
    # Whoever of a merged group did not come along has left, too.
    merged = [earlier[row["was"]].accounts for row in rows if row["kind"] == MERGED]
    joined, left = sorted(group.accounts - then), sorted(then.union(*merged) - group.accounts)
    before = earlier[heir].outcome if heir else None
    kinds = {row["kind"] for row in rows}
    return Change(
        kind=_kind(kinds, same=not joined and not left and before == group.outcome),
        group=name,
        was=tuple(row["was"] for row in was),
        outcome=group.outcome,
        before=before,
        accounts=len(group.accounts),
        joined_count=len(joined),
        left_count=len(left),
        joined=tuple(joined),
        left=tuple(left),
    )


def _kind(kinds: AbstractSet[str], *, same: bool) -> str:
    """One word for the lineage rows of a group: `split` where it is only a smaller part of others."""
    if MERGED in kinds:
        return MERGED
    if KEPT in kinds:
        return KEPT if same else CHANGED
    return SPLIT if SPLIT in kinds else NEW


def _ended(kind: str, name: str, group: Members) -> Change:
    left = tuple(sorted(group.accounts))
    return Change(kind, name, (name,), None, group.outcome, 0, 0, len(left), (), left)


def _in_reading_order(each: Change) -> tuple[int, int, str]:
    """Groups that are or were reported first; of an outcome the larger first."""
    outcomes = [OUTCOMES.index(name) for name in (each.outcome, each.before) if name]
    return min(outcomes, default=len(OUTCOMES)), -max(each.accounts, each.left_count or 0), each.group


# --- runs of one case ----------------------------------------------------------------------------


def recorded(
    lineage: Sequence[Row], now: Mapping[str, Members], *, since: datetime | None = None
) -> list[Change]:
    """What `lineage` records of the last run, or with `since` of every run whose data end then or later.

    It keeps `new` and `kept` of the last run alone, and of earlier runs what split, merged or ended.
    """
    last = max((row["at"] for row in lineage if row["at"]), default=None)
    start = since or last
    wanted = [
        row
        for row in lineage
        if row["kind"] not in PAST or (row["at"] is None or start is None or row["at"] >= start)
    ]
    by_group: dict[str, list[Row]] = {}
    for row in wanted:
        by_group.setdefault(row["group"], []).append(row)
    found = [_recorded(name, rows, now.get(name)) for name, rows in by_group.items()]
    return sorted((each for each in found if each.kind != KEPT), key=_in_reading_order)


def _recorded(name: str, rows: Sequence[Row], group: Members | None) -> Change:
    kinds = {row["kind"] for row in rows}
    kept = next((row for row in rows if row["kind"] == KEPT), None)
    size = len(group.accounts) if group else 0
    kind = GONE if group is None else _kind(kinds - {GONE}, same=False)
    joined = size - kept["shared"] if kept and group else size if kind == NEW else None
    return Change(
        kind=KEPT if kind == CHANGED and not joined else kind,
        group=name,
        was=tuple(row["was"] for row in rows if row["was"]),
        outcome=group.outcome if group else None,
        before=None,
        accounts=size,
        joined_count=joined,
        left_count=0 if kind == NEW else None,
        joined=tuple(sorted(group.accounts)) if kind == NEW and group else None,
        left=() if kind == NEW else None,
        at=max((row["at"] for row in rows if row["at"]), default=None),
    )


def verdict_effects(run: Row) -> Iterable[dict[str, Any]]:
    """What became of each verdict in the last run: the accounts that left its group or came to it, by name as
    far as the receipt lists them, and what changed in words."""
    for row in run.get("verdicts", ()):
        about = row.get("group") or f"{row['left']} and {row['right']}"
        yield {
            "about": about,
            "verdict": row["verdict"],
            "holds": row.get("holds"),
            "said": list(row["said"]),
            "come": list(row.get("come", ())),
            "alone": list(row.get("alone", ())),
            "missing": list(row.get("missing", ())),
        }
