"""Parts of a community that are one, since links between them are nearly as frequent as inside.

An operator's accounts that were opened together, or pay alike, share more than his others do: by weight they
are parts, though nearly everybody is linked with everybody. So links are counted.
"""

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks
from linkage.groups.rewiring import links_among, parts_by_chance
from linkage.settings.groups import Groups

Pair = tuple[int, int]
"""Two parts, the smaller number first."""


def join_evenly_linked(parts: Ints, links: WeightedLinks, chosen: Groups, *, seed: int) -> Ints:
    """The parts, joined where two accounts of different ones are linked nearly as often as two of one.

    Two parts stay one if the share of pairs linked between them, relative to that inside the tighter of the
    two, is at least `min_even_share` of what it is for the parts of a rewiring of the two. Parts of fewer
    accounts than a group has, and pairs far from that (`min_asked_tie`), are not asked about.
    """
    counted = links._replace(weight=np.ones(len(links.weight)))
    state, limits = _CountedParts(parts, counted), chosen.splitting
    apart: set[Pair] = set()
    while True:
        pairs, even = state.evenness(chosen.min_accounts)
        even[[place for place, pair in enumerate(pairs) if pair in apart]] = 0.0
        if even.max(initial=0.0) < limits.min_asked_tie:
            return partition.renumber(state.labels)
        best = int(np.argmax(even))
        pair = pairs[best]
        if _as_even_as_by_chance(state.labels, pair, float(even[best]), counted, chosen, seed=seed):
            state.join(*pair)
            apart = {each for each in apart if not {*each} & {*pair}}
        else:
            apart.add(pair)


class _CountedParts:
    """Parts while they are joined two by two, with the number of links inside and between them."""

    def __init__(self, parts: Ints, links: WeightedLinks) -> None:
        self.labels = parts
        self._sizes = np.bincount(parts).astype(np.float64)
        self._one, self._other, self._number = _summed(
            parts[links.left], parts[links.right], np.ones(len(links.left)), len(self._sizes)
        )

    def evenness(self, least: int) -> tuple[list[Pair], Floats]:
        """Pairs of parts, each of at least so many accounts, that have links; and the share of pairs of
        accounts linked between them, relative to that inside the tighter part."""
        own = self._one == self._other
        inside = np.zeros(len(self._sizes))
        inside[self._one[own]] = self._number[own]
        density = inside / np.maximum(self._sizes * (self._sizes - 1) / 2, 1)
        tighter = np.maximum(density[self._one], density[self._other])
        smaller = np.minimum(self._sizes[self._one], self._sizes[self._other])
        asked = ~own & (smaller >= least) & (tighter > 0)
        one, other = self._one[asked], self._other[asked]
        even = self._number[asked] / (self._sizes[one] * self._sizes[other] * tighter[asked])
        return list(zip(one.tolist(), other.tolist(), strict=True)), even

    def join(self, one: int, other: int) -> None:
        """`one` becomes part of `other`."""
        self.labels = np.where(self.labels == one, other, self.labels)
        self._sizes[other] += self._sizes[one]
        self._sizes[one] = 0
        left, right = (np.where(side == one, other, side) for side in (self._one, self._other))
        self._one, self._other, self._number = _summed(left, right, self._number, len(self._sizes))


def _summed(left: Ints, right: Ints, number: Floats, count: int) -> tuple[Ints, Ints, Floats]:
    """The numbers of each two of so many parts, the smaller first, added up."""
    cells, which = np.unique(np.minimum(left, right) * count + np.maximum(left, right), return_inverse=True)
    total = np.bincount(which, number, minlength=len(cells)).astype(np.float64)
    return cells // count, cells % count, total


def _as_even_as_by_chance(
    labels: Ints, pair: Pair, even: float, links: WeightedLinks, chosen: Groups, *, seed: int
) -> bool:
    """Whether two parts are linked nearly as evenly as the parts of a rewiring of the two.

    Those of a dense graph are linked as evenly as can be; those of a sparse one the less, the sparser it is.
    """
    least = chosen.splitting.min_even_share
    if even >= least:
        return True
    own, members = links_among(labels, pair, links)
    return even >= least * _evenness(*parts_by_chance(len(members), own, chosen, (seed, 0)))


def _evenness(parts: Ints, links: WeightedLinks) -> float:
    """Share of pairs linked between parts, relative to that inside them; 1 where there are no two parts."""
    sizes = np.bincount(parts).astype(np.float64)
    pairs, inside = len(parts) * (len(parts) - 1) / 2, float((sizes * (sizes - 1) / 2).sum())
    linked = int((parts[links.left] == parts[links.right]).sum())
    if not linked or inside >= pairs:
        return 1.0
    return (len(links.left) - linked) / (pairs - inside) / (linked / inside)
