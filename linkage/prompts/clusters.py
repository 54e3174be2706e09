"""Vectors to clusters of near-duplicates, without chains that melt unrelated prompts together.

A cluster has a medoid, the member nearest to its mean, and every member is at least `same` close to
it. (The mean in its place draws in whatever is written in common words: at .70, of the
pairs of people's questions it put together 65 % had two intents, with the medoid 38 %.)
All work goes along the pairs that one capped search proposed; nothing is quadratic.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from linkage.arrays import DECIMALS
from linkage.prompts.neighbours import Neighbours, neighbours
from linkage.settings.prompts import Prompts as PromptSettings

Judge = Callable[[list[tuple[int, int]]], np.ndarray]
"""Pairs of item numbers to similarities."""

CLUSTERS = 2**14  # whose means are in memory at once
ITEMS = 2**18  # whose choices among medoids are

CHUNK = 2**11  # pairs whose vectors are looked at at once: they stay in the processor's cache


@dataclass(frozen=True)
class Items:
    """Vectors of length 1; accounts that use each; and ids (texts), whose order is the canonical one."""

    vectors: np.ndarray
    weights: np.ndarray
    ids: pa.Array


@dataclass(frozen=True)
class Clusters:
    """Which cluster each item is in; clusters are numbered in the order of their medoids' ids.

    `medoid` is an item of the cluster, `similarity` each item's cosine to the medoid it was put to; where
    the judge joined two clusters, the lesser one's items keep theirs. `left`, `right`, `near`, `method`
    are the pairs of items found to be near-duplicates. `judged` counts the texts the judge read.
    """

    label: np.ndarray
    medoid: np.ndarray
    similarity: np.ndarray
    left: np.ndarray
    right: np.ndarray
    near: np.ndarray
    method: np.ndarray
    cut: dict[str, int]
    judged: int


@dataclass(frozen=True)
class _Settled:
    """The cluster of each item, the medoid of each cluster, the similarity of each item to its medoid."""

    label: np.ndarray
    medoid: np.ndarray
    similarity: np.ndarray


@dataclass(frozen=True)
class _Verdict:
    """Pairs of clusters that the judge joined, with similarities; texts read; pairs left out."""

    left: np.ndarray
    right: np.ndarray
    similarity: np.ndarray
    texts: int
    left_out: int


def cluster(items: Items, chosen: PromptSettings, judge: Judge | None = None, *, seed: int) -> Clusters:
    """Clusters of near-duplicates; the order of the items does not matter, that of their ids does.

    From `same` on two items are near-duplicates; between it and `maybe` the judge may say so. `weights` say
    which of two near clusters draws in the other: the heavier. `judge` is called at most
    once, with pairs of item numbers, if clusters are between `maybe` and `same` and some of
    `max_judged` texts may be read.
    """
    order = np.asarray(pc.sort_indices(items.ids), np.int64)
    rows = np.ascontiguousarray(_in_order(items.vectors, order), np.float32)
    weight = np.asarray(items.weights, np.int64)[order]
    found = neighbours(rows, chosen.search, k=chosen.neighbours, at_least=chosen.maybe, seed=seed)
    label = _merge(rows, weight, found, chosen)
    settled = _settle(rows, _medoids(rows, label)[label], found, chosen.same)
    doubtful = _doubtful(settled.label, found, weight)
    verdict = _judge(doubtful, order[settled.medoid], chosen, judge)
    total = np.bincount(settled.label, weight, minlength=len(settled.medoid)).astype(np.int64)
    leader = _leaders(total, verdict.left, verdict.right)
    joined = _Settled(leader[settled.label], settled.medoid, settled.similarity)
    return _result(order, joined, found, verdict, chosen.same)


def _in_order(vectors: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The vectors in this order; the vectors themselves, and no copy of them, where they stand in it."""
    return vectors if bool((np.diff(order) == 1).all()) else vectors[order]


def _merge(rows: np.ndarray, weight: np.ndarray, found: Neighbours, chosen: PromptSettings) -> np.ndarray:
    """Clusters whose medoids are close become one, a heavy one with those around it, until none are."""
    label = np.arange(len(rows))
    for _ in range(chosen.merge_rounds):
        left, right = _distinct(label[found.left], label[found.right])
        medoid = _medoids(rows, label)
        close = _cosine(rows, rows, medoid[left], medoid[right]) >= np.float32(chosen.same)
        if not close.any():
            break
        total = np.bincount(label, weight).astype(np.int64)
        label = _numbered(_leaders(total, left[close], right[close])[label])
    return label


def _leaders(weight: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Greedy, heaviest first, then best connected: a node leads those around it that are still free."""
    degree = np.bincount(np.concatenate([left, right]), minlength=len(weight))
    leader = np.full(len(weight), -1, np.int64)
    leader[degree == 0] = np.flatnonzero(degree == 0)
    source, target = np.concatenate([left, right]), np.concatenate([right, left])
    by_source = np.argsort(source, kind="stable")
    target = target[by_source]
    starts = np.concatenate([[0], np.cumsum(degree)])
    for node in np.lexsort((-degree, -weight)).tolist():
        if leader[node] < 0:
            around = target[starts[node] : starts[node + 1]]
            leader[around[leader[around] < 0]] = node
            leader[node] = node
    return leader


def _settle(rows: np.ndarray, centre: np.ndarray, found: Neighbours, same: float) -> _Settled:
    """Each item to the nearest medoid among its own and its neighbours'; alone if none is close.

    `centre` is the medoid of each item's cluster; a medoid stays its own.
    """
    chosen, near = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
    for low in range(0, len(rows), ITEMS):
        some = np.arange(low, min(low + ITEMS, len(rows)))
        sides = ((found.left, found.right), (found.right, found.left))
        asked = [(own >= low) & (own < low + ITEMS) for own, _ in sides]
        items = [own[mine] for (own, _), mine in zip(sides, asked, strict=True)]
        choices = [centre[other[mine]] for (_, other), mine in zip(sides, asked, strict=True)]
        pairs = np.concatenate([some, *items]), np.concatenate([centre[some], *choices])
        chosen[some], near[some] = _nearest(rows, some, *_distinct(*pairs, ordered=True))
    alone = near < np.float32(same)
    chosen[alone], near[alone] = np.flatnonzero(alone), 1
    medoid, label = np.unique(chosen, return_inverse=True)
    return _Settled(label, medoid, near)


def _nearest(
    rows: np.ndarray, asked: np.ndarray, items: np.ndarray, choices: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of its choices for each item asked about, and how near it is."""
    similarity = _cosine(rows, rows, items, choices)
    similarity[items == choices] = 2
    order = np.lexsort((choices, -similarity, items))
    best = order[np.searchsorted(items[order], asked)]
    return choices[best], np.minimum(similarity[best], np.float32(1))


def _medoids(rows: np.ndarray, label: np.ndarray) -> np.ndarray:
    """The place of the member nearest to each cluster's mean; the first of those alike."""
    members = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[members], np.arange(label.max(initial=-1) + 2))
    similarity = np.empty(len(rows), np.float32)
    for low in range(0, len(ends) - 1, CLUSTERS):
        some = members[ends[low] : ends[min(low + CLUSTERS, len(ends) - 1)]]
        own = label[some] - low
        similarity[some] = _cosine(rows, _centres(rows, some, own), some, own)
    order = np.lexsort((-similarity, label))
    found: np.ndarray = order[np.searchsorted(label[order], np.arange(label.max(initial=-1) + 1))]
    return found


def _doubtful(label: np.ndarray, found: Neighbours, weight: np.ndarray) -> np.ndarray:
    """Pairs of clusters that have near members, those that would connect most first: (n, 2).

    A cluster of weight 1 is one account's own wording: joining it would connect next to nothing.
    """
    left, right = _distinct(label[found.left], label[found.right])
    total = np.bincount(label, weight)
    lesser = np.minimum(total[left], total[right])
    order = np.lexsort((right, left, -(total[left] + total[right]), -lesser))
    pairs: np.ndarray = np.stack([left, right], axis=1)[order[lesser[order] > 1]]
    return pairs


def _judge(doubtful: np.ndarray, item: np.ndarray, chosen: PromptSettings, judge: Judge | None) -> _Verdict:
    """As many of the doubtful pairs as the budget of texts allows; `item` stands for each cluster."""
    texts: set[int] = set()
    asked = []
    for left, right in doubtful.tolist() if judge else ():
        if len(texts | {left, right}) <= chosen.max_judged:
            texts |= {left, right}
            asked.append((left, right))
    pairs = np.array(asked, np.int64).reshape(-1, 2)
    similarity: np.ndarray = np.zeros(0, np.float32)
    if judge and asked:
        judged = judge([(int(item[left]), int(item[right])) for left, right in asked])
        similarity = np.round(np.asarray(judged, np.float32), DECIMALS)
    yes = similarity >= np.float32(chosen.judged_same)
    return _Verdict(pairs[yes, 0], pairs[yes, 1], similarity[yes], len(texts), len(doubtful) - len(asked))


def _result(
    order: np.ndarray, settled: _Settled, found: Neighbours, verdict: _Verdict, same: float
) -> Clusters:
    """Back to the order in which the items came."""
    kept = np.unique(settled.label)
    by_medoid = kept[np.argsort(settled.medoid[kept], kind="stable")]
    number = np.zeros(len(settled.medoid), np.int32)
    number[by_medoid] = np.arange(len(by_medoid), dtype=np.int32)
    back = np.argsort(order)
    near = found.similarity >= np.float32(same)
    left = np.concatenate([found.left[near], settled.medoid[verdict.left]])
    right = np.concatenate([found.right[near], settled.medoid[verdict.right]])
    sides = np.sort(order[np.stack([left, right])], axis=0).astype(np.int32)
    methods = np.array(["static", "transformer"], dtype=object)
    return Clusters(
        label=number[settled.label][back],
        medoid=order[settled.medoid[by_medoid]].astype(np.int32),
        similarity=settled.similarity[back].astype(np.float32),
        left=sides[0],
        right=sides[1],
        near=np.concatenate([found.similarity[near], verdict.similarity]).astype(np.float32),
        method=np.repeat(methods, [int(near.sum()), len(verdict.left)]),
        cut={"neighbours": found.cut, "unjudged": verdict.left_out},
        judged=verdict.texts,
    )


def _distinct(left: np.ndarray, right: np.ndarray, *, ordered: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Distinct pairs of numbers, sorted; unless they are ordered, smaller first and without loops."""
    left, right = left.astype(np.int64), right.astype(np.int64)
    if not ordered:
        apart = left != right
        left, right = np.minimum(left, right)[apart], np.maximum(left, right)[apart]
    keys = np.sort(left << 32 | right)  # several times faster than NumPy's unique
    keys = keys[np.diff(keys, prepend=-1) != 0]
    return keys >> 32, keys & 0xFFFFFFFF


def _numbered(label: np.ndarray) -> np.ndarray:
    return np.unique(label, return_inverse=True)[1]


def _centres(rows: np.ndarray, some: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Mean direction of each cluster, of some rows by place, whose clusters these are."""
    held = csr_array(
        (np.ones(len(some), np.float32), (label, np.arange(len(some)))),
        shape=(int(label.max(initial=-1)) + 1, len(some)),
    )
    sums: np.ndarray = held @ rows[some]
    norms = np.sqrt(np.sum(sums * sums, axis=1))[:, None]
    centres: np.ndarray = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0)
    return centres


def _cosine(one: np.ndarray, other: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Of rows of one table with rows of another, a few at a time."""
    out = np.empty(len(left), np.float32)
    for at in range(0, len(left), CHUNK):
        part = slice(at, at + CHUNK)
        np.einsum("ij,ij->i", one[left[part]], other[right[part]], out=out[part])
    return np.round(out, DECIMALS)
