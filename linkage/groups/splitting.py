"""Splitting communities that hold several operators, or a crowd that chance joined.

Modularity has a resolution limit (Fortunato and Barthélemy 2007): beside a large, strongly linked
operator a crowd joined by chance looks like one community and can swallow a small operator, and two
small operators look like one. What is split too far, `merging` puts together again.
"""

from collections.abc import Sequence

import numpy as np

from linkage.arrays import Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.pair_sampling import AreLinked, cohesion
from linkage.settings.communities import Communities
from linkage.settings.groups import Groups


def split_communities(
    labels: Ints, links: WeightedLinks, are_linked: AreLinked, chosen: Groups, *, seed: int
) -> Ints:
    """Splits communities by Leiden inside each: once in any case, and on while a part is not cohesive."""
    splitting = _large(labels, chosen.min_accounts)
    for depth in range(chosen.communities.split_rounds):
        if not len(splitting):
            break
        before = labels
        labels, nodes = _split(before, splitting, links, chosen.communities, seed=seed + depth)
        parts = _smaller_parts(labels, nodes, before[nodes], chosen.min_accounts)
        splitting = _not_cohesive(labels, parts, are_linked, chosen.communities, seed=seed)
    return labels


def split_once(labels: Ints, links: WeightedLinks, chosen: Groups, *, seed: int) -> Ints:
    """Splits every community of at least twice the smallest group's accounts once by Leiden inside it."""
    splitting = _large(labels, chosen.min_accounts)
    return _split(labels, splitting, links, chosen.communities, seed=seed)[0] if len(splitting) else labels


def _large(labels: Ints, least: int) -> Ints:
    """Communities of at least twice `least` accounts."""
    return np.flatnonzero(partition.sizes(labels) >= 2 * least)


def _split(
    labels: Ints, splitting: Ints, links: WeightedLinks, chosen: Communities, *, seed: int
) -> tuple[Ints, Ints]:
    """The partition with these communities split, and the nodes that were linked inside them."""
    left, right, weight = links
    inside = (labels[left] == labels[right]) & np.isin(labels[left], splitting)
    nodes = np.unique(np.concatenate([left[inside], right[inside]]))
    ends = np.searchsorted(nodes, np.stack([left[inside], right[inside]]))
    inner = WeightedLinks(ends[0], ends[1], weight[inside])
    parts = _split_each(labels[nodes], inner, splitting.tolist(), chosen, seed=seed)
    result = labels.copy()
    result[np.isin(result, splitting)] = -1
    result[nodes] = parts + int(labels.max(initial=-1)) + 1
    return partition.renumber_communities(result), nodes


def _split_each(
    labels: Ints, links: WeightedLinks, splitting: Sequence[int], chosen: Communities, *, seed: int
) -> Ints:
    """Leiden inside each of these communities; nodes are numbered within `labels`."""
    parts, base = np.zeros(len(labels), dtype=np.int64), 0
    ends = np.stack([links.left, links.right])
    for number in splitting:
        members = np.flatnonzero(labels == number)
        rows = labels[ends[0]] == number
        local = np.searchsorted(members, ends[:, rows])
        inner = WeightedLinks(local[0], local[1], links.weight[rows])
        parts[members] = base + divide(
            len(members), inner, chosen, resolution=chosen.split_resolution, seed=seed
        )
        base += len(members)
    return parts


def _smaller_parts(labels: Ints, nodes: Ints, before: Ints, least: int) -> list[int]:
    """Parts that are smaller than what they were split from, and large enough to be split again."""
    sizes, whole = partition.sizes(labels), np.bincount(before)
    parts, first = np.unique(labels[nodes], return_index=True)
    smaller: list[int] = parts[(sizes[parts] >= 2 * least) & (sizes[parts] < whole[before[first]])].tolist()
    return smaller


def _not_cohesive(
    labels: Ints, parts: Sequence[int], are_linked: AreLinked, chosen: Communities, *, seed: int
) -> Ints:
    known = cohesion(labels, parts, are_linked, count=chosen.sampled_pairs, seed=seed)
    return np.array([c for c in parts if known[c] < chosen.min_cohesion], dtype=np.int64)
