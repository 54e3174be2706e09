"""Communities held against comparable accounts, trait by trait.

The share of a community holding a value is held against the share among other accounts of the same country
and level of activity (binomial tail).

Accounts of one household or firm are one decision, not many: the tail counts such a block once, each of its
accounts with its part of it. All communities are tested at once, for the null model asks again and again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from linkage.arrays import Floats, Ints, distinct, places_of
from linkage.settings.group_assessment import TraitTests

TOLERANCE = 1e-9
"""By how much a sum of weights may fall short of a whole number, for it to be taken as that number."""


@dataclass(frozen=True)
class Trait:
    """Who holds which value of a trait: account numbers in order, and the value number of each row.

    `known`: accounts of which it is known, where that does not go without saying: to be in no burst of
    registrations is known, to have no card is not (None: those that hold any value).
    """

    family: str
    a: Ints
    value: Ints
    names: Sequence[str]
    known: Ints | None = None

    @cached_property
    def rows(self) -> tuple[Ints, Ints]:
        """Distinct holders and values."""
        code = distinct(self.a * max(len(self.names), 1) + self.value)
        return code // max(len(self.names), 1), code % max(len(self.names), 1)

    def of(self, accounts: Ints) -> tuple[Ints, Ints]:
        """The distinct holders and values of some accounts, given in order."""
        holders, values = self.rows
        mine = places_of(accounts, holders)
        return holders[mine], values[mine]

    def holders_of(self, name: str) -> Ints:
        """The accounts of all rows with the value of this name."""
        order, values = self._by_value
        low, high = (np.searchsorted(values, self._numbers[name], side) for side in ("left", "right"))
        return self.a[order[low:high]]

    @cached_property
    def _by_value(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.value, kind="stable")
        return order, self.value[order]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def having(self) -> Ints:
        """Accounts of which the trait is known."""
        return distinct(self.a if self.known is None else np.concatenate([self.a, self.known]))


@dataclass(frozen=True)
class Population:
    """The stratum of each account (country and level of activity), within which accounts compare."""

    strata: Ints

    @cached_property
    def kinds(self) -> int:
        """How many strata there are."""
        return int(self.strata.max(initial=0)) + 1

    def table(self, rows: Ints, accounts: Ints, count: int) -> Floats:
        """How many of these accounts are in each stratum (columns), by row number below `count`."""
        code = rows * self.kinds + self.strata[accounts]
        result: Floats = (
            np.bincount(code, minlength=count * self.kinds).reshape(count, self.kinds).astype(float)
        )
        return result


@dataclass(frozen=True)
class Communities:
    """The community of each account (−1: none), and what each account weighs in it.

    `weights` by family, "" for those not named: 1 / the accounts of its block in the community.
    """

    labels: Ints
    weights: Mapping[str, Floats]

    @cached_property
    def count(self) -> int:
        """One more than the largest number."""
        return int(self.labels.max(initial=-1)) + 1

    def weight(self, family: str) -> Floats:
        """The weight of each account in tests of one family."""
        return self.weights.get(family, self.weights[""])

    def moved(self, to: Ints) -> "Communities":
        """The same with account `to[i]` in the place of account `i`."""
        labels = np.empty_like(self.labels)
        labels[to] = self.labels
        weights = {}
        for family, own in self.weights.items():
            weights[family] = np.empty_like(own)
            weights[family][to] = own
        return Communities(labels, weights)


@dataclass(frozen=True)
class Comparisons:
    """One trait tested in many communities, a row for each value that enough of one hold.

    community; value number; share of its accounts holding it, and of comparable others; accounts of which
    the trait is known; p-value, corrected for the values or windows looked at; for windows of
    registration, from when to when (µs), else 0.
    """

    community: Ints
    value: Ints
    inside: Floats
    outside: Floats
    compared: Ints
    p_value: Floats
    low: Ints
    high: Ints


def tail(k: Floats, n: Floats, p: Floats) -> Floats:
    """P(X ≥ k) for X ~ Binomial(n, p); between whole numbers, as the incomplete beta function goes on."""
    from scipy.special import betainc

    safe = np.clip(p, TOLERANCE, 1 - TOLERANCE)
    least = np.minimum(1.0, n)
    full = betainc(np.maximum(k, least), np.maximum(n - np.maximum(k, least) + 1, TOLERANCE), safe)
    result: Floats = np.where(k <= 0, 1.0, full)
    return result


def compare_trait(trait: Trait, who: Communities, population: Population, chosen: TraitTests) -> Comparisons:
    """Every value that enough of a community hold; p-values are corrected for the trait's values only."""
    a, value = trait.rows
    weight = who.weight(trait.family)
    inside = np.flatnonzero(who.labels[a] >= 0)
    width = max(len(trait.names), 1)
    keys, place, holders = np.unique(
        who.labels[a[inside]] * width + value[inside], return_inverse=True, return_counts=True
    )
    community, held = keys // width, keys % width
    members = trait.having[who.labels[trait.having] >= 0]
    home = who.labels[members]
    known: Floats = np.bincount(home, weight[members], minlength=who.count).astype(float)
    counted: Floats = np.bincount(place, weight[a[inside]], minlength=len(keys)).astype(float)
    least = np.maximum(chosen.min_holding_blocks, chosen.min_holding_share * known[community])
    kept = np.flatnonzero(
        (known[community] >= chosen.min_known_blocks - TOLERANCE) & (counted >= least - TOLERANCE)
    )
    if not len(kept):
        return no_comparisons()
    number = np.full(len(keys), -1)
    number[kept] = np.arange(len(kept))
    rows = number[place] >= 0
    bearing = population.table(number[place][rows], a[inside][rows], len(kept))
    outside = _elsewhere(trait, held[kept], bearing, population)
    own = population.table(home, members, who.count)
    base = np.bincount(population.strata[trait.having], minlength=population.kinds)
    share = comparable_share(
        outside, base - own[community[kept]], own[community[kept]], smoothing=chosen.smoothing_accounts
    )
    different = np.bincount(community, minlength=who.count)[community[kept]]
    chance = tail(counted[kept], known[community[kept]], share)
    compared = own.sum(axis=1)[community[kept]]
    zero = np.zeros(len(kept), dtype=np.int64)
    return Comparisons(
        community[kept],
        held[kept],
        holders[kept] / compared,
        share,
        compared.astype(np.int64),
        np.minimum(chance * different, 1.0),
        zero,
        zero,
    )


def known_blocks(trait: Trait, who: Communities) -> Floats:
    """Households or firms of each community of which a trait is known."""
    members = trait.having[who.labels[trait.having] >= 0]
    weights = who.weight(trait.family)[members]
    return np.bincount(who.labels[members], weights, minlength=who.count).astype(np.float64)


def no_comparisons() -> Comparisons:
    """Those of no community at all."""
    whole, real = np.empty(0, dtype=np.int64), np.empty(0)
    return Comparisons(whole, whole, real, real, whole, real, whole, whole)


def _elsewhere(trait: Trait, values: Ints, inside: Floats, population: Population) -> Floats:
    """Holders of each value outside the community in question, by stratum."""
    several, place = np.unique(values, return_inverse=True)
    number = np.full(max(len(trait.names), 1), -1)
    number[several] = np.arange(len(several))
    a, value = trait.rows
    rows = number[value] >= 0
    every = population.table(number[value[rows]], a[rows], len(several))
    result: Floats = every[place] - inside
    return result


def comparable_share(outside: Floats, others: Floats, own: Floats, *, smoothing: float) -> Floats:
    """Share of comparable other accounts: that of each stratum, by the community's part in it.

    By row and stratum: holders outside the community, all accounts outside it, the community's accounts.
    Smoothed by one account; a small stratum is drawn towards the whole by `smoothing` accounts.
    """
    whole = ((outside.sum(axis=-1) + 1) / (others.sum(axis=-1) + 2))[..., None]
    by_stratum = (outside + smoothing * whole) / (others + smoothing)
    result: Floats = (by_stratum * own).sum(axis=1) / np.maximum(own.sum(axis=1), 1)
    return result


def strata(country: Ints, activity: Ints, chosen: TraitTests) -> Ints:
    """A stratum for each account: country and level of activity; small ones of a level are put together."""
    if not len(activity):
        return np.empty(0, dtype=np.int64)
    levels = chosen.activity_levels
    bounds = np.quantile(activity, np.arange(1, levels) / levels)
    level = np.searchsorted(bounds, activity, side="left")
    joined = country * levels + level
    _, inverse, counts = np.unique(joined, return_inverse=True, return_counts=True)
    small = counts[inverse] < chosen.min_stratum_accounts
    return np.unique(np.where(small, -1 - level, joined), return_inverse=True)[1]
