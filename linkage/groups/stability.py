"""How far communities depend on chance: the membership of each account over runs on resampled evidence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints

_THREADS = 2  # most of a run is NumPy's and the grouping library's own code, which lets another thread go on


def kept(rows: int, *, dropout: float, seed: int, run: int) -> NDArray[np.bool_]:
    """Which of so many rows of evidence stay in resampled run number `run`."""
    result: NDArray[np.bool_] = np.random.default_rng([seed, run]).random(rows) >= dropout
    return result


def membership(labels: Ints, resample: Callable[[int], Ints], *, runs: int) -> Floats:
    """For each account of a group (label ≥ 0), the share of runs that keep it with most of its group.

    `resample(run)` gives the labels of one resampled run. An account stays with its group when most of the
    community it falls into is of that group; a group that falls into pieces of its own members has lost
    nobody, an account that drifts to strangers or stands alone has left.
    """
    grouped = labels >= 0
    with ThreadPoolExecutor(_THREADS) as pool:
        stayed = pool.map(lambda run: _stays(labels, resample(run)), range(runs))
        stays = np.where(grouped, sum(stayed, np.zeros(len(labels))), 0)
    result: Floats = stays / runs if runs else np.where(grouped, 1.0, 0.0)
    return result


def _stays(labels: Ints, other: Ints) -> NDArray[np.bool_]:
    linked = other >= 0
    pairs, counts = np.unique(np.stack([other[linked], labels[linked]]), axis=1, return_counts=True)
    sizes = np.bincount(other[linked], minlength=1)
    home = np.full(len(sizes), -2, dtype=np.int64)
    most = 2 * counts > sizes[pairs[0]]
    home[pairs[0][most]] = pairs[1][most]
    result = np.zeros(len(labels), dtype=bool)
    result[linked] = home[other[linked]] == labels[linked]
    return result
