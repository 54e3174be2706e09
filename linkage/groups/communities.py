"""From links to communities: components, Leiden inside each, and verdicts obeyed.

Leiden (Traag, Waltman and van Eck 2019) maximises modularity inside every connected component, so one
weak bridge does not melt two operators together. What is split further or joined again is `earned_splits`.
Same input, same groups: nodes are numbered in the order of their names, the seed is a setting, one thread
does the work.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Links = tuple[Ints, Ints, Floats]
"""Two ends, by number, and the weight of each link."""


def components(n: int, left: Ints, right: Ints) -> Ints:
    """Component of each of n nodes, numbered by their first node."""
    parent = np.arange(n)
    while True:
        low = np.minimum(parent[left], parent[right])
        before = parent.copy()
        np.minimum.at(parent, parent[left], low)
        np.minimum.at(parent, parent[right], low)
        parent = parent[parent]
        if np.array_equal(before, parent):
            return renumber(parent)


def renumber(labels: Ints) -> Ints:
    """The same partition with numbers in the order of each part's first member."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]


def leiden(nodes: int, links: Links, *, resolution: float, seed: int) -> Ints:
    """The community of each of so many nodes; links have weight > 0, and no pair is there twice."""
    from graspologic_native import leiden_csr

    left, right, weight = links
    ends = np.concatenate([left, right])
    others = np.concatenate([right, left])
    doubled = np.concatenate([weight, weight])
    order = np.lexsort((others, ends))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=nodes))]).astype(np.int64)
    _, found = leiden_csr(
        indptr,
        others[order].astype(np.int32),
        doubled[order],
        nodes,
        resolution=resolution,
        iterations=2,
        seed=seed,
    )
    return np.fromiter((found[i] for i in range(nodes)), dtype=np.int64, count=nodes)


def communities(n: int, left: Ints, right: Ints, weight: Floats, *, resolution: float, seed: int) -> Ints:
    """Community of each of n nodes (−1 where it has no link); links have left < right and weight > 0."""
    part = components(n, left, right)
    sizes = np.bincount(part, minlength=1)
    result = np.full(n, -1, dtype=np.int64)
    by_part = np.argsort(part[left], kind="stable")
    edge_part = part[left][by_part]
    next_label = 0
    for number in np.lexsort((np.arange(len(sizes)), -sizes)):
        if sizes[number] < 2:
            break
        members = np.flatnonzero(part == number)
        low, high = np.searchsorted(edge_part, [number, number + 1])
        rows = by_part[low:high]
        local = np.searchsorted(members, np.stack([left[rows], right[rows]]))
        labels = _parts(len(members), (local[0], local[1], weight[rows]), resolution=resolution, seed=seed)
        result[members] = labels + next_label
        next_label += int(labels.max()) + 1
    linked = result >= 0
    result[linked] = renumber(result[linked])
    return result


def _parts(n: int, links: Links, *, resolution: float, seed: int) -> Ints:
    """A small component stays whole: there is nothing to tell its parts from chance."""
    if n < 4:
        return np.zeros(n, dtype=np.int64)
    return renumber(leiden(n, links, resolution=resolution, seed=seed))


def obey(labels: Ints, forced: dict[tuple[int, int], str]) -> Ints:
    """The partition with a person's verdicts obeyed: linked joins, not linked keeps apart in every case.

    Verdicts are taken in the order of their accounts' names. A `linked` that would join, through others,
    what is kept apart is not obeyed. Where a pair to be kept apart shares a community, the later account
    in name leaves it with those it was declared linked to.
    """
    apart = sorted(pair for pair, verdict in forced.items() if verdict == "not linked")
    linked = sorted(pair for pair, verdict in forced.items() if verdict == "linked")
    block = _declared_together(len(labels), linked, apart)
    result = labels.copy()
    for left, right in linked:
        if block[left] == block[right]:
            homes = {int(result[left]), int(result[right])} - {-1}
            home = min(homes, default=int(result.max()) + 1)
            result[np.isin(result, list(homes))] = home
            result[[left, right]] = home
    for left, right in apart:
        if result[left] == result[right] >= 0:
            result[block == block[right]] = int(result.max()) + 1
    sizes = np.bincount(result[result >= 0], minlength=1)
    known = result >= 0
    result[known] = np.where(sizes[result[known]] > 1, result[known], -1)
    known = result >= 0
    result[known] = renumber(result[known])
    return result


def _declared_together(n: int, linked: Sequence[tuple[int, int]], apart: Sequence[tuple[int, int]]) -> Ints:
    """Accounts by the chain of `linked` that holds them; no chain holds a pair of `apart`."""
    block = np.arange(n)
    for left, right in linked:
        joined = np.where(block == block[right], block[left], block)
        if not any(joined[x] == joined[y] for x, y in apart):
            block = joined
    return block
