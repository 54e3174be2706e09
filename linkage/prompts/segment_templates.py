"""Prompts that share most of their recurring sentences are one template, whatever fills its slots.

A prompt's shape is the set of its segment clusters that other prompts hold too; what only it holds is
slot contents. Shapes are compared by the words of the clusters they share.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import DECIMALS, Bools, Floats, Ints
from linkage.settings.prompts import SegmentTemplates as Settings

Shape = tuple[int, ...]
"""The segment clusters that say which template a prompt is made from, in order."""


@dataclass(frozen=True)
class LeadingShapes:
    """Of each prompt the leading shape of its template and how alike they are, as arrays.

    `leader` is a place in `shapes`, -1 for no template by segments; `skipped` counts leading shapes not
    looked at because a segment cluster has too many.
    """

    shapes: list[Shape]
    leader: Ints
    similarity: Floats
    skipped: int


def segment_templates(
    held: Ints, first: Ints, words: Sequence[int], weights: Ints, chosen: Settings
) -> LeadingShapes:
    """The template each prompt is built on, judged by its segments alone.

    Prompt `i` has the segment clusters `held[first[i] : first[i + 1]]`; `words` is the length of each
    cluster's sentence, `weights` the accounts of each prompt. Clusters are numbered in canonical order.
    """
    shapes, own = _shapes(held, first, np.asarray(words, np.int64), chosen.min_recurring)
    total = np.bincount(own[own >= 0], weights[own >= 0], minlength=len(shapes)).astype(np.int64)
    leader, skipped = _lead(dict(zip(shapes, total.tolist(), strict=True)), words, chosen)
    number = {shape: at for at, shape in enumerate(shapes)}
    led = np.array([*(number[leader[each][0]] for each in shapes), -1], np.int64)
    alike = np.array([*(leader[each][1] for each in shapes), 1.0])
    return LeadingShapes(shapes, led[own], alike[own], skipped)


def _shapes(held: Ints, first: Ints, words: Ints, least: float) -> tuple[list[Shape], Ints]:
    """The distinct shapes, and which of them each prompt has; -1 for none.

    A prompt of one segment is its own shape; otherwise what recurs, if that is enough of it.
    """
    count, clusters = len(first) - 1, max(len(words), 1)
    keys = np.unique(np.repeat(np.arange(count), np.diff(first)) * clusters + held)
    prompt, cluster = keys // clusters, keys % clusters
    recurs = (np.bincount(cluster, minlength=len(words)) > 1)[cluster]
    every = np.bincount(prompt, words[cluster], minlength=count)
    again = np.bincount(prompt[recurs], words[cluster[recurs]], minlength=count)
    single = np.bincount(prompt, minlength=count) == 1
    shaped = single | ((np.bincount(prompt[recurs], minlength=count) > 0) & (again >= least * every))
    inside = shaped[prompt] & (recurs | single[prompt])
    return _numbered(prompt[inside], cluster[inside], shaped)


def _numbered(prompt: Ints, cluster: Ints, shaped: Bools) -> tuple[list[Shape], Ints]:
    """Equal shapes get one number; they are looked for among those of one length."""
    shapes: list[Shape] = []
    own = np.full(len(shaped), -1, np.int64)
    lengths = np.bincount(prompt, minlength=len(shaped))
    for length in np.unique(lengths[shaped]).tolist():
        rows = cluster[lengths[prompt] == length].reshape(-1, length)
        alike, which = np.unique(rows, axis=0, return_inverse=True)
        own[lengths == length] = len(shapes) + which.reshape(-1)
        shapes += map(tuple, alike.tolist())
    return shapes, own


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
