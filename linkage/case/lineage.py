"""How a group keeps its name from run to run.

A group keeps its id while more than half of its members stay together. Where several groups flow into one,
it takes the id of the one that brought most members; ids of others end there, as do those of groups that
break into pieces none of which holds more than half.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pyarrow as pa

from linkage.case.parquet import read
from linkage.schema import CASE, OUTCOMES, content_id

Members = AbstractSet[str]

PAST = ("split", "merged", "gone")
"""Kinds that record one moment and stay true. `new` and `kept` are of the last run alone."""

PLAIN = pa.schema(
    [
        pa.field(f.name, pa.int64() if pa.types.is_timestamp(f.type) else f.type)
        for f in CASE["lineage"].schema
    ]
)
"""The columns of lineage, its moment in microseconds."""

NOBODY: Mapping[str, Members] = {}
"""No groups."""


def previous_groups(case: Path) -> dict[str, set[str]]:
    """The groups of the case as it stands, of every outcome; none where there is no case yet."""
    groups: dict[str, set[str]] = {}
    for name in OUTCOMES:
        path = case / f"{name}.parquet"
        if path.exists():
            table = read(path)
            for group, account in zip(
                *(table.column(c).to_pylist() for c in ("group", "account")), strict=True
            ):
                groups.setdefault(group, set()).add(account)
    return groups


def with_past(lineage: pa.Table, case: Path) -> pa.Table:
    """The lineage of this run with the splits, merges and ends that earlier runs of the case recorded.

    Of an event that was recorded twice the last record holds.
    """
    path = case / "lineage.parquet"
    if not path.exists():
        return lineage
    earlier = read(path)
    kinds = [kind in PAST for kind in earlier.column("kind").to_pylist()]
    rows = {}
    for table in (earlier.filter(pa.array(kinds, pa.bool_())), lineage):
        columns = [table.column(name).cast(PLAIN.field(name).type).to_pylist() for name in PLAIN.names]
        for row in zip(*columns, strict=True):
            rows[row[:3]] = row
    return pa.Table.from_pylist(
        [dict(zip(PLAIN.names, rows[key], strict=True)) for key in sorted(rows)], PLAIN
    ).cast(CASE["lineage"].schema)


def persist(
    new: Sequence[Members],
    previous: Mapping[str, Members],
    *,
    at: int | None = None,
    remembered: Mapping[str, Members] = NOBODY,
) -> tuple[list[str], pa.Table]:
    """An id for each new group, in their order, and the lineage rows that say where it comes from.

    Groups within `new`, as within `previous`, share no member. `at` (microseconds) is the last moment of the
    data, never the clock. `remembered` are groups of earlier runs on which a person has decided: one that
    `previous` lacks keeps its id when its members come back. Lineage kinds: `new` (no member was in a group;
    `was` is empty), `kept`, `merged` (most of `was` went into this group, which has another id), `split` (a
    smaller part of `was` did), `gone` (no member of this group is in any group now).
    """
    known = {**previous, **_come_back(previous, remembered)}
    shared = _shared(new, known)
    kept = _kept(shared, known)
    used, ids = set(kept.values()), []
    for number, members in enumerate(new):
        ids.append(kept.get(number) or _fresh(members, used | set(known) | set(remembered)))
        used.add(ids[-1])
    return ids, _rows(_lineage(ids, shared, known, ended=set(previous)), at)


def _come_back(previous: Mapping[str, Members], remembered: Mapping[str, Members]) -> dict[str, Members]:
    """Remembered groups that the previous run did not have, with those of their members it had nowhere."""
    known: set[str] = set().union(*previous.values())
    found: dict[str, Members] = {}
    for group in sorted(set(remembered) - set(previous)):
        found[group] = set(remembered[group]) - known
        known |= found[group]
    return {group: members for group, members in found.items() if members}


def _shared(new: Sequence[Members], previous: Mapping[str, Members]) -> list[Counter[str]]:
    home = {account: group for group, members in previous.items() for account in members}
    return [Counter(home[account] for account in members if account in home) for members in new]


def _kept(shared: Sequence[Counter[str]], previous: Mapping[str, Members]) -> dict[int, str]:
    kept = {}
    for number, counts in enumerate(shared):
        heirs = [was for was, count in counts.items() if 2 * count > len(previous[was])]
        if heirs:
            kept[number] = min(heirs, key=lambda was: (-counts[was], was))
    return kept


def _fresh(members: Members, used: AbstractSet[str]) -> str:
    name, attempt = f"op-{content_id(['group', sorted(members)])[:10]}", 0
    while name in used:
        # An old group may have drifted away from the members its id was made of.
        attempt += 1
        name = f"op-{content_id(['group', sorted(members), attempt])[:10]}"
    return name


def _lineage(
    ids: Sequence[str],
    shared: Sequence[Counter[str]],
    previous: Mapping[str, Members],
    *,
    ended: Members,
) -> Iterable[tuple[str, str, str, int]]:
    for group, counts in zip(ids, shared, strict=True):
        for was, count in counts.items():
            most = 2 * count > len(previous[was])
            yield group, was, "kept" if was == group else "merged" if most else "split", count
        if not counts:
            yield group, "", "new", 0
    survivors = {was for counts in shared for was in counts}
    yield from ((was, was, "gone", 0) for was in sorted(ended) if was not in survivors)


def _rows(lineage: Iterable[tuple[str, str, str, int]], at: int | None) -> pa.Table:
    rows = sorted(lineage)
    columns = {
        "group": [row[0] for row in rows],
        "was": [row[1] for row in rows],
        "kind": [row[2] for row in rows],
        "at": [at] * len(rows),
        "shared": [row[3] for row in rows],
    }
    return pa.table(columns, schema=CASE["lineage"].schema)
