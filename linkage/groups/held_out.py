"""Pairs of accounts that take no part in a division into parts, and judge the parts afterwards.

Leiden finds parts in every graph, also in one that is even: of all parts it takes those with most links
inside, and by these links they always look apart. So one in some pairs of accounts is held out, by their
numbers alone. A link between two such accounts makes no parts, and what the pair has in common says without
bias how much two parts have in common, and each inside (data splitting; Cox 1975).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from linkage.arrays import Bools, Floats, Ints, places_of
from linkage.groups.communities import WeightedLinks
from linkage.links.comparison import Compare
from linkage.settings.splitting import Splitting

Pair = tuple[int, int]
"""Two parts, the smaller number first; or one part, twice."""

SHIFTS, FACTORS = (30, 27, 31), (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
"""Steele, Lea and Flood 2014 (SplitMix64)."""


def held_out(left: Ints, right: Ints, one_in: int) -> Bools:
    """Which of some pairs of accounts are held out: one in so many, the same whichever end comes first."""
    low, high = (each.astype(np.uint64) for each in (np.minimum(left, right), np.maximum(left, right)))
    mixed = (low << np.uint64(32)) + high
    for shift, factor in zip(SHIFTS, FACTORS, strict=True):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray((mixed >> np.uint64(32)) % np.uint64(one_in) == 0)


class Common(NamedTuple):
    """What accounts of two parts, or of one, have in common by some measure: its mean over the drawn pairs,
    its variance, how many pairs these rest on (Kish 1965; 0: none could be compared), and the share of pairs
    that have any."""

    mean: float
    variance: float
    pairs: float
    share: float


class DrawnPairs:
    """Pairs that are held out, drawn at random inside parts and between them, and compared.

    An account is drawn by the weight of its links inside its part, so that those that hang on hardly count:
    with them the parts of two operators look alike. `members` are the accounts by place, `links` (by place)
    those that the parts were made of.
    """

    def __init__(self, members: Ints, links: WeightedLinks, limits: Splitting, *, seed: int) -> None:
        self._members, self._links, self._limits, self._seed = members, links, limits, seed
        self._known: dict[tuple[Pair, Compare, int], Common] = {}
        order = np.argsort(links.left, kind="stable"), np.argsort(links.right, kind="stable")
        self._sides = [(at, side[at]) for at, side in zip(order, (links.left, links.right), strict=True)]
        self._tied: dict[int, Floats] = {}

    def between(self, labels: Ints, pair: Pair, measure: Compare, most: int) -> tuple[Common, Common, Common]:
        """What accounts of two parts have in common by a measure, in so many pairs at most: across the two,
        and inside each.

        Where few pairs are held out, all are asked, if most inside have something in common: such parts were
        not chosen for the few that do.
        """
        inside = [self._inside(labels, part, measure, most) for part in pair]
        dense = min(each.share for each in inside) >= self._limits.min_dense_share
        across = self._common(labels, pair, measure, (self._limits.held_out_pairs, most))
        if dense and across.pairs < self._limits.min_drawn_pairs:
            across = self._common(labels, pair, measure, (1, most))
        return across, inside[0], inside[1]

    def forget(self, parts: Sequence[int]) -> None:
        """These parts have changed."""
        changed = {*parts}
        self._known = {key: known for key, known in self._known.items() if not changed & {*key[0]}}
        self._tied = {part: tied for part, tied in self._tied.items() if part not in changed}

    def _inside(self, labels: Ints, part: int, measure: Compare, most: int) -> Common:
        found = self._common(labels, (part, part), measure, (self._limits.held_out_pairs, most))
        if found.pairs >= self._limits.min_drawn_pairs:
            return found
        every = self._common(labels, (part, part), measure, (1, most))
        return every if every.share >= self._limits.min_dense_share else found

    def _common(self, labels: Ints, pair: Pair, measure: Compare, asked: tuple[int, int]) -> Common:
        """By one in so many pairs, and so many of them at most."""
        key = pair, measure, asked[0]
        if key not in self._known:
            left, right, weight = self._drawn(labels, pair, *asked)
            found = measure(left, right) if len(left) else np.empty(0)
            known = ~np.isnan(found)
            self._known[key] = _common(found[known], weight[known])
        return self._known[key]

    def _drawn(self, labels: Ints, pair: Pair, one_in: int, most: int) -> tuple[Ints, Ints, Floats]:
        """Accounts on the left and right of pairs, and how much each counts; all pairs where they are few."""
        one, other = (np.flatnonzero(labels == part) for part in pair)
        tied = [self._ties(labels, part, who) for part, who in zip(pair, (one, other), strict=True)]
        if len(one) * len(other) <= most * one_in:
            left, right = (each.ravel() for each in np.meshgrid(one, other))
            weight = np.outer(tied[1], tied[0]).ravel()
            different = left < right if pair[0] == pair[1] else np.ones(len(left), dtype=bool)
        else:
            rng = np.random.default_rng([self._seed, int(one[0]), int(other[0])])
            drawn = zip((one, other), tied, strict=True)
            left, right = (rng.choice(who, most * one_in, p=_shares(ties)) for who, ties in drawn)
            weight, different = np.ones(len(left)), left != right
        left, right, weight = left[different], right[different], weight[different]
        apart = held_out(self._members[left], self._members[right], one_in)
        return self._members[left[apart]], self._members[right[apart]], weight[apart]

    def _ties(self, labels: Ints, part: int, accounts: Ints) -> Floats:
        """The weight of each account's links inside its part, summed once while the part is the same."""
        if part not in self._tied:
            ties = np.zeros(len(accounts))
            for order, ends in self._sides:
                at = places_of(accounts, ends)
                left, right, weight = (column[order[at]] for column in self._links)
                inside = labels[left] == labels[right]
                mine = np.searchsorted(accounts, ends[at[inside]])
                ties += np.bincount(mine, weight[inside], minlength=len(accounts))
            self._tied[part] = ties
        return self._tied[part]


def _shares(ties: Floats) -> Floats | None:
    """How likely each account is drawn; None, all alike, where none has a link."""
    whole = float(ties.sum())
    return ties / whole if whole else None


def _common(found: Floats, weight: Floats) -> Common:
    whole, squares = float(weight.sum()), float((weight * weight).sum())
    if not whole:
        return Common(0.0, 0.0, 0.0, 0.0)
    mean = float((found * weight).sum()) / whole
    variance = float(((found - mean) ** 2 * weight).sum()) / whole
    return Common(mean, variance, whole**2 / squares, float(weight[found > 0].sum()) / whole)
