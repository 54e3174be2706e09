"""Weighted set cover: few sets, of little weight together, that cover all elements.

The greedy rule takes the set with the least weight for each element that it newly covers. Its cover weighs
at most H(d) times the lightest one, where d is the size of the largest set and H(d) = 1 + 1/2 + … + 1/d, at
most 1 + ln d (Chvátal 1979, A greedy heuristic for the set-covering problem). No polynomial algorithm has a
bound below (1 - o(1)) ln n unless P = NP (Dinur and Steurer 2014).
"""

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cover:
    """The places of the `chosen` sets in order, how many elements each covered `newly`, and their `weight`.

    `bound` is H(d): no cover weighs less than `weight / bound`. `uncovered` counts the elements that no set
    has; the bound is about the others.
    """

    chosen: tuple[int, ...]
    newly: tuple[int, ...]
    weight: float
    bound: float
    uncovered: int

    @property
    def least(self) -> float:
        """What every cover weighs at least."""
        return self.weight / self.bound


def greedy_cover(elements: int, sets: Sequence[Collection[int]], weights: Sequence[float]) -> Cover:
    """Cover the elements 0, 1, … with some of the sets; weights are positive. Of equal offers the larger set,
    then the earlier one is taken."""
    missing = set(range(elements))
    # What a set covers newly can only shrink, so an offer that was computed earlier is never too high, and
    # the best of the queue is the best of all once it is up to date (Minoux 1978).
    queue = [(weights[i] / len(each), -len(each), i) for i, each in enumerate(sets) if each]
    heapq.heapify(queue)
    chosen, newly = [], []
    while missing and queue:
        _, size, i = heapq.heappop(queue)
        new = missing.intersection(sets[i])
        if len(new) == -size:
            chosen.append(i)
            newly.append(len(new))
            missing -= new
        elif new:
            heapq.heappush(queue, (weights[i] / len(new), -len(new), i))
    largest = max((len(each) for each in sets), default=1)
    return Cover(
        tuple(chosen), tuple(newly), sum(weights[i] for i in chosen), harmonic(max(largest, 1)), len(missing)
    )


def harmonic(number: int) -> float:
    """1 + 1/2 + … + 1/number."""
    return sum(1 / each for each in range(1, number + 1))
