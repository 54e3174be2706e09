"""Group-level tests: in what does a community differ from comparable accounts?

A careful operator's accounts share no card and no address, but as a group they differ: funding, BIN,
networks, registration window, clients. For each trait the share of the community holding a value is
held against the share among other accounts of the same country and level of activity (binomial tail),
and Benjamini and Hochberg's rule bounds the false discoveries over all communities and traits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAY = 86_400_000_000
WIDTHS = (1, 3, 7, 14, 42)
"""Days; campaigns that were published registered their accounts within hours to six weeks."""

LEAST_SHARE = 0.4
"""A value is a mark of the community only if so many of its accounts hold it."""

LEAST_LIFT = 2.0
"""And only if it is at least so many times commoner than among comparable accounts."""


@dataclass(frozen=True)
class Trait:
    """Who holds which value of a trait: account numbers in order, and the value number of each row."""

    family: str
    a: Ints
    value: Ints
    names: Sequence[str]

    @cached_property
    def by_account(self) -> tuple[Ints, Ints]:
        """Distinct holders and values, in the order of holders."""
        a, value = np.unique(np.stack([self.a, self.value]), axis=1)
        return a, value

    @cached_property
    def by_value(self) -> tuple[Ints, Ints]:
        """The same in the order of values."""
        a, value = self.by_account
        order = np.argsort(value, kind="stable")
        return value[order], a[order]

    @cached_property
    def having(self) -> Ints:
        """Accounts that hold any value."""
        return np.unique(self.a)

    def of(self, group: Ints) -> tuple[Ints, Ints]:
        """What these accounts hold: accounts and values."""
        a, value = self.by_account
        low, high = (np.searchsorted(a, group, side) for side in ("left", "right"))
        width = high - low
        rows = np.arange(int(width.sum())) + np.repeat(low - (np.cumsum(width) - width), width)
        return a[rows], value[rows]

    def holders(self, number: int) -> Ints:
        """Accounts that hold one value."""
        value, a = self.by_value
        low, high = np.searchsorted(value, [number, number + 1])
        return a[low:high]


@dataclass(frozen=True)
class Mark:
    """A value, or a window of registrations (from `low` to `high`, µs), that sets a community apart.

    `beyond_chance`: it stands even when the chance of any false mark in the whole run is bounded
    (Bonferroni). The many true differences of firms and campuses make the rule of Benjamini and
    Hochberg lenient towards the rest; an accusation may rest only on marks that do without it.
    """

    group: int
    trait: str
    family: str
    value: str
    inside: float
    outside: float
    compared: int
    p_value: float
    low: int = 0
    high: int = 0
    beyond_chance: bool = False

    @property
    def bits(self) -> float:
        """What holding the value says of one account: log2 of how much commoner it is inside."""
        return round(float(np.log2(self.inside / max(self.outside, 1e-6))), 6)


def _tail(k: Ints, n: int, p: Floats) -> Floats:
    """P(X ≥ k) for X ~ Binomial(n, p)."""
    from scipy.special import betainc

    safe = np.clip(p, 1e-9, 1 - 1e-9)
    result: Floats = np.where(k <= 0, 1.0, betainc(np.maximum(k, 1), n - np.maximum(k, 1) + 1, safe))
    return result


class Population:
    """All accounts and their strata (country and level of activity), against which communities are held."""

    def __init__(self, strata: Ints) -> None:
        self.strata = strata
        self.kinds = int(strata.max(initial=0)) + 1

    def expected(self, group: Ints, trait: Trait, values: Ints) -> Floats:
        """Share of comparable other accounts that hold each value; smoothed by one account."""
        inside = np.zeros(len(self.strata), dtype=bool)
        inside[group] = True
        members = np.unique(trait.of(group)[0])
        own = self._count(members)
        base = self._count(trait.having) - own
        weight = own / max(len(members), 1)
        overall = len(trait.having) - len(members)
        shares = []
        for value in values.tolist():
            who = trait.holders(value)
            held = who[~inside[who]]
            whole = (len(held) + 1) / (overall + 2)
            # Where a stratum is small its own share is drawn towards the whole population's.
            share = (self._count(held) + 20 * whole) / (base + 20)
            shares.append(float((weight * share).sum()))
        return np.array(shares)

    def _count(self, accounts: Ints) -> Ints:
        """How many of them are in each stratum."""
        return np.bincount(self.strata[accounts], minlength=self.kinds)


def trait_marks(number: int, group: Ints, name: str, trait: Trait, population: Population) -> list[Mark]:
    """Every value that enough of the community hold; p-values are corrected for the trait's values only."""
    accounts, held = trait.of(group)
    n = len(np.unique(accounts))
    if n < 5:
        return []
    values, counts = np.unique(held, return_counts=True)
    different = max(len(values), 1)
    chosen = counts >= max(3, LEAST_SHARE * n)
    values, counts = values[chosen], counts[chosen]
    expected = population.expected(group, trait, values)
    tail = np.minimum(_tail(counts, n, expected) * different, 1.0)
    return [
        Mark(number, name, trait.family, trait.names[v], k / n, round(float(e), 9), n, float(p))
        for v, k, e, p in zip(values, counts, expected, tail, strict=True)
    ]


def registration_mark(number: int, group: Ints, created: Floats, population: Population) -> list[Mark]:
    """The window that holds surprisingly many of the community's registrations (scan statistic), if any.

    `created` has µs per account number, NaN where unknown. The bound is multiplied by the number of
    windows looked at.
    """
    times = np.sort(created[group][~np.isnan(created[group])])
    n = len(times)
    if n < 5:
        return []
    inside = np.zeros(len(created), dtype=bool)
    inside[group] = True
    known = ~np.isnan(created) & ~inside
    base = np.bincount(population.strata[known], minlength=population.kinds)
    weight = np.bincount(population.strata[group], minlength=population.kinds) / len(group)
    best: Mark | None = None
    for days in WIDTHS:
        count = np.searchsorted(times, times + days * DAY, side="right") - np.arange(n)
        start = int(np.argmax(count))
        k = int(count[start])
        here = known & (created >= times[start]) & (created <= times[start] + days * DAY)
        hits = np.bincount(population.strata[here], minlength=population.kinds)
        whole = (int(here.sum()) + 1) / (int(known.sum()) + 2)
        share = float((weight * (hits + 20 * whole) / (base + 20)).sum())
        p = min(float(_tail(np.array([k]), n, np.array([share]))[0]) * n * len(WIDTHS), 1.0)
        if k >= LEAST_SHARE * n and (best is None or p < best.p_value):
            day = str(np.datetime64(int(times[start]), "us").astype("datetime64[D]"))
            value = f"{days} days from {day}" if days > 1 else f"one day from {day}"
            low, high = int(times[start]), int(times[start]) + days * DAY
            best = Mark(number, "created_at", "registration", value, k / n, round(share, 9), n, p, low, high)
    return [best] if best else []


def discoveries(marks: Sequence[Mark], *, tests: int, rate: float) -> list[Mark]:
    """The marks that stand after Benjamini and Hochberg's rule over `tests` tests and are large enough."""
    ordered = sorted(marks, key=lambda m: (m.p_value, m.group, m.trait, m.value))
    passing = [i for i, m in enumerate(ordered, 1) if m.p_value <= rate * i / max(tests, 1)]
    standing = ordered[: max(passing, default=0)]
    bound = rate / max(tests, 1)
    return [
        replace(m, beyond_chance=m.p_value <= bound) for m in standing if m.inside >= LEAST_LIFT * m.outside
    ]


def marks(
    groups: Mapping[int, Ints],
    traits: Mapping[str, Trait],
    created: Floats,
    population: Population,
    *,
    rate: float,
) -> dict[int, list[Mark]]:
    """For each community, what sets it apart; the strongest first."""
    found: list[Mark] = []
    for number, group in sorted(groups.items()):
        for name, trait in sorted(traits.items()):
            found += trait_marks(number, group, name, trait, population)
        found += registration_mark(number, group, created, population)
    tests = len(groups) * (len(traits) + 1)
    result: dict[int, list[Mark]] = {number: [] for number in groups}
    for mark in discoveries(found, tests=tests, rate=rate):
        result[mark.group].append(mark)
    return result


def strata(country: Ints, activity: Ints) -> Ints:
    """A stratum for each account: country and third of activity; small ones fall together per third."""
    if not len(activity):
        return np.empty(0, dtype=np.int64)
    if not len(activity):
        return np.empty(0, dtype=np.int64)
    third = np.searchsorted(np.quantile(activity, [1 / 3, 2 / 3]), activity, side="left")
    joined = country * 3 + third
    _, inverse, counts = np.unique(joined, return_inverse=True, return_counts=True)
    small = counts[inverse] < 30
    return np.unique(np.where(small, -1 - third, joined), return_inverse=True)[1]
