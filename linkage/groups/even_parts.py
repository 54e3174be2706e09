"""Parts of a community that are one, since accounts of different parts are linked about as often as of one.

An operator opens accounts in waves, and pays for those of a wave at once. By that the accounts of a wave are
linked twice over, and are a part, though what they do and how they come is the same in all waves. So parts
are compared without what accounts have that began together. And since of what hundreds share only the nearest
are compared, the links that there are understate how often a large group is linked across its parts: pairs
are drawn at random, and compared in full.
"""

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks
from linkage.groups.rewiring import links_among, parts_by_chance
from linkage.links.comparison import Compare
from linkage.settings.groups import Groups

Pair = tuple[int, int]
"""Two parts, the smaller number first."""


def join_evenly_linked(
    parts: Ints, links: WeightedLinks, compare: Compare, chosen: Groups, *, seed: int
) -> Ints:
    """The parts, joined where two accounts of different ones are linked nearly as often as two of one.

    Two parts stay one if the share of pairs linked between them, relative to that inside (the mean of the
    two), is at least `min_even_share`; where links are so few that chance makes parts as well, of what it is
    for the parts of a rewiring of the two. Parts of fewer accounts than a group has, and those with far fewer
    links between them than inside (`min_asked_share`), are not asked about.
    """
    links = links._replace(weight=np.ones(len(links.weight)))
    state, drawn = _LinkedParts(parts, links), _DrawnPairs(compare, chosen, seed)
    apart: set[Pair] = set()
    while pair := state.most_even(chosen, apart):
        even = drawn.evenness(state.labels, pair)
        if even >= _least(even, state.labels, pair, links, chosen, seed=seed):
            state.join(*pair)
            drawn.forget(*pair)
            apart = {each for each in apart if not {*each} & {*pair}}
        else:
            apart.add(pair)
    return partition.renumber(state.labels)


class _DrawnPairs:
    """Shares of pairs that are linked inside parts and between them, from pairs drawn at random."""

    def __init__(self, compare: Compare, chosen: Groups, seed: int) -> None:
        self._compare, self._limits, self._seed = compare, chosen.splitting, seed
        self._known: dict[Pair, Floats] = {}

    def evenness(self, labels: Ints, pair: Pair) -> float:
        """Share of pairs linked between two parts, relative to the mean of that inside each; 0 where too few
        of those drawn are linked to say."""
        one, other = pair
        across, linked = self._share(labels, one, other)
        inside = (self._share(labels, one, one)[0] + self._share(labels, other, other)[0]) / 2
        return float(across / inside) if linked >= self._limits.min_drawn_links and inside > 0 else 0.0

    def forget(self, *parts: int) -> None:
        """These parts have changed."""
        self._known = {pair: known for pair, known in self._known.items() if not {*pair} & {*parts}}

    def _share(self, labels: Ints, one: int, other: int) -> Floats:
        """The share of pairs (of an account of either part) linked, and the number of drawn ones that are."""
        if (one, other) not in self._known:
            left, right = self._drawn(np.flatnonzero(labels == one), np.flatnonzero(labels == other))
            linked = int(np.count_nonzero(self._compare(left, right))) if len(left) else 0
            self._known[one, other] = np.array([linked / max(len(left), 1), linked])
        return self._known[one, other]

    def _drawn(self, one: Ints, other: Ints) -> tuple[Ints, Ints]:
        """Pairs of an account of either, of different ones: all of them if they are few."""
        most = self._limits.drawn_pairs
        if len(one) * len(other) <= most:
            left, right = (each.ravel() for each in np.meshgrid(one, other))
        else:
            rng = np.random.default_rng([self._seed, int(one[0]), int(other[0])])
            left, right = rng.choice(one, most), rng.choice(other, most)
        different = left != right
        return left[different], right[different]


class _LinkedParts:
    """Parts while they are joined two by two, with the number of links inside and between them."""

    def __init__(self, parts: Ints, links: WeightedLinks) -> None:
        self.labels = parts
        self._sizes = np.bincount(parts).astype(np.float64)
        self._one, self._other, self._number = _summed(
            parts[links.left], parts[links.right], np.ones(len(links.left)), len(self._sizes)
        )

    def most_even(self, chosen: Groups, apart: set[Pair]) -> Pair | None:
        """Of two parts that are not kept apart, each of a group's accounts, those with most links between
        them, for the pairs of accounts there are; None where all have far fewer than inside."""
        own = self._one == self._other
        inside = np.zeros(len(self._sizes))
        inside[self._one[own]] = self._number[own]
        density = inside / np.maximum(self._sizes * (self._sizes - 1) / 2, 1)
        usual = (density[self._one] + density[self._other]) / 2
        smaller = np.minimum(self._sizes[self._one], self._sizes[self._other])
        asked = ~own & (smaller >= chosen.min_accounts) & (usual > 0)
        one, other = self._one[asked], self._other[asked]
        even = self._number[asked] / (self._sizes[one] * self._sizes[other] * usual[asked])
        if apart:
            kept = np.array(sorted(apart), dtype=np.int64)
            even[np.isin(self._cell(one, other), self._cell(kept[:, 0], kept[:, 1]))] = 0.0
        if even.max(initial=0.0) < chosen.splitting.min_asked_share:
            return None
        best = int(np.argmax(even))
        return int(one[best]), int(other[best])

    def join(self, one: int, other: int) -> None:
        """`one` becomes part of `other`."""
        self.labels = np.where(self.labels == one, other, self.labels)
        self._sizes[other] += self._sizes[one]
        self._sizes[one] = 0
        left, right = (np.where(side == one, other, side) for side in (self._one, self._other))
        self._one, self._other, self._number = _summed(left, right, self._number, len(self._sizes))

    def _cell(self, one: Ints, other: Ints) -> Ints:
        return one * len(self._sizes) + other


def _summed(left: Ints, right: Ints, number: Floats, count: int) -> tuple[Ints, Ints, Floats]:
    """The numbers of each two of so many parts, the smaller first, added up."""
    cells, which = np.unique(np.minimum(left, right) * count + np.maximum(left, right), return_inverse=True)
    total = np.bincount(which, number, minlength=len(cells)).astype(np.float64)
    return cells // count, cells % count, total


def _least(
    even: float, labels: Ints, pair: Pair, links: WeightedLinks, chosen: Groups, *, seed: int
) -> float:
    """How evenly two parts must be linked to be one.

    The parts of a rewiring of a dense graph are linked as evenly as can be; those of a sparse one the less,
    the sparser it is. Rewirings are made only where they can decide.
    """
    limits = chosen.splitting
    if not limits.min_asked_tie <= even < limits.min_even_share:
        return limits.min_even_share
    own, members = links_among(labels, pair, links)
    usual = _evenness(*parts_by_chance(len(members), own, chosen, (seed, 0)))
    return limits.min_even_share * min(usual, 1.0)


def _evenness(parts: Ints, links: WeightedLinks) -> float:
    """Share of pairs linked between parts, relative to that inside them; 1 where there are no two parts."""
    sizes = np.bincount(parts).astype(np.float64)
    pairs, inside = len(parts) * (len(parts) - 1) / 2, float((sizes * (sizes - 1) / 2).sum())
    linked = int((parts[links.left] == parts[links.right]).sum())
    if not linked or inside >= pairs:
        return 1.0
    return (len(links.left) - linked) / (pairs - inside) / (linked / inside)
