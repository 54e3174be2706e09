"""When a community's accounts were opened, held against when comparable accounts were."""

import numpy as np

from linkage.arrays import Floats, Ints
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

    def within(self, low: float, high: float) -> Ints:
        """Accounts opened from `low` to `high`, by stratum."""
        first, last = np.searchsorted(self._times, low, "left"), np.searchsorted(self._times, high, "right")
        result: Ints = np.searchsorted(self._keys, self._starts + last) - np.searchsorted(
            self._keys, self._starts + first
        )
        return result


def compare_registrations(times: Registrations, who: Communities, chosen: TraitTests) -> Comparisons:
    """Of each community the window that holds most surprisingly many of its registrations (scan statistic).

    The bound is multiplied by the number of windows looked at.
    """
    weight = who.weight("registration")
    members = np.flatnonzero((who.labels >= 0) & ~np.isnan(times.created))
    members = members[np.lexsort((times.created[members], who.labels[members]))]
    bounds = np.searchsorted(who.labels[members], np.arange(who.count + 1))
    everyone = times.population.table(who.labels[who.labels >= 0], np.flatnonzero(who.labels >= 0), who.count)
    found = []
    for number in range(who.count):
        group = members[bounds[number] : bounds[number + 1]]
        if weight[group].sum() >= chosen.min_known_blocks - TOLERANCE:
            best = _best_window(times, (group, weight[group]), everyone[number], chosen)
            found += [(number, *best)] if best else []
    if not found:
        return no_comparisons()
    community, inside, outside, p_value, low, high, compared = (np.array(c) for c in zip(*found, strict=True))
    return Comparisons(community, community * 0, inside, outside, compared, p_value, low, high)


def _best_window(
    times: Registrations, opened: tuple[Ints, Floats], mix: Floats, chosen: TraitTests
) -> tuple[float, float, float, int, int, int] | None:
    """Share inside and elsewhere, p-value, begin and end, accounts known; of accounts in order of
    opening with their weights (`opened`) and of the strata of their community (`mix`)."""
    group, weight = opened
    created, n = times.created[group], len(group)
    before = np.concatenate([[0.0], np.cumsum(weight)])
    total = before[-1]
    own = np.bincount(times.population.strata[group], minlength=times.population.kinds)
    best: tuple[float, float, float, int, int, int] | None = None
    for days in chosen.window_days:
        ends = np.searchsorted(created, created + days * DAY, side="right")
        counts = before[ends] - before[:-1]
        start = int(np.argmax(np.round(counts, DECIMALS)))
        low, high = int(created[start]), int(created[start]) + days * DAY
        here = group[start : ends[start]]
        outside = times.within(low, high) - np.bincount(
            times.population.strata[here], minlength=times.population.kinds
        )
        others = (times.base - own).astype(float)
        share = float(
            comparable_share(
                outside[None, :].astype(float), others, mix[None, :], smoothing=chosen.smoothing_accounts
            )[0]
        )
        p = min(float(tail(counts[start], total, np.array(share))) * n * len(chosen.window_days), 1.0)
        if counts[start] >= chosen.min_holding_share * total - TOLERANCE and (best is None or p < best[2]):
            best = (len(here) / n, share, p, low, high, n)
    return best
