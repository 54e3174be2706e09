"""Prompts that share most of their recurring sentences are one template, whatever fills its slots.

A prompt's shape is the set of its segment clusters that other prompts hold too; what only it holds is
slot contents. Shapes are compared by the words of the clusters they share.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_ALIKE = 0.5  # shared words to all words of two shapes; more than half is "most"
LEAST_COVERED = 1 / 3  # of a prompt's words in recurring segments; with less it is not made from a template
_LEADERS = 32  # leading shapes looked at for one segment cluster, heaviest first


@dataclass(frozen=True)
class Shapes:
    """For each prompt the leading shape of its template (None: no template by segments), and how alike.

    `skipped` counts leading shapes not looked at because a segment cluster has too many.
    """

    leader: list[tuple[int, ...] | None]
    similarity: list[float]
    skipped: int


def shapes(held: Sequence[Sequence[int]], words: Sequence[int], weights: Sequence[int]) -> Shapes:
    """The template each prompt is built on, judged by its segments alone.

    `held` are the segment clusters of each prompt, `words` the length of each cluster's sentence,
    `weights` the accounts of each prompt. Clusters are numbered in canonical order.
    """
    recurring = _recurring(held)
    own = [_shape(clusters, words, recurring) for clusters in held]
    total: dict[tuple[int, ...], int] = defaultdict(int)
    for shape, weight in zip(own, weights, strict=True):
        if shape is not None:
            total[shape] += weight
    leader, skipped = _lead(total, words)
    found = [None if shape is None else leader[shape] for shape in own]
    return Shapes(
        [None if each is None else each[0] for each in found],
        [1.0 if each is None else each[1] for each in found],
        skipped,
    )


def _recurring(held: Sequence[Sequence[int]]) -> set[int]:
    once: set[int] = set()
    twice: set[int] = set()
    for clusters in held:
        here = set(clusters)
        twice |= here & once
        once |= here
    return twice


def _shape(clusters: Sequence[int], words: Sequence[int], recurring: set[int]) -> tuple[int, ...] | None:
    """A prompt of one segment is its own shape; otherwise what recurs, if that is enough of it."""
    every = set(clusters)
    if len(every) == 1:
        return tuple(every)
    again = every & recurring
    if not again or sum(words[one] for one in again) < LEAST_COVERED * sum(words[one] for one in every):
        return None
    return tuple(sorted(again))


class _Leaders:
    """Leading shapes by number, to be found by the clusters they hold."""

    def __init__(self, words: Sequence[int]) -> None:
        self._words = words
        self._shapes: list[tuple[int, ...]] = []
        self._lengths: list[int] = []
        self._holding: dict[int, list[int]] = defaultdict(list)
        self._unlisted: dict[int, set[int]] = {}
        self.skipped = 0

    def nearest(self, shape: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
        """How alike the most similar leader is, and that leader; 0 where all share less than half."""
        shared: dict[int, int] = defaultdict(int)
        own = unseen = 0  # words in all, and in clusters that do not list every leader that holds them
        for one in shape:
            words, holding = self._words[one], self._holding.get(one, ())
            own += words
            unseen += words if len(holding) >= _LEADERS else 0
            for leader in holding:
                shared[leader] += words
        # Who shares most of both shapes' words shares most of this one's.
        least = MOST_ALIKE * own - unseen
        alike = (self._alike(shape, own, leader, both) for leader, both in shared.items() if both > least)
        return max(alike, default=(0.0, shape))

    def _alike(
        self, shape: tuple[int, ...], own: int, leader: int, listed: int
    ) -> tuple[float, tuple[int, ...]]:
        """Shared words to all words; `listed` are those of shared clusters that list the leader."""
        more = self._unlisted.get(leader)
        both = listed + sum(self._words[one] for one in more.intersection(shape)) if more else listed
        return both / (own + self._lengths[leader] - both), self._shapes[leader]

    def add(self, shape: tuple[int, ...]) -> None:
        """One more leader; for a cluster that many hold already it is not listed, and counted as skipped."""
        number = len(self._shapes)
        self._shapes.append(shape)
        self._lengths.append(sum(self._words[one] for one in shape))
        full = {one for one in shape if len(self._holding[one]) >= _LEADERS}
        for one in shape:
            if one not in full:
                self._holding[one].append(number)
        if full:
            self._unlisted[number] = full
            self.skipped += len(full)


def _lead(
    total: Mapping[tuple[int, ...], int], words: Sequence[int]
) -> tuple[dict[tuple[int, ...], tuple[tuple[int, ...], float]], int]:
    """Greedy, heaviest shape first: a shape joins the most similar leader, or leads."""
    leaders = _Leaders(words)
    found: dict[tuple[int, ...], tuple[tuple[int, ...], float]] = {}
    for shape in sorted(total, key=lambda one: (-total[one], one)):
        alike, leader = leaders.nearest(shape)
        if alike > MOST_ALIKE:
            found[shape] = (leader, round(alike, 6))
        else:
            found[shape] = (shape, 1.0)
            leaders.add(shape)
    return found, leaders.skipped
