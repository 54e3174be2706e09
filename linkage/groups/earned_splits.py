"""Communities: one detection over all links, and further splits only where chance would not make them.

Modularity overlooks what is small beside the whole graph (Fortunato and Barthélemy 2007): an operator of twelve
lies inside a crowd of hundreds. Splitting everything once more would find him, and cut every large operator to
pieces, since a sparse graph always splits. So a split is held against rewirings of the same graph: it must be
better than theirs, and its parts must be tied to one another less than theirs are.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.groups.communities import Links, communities, components, leiden, renumber
from linkage.groups.rewiring import between, modularity, rewired, tied, tied_on_the_whole

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Work = Callable[[Ints, Links], Ints]
"""The parts of some accounts (by place among them), from their numbers and the links among them."""


LEAST_TIED = 0.05
"""Parts tied by less than a twentieth of what even laying would give are not asked about: no rewiring seen had
parts tied by less than a tenth."""


@dataclass(frozen=True)
class Splitting:
    """When a split is earned; see `settings.Grouping` for each number's reason. `least`: accounts of a group."""

    least: int
    resolution: float
    beyond: float
    loose: float
    rewirings: int
    seed: int


def detected(n: int, links: Links, rule: Splitting) -> Ints:
    """The community of each of n accounts (−1: no link), whatever the order of the links."""
    links = _in_order(links)
    first = communities(n, *links, resolution=rule.resolution, seed=rule.seed)
    home = np.where(first >= 0, components(n, *links[:2]), -1)
    labels = _within(home, links, lambda who, own: _beyond(renumber(first[who]), own, rule))
    doubtful = labels
    while _sizes(doubtful).max(initial=0) >= 2 * rule.least:
        parts = _within(doubtful, links, lambda who, own: _earned(len(who), own, rule))
        labels = np.where(parts >= 0, labels.max() + 1 + parts, labels)
        split = (parts >= 0) & (_sizes(parts)[parts] < _sizes(doubtful)[doubtful])
        doubtful = np.where(split, parts, -1)
    labels[labels >= 0] = renumber(labels[labels >= 0])
    return labels


def _in_order(links: Links) -> Links:
    order = np.lexsort((links[1], links[0]))
    return links[0][order], links[1][order], links[2][order]


def _sizes(labels: Ints) -> Ints:
    return np.bincount(labels[labels >= 0], minlength=1)


def _within(home: Ints, links: Links, work: Work) -> Ints:
    """The parts of each home (−1 outside): what `work` makes of it, homes one after another."""
    left, right, weight = links
    inside = np.flatnonzero((home[left] == home[right]) & (home[left] >= 0))
    inside = inside[np.argsort(home[left[inside]], kind="stable")]
    members = np.argsort(home, kind="stable")[int((home < 0).sum()) :]
    result, base = np.full(len(home), -1, dtype=np.int64), 0
    numbers = np.unique(home[members])
    bounds = np.append(numbers, numbers[-1:] + 1)
    at, rows = np.searchsorted(home[members], bounds), np.searchsorted(home[left[inside]], bounds)
    for place in range(len(numbers)):
        who, own = members[at[place] : at[place + 1]], inside[rows[place] : rows[place + 1]]
        ends = np.searchsorted(who, np.stack([left[own], right[own]]))
        parts = work(who, (ends[0], ends[1], weight[own]))
        result[who] = base + parts
        base += int(parts.max(initial=-1)) + 1
    return result


def _earned(n: int, links: Links, rule: Splitting) -> Ints:
    """The parts of a community of n accounts: one, unless a split is earned."""
    whole = np.zeros(n, dtype=np.int64)
    if n < 2 * rule.least:
        return whole
    parts = renumber(leiden(n, links, resolution=1.0, seed=rule.seed))
    if not parts.any():
        return whole
    if not _beyond(parts, links, rule).any():
        return whole
    return joined(parts, links, rule, least=rule.least)


def _beyond(parts: Ints, links: Links, rule: Splitting) -> Ints:
    """The parts of a graph, or one where its rewirings split about as well."""
    n = len(parts)
    if n < 2 * rule.least or not parts.any():
        return parts
    by_chance = np.array([modularity(*_by_chance(n, links, rule, run)) for run in range(rule.rewirings)])
    spread = max(float(by_chance.std(ddof=1)), 1e-6)
    beyond = modularity(parts, links) - by_chance.mean() >= rule.beyond * spread
    return parts if beyond else np.zeros(n, dtype=np.int64)


def _by_chance(n: int, links: Links, rule: Splitting, run: int) -> tuple[Ints, Links]:
    """A rewiring of a graph, and the parts it has by chance."""
    other = rewired(n, links, np.random.default_rng([rule.seed, run]))
    return renumber(leiden(n, other, resolution=1.0, seed=rule.seed + run + 1)), other


def joined(parts: Ints, links: Links, rule: Splitting, *, least: int) -> Ints:
    """Parts joined two by two, the most tied first, while the parts of a rewiring of the two are hardly tied more;
    one of fewer than `least` accounts joins the part that most of its weight leads to."""
    table, sizes = between(parts, links), np.bincount(parts).astype(float)
    home, apart = np.arange(len(sizes)), np.eye(len(sizes), dtype=bool)
    while (pair := _next(table, sizes, apart, least=least)) is not None:
        one, other = pair
        if sizes[one] >= least and not _tied_as_chance(home[parts], pair, links, rule):
            apart[one, other] = apart[other, one] = True
            continue
        within = table[one, one] + table[one, other] + table[other, other]
        table[other] += table[one]
        table[:, other] += table[:, one]
        table[other, other] = within
        table[one], table[:, one] = 0.0, 0.0
        sizes[other] += sizes[one]
        sizes[one] = np.inf
        apart[other], apart[:, other] = False, False
        apart[other, other] = True
        home[home == one] = other
    return renumber(home[parts])


def _next(table: Floats, sizes: Floats, apart: NDArray[np.bool_], *, least: int) -> tuple[int, int] | None:
    """The next part to be joined, and to which."""
    across = np.where(np.eye(len(table), dtype=bool), 0.0, table)
    small = np.flatnonzero((sizes < least) & across.any(axis=1))
    if len(small):
        one = int(small[np.argmin(sizes[small])])
        return one, int(np.argmax(across[one]))
    ties = np.where(apart, 0.0, tied(table))
    best = int(np.argmax(ties))
    one, other = divmod(best, len(ties))
    return (one, other) if ties[one, other] >= LEAST_TIED else None


def _tied_as_chance(parts: Ints, pair: tuple[int, int], links: Links, rule: Splitting) -> bool:
    """Whether two parts are tied nearly as much as the parts of a rewiring of them."""
    who = np.flatnonzero(np.isin(parts, pair))
    place = np.full(len(parts), -1, dtype=np.int64)
    place[who] = np.arange(len(who))
    left, right, weight = links
    inside = (place[left] >= 0) & (place[right] >= 0)
    own = place[left[inside]], place[right[inside]], weight[inside]
    usual = tied_on_the_whole(*_by_chance(len(who), own, rule, 0))
    return tied_on_the_whole((parts[who] == pair[0]).astype(np.int64), own) >= rule.loose * usual
