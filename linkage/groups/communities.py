"""Communities in the links: connected components, and Leiden inside each.

Leiden (Traag, Waltman and van Eck 2019) maximises modularity inside every connected component, so one weak
bridge does not melt two operators together. Same input, same communities: nodes are numbered in the order of
their names, the seed is a setting, one thread does the work. What is split further, `splitting` says.
"""

from typing import NamedTuple

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.partition import components, renumber, renumber_communities
from linkage.settings.communities import Communities


class WeightedLinks(NamedTuple):
    """Links between account numbers, `left` < `right`, each with a weight above 0."""

    left: Ints
    right: Ints
    weight: Floats


def detect_communities(
    n: int, links: WeightedLinks, chosen: Communities, *, resolution: float, seed: int
) -> Ints:
    """The community of each of n accounts; −1 where it has no link."""
    left, right, weight = links
    part = components(n, left, right)
    sizes = np.bincount(part, minlength=1)
    result = np.full(n, -1, dtype=np.int64)
    by_part = np.argsort(part[left], kind="stable")
    link_part = part[left][by_part]
    next_label = 0
    for number in np.lexsort((np.arange(len(sizes)), -sizes)):
        if sizes[number] < 2:
            break
        members = np.flatnonzero(part == number)
        low, high = np.searchsorted(link_part, [number, number + 1])
        rows = by_part[low:high]
        ends = np.searchsorted(members, np.stack([left[rows], right[rows]]))
        inner = WeightedLinks(ends[0], ends[1], weight[rows])
        labels = divide(len(members), inner, chosen, resolution=resolution, seed=seed)
        result[members] = labels + next_label
        next_label += int(labels.max()) + 1
    return renumber_communities(result)


def divide(n: int, links: WeightedLinks, chosen: Communities, *, resolution: float, seed: int) -> Ints:
    """Leiden among n nodes; so few that nothing tells their parts from chance stay together."""
    if n < chosen.min_component_accounts:
        return np.zeros(n, dtype=np.int64)
    return renumber(_leiden(n, links, resolution=resolution, iterations=chosen.leiden_iterations, seed=seed))


def _leiden(n: int, links: WeightedLinks, *, resolution: float, iterations: int, seed: int) -> Ints:
    if not len(links.left):  # which the library does not take
        return np.arange(n)
    from graspologic_native import leiden_csr
    from scipy.sparse import csr_array

    ends = np.concatenate([links.left, links.right]), np.concatenate([links.right, links.left])
    both_ways = csr_array((np.concatenate([links.weight, links.weight]), ends), shape=(n, n))
    both_ways.sort_indices()
    _, found = leiden_csr(
        both_ways.indptr.astype(np.int64),
        both_ways.indices.astype(np.int32),
        both_ways.data.astype(np.float64),
        n,
        resolution=resolution,
        iterations=iterations,
        seed=seed,
    )
    return np.fromiter((found[i] for i in range(n)), dtype=np.int64, count=n)
