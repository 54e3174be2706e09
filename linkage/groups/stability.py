"""How far the groups depend on single values: each found again when a part of all values is left out.

Values are left out, not rows: one card or one template makes many rows, and all of them go with it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from linkage.groups.communities import Links, leiden

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_THREADS = 2  # most of a run is NumPy's and the grouping library's own code, which lets another thread go on


def kept(values: Ints, *, dropout: float, seed: int, run: int) -> Bools:
    """Which rows of evidence stay in resampled run number `run`: a value goes with all of its rows. What is no
    value but a comparison of two accounts (below 0) stays."""
    drawn = np.random.default_rng([seed, run]).random(int(values.max(initial=-1)) + 1) >= dropout
    return np.asarray(np.append(drawn, True)[np.where(values < 0, len(drawn), values)])


def stays(labels: Ints, links: Links, *, least: int, seed: int) -> Bools:
    """Which accounts are found with their group again in other `links`.

    Each group of at least `least` accounts is looked for among its accounts and all that are linked to one of them.
    Found again is the community that overlaps most with it (Jaccard), and every one that is mostly of it: a group
    that falls into parts of itself has lost nobody. Accounts of smaller communities stay.
    """
    n = len(labels)
    left, right, weight = links
    graph = csr_array((np.tile(weight, 2), (np.r_[left, right], np.r_[right, left])), shape=(n, n))
    result = np.asarray(labels >= 0)
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    for number in np.flatnonzero(sizes >= least):
        members = np.flatnonzero(labels == number)
        near = np.union1d(members, graph[members].indices)
        own = graph[near][:, near].tocoo()
        once = own.row < own.col
        found = leiden(
            len(near),
            (own.row[once].astype(np.int64), own.col[once].astype(np.int64), own.data[once]),
            resolution=1.0,
            seed=seed,
        )
        result[members] = _found_again(found, np.isin(near, members))[np.searchsorted(near, members)]
    return result


def _found_again(found: Ints, mine: Bools) -> Bools:
    sizes, own = np.bincount(found), np.bincount(found, mine)
    overlap = own / (sizes + mine.sum() - own)
    again = (2 * own > sizes) & (sizes > 1)
    again[np.argmax(overlap)] = True
    return np.asarray(again[found] & mine)


def membership(labels: Ints, again: Callable[[int], Links], *, least: int, runs: int, seed: int) -> Floats:
    """For each account of a group (label ≥ 0), the share of runs that find it with its group again; `again(run)`
    gives the links of a resampled run."""

    def one(run: int) -> Bools:
        return stays(labels, again(run), least=least, seed=seed + run + 1)

    with ThreadPoolExecutor(_THREADS) as pool:
        total = sum(pool.map(one, range(runs)), np.zeros(len(labels)))
    result: Floats = total / runs if runs else np.where(labels >= 0, 1.0, 0.0)
    return result
