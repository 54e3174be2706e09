"""Prompts that share most of their recurring sentences are one template, whatever fills its slots.

A prompt's shape is the set of its segment clusters that other prompts hold too; what only it holds is
slot contents. Shapes are compared by the words of the clusters they share.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from linkage.arrays import DECIMALS, Bools, Floats, Ints, distinct
from linkage.settings.prompts import SegmentTemplates as Settings


@dataclass(frozen=True)
class Shapes:
    """Distinct shapes in their order, that of lists of numbers: the segment clusters of shape `i`, in order,
    are `clusters[first[i] : first[i + 1]]`."""

    clusters: Ints
    first: Ints

    @property
    def counts(self) -> Ints:
        """How many clusters each has."""
        return np.diff(self.first)

    def of(self, numbers: Ints | NDArray[np.int32]) -> tuple[Ints, Ints]:
        """The clusters of some shapes, one after another, and where those of each begin."""
        counts = self.first[numbers + 1] - self.first[numbers]
        starts = np.cumsum(counts) - counts
        here = np.arange(int(counts.sum())) + np.repeat(self.first[numbers] - starts, counts)
        return self.clusters[here], starts


@dataclass(frozen=True)
class LeadingShapes:
    """Of each prompt the leading shape of its template and how alike they are, as arrays.

    `leader` is the number of a shape, -1 for no template by segments; `skipped` counts leading shapes not
    looked at because a segment cluster has too many.
    """

    shapes: Shapes
    leader: Ints
    similarity: Floats
    skipped: int


def segment_templates(held: Ints, first: Ints, words: Ints, weights: Ints, chosen: Settings) -> LeadingShapes:
    """The template each prompt is built on, judged by its segments alone.

    Prompt `i` has the segment clusters `held[first[i] : first[i + 1]]`; `words` is the length of each
    cluster's sentence, `weights` the accounts of each prompt. Clusters are numbered in canonical order.
    """
    shapes, own = _shapes(held, first, words, chosen.min_recurring)
    total = np.bincount(own[own >= 0], weights[own >= 0], minlength=len(shapes.counts)).astype(np.int64)
    leader, alike, skipped = _lead(shapes, total, words, chosen)
    return LeadingShapes(shapes, np.append(leader, -1)[own], np.append(alike, 1.0)[own], skipped)


def _shapes(held: Ints, first: Ints, words: Ints, least: float) -> tuple[Shapes, Ints]:
    """The distinct shapes, and which of them each prompt has; -1 for none.

    A prompt of one segment is its own shape; otherwise what recurs, if that is enough of it.
    """
    count, clusters = len(first) - 1, max(len(words), 1)
    keys = distinct(np.repeat(np.arange(count), np.diff(first)) * clusters + held)
    prompt, cluster = keys // clusters, keys % clusters
    recurs = (np.bincount(cluster, minlength=len(words)) > 1)[cluster]
    every = np.bincount(prompt, words[cluster], minlength=count)
    again = np.bincount(prompt[recurs], words[cluster[recurs]], minlength=count)
    single = np.bincount(prompt, minlength=count) == 1
    shaped = single | ((np.bincount(prompt[recurs], minlength=count) > 0) & (again >= least * every))
    inside = shaped[prompt] & (recurs | single[prompt])
    return _numbered(prompt[inside], cluster[inside], shaped)


_NUMBER = np.dtype(">i4")
"""A cluster's number as four bytes, the highest first: bytes in order are numbers in order."""


def _numbered(prompt: Ints, cluster: Ints, shaped: Bools) -> tuple[Shapes, Ints]:
    """Equal shapes get one number."""
    ends = np.cumsum(np.bincount(prompt, minlength=len(shaped))[shaped]) * _NUMBER.itemsize
    offsets = pa.py_buffer(np.append(0, ends).astype(np.int64))
    content = pa.py_buffer(cluster.astype(_NUMBER).tobytes())
    each = pa.Array.from_buffers(pa.large_binary(), int(shaped.sum()), [None, offsets, content])
    distinct = pc.unique(each)
    distinct = distinct.take(pc.sort_indices(distinct))
    own = np.full(len(shaped), -1, np.int64)
    own[shaped] = np.asarray(pc.index_in(each, distinct), np.int64)
    length = np.asarray(pc.binary_length(distinct), np.int64) // _NUMBER.itemsize
    one = np.zeros(len(distinct), np.int64)
    one[own[shaped]] = np.flatnonzero(shaped)
    first = np.append(0, np.cumsum(length))
    here = np.arange(int(first[-1])) + np.repeat(np.searchsorted(prompt, one) - first[:-1], length)
    return Shapes(cluster[here], first), own


class _Leaders:
    """Leading shapes, to be found by the clusters they hold."""

    def __init__(self, shapes: Shapes, words: Ints, chosen: Settings) -> None:
        self._shapes, self._words, self._chosen = shapes, words, chosen
        shape = np.repeat(np.arange(len(shapes.counts)), shapes.counts)
        self._length = np.bincount(shape, words[shapes.clusters], minlength=len(shapes.counts)).astype(
            np.int64
        )
        # Room for the leaders of each cluster; where they begin, and how many there are.
        room = np.minimum(np.bincount(shapes.clusters, minlength=len(words)), chosen.max_leaders)
        self._begin = np.cumsum(room) - room
        self._leaders = np.zeros(int(room.sum()), np.int32)
        self._filled = np.zeros(len(words), np.int64)
        self._own = np.zeros(len(words), np.int64)
        self.skipped = 0

    def nearest(self, number: int) -> tuple[float, int]:
        """How alike the most similar leader of a shape is, and that leader; 0 where all share too little."""
        shape, own = self._clusters(number), self._length[number]
        numbers = self._likely(shape, own)
        if not len(numbers):
            return 0.0, number
        both = self._shared(numbers, shape)
        alike = np.where(
            both > self._chosen.min_overlap * own, both / (own + self._length[numbers] - both), 0.0
        )
        best = alike.max()
        return float(best), int(numbers[alike == best].max()) if best else number

    def _clusters(self, number: int) -> Ints:
        return self._shapes.clusters[self._shapes.first[number] : self._shapes.first[number + 1]]

    def _shared(self, leaders: NDArray[np.int32], shape: Ints) -> Ints:
        """Words that each of these leaders has in common with a shape."""
        held, starts = self._shapes.of(leaders)
        self._own[shape] = self._words[shape]
        both: Ints = np.add.reduceat(self._own[held], starts)
        self._own[shape] = 0
        return both

    def _likely(self, shape: Ints, own: int) -> NDArray[np.int32]:
        """Leaders that may share most of this shape's words.

        Whoever does holds one of any clusters that have half of the words: so the rarest are looked up, as
        in prefix filtering (Chaudhuri, Ganti and Kaushik, 2006), unless one of them lists too few leaders.
        """
        many = self._filled[shape]
        rare = np.argsort(many, kind="stable")
        left = own - np.cumsum(self._words[shape[rare]])
        full = many[rare] >= self._chosen.max_leaders
        enough = np.flatnonzero((left <= self._chosen.min_overlap * own) & ~full)
        asked = shape[rare[: enough[0] + 1] if len(enough) else rare]
        lists = zip(self._begin[asked].tolist(), self._filled[asked].tolist(), strict=True)
        found = [self._leaders[begin : begin + count] for begin, count in lists]
        # Each list has a leader once.
        return found[0] if len(found) == 1 else distinct(np.concatenate(found))

    def add(self, number: int) -> None:
        """One more leader; for a cluster that many hold already it is not listed, and counted as skipped."""
        shape = self._clusters(number)
        room = shape[self._filled[shape] < self._chosen.max_leaders]
        self._leaders[self._begin[room] + self._filled[room]] = number
        self._filled[room] += 1
        self.skipped += len(shape) - len(room)


def _lead(shapes: Shapes, total: Ints, words: Ints, chosen: Settings) -> tuple[Ints, Floats, int]:
    """Greedy, heaviest shape first: a shape joins the most similar leader, or leads. The leader of each, how
    alike they are, and how many leaders were skipped."""
    leaders = _Leaders(shapes, words, chosen)
    led, similarity = np.arange(len(total)), np.ones(len(total))
    for number in np.argsort(-total, kind="stable"):
        alike, leader = leaders.nearest(number)
        if alike > chosen.min_overlap:
            led[number], similarity[number] = leader, round(alike, DECIMALS)
        else:
            leaders.add(number)
    return led, similarity, leaders.skipped
