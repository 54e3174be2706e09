"""Prompts that share most of their recurring sentences are one template, whatever fills its slots.

A prompt's shape is the set of its segment clusters that other prompts hold too; what only it holds is
slot contents. Shapes are compared by the words of the clusters they share.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import DECIMALS
from linkage.settings.prompts import SegmentTemplates as Settings

Shape = tuple[int, ...]
"""The segment clusters that say which template a prompt is made from, in order."""


@dataclass(frozen=True)
class LeadingShapes:
    """For each prompt the leading shape of its template (None: no template by segments), and how alike.

    `skipped` counts leading shapes not looked at because a segment cluster has too many.
    """

    leader: list[Shape | None]
    similarity: list[float]
    skipped: int


def segment_templates(
    held: Sequence[Sequence[int]], words: Sequence[int], weights: Sequence[int], chosen: Settings
) -> LeadingShapes:
    """The template each prompt is built on, judged by its segments alone.

    `held` are the segment clusters of each prompt, `words` the length of each cluster's sentence,
    `weights` the accounts of each prompt. Clusters are numbered in canonical order.
    """
    recurring = _recurring(held)
    own = [_shape(clusters, words, recurring, chosen.min_recurring) for clusters in held]
    total: dict[Shape, int] = defaultdict(int)
    for shape, weight in zip(own, weights, strict=True):
        if shape is not None:
            total[shape] += weight
    leader, skipped = _lead(total, words, chosen)
    found = [None if shape is None else leader[shape] for shape in own]
    return LeadingShapes(
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


def _shape(clusters: Sequence[int], words: Sequence[int], recurring: set[int], least: float) -> Shape | None:
    """A prompt of one segment is its own shape; otherwise what recurs, if that is enough of it."""
    every = set(clusters)
    if len(every) == 1:
        return tuple(every)
    again = every & recurring
    if not again or sum(words[one] for one in again) < least * sum(words[one] for one in every):
        return None
    return tuple(sorted(again))


class _Leaders:
    """Leading shapes by number, to be found by the clusters they hold."""

    def __init__(self, words: Sequence[int], room: int, chosen: Settings) -> None:
        self._words, self._chosen = words, chosen
        self._shapes: list[Shape] = []
        self._holding: dict[int, list[int]] = defaultdict(list)
        # Their clusters one after another; where each begins, how many it has, and all their words.
        self._clusters = np.zeros(room, np.int64)
        self._first, self._count = np.zeros(room, np.int64), np.zeros(room, np.int64)
        self._length = np.zeros(room, np.int64)
        self._filled = 0
        self._own = np.zeros(len(words), np.int64)
        self.skipped = 0

    def nearest(self, shape: Shape) -> tuple[float, Shape]:
        """How alike the most similar leader is, and that leader; 0 where all share too little."""
        words = [self._words[one] for one in shape]
        own = sum(words)
        likely = self._likely(shape, own)
        if not likely:
            return 0.0, shape
        numbers = np.fromiter(likely, np.int64, len(likely))
        both = self._shared(numbers, shape, words)
        alike = np.where(
            both > self._chosen.min_overlap * own, both / (own + self._length[numbers] - both), 0.0
        )
        best = alike.max()
        if not best:
            return 0.0, shape
        return float(best), max(self._shapes[number] for number in numbers[alike == best].tolist())

    def _shared(self, leaders: np.ndarray, shape: Shape, words: list[int]) -> np.ndarray:
        """Words that each of these leaders has in common with a shape."""
        counts = self._count[leaders]
        starts = np.cumsum(counts) - counts
        here = np.arange(int(counts.sum())) + np.repeat(self._first[leaders] - starts, counts)
        places = list(shape)
        self._own[places] = words
        both: np.ndarray = np.add.reduceat(self._own[self._clusters[here]], starts)
        self._own[places] = 0
        return both

    def _likely(self, shape: Shape, own: int) -> set[int]:
        """Leaders that may share most of this shape's words.

        Whoever does holds one of any clusters that have half of the words: so the rarest are looked up, as
        in prefix filtering (Chaudhuri, Ganti and Kaushik, 2006), unless one of them lists too few leaders.
        """
        rare = sorted(shape, key=lambda one: len(self._holding.get(one, ())))
        found: set[int] = set()
        left, full = own, False
        for one in rare:
            holding = self._holding.get(one, ())
            full = full or len(holding) >= self._chosen.max_leaders
            found.update(holding)
            left -= self._words[one]
            if left <= self._chosen.min_overlap * own and not full:
                break
        return found

    def add(self, shape: Shape) -> None:
        """One more leader; for a cluster that many hold already it is not listed, and counted as skipped."""
        number = len(self._shapes)
        self._shapes.append(shape)
        self._first[number], self._count[number] = self._filled, len(shape)
        self._length[number] = sum(self._words[one] for one in shape)
        self._clusters[self._filled : self._filled + len(shape)] = shape
        self._filled += len(shape)
        for one in shape:
            if len(self._holding[one]) < self._chosen.max_leaders:
                self._holding[one].append(number)
            else:
                self.skipped += 1


def _lead(
    total: Mapping[Shape, int], words: Sequence[int], chosen: Settings
) -> tuple[dict[Shape, tuple[Shape, float]], int]:
    """Greedy, heaviest shape first: a shape joins the most similar leader, or leads."""
    leaders = _Leaders(words, sum(map(len, total)), chosen)
    found: dict[Shape, tuple[Shape, float]] = {}
    for shape in sorted(total, key=lambda one: (-total[one], one)):
        alike, leader = leaders.nearest(shape)
        if alike > chosen.min_overlap:
            found[shape] = (leader, round(alike, DECIMALS))
        else:
            found[shape] = (shape, 1.0)
            leaders.add(shape)
    return found, leaders.skipped
