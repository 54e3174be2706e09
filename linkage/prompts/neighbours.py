"""Which vectors are close: a capped nearest-neighbour search, then a threshold (FAISS).

Not a range search: its result has no bound where thousands of texts are alike, and on an inverted
index it looks into one list only. Here every vector has at most `k` neighbours, and how many had
that many at or above the threshold, so that the cap may hide more, is counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from linkage.arrays import DECIMALS
from linkage.settings.prompts import NeighbourSearch

QUERIES = 16_384  # vectors looked up at once: each has some hundred candidates in memory
CODE_BITS = 4  # the only size of FAISS' fast-scan codes; each stands for two dimensions
THREADS = 2  # a constant: no result may depend on how many cores there are


@dataclass(frozen=True)
class Neighbours:
    """Unordered pairs, left < right, sorted; `cut` counts vectors whose cap may have hidden neighbours."""

    left: np.ndarray
    right: np.ndarray
    similarity: np.ndarray
    cut: int


def neighbours(
    vectors: np.ndarray, chosen: NeighbourSearch, *, k: int, at_least: float, seed: int
) -> Neighbours:
    """Pairs with cosine at or above a threshold, among the `k` nearest of either side.

    `vectors` are rows of length 1, in canonical order. Rows that are equal to the bit are compared once:
    each later one is paired with the first only, at its true cosine.
    """
    rows = np.ascontiguousarray(vectors, np.float32)
    first, twins, firsts = _distinct(rows)
    # Millions of vectors are gigabytes: where none repeats they are searched as they stand.
    once = rows if len(first) == len(rows) else rows[first]
    found = _close(_search(once, min(k + 1, len(first)), chosen, seed), at_least, k)
    alike = np.round(np.sum(rows[twins] * rows[firsts], axis=1), DECIMALS)
    near = alike >= np.float32(at_least)  # rows of zeros are equal, but near nothing
    return _unordered(
        np.concatenate([first[found.left], firsts[near]]),
        np.concatenate([first[found.right], twins[near]]),
        np.concatenate([found.similarity, alike[near]]),
        found.cut,
    )


def _close(parts: Iterable[tuple[np.ndarray, np.ndarray]], at_least: float, k: int) -> Neighbours:
    """Pairs at or above a threshold, as they were found from either side, of what the search gives for some
    rows at a time: most of what it gives is below."""
    left, right, close = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
    cut = at = 0
    for given, found in parts:
        # Where a cell of the index holds too few rows, places stay empty, with the least number there is.
        similarity = np.round(np.maximum(given, -1.0), DECIMALS)
        owner = np.arange(at, at + len(found))
        good = (similarity >= np.float32(at_least)) & (found >= 0) & (found != owner[:, None])
        cut += int(np.sum(good.sum(axis=1) >= k))
        left.append(owner[np.nonzero(good)[0]])
        right.append(found[good])
        close.append(similarity[good])
        at += len(found)
    return Neighbours(np.concatenate(left), np.concatenate(right), np.concatenate(close), cut)


def nearest(vectors: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each vector the number of its nearest centre, and the cosine; all pairs are compared."""
    similarity, found = _exact(np.ascontiguousarray(vectors, np.float32), centres, 1)
    return found[:, 0].astype(np.int32), np.round(similarity[:, 0], DECIMALS)


def _distinct(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of the distinct rows in order; places of repeats; for each repeat the place of its first."""
    if not len(rows):
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    # Equal rows have equal sums; unequal rows that have too are told apart below.
    factors = np.random.default_rng(0).integers(1, 2**63, rows.shape[1], np.uint64) | np.uint64(1)
    keys = np.zeros(len(rows), np.uint64)
    for column, factor in zip(rows.view(np.uint32).T, factors, strict=True):
        keys += column * factor
    _, at, inverse = np.unique(keys, return_index=True, return_inverse=True)
    first_of = at[inverse]
    here = np.arange(len(rows))
    alike = np.flatnonzero(first_of != here)
    unequal = alike[(rows[alike] != rows[first_of[alike]]).any(axis=1)]
    first_of[unequal] = unequal
    twins = here[first_of != here]
    return np.flatnonzero(first_of == here), twins, first_of[twins]


def _search(
    rows: np.ndarray, k: int, chosen: NeighbourSearch, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The `k` nearest of the rows in order, for some at a time: similarity and place."""
    if len(rows) <= chosen.exact_vectors:
        yield _exact(rows, rows, k)
        return
    even = np.pad(rows, ((0, 0), (0, 1))) if rows.shape[1] % 2 else rows
    cells = min(max(1, len(even) // chosen.cell_vectors), chosen.max_cells)
    index = _inverted(even.shape[1], cells, chosen, seed)
    index.train(even)
    index.add(even)
    yield from _refined(index, even, k, chosen.refined_factor)


def _exact(queries: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    import faiss

    if not len(queries) or not len(rows):
        return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
    faiss.omp_set_num_threads(THREADS)
    return faiss.knn(queries, rows, k, metric=faiss.METRIC_INNER_PRODUCT)


def _inverted(dimensions: int, cells: int, chosen: NeighbourSearch, seed: int) -> Any:
    """Cells by spherical k-means, vectors in them as codes of four bits for two places."""
    import faiss

    faiss.omp_set_num_threads(THREADS)
    coarse = faiss.IndexFlatIP(dimensions)
    product = faiss.METRIC_INNER_PRODUCT
    index = faiss.IndexIVFPQFastScan(coarse, dimensions, cells, dimensions // 2, CODE_BITS, product)
    index.cp.seed, index.cp.niter, index.cp.spherical = seed, chosen.training_rounds, True
    index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = chosen.training_vectors, 1
    index.pq.cp.seed, index.pq.cp.niter = seed, chosen.training_rounds
    codes = index.pq.cp
    codes.max_points_per_centroid, codes.min_points_per_centroid = chosen.code_training_vectors, 1
    index.nprobe = chosen.probed_cells
    return index


def _refined(index: Any, rows: np.ndarray, k: int, factor: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each row the nearest of so many candidates, as FAISS' own IndexRefine gives them. That would hold a
    copy of all rows."""
    import faiss

    inner: Any = faiss  # what it wraps is not in its types
    most = k * factor
    for at in range(0, len(rows), QUERIES):
        asked = rows[at : at + QUERIES]
        candidates = index.search(asked, most)[1]
        similarity, found = np.empty((len(asked), k), np.float32), np.empty((len(asked), k), np.int64)
        read, sizes = (asked, rows, candidates), (rows.shape[1], len(asked), len(rows), most, k)
        written = (similarity, found)
        inner.knn_inner_products_by_idx(
            *map(inner.swig_ptr, read), *sizes, *map(inner.swig_ptr, written), most
        )
        yield similarity, found


def _unordered(left: np.ndarray, right: np.ndarray, similarity: np.ndarray, cut: int) -> Neighbours:
    keys = np.minimum(left, right) << 32 | np.maximum(left, right)
    order = np.argsort(keys)
    keys, similarity = keys[order], similarity[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    best = np.maximum.reduceat(similarity, starts) if len(starts) else similarity
    keys = keys[starts]
    return Neighbours(
        (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32), best.astype(np.float32), cut
    )
