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
from linkage.model import CASE, content_id

Members = AbstractSet[str]


def previous_groups(case: Path) -> dict[str, set[str]]:
    """The groups of the case as it stands, reported and explained alike; none where there is no case yet."""
    groups: dict[str, set[str]] = {}
    for name in ("groups", "explained"):
        path = case / f"{name}.parquet"
        if path.exists():
            table = read(path)
            for group, account in zip(
                *(table.column(c).to_pylist() for c in ("group", "account")), strict=True
            ):
                groups.setdefault(group, set()).add(account)
    return groups


def persist(
    new: Sequence[Members], previous: Mapping[str, Members], *, at: int | None = None
) -> tuple[list[str], pa.Table]:
    """An id for each new group, in their order, and the lineage rows that say where it comes from.

    Groups within `new`, as within `previous`, share no member. `at` (microseconds) is the last moment of the
    data, never the clock. Lineage kinds: `new` (no member was in a group; `was` is empty), `kept`, `merged`
    (most of `was` went into this group, which has another id), `split` (a smaller part of `was` did),
    `gone` (no member of this group is in any group now).
    """
    shared = _shared(new, previous)
    kept = _kept(shared, previous)
    taken, ids = set(kept.values()), []
    for number, members in enumerate(new):
        ids.append(kept.get(number) or _fresh(members, taken | set(previous)))
        taken.add(ids[-1])
    return ids, _rows(_lineage(ids, shared, previous), at)


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


def _fresh(members: Members, taken: AbstractSet[str]) -> str:
    name, attempt = f"op-{content_id(['group', sorted(members)])[:10]}", 0
    while name in taken:
        # An old group may have drifted away from the members its id was made of.
        attempt += 1
        name = f"op-{content_id(['group', sorted(members), attempt])[:10]}"
    return name


def _lineage(
    ids: Sequence[str], shared: Sequence[Counter[str]], previous: Mapping[str, Members]
) -> Iterable[tuple[str, str, str, int]]:
    for group, counts in zip(ids, shared, strict=True):
        for was, count in counts.items():
            most = 2 * count > len(previous[was])
            yield group, was, "kept" if was == group else "merged" if most else "split", count
        if not counts:
            yield group, "", "new", 0
    survivors = {was for counts in shared for was in counts}
    yield from ((was, was, "gone", 0) for was in previous if was not in survivors)


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
