"""What groups hold of what is known, and the rows on which the other stories about them rest.

Composition only: all of it is matched by the engine.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import Floats, Ints
from linkage.attribution.hypotheses import UNKNOWN, UNRELATED, Match
from linkage.engines import Engine
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import value_numbers
from linkage.evidence.stage import Weighing
from linkage.groups.assessment import Judged
from linkage.links.stage import Links

EACH = 5
"""Observations listed for one value: the first by id of those that hold it."""

REASONS = 25
"""Reasons listed of a group's strongest link, and of what speaks against it: those of most bits."""


@dataclass(frozen=True)
class Groups:
    """The reported groups with their ids, and where they were found."""

    named: Sequence[tuple[str, Judged]]
    weighing: Weighing
    links: Links
    observations: ir.Table


# --- what groups hold ----------------------------------------------------------------------------


def matches(engine: Engine, groups: Groups, indicators: pa.Table) -> dict[str, list[Match]]:
    """Every value of a known operator that each group holds."""
    if not indicators.num_rows or not groups.named:
        return {}
    numbered = indicators.append_column("i", pa.array(np.arange(indicators.num_rows)))
    listed = engine.table(numbered.select(["i", "trait", "value", "first_at", "last_at"]))
    values = listed.select("trait", "value").distinct()
    held = engine.keep(groups.observations.semi_join(values, ["trait", "value"]))
    degree = held.group_by("trait", "value").agg(degree=_.account.nunique())
    members = engine.table(_members(groups))
    mine = engine.keep(held.join(members, "account"))
    used = listed.rename(from_at="first_at", to_at="last_at")
    gap = _gap(mine.join(used, ["trait", "value"])).group_by("group", "i").agg(gap=_.gap.min())
    k = mine.group_by("group", "trait", "value").agg(k=_.account.nunique())
    # Each indicator of a value meets the holders of that value once.
    both = gap.join(listed.select("i", "trait", "value"), "i").join(k, ["group", "trait", "value"])
    both = both.join(degree, ["trait", "value"])
    tried = _tried(engine, listed, indicators, degree)
    rows = engine.collect(both.order_by(["group", "i"]), at_most=engine.max_rows).to_pylist()
    seen = _observations(engine, mine)
    told = indicators.take(pa.array([row["i"] for row in rows], pa.int64())).to_pylist()
    found: dict[str, list[Match]] = {}
    for row, each in zip(rows, told, strict=True):
        value = (row["group"], each["trait"], each["value"])
        row["tried"] = tried[each["operator"], each["trait"]]
        found.setdefault(row["group"], []).append(_match(row, each, seen[value]))
    engine.drop(held, mine, listed, members)
    return found


def _tried(
    engine: Engine, listed: ir.Table, indicators: pa.Table, degree: ir.Table
) -> Counter[tuple[str, str]]:
    """How many values of each operator and trait anybody here holds."""
    there = listed.semi_join(degree, ["trait", "value"]).select("i")
    numbers = engine.collect(there, at_most=engine.max_rows)["i"]
    rows = indicators.take(numbers).select(["operator", "trait", "value"]).to_pylist()
    return Counter((o, t) for o, t, _ in {(row["operator"], row["trait"], row["value"]) for row in rows})


def _match(row: Mapping[str, Any], indicator: Mapping[str, Any], seen: tuple[str, ...]) -> Match:
    return Match(
        operator=indicator["operator"],
        trait=indicator["trait"],
        value=indicator["value"],
        holders=row["k"],
        outside=row["degree"] - row["k"],
        confidence=indicator["confidence"],
        elsewhere=indicator["elsewhere"],
        gap=row["gap"],
        tried=row["tried"],
        source=indicator["source"] or "",
        observations=seen,
    )


def _gap(both: ir.Table) -> ir.Table:
    """Time between the operator's use and each account's; none where either is not dated, as for links."""
    after = both.first_at - both.to_at
    before = both.from_at - both.last_at
    return both.mutate(gap=ibis.greatest(after, before, ibis.literal(0)).fill_null(0))


def _observations(engine: Engine, mine: ir.Table) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """A few observations of each value that a group holds."""
    place = ibis.row_number().over(ibis.window(group_by=["group", "trait", "value"], order_by="observation"))
    few = mine.mutate(place=place).filter(_.place < EACH).select("group", "trait", "value", "observation")
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for row in engine.collect(
        few.order_by(["group", "trait", "value", "observation"]), at_most=engine.max_rows
    ).to_pylist():
        value = (row["group"], row["trait"], row["value"])
        found[value] = (*found.get(value, ()), row["observation"])
    return found


def _members(groups: Groups) -> pa.Table:
    names = groups.weighing.names
    rows = [(group, names[i]) for group, judged in groups.named for i in judged.members]
    group, account = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({"group": pa.array(group, pa.string()), "account": pa.array(account, pa.string())})


# --- what the other stories rest on --------------------------------------------------------------


def grounds(engine: Engine, groups: Groups) -> dict[tuple[str, str], list[str]]:
    """Observations on which the stories without a name rest, by group and story: for one hand, those behind
    the group's strongest link; for strangers, those behind the evidence against."""
    rows = _reasons(groups)
    if not rows.num_rows:
        return {}
    told = engine.table(rows)
    holders = groups.weighing.holders.select("a", "v", "observation")
    shared = (
        told.filter(_.kind == Kind.VALUE).join(holders, ["a", "v"]).select("group", "story", "observation")
    )
    hours = groups.observations.filter(_.trait == "hours").join(groups.weighing.accounts, "account")
    compared = told.filter(_.kind == Kind.HOURS).join(hours.select("a", "observation"), "a")
    both = shared.union(compared.select("group", "story", "observation")).distinct()
    found: dict[tuple[str, str], list[str]] = {}
    for row in engine.collect(
        both.order_by(["group", "story", "observation"]), at_most=engine.max_rows
    ).to_pylist():
        found.setdefault((row["group"], row["story"]), []).append(row["observation"])
    return found


def _reasons(groups: Groups) -> pa.Table:
    """Account, kind and value of each reason for and against: group, story, a, kind, v."""
    scored, names = groups.links.scored, [group for group, _judged in groups.named]
    home = np.full(len(groups.weighing.names), -1, dtype=np.int64)
    for number, (_group, judged) in enumerate(groups.named):
        home[judged.members] = number
    inside = groups.links.linked & (home[scored.left] == home[scored.right]) & (home[scored.left] >= 0)
    best = np.zeros(len(inside), dtype=bool)
    best[_first(np.flatnonzero(inside), home[scored.left], -scored.log_odds, 1)] = True
    group = home[scored.left[scored.pair]]
    speaking = np.flatnonzero(best[scored.pair] & (scored.counted > 0))
    against = np.flatnonzero(inside[scored.pair] & (scored.counted < 0))
    kind, values = groups.links.evidence["kind"].to_numpy(), value_numbers(groups.links.evidence)
    told: dict[str, list[Any]] = {"group": [], "story": [], "a": [], "kind": [], "v": []}
    for story, rows, order in ((UNKNOWN, speaking, -scored.counted), (UNRELATED, against, scored.counted)):
        chosen = _first(rows, group, order, REASONS)
        for side in (scored.left, scored.right):
            told["group"] += [names[number] for number in group[chosen].tolist()]
            told["story"] += [story] * len(chosen)
            told["a"] += side[scored.pair[chosen]].tolist()
            told["kind"] += kind[chosen].tolist()
            told["v"] += values[chosen].tolist()
    text, number = pa.string(), pa.int64()
    types = {"group": text, "story": text, "a": pa.int32(), "kind": pa.int8(), "v": number}
    return pa.table({name: pa.array(told[name], each) for name, each in types.items()})


def _first(rows: Ints, group: Ints, order: Floats, most: int) -> Ints:
    """Of these rows the first few of each group, by `order`, then by place."""
    ranked = rows[np.lexsort((rows, order[rows], group[rows]))]
    starts = np.flatnonzero(np.diff(group[ranked], prepend=-2))
    place = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.r_[starts, len(ranked)]))
    chosen: Ints = ranked[place < most]
    return chosen
