"""When a community's accounts were opened, held against when comparable accounts were."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.trait_tests import (
    TOLERANCE,
    Communities,
    Comparisons,
    Population,
    comparable_share,
    no_comparisons,
    tail,
)
from linkage.settings.group_assessment import TraitTests

DAY = 86_400_000_000
"""µs."""

DECIMALS = 9
"""Of sums of weights, so that windows that hold as many are equals."""


Times = Ints | Floats | float
"""One moment or several, µs."""


class Registrations:
    """When accounts were opened, ready to be counted in any window: µs per account, NaN where unknown."""

    def __init__(self, created: Floats, population: Population) -> None:
        self.created, self.population = created, population
        known = np.flatnonzero(~np.isnan(created))
        known = known[np.argsort(created[known], kind="stable")]
        self._times = created[known]
        self.base = np.bincount(population.strata[known], minlength=population.kinds)
        # Stratum and place in time as one number, so that one search counts in every stratum.
        self._starts = np.arange(population.kinds) * (len(known) + 1)
        self._keys = np.sort(self._starts[population.strata[known]] + np.arange(len(known)))

    def within(self, low: Times, high: Times) -> Ints:
        """Accounts opened from `low` to `high` (µs), by stratum: a row for each of such windows."""
        first, last = np.searchsorted(self._times, low, "left"), np.searchsorted(self._times, high, "right")
        until, before = (
            np.searchsorted(self._keys, self._starts + np.expand_dims(place, -1)) for place in (last, first)
        )
        return np.asarray(until - before)

    def place(self, created: Floats) -> Ints:
        """How many accounts were opened before these times."""
        return np.searchsorted(self._times, created, "left")

    def place_after(self, created: Floats, days: int) -> Ints:
        """How many accounts were opened until so many days after these times."""
        return np.searchsorted(self._times, created + days * DAY, "right")


@dataclass(frozen=True)
class _Opened:
    """The accounts of communities in which openings can be compared, community by community in the order of
    opening: their numbers, times (µs), and weights added up in their community, with and without their own.
    Of each community its number, where it starts, and how many accounts it has."""

    accounts: Ints
    created: Floats
    until: Floats
    before: Floats
    numbers: Ints
    starts: Ints
    sizes: Ints

    @property
    def row(self) -> Ints:
        """The place of each account's community among the numbers."""
        return np.repeat(np.arange(len(self.numbers)), self.sizes)

    @property
    def total(self) -> Floats:
        """The weight of each community."""
        return np.asarray(self.until[self.starts + self.sizes - 1])


@dataclass(frozen=True)
class _Windows:
    """One window of each community: its first account and that after its last, by place, the weight inside,
    begin and end (µs), the share of comparable others opened in it, and the p-value."""

    first: Ints
    last: Ints
    held: Floats
    low: Ints
    high: Ints
    outside: Floats
    p_value: Floats

    def where_better(self, other: "_Windows", better: Bools) -> "_Windows":
        """Those of `other` for the communities where they are better."""
        names = self.__dataclass_fields__
        return _Windows(*(np.where(better, getattr(other, name), getattr(self, name)) for name in names))


def compare_registrations(times: Registrations, who: Communities, chosen: TraitTests) -> Comparisons:
    """Of each community the window that holds most surprisingly many of its registrations (scan statistic).

    The bound is multiplied by the number of windows looked at.
    """
    opened = _opened(times, who, chosen)
    if not len(opened.numbers):
        return no_comparisons()
    inside = np.flatnonzero(who.labels >= 0)
    everyone = times.population.table(who.labels[inside], inside, who.count)[opened.numbers]
    best, found = None, np.zeros(len(opened.numbers), dtype=bool)
    for days in chosen.window_days:
        windows = _fullest(times, opened, days)
        windows = _against_others(times, opened, windows, everyone, chosen)
        enough = windows.held >= chosen.min_holding_share * opened.total - TOLERANCE
        better = enough & (~found | (windows.p_value < best.p_value if best else True))
        best = best.where_better(windows, better) if best else windows
        found |= better
    if best is None or not found.any():
        return no_comparisons()
    community, shares = opened.numbers[found], (best.last - best.first) / opened.sizes
    return Comparisons(
        community,
        community * 0,
        shares[found],
        best.outside[found],
        opened.sizes[found],
        best.p_value[found],
        best.low[found],
        best.high[found],
    )


def _opened(times: Registrations, who: Communities, chosen: TraitTests) -> _Opened:
    """The communities enough of which was opened at a known time."""
    weight = who.weight("registration")
    members = np.flatnonzero((who.labels >= 0) & ~np.isnan(times.created))
    members = members[np.lexsort((times.created[members], who.labels[members]))]
    bounds = np.searchsorted(who.labels[members], np.arange(who.count + 1))
    sums = [np.cumsum(weight[members[low:high]]) for low, high in pairwise(bounds.tolist())]
    least = chosen.min_known_blocks - TOLERANCE
    able = [number for number, own in enumerate(sums) if len(own) and own[-1] >= least]
    until = [np.empty(0), *(sums[number] for number in able)]
    before = [np.empty(0), *(np.append(0.0, sums[number][:-1]) for number in able)]
    members = members[np.isin(who.labels[members], able)]
    numbers, starts, sizes = np.unique(who.labels[members], return_index=True, return_counts=True)
    sums_of = np.concatenate(until), np.concatenate(before)
    return _Opened(members, times.created[members], *sums_of, numbers, starts, sizes)


def _fullest(times: Registrations, opened: _Opened, days: int) -> _Windows:
    """The window of so many days that holds most of each community, the first of those alike."""
    row, width = opened.row, len(times.created) + 1
    keys = row * width + times.place(opened.created)
    ends = np.searchsorted(keys, row * width + times.place_after(opened.created, days))
    held = opened.until[ends - 1] - opened.before
    rounded = np.round(held, DECIMALS)
    most = np.maximum.reduceat(rounded, opened.starts)[row]
    places = np.where(rounded == most, np.arange(len(row)), len(row))
    first = np.minimum.reduceat(places, opened.starts)
    low = opened.created[first].astype(np.int64)
    unknown = np.zeros(len(first))
    return _Windows(first, ends[first], held[first], low, low + days * DAY, unknown, unknown)


def _against_others(
    times: Registrations, opened: _Opened, windows: _Windows, mix: Floats, chosen: TraitTests
) -> _Windows:
    """The windows held against comparable accounts; `mix` are the strata of each community (columns)."""
    population, count = times.population, len(opened.numbers)
    row, place = opened.row, np.arange(len(opened.accounts))
    inside = (place >= windows.first[row]) & (place < windows.last[row])
    here = population.table(row[inside], opened.accounts[inside], count)
    own = population.table(row, opened.accounts, count)
    outside, others = times.within(windows.low, windows.high) - here, times.base - own
    share = comparable_share(outside, others, mix, smoothing=chosen.smoothing_accounts)
    chance = tail(windows.held, opened.total, share) * opened.sizes * len(chosen.window_days)
    return replace(windows, outside=share, p_value=np.minimum(chance, 1.0))
