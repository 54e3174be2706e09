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
    labels = _within(home, links, lambda who, own: _joined_as_chance(renumber(first[who]), own, rule))
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


def _joined_as_chance(parts: Ints, links: Links, rule: Splitting) -> Ints:
    """The parts of a connected graph, those joined that are tied as parts of its rewirings are."""
    if len(parts) < 2 * rule.least or not parts.any():
        return parts
    _, usual = _by_chance(len(parts), links, rule, runs=1)
    return joined(parts, links, bar=rule.loose * usual, least=1)


def _earned(n: int, links: Links, rule: Splitting) -> Ints:
    """The parts of a community of n accounts: one, unless a split is earned."""
    whole = np.zeros(n, dtype=np.int64)
    if n < 2 * rule.least:
        return whole
    parts = renumber(leiden(n, links, resolution=1.0, seed=rule.seed))
    if not parts.any():
        return whole
    by_chance, usual = _by_chance(n, links, rule, runs=rule.rewirings)
    spread = max(float(by_chance.std(ddof=1)), 1e-6)
    if modularity(parts, links) - by_chance.mean() < rule.beyond * spread:
        return whole
    return joined(parts, links, bar=rule.loose * usual, least=rule.least)


def _by_chance(n: int, links: Links, rule: Splitting, *, runs: int) -> tuple[Floats, float]:
    """How well rewirings of a graph split (modularity of each), and how strongly their parts are tied."""
    found, ties = [], []
    for run in range(runs):
        other = rewired(n, links, np.random.default_rng([rule.seed, run]))
        parts = renumber(leiden(n, other, resolution=1.0, seed=rule.seed + run + 1))
        found.append(modularity(parts, other))
        ties.append(tied_on_the_whole(parts, other))
    return np.array(found), float(np.mean(ties))


def joined(parts: Ints, links: Links, *, bar: float, least: int) -> Ints:
    """Parts joined two by two, the most tied first, until none are tied by `bar`; one of fewer than `least`
    accounts joins the part that most of its weight leads to."""
    table, sizes = between(parts, links), np.bincount(parts).astype(float)
    home = np.arange(len(sizes))
    while True:
        pair = _next(table, sizes, bar=bar, least=least)
        if pair is None:
            return renumber(home[parts])
        one, other = pair
        within = table[one, one] + table[one, other] + table[other, other]
        table[other] += table[one]
        table[:, other] += table[:, one]
        table[other, other] = within
        table[one], table[:, one] = 0.0, 0.0
        sizes[other] += sizes[one]
        sizes[one] = np.inf
        home[home == one] = other


def _next(table: Floats, sizes: Floats, *, bar: float, least: int) -> tuple[int, int] | None:
    """The next part to be joined, and to which."""
    across = table.copy()
    np.fill_diagonal(across, 0.0)
    small = np.flatnonzero((sizes < least) & across.any(axis=1))
    if len(small):
        one = int(small[np.argmin(sizes[small])])
        return one, int(np.argmax(across[one]))
    ties = tied(table)
    np.fill_diagonal(ties, 0.0)
    one, other = np.unravel_index(int(np.argmax(ties)), ties.shape)
    return (int(one), int(other)) if ties[one, other] >= bar and ties[one, other] > 0 else None
