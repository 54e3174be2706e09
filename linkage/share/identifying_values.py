"""Which values identify a group: those that speak for it, and that nobody outside it has.

What is known of a group stands in the tables of its case.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linkage.attribution.one_log import of_one_log
from linkage.case import Case
from linkage.case.sent_texts import TRAITS as CONTENT
from linkage.settings.communities import Workload
from linkage.share.stix import Indicator
from linkage.share.stix_objects import day
from linkage.share.stix_pattern import carried

LEAST_ACCOUNTS = 2
"""Accounts of the group that hold a value: what one of them has alone may be his who was wrongly added."""

LEAST_CONFIDENCE = 50
"""In hundredths: a value that is not likelier the operator's than not is not shared."""

MOST_CONFIDENCE = 99
NEVER = ("api_key",)
"""Traits that are never shared: a key of an account opens it."""

Value = tuple[str, str]
Allowed = Callable[[str, Collection[str]], bool]
"""Whether a trait's value may be shared, given that these accounts hold."""


def anything(trait: str, holders: Collection[str]) -> bool:
    """Every value may be shared."""
    return bool(trait and holders)


def micro(at: Any) -> int:
    """Microseconds since 1970 of a time of the case."""
    return at if isinstance(at, int) else round(at.timestamp() * 1_000_000)


def hundredths(share: float) -> int:
    """A share in whole hundredths, cut, and never a whole: nothing here is beyond doubt."""
    return min(int(share * 100 + 1e-9), MOST_CONFIDENCE)


@dataclass
class _Held:
    """A value as the members of a group hold it."""

    holders: set[str] = field(default_factory=set)
    first_at: int | None = None
    last_at: int | None = None
    times: int = 0


@dataclass(frozen=True)
class Members:
    """The accounts of a group with their membership, what is seen of them, how likely it is one hand's."""

    shares: Mapping[str, float]
    seen: pa.Table
    sure: float
    last_at: int
    """The day it was last active (microseconds), for values of which nobody wrote down when."""


def chosen(
    case: Case, group: Members, held_back: Counter[str], allowed: Allowed = anything
) -> Iterator[Indicator]:
    """The values that speak for a link inside the group and that nobody else has."""
    members, seen = group.shares, group.seen
    spoken = _spoken(case, members)
    mine = _held(seen.filter(pc.is_in(seen.column("observation"), value_set=spoken)), seen)
    outside = _outside(case, members, mine)
    limits = _limits(case)
    for (trait, value), held in sorted(mine.items()):
        mean = sum(members[each] for each in held.holders) / len(held.holders)
        confidence = hundredths(mean * group.sure)
        why = _kept_back(trait, held, len(members), confidence, limits)
        if not why and (trait, value) in outside:
            why = "held by an account outside the group, too"
        if not why and not allowed(trait, held.holders):
            why = "withheld in this view"
        if why:
            held_back[why] += 1
            continue
        last = group.last_at if held.last_at is None else day(held.last_at)
        dates = (last if held.first_at is None else day(held.first_at), last)
        yield Indicator(trait, value, confidence, *dates, len(held.holders), held.times)


def _limits(case: Case) -> Workload:
    """What the run of the case called a group's own text."""
    given = case.run.get("settings", {}).get("groups", {}).get("workload", {})
    return Workload().model_copy(update=given)


def _kept_back(trait: str, held: _Held, size: int, confidence: int, limits: Workload) -> str:
    """Why a value is not shared; empty where it is."""
    if trait in NEVER:
        return "a key of an account, which opens it"
    if of_one_log(trait) or not carried(trait):
        return "means something in one log only"
    if len(held.holders) < LEAST_ACCOUNTS:
        return "held by one account of the group alone"
    few = max(limits.min_own_accounts, limits.min_own_share * size)
    if trait in CONTENT and len(held.holders) < few:
        return "a text that few of the group's accounts sent"
    return "not likelier the operator's than not" if confidence < LEAST_CONFIDENCE else ""


def _spoken(case: Case, members: Collection[str]) -> pa.Array:
    """The observations that speak for a link inside the group. What is known to be shared by strangers
    (`benign`) never does, and what is common enough says nothing."""
    table = case.evidence_among(members, ("bits", "left_observation", "right_observation"))
    table = table.filter(pc.greater(table.column("bits"), 0.0))
    found: set[str] = set()
    for side in ("left_observation", "right_observation"):
        found |= {each for each in pc.unique(_plain(table.column(side))).to_pylist() if each}
    return pa.array(sorted(found), pa.string())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _held(spoken: pa.Table, seen: pa.Table) -> dict[Value, _Held]:
    """How the members hold each value that speaks: all of them, also those whose own links do not cite it."""
    names = ("trait", "value")
    wanted = set(zip(*(_plain(spoken.column(name)).to_pylist() for name in names), strict=True))
    found: dict[Value, _Held] = {}
    wanted_columns = ("trait", "value", "account", "first_at", "last_at", "count")
    columns = [_plain(seen.column(name)) for name in wanted_columns]
    for place in (3, 4):
        columns[place] = columns[place].cast(pa.int64())
    for trait, value, account, first, last, count in zip(*(c.to_pylist() for c in columns), strict=True):
        if (trait, value) not in wanted:
            continue
        held = found.setdefault((trait, value), _Held())
        held.holders.add(account)
        held.times += count
        if first is not None:
            held.first_at = first if held.first_at is None else min(held.first_at, first)
            held.last_at = last if held.last_at is None else max(held.last_at, last)
    return found


def _outside(case: Case, members: Collection[str], mine: Collection[Value]) -> set[Value]:
    """Of these values those that an account outside the group holds."""
    if not mine:
        return set()
    where = {"trait": {trait for trait, _ in mine}, "value": {value for _, value in mine}}
    rows = case.table("observations", where)
    others = rows.filter(pc.invert(pc.is_in(rows.column("account"), value_set=pa.array(sorted(members)))))
    return set(zip(*(_plain(others.column(name)).to_pylist() for name in ("trait", "value")), strict=True))
