"""How far the groups depend on luck: the same grouping on resampled evidence."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def kept(rows: int, *, dropout: float, seed: int, run: int) -> NDArray[np.bool_]:
    """Which of so many reasons stay in resampled run number `run`."""
    result: NDArray[np.bool_] = np.random.default_rng([seed, run]).random(rows) >= dropout
    return result


def membership(labels: Ints, again: Callable[[int], Ints], *, runs: int) -> Floats:
    """For each account of a group (label ≥ 0), the share of runs that keep it with most of its group.

    `again(run)` gives the labels of one resampled run. An account stays with its group when it lies in
    the community that holds most of the group's members.
    """
    stays = np.zeros(len(labels))
    grouped = labels >= 0
    for run in range(runs):
        other = again(run)
        stays[grouped] += _stays(labels[grouped], other[grouped])
    result: Floats = stays / max(runs, 1) if runs else np.where(grouped, 1.0, 0.0)
    return result


def _stays(labels: Ints, other: Ints) -> NDArray[np.bool_]:
    pairs, counts = np.unique(np.stack([labels, other]), axis=1, return_counts=True)
    known = pairs[1] >= 0
    pairs, counts = pairs[:, known], counts[known]
    # The largest piece of each group; the lower number among equals.
    order = np.lexsort((pairs[1], -counts, pairs[0]))
    first = np.unique(pairs[0][order], return_index=True)[1]
    home = np.full(int(labels.max(initial=0)) + 1, -2, dtype=np.int64)
    home[pairs[0][order][first]] = pairs[1][order][first]
    result: NDArray[np.bool_] = home[labels] == other
    return result
