"""Parts of a community that are one operator's, since their accounts are as much alike across as inside.

An operator gives his accounts different addresses, cards, clients and days, in waves or by team, and by that
they fall into parts. What they do is the same in all of them: two accounts of different parts have as much of
their prompts in common as two of one. Accounts of two operators of the same trade have less, also where
one reseller provides for both alike. So what accounts ask tells whether parts are one; where it cannot tell,
how much they are linked across and inside does, without what accounts have that began together.

What the nearest have in common says little of parts. So pairs are drawn at random, held out from the
division, and compared in full.
"""

import heapq
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

    On the mean, since what two accounts have in common grows with how much each has sent: across a busy part
    and a quiet one of one operator lies the mean of both. But of a few accounts who have little in common it
    is known too badly for that, and the more alike part says more.
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
    """The parts, joined two by two where the first yardstick that can tell says that the two are one, or
    none can tell.

    Those of fewer accounts than a group has are not asked about, nor those with far fewer links between them
    than inside.
    """
    state = LinkedParts(parts, links._replace(weight=np.ones(len(links.weight))))
    apart: set[Pair] = set()
    while pair := state.most_even(chosen, apart):
        if _are_one(state.labels, pair, drawn, yardsticks, chosen):
            state.join(*pair)
            drawn.forget(pair)
            apart = {each for each in apart if not {*each} & {*pair}}
        else:
            apart.add(pair)
    return partition.renumber(state.labels)


def _are_one(
    labels: Ints, pair: Pair, drawn: DrawnPairs, yardsticks: Sequence[Yardstick], chosen: Groups
) -> bool:
    said = (_is_one(labels, pair, drawn, by, chosen) for by in yardsticks)
    return next((one for one in said if one is not None), True)


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

    def most_even(self, chosen: Groups, apart: set[Pair]) -> Pair | None:
        """Of two parts that are not kept apart, each of a group's accounts, those with most weight between
        them, for the pairs of accounts there are; None where all have far less than inside."""
        own = self._one == self._other
        inside = np.zeros(len(self._sizes))
        inside[self._one[own]] = self._weight[own]
        density = inside / np.maximum(self._sizes * (self._sizes - 1) / 2, 1)
        usual = np.minimum(density[self._one], density[self._other])
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
    count = int(parts.max(initial=-1)) + 1
    accounts = np.bincount(parts, minlength=count).tolist()
    tied = _tied(parts, links, count)
    home = np.arange(count)
    small = [(accounts[one], one) for one in range(count) if accounts[one] < least]
    heapq.heapify(small)
    while small:
        size, one = heapq.heappop(small)
        # One that was joined, or has grown, stands here under what it was.
        if size != accounts[one] or not tied[one]:
            continue
        other = max(tied[one], key=lambda part: (tied[one][part], -part))
        for part, weight in tied[one].items():
            del tied[part][one]
            if part != other:
                tied[part][other] = tied[other][part] = tied[other].get(part, 0.0) + weight
        accounts[other] += size
        accounts[one], tied[one], home[one] = 0, {}, other
        if accounts[other] < least:
            heapq.heappush(small, (accounts[other], other))
    while (further := home[home] != home).any():
        home[further] = home[home[further]]
    return partition.renumber(home[parts])


def _tied(parts: Ints, links: WeightedLinks, count: int) -> list[dict[int, float]]:
    """The weight of the links of each part with each other that it has any with."""
    one, other, weight = _summed(parts[links.left], parts[links.right], links.weight, count)
    across, tied = one != other, [dict[int, float]() for _ in range(count)]
    for left, right, each in zip(*(side[across].tolist() for side in (one, other, weight)), strict=True):
        tied[left][right] = tied[right][left] = each
    return tied


def _summed(left: Ints, right: Ints, weight: Floats, count: int) -> tuple[Ints, Ints, Floats]:
    """The weights of each two of so many parts, the smaller first, added up."""
    cells, which = np.unique(np.minimum(left, right) * count + np.maximum(left, right), return_inverse=True)
    total = np.bincount(which, weight, minlength=len(cells)).astype(np.float64)
    return cells // count, cells % count, total
