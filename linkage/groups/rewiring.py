"""What chance makes of a graph: the same degrees, every link drawn anew.

A random graph always has a partition of positive modularity, the higher the sparser it is (Guimerà, Sales-Pardo
and Amaral 2004). So how well a graph splits says something only beside how well its rewirings split: the
configuration model (Molloy and Reed 1995), in which each account keeps its number of links.
"""

import numpy as np
from numpy.typing import NDArray

from linkage.groups.communities import Links

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


_ATTEMPTS = 8
"""Times that loops and repeated pairs are drawn anew; the few left then, at the busiest accounts, are let go."""


def rewired(n: int, links: Links, rng: np.random.Generator) -> Links:
    """The links of n accounts drawn anew: ends are dealt at random, each account keeps its number, weights are
    shuffled. In the order of their ends."""
    ends = np.concatenate(links[:2])
    pairs = np.empty(0, dtype=np.int64)
    for _attempt in range(_ATTEMPTS):
        left, right = np.sort(rng.permutation(ends).reshape(2, -1), axis=0)
        drawn = left * n + right
        first = np.unique(np.concatenate([pairs, drawn]), return_index=True)[1]
        good = np.zeros(len(drawn), dtype=bool)
        good[first[first >= len(pairs)] - len(pairs)] = True
        good &= left != right
        pairs = np.concatenate([pairs, drawn[good]])
        ends = np.concatenate([left[~good], right[~good]])
        if not len(ends):
            break
    pairs.sort()
    return pairs // n, pairs % n, rng.permutation(links[2])[: len(pairs)]


def between(parts: Ints, links: Links) -> Floats:
    """The weight of links between any two parts (a symmetric table), and inside each on its diagonal."""
    left, right, weight = links
    k = int(parts.max(initial=-1)) + 1
    cells = np.bincount(parts[left] * k + parts[right], weight, minlength=k * k)
    table: Floats = cells.astype(np.float64).reshape(k, k)
    both: Floats = table + np.tril(table, -1).T + np.triu(table, 1).T
    return both


def modularity(parts: Ints, links: Links) -> float:
    """Weight inside the parts, as a share of all, beyond what degrees make expected (Newman and Girvan 2004)."""
    table = between(parts, links)
    inside, total = float(np.trace(table)), float(links[2].sum())
    degrees = table.sum(axis=1) + np.diag(table)
    return inside / total - float(((degrees / (2 * total)) ** 2).sum())


def tied(table: Floats) -> Floats:
    """How strongly any two parts are tied across, relative to within: 1 where links are laid without regard to
    the parts.

    Weight across over what degrees make expected, divided by the geometric mean of the same within both; the
    degrees cancel (Karrer and Newman 2011, degree-corrected blocks). Infinite where nothing is within.
    """
    within = np.sqrt(np.diag(table))
    usual = 2 * np.outer(within, within)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(table > 0, table / usual, 0.0)
    return result


def tied_on_the_whole(parts: Ints, links: Links) -> float:
    """The same of all pairs of parts together; 1 where there is one part."""
    table = between(parts, links)
    within = np.sqrt(np.diag(table))
    usual = within.sum() ** 2 - (within**2).sum()
    return float(np.triu(table, 1).sum() / usual) if usual > 0 else 1.0
