"""Parts of a community that are one operator's, since their accounts are as much alike across as inside.

An operator gives his accounts different addresses, cards, clients and days, in waves or by team, and by that
they fall into parts. What they do is the same in all of them: two accounts of different parts have as much of
their prompts in common as two of one. Accounts of two operators of the same trade have less. So parts are
one if their accounts ask alike across as inside, or, whatever they ask, are linked nearly as much across as
inside, without what accounts have that began together.

What the nearest have in common says little of parts. So pairs are drawn at random, held out from the
division, and compared in full.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks
from linkage.groups.held_out import DrawnPairs, Pair
from linkage.links.comparison import Compare
from linkage.settings.groups import Groups


class Yardstick(NamedTuple):
    """By what two parts may be one: a measure of two accounts (NaN where nothing is known); by what part less
    of it accounts of the two may have than those inside, on the mean of both parts or (`closer`) in the more
    alike of them; for `drawn` pairs at most; and how much of it there must be inside for it to say anything.
    """

    measure: Compare
    gap: float
    drawn: int
    least: float = 0.0
    closer: bool = False


def join_even_parts(
    parts: Ints,
    links: WeightedLinks,
    drawn: DrawnPairs,
    yardsticks: Sequence[Yardstick],
    chosen: Groups,
) -> Ints:
    """The parts, joined two by two where a yardstick says that the two are one, or none that they are two.

    Those of fewer accounts than a group has are not asked about, nor those with far fewer links between them
    than inside.
    """
    state = LinkedParts(parts, links._replace(weight=np.ones(len(links.weight))))
    apart: set[Pair] = set()
    while pair := state.most_even(chosen, apart):
        said = [_is_one(state.labels, pair, drawn, by, chosen) for by in yardsticks]
        if True in said or False not in said:
            state.join(*pair)
            drawn.forget(pair)
            apart = {each for each in apart if not {*each} & {*pair}}
        else:
            apart.add(pair)
    return partition.renumber(state.labels)


def _is_one(labels: Ints, pair: Pair, drawn: DrawnPairs, by: Yardstick, chosen: Groups) -> bool | None:
    """Whether two parts are one by a yardstick; None if it is not shown.

    They are two if what accounts across have less than those inside is more than chance makes of so few
    pairs; one if they have as much, and it is known well enough.
    """
    across, *inside = drawn.between(labels, pair, by.measure, by.drawn)
    if by.closer:
        inside = [max(inside)]
    usual = sum(each.mean for each in inside) / len(inside)
    if usual <= by.least or not min(each.pairs for each in (across, *inside)):
        return None
    # Were the two one, pairs across would differ among themselves as those inside do.
    spread = sum(each.variance for each in inside) / len(inside) / across.pairs
    spread += ((1 - by.gap) / len(inside)) ** 2 * sum(each.variance / each.pairs for each in inside)
    short, error = (1 - by.gap) * usual - across.mean, math.sqrt(spread)
    if short > chosen.splitting.min_deviations * error:
        return False
    return True if short <= 0 and error <= by.gap * usual else None


class LinkedParts:
    """Parts while they are joined two by two, with the weight of links inside and between them."""

    def __init__(self, parts: Ints, links: WeightedLinks) -> None:
        self.labels = parts
        self._sizes = np.bincount(parts).astype(np.float64)
        self._one, self._other, self._weight = _summed(
            parts[links.left], parts[links.right], links.weight, len(self._sizes)
        )

    def smallest(self, least: int) -> Pair | None:
        """The smallest part of fewer than so many accounts that has links with others, and the one to which
        most of its weight leads."""
        across = self._one != self._other
        ends = np.concatenate([self._one[across], self._other[across]])
        small = ends[self._sizes[ends] < least]
        if not len(small):
            return None
        one = int(small[np.lexsort((small, self._sizes[small]))[0]])
        led = np.where(across & (self._one == one), self._weight, 0.0)
        back = np.where(across & (self._other == one), self._weight, 0.0)
        best = int(np.argmax(led + back))
        return one, int(self._other[best] if led[best] else self._one[best])

    def most_even(self, chosen: Groups, apart: set[Pair]) -> Pair | None:
        """Of two parts that are not kept apart, each of a group's accounts, those with most weight between
        them, for the pairs of accounts there are; None where all have far less than inside."""
        own = self._one == self._other
        inside = np.zeros(len(self._sizes))
        inside[self._one[own]] = self._weight[own]
        density = inside / np.maximum(self._sizes * (self._sizes - 1) / 2, 1)
        usual = (density[self._one] + density[self._other]) / 2
        smaller = np.minimum(self._sizes[self._one], self._sizes[self._other])
        asked = ~own & (smaller >= chosen.min_accounts) & (usual > 0)
        one, other = self._one[asked], self._other[asked]
        even = self._weight[asked] / (self._sizes[one] * self._sizes[other] * usual[asked])
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
        self._one, self._other, self._weight = _summed(left, right, self._weight, len(self._sizes))

    def _cell(self, one: Ints, other: Ints) -> Ints:
        return one * len(self._sizes) + other


def join_small_parts(parts: Ints, links: WeightedLinks, least: int) -> Ints:
    """The parts of fewer than so many accounts joined to that where most of their weight leads, the smallest
    first."""
    state = LinkedParts(parts, links)
    while (small := state.smallest(least)) is not None:
        state.join(*small)
    return partition.renumber(state.labels)


def _summed(left: Ints, right: Ints, weight: Floats, count: int) -> tuple[Ints, Ints, Floats]:
    """The weights of each two of so many parts, the smaller first, added up."""
    cells, which = np.unique(np.minimum(left, right) * count + np.maximum(left, right), return_inverse=True)
    total = np.bincount(which, weight, minlength=len(cells)).astype(np.float64)
    return cells // count, cells % count, total
