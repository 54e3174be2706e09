"""Partitions of accounts as arrays: for each account number its community, −1 where it is in none."""

from itertools import pairwise

import numpy as np

from linkage.arrays import Ints


def components(n: int, left: Ints, right: Ints) -> Ints:
    """Connected component of each of n nodes, numbered by their first node."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    linked = csr_array((np.ones(len(left), dtype=np.bool_), (left, right)), shape=(n, n))
    return renumber(connected_components(linked, directed=False)[1].astype(np.int64))


def renumber(labels: Ints) -> Ints:
    """The same partition with numbers in the order of each part's first member; every number is a part's."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]


def renumber_communities(labels: Ints) -> Ints:
    """The same with accounts that are in no community (−1) left as they are."""
    result, inside = labels.copy(), labels >= 0
    result[inside] = renumber(result[inside])
    return result


def sizes(labels: Ints) -> Ints:
    """Accounts of each community, by its number."""
    return np.bincount(labels[labels >= 0], minlength=1)


def members_by_community(labels: Ints) -> dict[int, Ints]:
    """The members of each community in ascending order, by its number."""
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(int(labels.max(initial=-1)) + 2))
    return {i: order[low:high] for i, (low, high) in enumerate(pairwise(bounds))}
