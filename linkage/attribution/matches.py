"""What groups hold of known operators' values, and the evidence on which the other hypotheses rest.

Expressions in, expressions out; `stage` has the engine compute them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import Floats, Ints
from linkage.attribution.hypotheses import UNKNOWN, UNRELATED, Match
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import value_numbers
from linkage.groups.assessment import Assessment
from linkage.links.stage import Links

Named = Sequence[tuple[str, Assessment]]
"""Reported groups with their ids."""

VALUE = ["trait", "value"]


def members(groups: Named, names: Sequence[str]) -> pa.Table:
    """group, account."""
    rows = [(group, names[i]) for group, each in groups for i in each.members]
    group, account = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({"group": pa.array(group, pa.string()), "account": pa.array(account, pa.string())})


# --- what groups hold ----------------------------------------------------------------------------


def degrees(held: ir.Table) -> ir.Table:
    """How many accounts hold each value: trait, value, degree."""
    return held.group_by(VALUE).agg(degree=_.account.nunique())


def matched(mine: ir.Table, indicators: ir.Table, degree: ir.Table) -> ir.Table:
    """Each indicator (its number i) whose value a group holds: group, i, gap (µs), k of its accounts, degree.

    `mine` are the observations of members with their group; `indicators` has i, trait, value, first_at and
    last_at.
    """
    used = indicators.rename(from_at="first_at", to_at="last_at")
    gap = _gap(mine.join(used, VALUE)).group_by("group", "i").agg(gap=_.gap.min())
    k = mine.group_by("group", *VALUE).agg(k=_.account.nunique())
    # Each indicator of a value meets the holders of that value once.
    both = gap.join(indicators.select("i", *VALUE), "i").join(k, ["group", *VALUE])
    return both.join(degree, VALUE).order_by(["group", "i"])


def _gap(both: ir.Table) -> ir.Table:
    """Time between the operator's use and each account's; none where either is not dated, as for links."""
    after = both.first_at - both.to_at
    before = both.from_at - both.last_at
    return both.mutate(gap=ibis.greatest(after, before, ibis.literal(0)).fill_null(0))


def tried(indicators: pa.Table, numbers: pa.ChunkedArray) -> Counter[tuple[str, str]]:
    """How many different values of each operator and trait anybody here holds: those of the indicators with
    these numbers."""
    rows = indicators.take(numbers).select(["operator", *VALUE]).to_pylist()
    return Counter((o, t) for o, t, _ in {(row["operator"], row["trait"], row["value"]) for row in rows})


def few_observations(mine: ir.Table, most: int) -> ir.Table:
    """The first observations, by id, of each value that a group holds: group, trait, value, observation."""
    place = ibis.row_number().over(ibis.window(group_by=["group", *VALUE], order_by="observation"))
    few = mine.mutate(place=place).filter(_.place < most).select("group", *VALUE, "observation")
    return few.order_by(["group", *VALUE, "observation"])


def by_group(
    rows: Sequence[Mapping[str, Any]],
    indicators: pa.Table,
    tried: Mapping[tuple[str, str], int],
    observations: Sequence[Mapping[str, Any]],
) -> dict[str, list[Match]]:
    """The matches of each group, from the rows of `matched` and `few_observations`."""
    shown: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for row in observations:
        value = (row["group"], row["trait"], row["value"])
        shown[value] = (*shown.get(value, ()), row["observation"])
    named = indicators.take(pa.array([row["i"] for row in rows], pa.int64())).to_pylist()
    found: dict[str, list[Match]] = {}
    for row, each in zip(rows, named, strict=True):
        own = shown[row["group"], each["trait"], each["value"]]
        match = _match(row, each, tried[each["operator"], each["trait"]], own)
        found.setdefault(row["group"], []).append(match)
    return found


def _match(
    row: Mapping[str, Any], indicator: Mapping[str, Any], tried: int, observations: tuple[str, ...]
) -> Match:
    return Match(
        operator=indicator["operator"],
        trait=indicator["trait"],
        value=indicator["value"],
        holders=row["k"],
        outside=row["degree"] - row["k"],
        confidence=indicator["confidence"],
        elsewhere=indicator["elsewhere"],
        gap=row["gap"],
        tried=tried,
        source=indicator["source"] or "",
        observations=observations,
    )


# --- what the other hypotheses rest on -----------------------------------------------------------


def reasons(groups: Named, links: Links, accounts: int, most: int) -> pa.Table:
    """Account, kind and value of the evidence for an unknown operator (that of the group's strongest link)
    and for unrelated accounts (that against its links): group, hypothesis, a, kind, v.

    Of each group and hypothesis the `most` rows with most bits; `accounts` are all of the population.
    """
    scored, names = links.scored, [group for group, _each in groups]
    home = np.full(accounts, -1, dtype=np.int64)
    for number, (_group, each) in enumerate(groups):
        home[each.members] = number
    inside = links.linked & (home[scored.left] == home[scored.right]) & (home[scored.left] >= 0)
    best = np.zeros(len(inside), dtype=bool)
    best[_first(np.flatnonzero(inside), home[scored.left], -scored.log_odds, 1)] = True
    group = home[scored.left[scored.pair]]
    speaking = np.flatnonzero(best[scored.pair] & (scored.counted > 0))
    against = np.flatnonzero(inside[scored.pair] & (scored.counted < 0))
    kind, values = links.evidence["kind"].to_numpy(), value_numbers(links.evidence)
    rows: dict[str, list[Any]] = {"group": [], "hypothesis": [], "a": [], "kind": [], "v": []}
    for name, own, order in ((UNKNOWN, speaking, -scored.counted), (UNRELATED, against, scored.counted)):
        chosen = _first(own, group, order, most)
        for side in (scored.left, scored.right):
            rows["group"] += [names[number] for number in group[chosen].tolist()]
            rows["hypothesis"] += [name] * len(chosen)
            rows["a"] += side[scored.pair[chosen]].tolist()
            rows["kind"] += kind[chosen].tolist()
            rows["v"] += values[chosen].tolist()
    text, number = pa.string(), pa.int64()
    types = {"group": text, "hypothesis": text, "a": pa.int32(), "kind": pa.int8(), "v": number}
    return pa.table({name: pa.array(rows[name], each) for name, each in types.items()})


def _first(rows: Ints, group: Ints, order: Floats, most: int) -> Ints:
    """Of these rows the first few of each group, by `order`, then by place."""
    ranked = rows[np.lexsort((rows, order[rows], group[rows]))]
    starts = np.flatnonzero(np.diff(group[ranked], prepend=-2))
    place = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.r_[starts, len(ranked)]))
    chosen: Ints = ranked[place < most]
    return chosen


def grounds(reasons: ir.Table, holders: ir.Table, hours: ir.Table) -> ir.Table:
    """The observations behind these reasons: group, hypothesis, observation, each once.

    `holders` has a, v, observation; `hours` a, observation of each account's hours of the day.
    """
    columns = ("group", "hypothesis", "observation")
    shared = reasons.filter(_.kind == Kind.VALUE).join(holders, ["a", "v"]).select(*columns)
    compared = reasons.filter(_.kind == Kind.HOURS).join(hours, "a").select(*columns)
    return shared.union(compared).distinct().order_by(list(columns))
