"""Communities in the links, split where chance would not make their parts.

Modularity overlooks what is small beside the whole graph (Fortunato and Barthélemy 2007): an operator of
twelve lies inside a crowd of hundreds. Splitting everything once more would find him, and cut every large
operator to pieces, since a sparse graph always splits. So a split is held against rewirings of the community:
it must be better than theirs, or its parts looser, and any two of its parts must be tied less than theirs.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.even_parts import join_evenly_linked
from linkage.groups.rewiring import links_among, modularity, overall_tie, parts_by_chance, ties
from linkage.links.comparison import Compare
from linkage.settings.groups import Groups

TINY = 1e-6
"""Keeps a ratio finite where all rewirings split alike; far below any difference of modularities."""


def divide_components(n: int, links: WeightedLinks, chosen: Groups, *, compare: Compare, seed: int) -> Ints:
    """The community of each of n accounts (−1 where it has no link), by Leiden in every component.

    Where a component splits neither better nor worse than its rewirings, parts that are tied as by chance are
    joined: Leiden cuts every sparse graph, also an operator who is linked to nobody else.
    """
    links = _in_order(links)
    component = partition.components(n, links.left, links.right)
    linked = np.isin(np.arange(n), np.concatenate([links.left, links.right]))
    component = partition.renumber_communities(np.where(linked, component, -1))
    parts = _divide_each(component, links, partial(_uneven_parts, compare=compare, chosen=chosen, seed=seed))
    return partition.renumber_communities(parts)


def split_communities(
    labels: Ints, links: WeightedLinks, chosen: Groups, *, compare: Compare, seed: int
) -> Ints:
    """Splits every community whose split is earned, and its parts again while theirs are."""
    links, earned = _in_order(links), partial(_earned_parts, compare=compare, chosen=chosen, seed=seed)
    asked = labels
    while partition.sizes(asked).max(initial=0) >= 2 * chosen.min_accounts:
        parts = _divide_each(asked, links, earned)
        labels = np.where(parts >= 0, labels.max() + 1 + parts, labels)
        smaller = partition.sizes(parts)[parts] < partition.sizes(asked)[asked]
        asked = np.where((parts >= 0) & smaller, parts, -1)
    return partition.renumber_communities(labels)


def _in_order(links: WeightedLinks) -> WeightedLinks:
    """Links in the order of their ends: rewirings deal them by place."""
    order = np.lexsort((links.right, links.left))
    return WeightedLinks(links.left[order], links.right[order], links.weight[order])


def _divide_each(labels: Ints, links: WeightedLinks, divided: Callable[[Ints, WeightedLinks], Ints]) -> Ints:
    """The parts of every community (−1 outside), as `divided` gives them for its accounts, and for their
    links by place."""
    left, right, weight = links
    inside = np.flatnonzero((labels[left] == labels[right]) & (labels[left] >= 0))
    inside = inside[np.argsort(labels[left[inside]], kind="stable")]
    bounds = np.searchsorted(labels[left[inside]], np.arange(int(labels.max(initial=-1)) + 2))
    result, base = np.full(len(labels), -1, dtype=np.int64), 0
    for number, members in partition.members_by_community(labels).items():
        rows = inside[bounds[number] : bounds[number + 1]]
        ends = np.searchsorted(members, np.stack([left[rows], right[rows]]))
        parts = divided(members, WeightedLinks(ends[0], ends[1], weight[rows]))
        result[members] = base + parts
        base += int(parts.max(initial=-1)) + 1
    return result


def _earned_parts(
    members: Ints, links: WeightedLinks, *, compare: Compare, chosen: Groups, seed: int
) -> Ints:
    """The parts of a community of these accounts: one, unless a split is earned."""
    n, limits = len(members), chosen.splitting
    whole = np.zeros(n, dtype=np.int64)
    if n < 2 * chosen.min_accounts:
        return whole
    parts = divide(n, links, chosen.communities, resolution=limits.split_resolution, seed=seed)
    if not parts.any():
        return whole
    better, looser, usual_tie = _beside_chance(parts, links, chosen, seed)
    if max(better, looser) < limits.min_deviations:
        return whole
    parts = join_parts(parts, links, chosen, least=limits.min_asked_tie * usual_tie, seed=seed)
    return join_evenly_linked(parts, links, _by_place(compare, members), chosen, seed=seed)


def _uneven_parts(
    members: Ints, links: WeightedLinks, *, compare: Compare, chosen: Groups, seed: int
) -> Ints:
    """The parts of a component of these accounts by Leiden; joined, where they are as those of its
    rewirings."""
    parts = divide(len(members), links, chosen.communities, resolution=chosen.resolution, seed=seed)
    if not parts.any():
        return parts
    limits = chosen.splitting
    better, looser, usual_tie = _beside_chance(parts, links, chosen, seed)
    if max(abs(better), abs(looser)) < limits.min_deviations:
        parts = join_parts(parts, links, chosen, least=limits.min_asked_tie * usual_tie, seed=seed)
    return join_evenly_linked(parts, links, _by_place(compare, members), chosen, seed=seed)


def _by_place(compare: Compare, members: Ints) -> Compare:
    """Compares accounts that are numbered by their place among these."""
    return lambda left, right: compare(members[left], members[right])


def _beside_chance(
    parts: Ints, links: WeightedLinks, chosen: Groups, seed: int
) -> tuple[float, float, float]:
    """By how many standard deviations parts have more modularity, and are tied less, than those of rewirings;
    and how much those are tied."""
    runs = range(chosen.splitting.rewirings)
    by_chance = [parts_by_chance(len(parts), links, chosen, (seed, run)) for run in runs]
    splits = np.array([modularity(*each) for each in by_chance])
    tied = np.array([overall_tie(*each) for each in by_chance])
    better = (modularity(parts, links) - splits.mean()) / max(splits.std(ddof=1), TINY)
    looser = (tied.mean() - overall_tie(parts, links)) / max(tied.std(ddof=1), TINY)
    return float(better), float(looser), float(tied.mean())


def join_parts(parts: Ints, links: WeightedLinks, chosen: Groups, *, least: float, seed: int) -> Ints:
    """The parts that are two beside chance: others are joined, the most tied first.

    Two stay one if they are tied about as much as the parts of a rewiring of the two; those tied by less than
    `least` are not asked about. One of fewer accounts
    than a group's joins the part to which most of its weight leads.
    """
    state = _Parts(parts, links)
    while (small := state.smallest(chosen.min_accounts)) is not None:
        state.join(*small)
    while (pair := state.most_tied(least)) is not None:
        if _tied_as_by_chance(state.labels, pair, links, chosen, seed=seed):
            state.join(*pair)
        else:
            state.keep_apart(*pair)
    return partition.renumber(state.labels)


class _Parts:
    """Parts of one community while they are joined two by two, with the weight of links between them."""

    def __init__(self, parts: Ints, links: WeightedLinks) -> None:
        count = int(parts.max()) + 1
        cells = parts[links.left] * count + parts[links.right]
        sums = np.bincount(cells, links.weight, minlength=count * count)
        table = np.asarray(sums, dtype=np.float64).reshape(count, count)
        self.labels = parts
        self._within = np.diag(table).copy()
        self._across: Floats = table + table.T
        np.fill_diagonal(self._across, 0.0)
        self._accounts = np.bincount(parts)
        self._apart: Bools = np.eye(count, dtype=bool)

    def smallest(self, least: int) -> tuple[int, int] | None:
        """The smallest part of fewer than so many accounts, and the one to which most of its weight leads."""
        small = np.flatnonzero((self._accounts < least) & self._across.any(axis=1))
        if not len(small):
            return None
        one = int(small[np.argmin(self._accounts[small])])
        return one, int(np.argmax(self._across[one]))

    def most_tied(self, least: float) -> tuple[int, int] | None:
        """The two parts, not kept apart, that are tied most, at least so much."""
        tied = np.where(self._apart, 0.0, ties(self._across, self._within))
        one, other = (int(place) for place in np.unravel_index(int(np.argmax(tied)), tied.shape))
        return (one, other) if tied[one, other] >= least else None

    def join(self, one: int, other: int) -> None:
        """`one` becomes part of `other`, of which no decision stands then."""
        self.labels = np.where(self.labels == one, other, self.labels)
        self._within[other] += self._within[one] + self._across[one, other]
        self._within[one] = 0.0
        for table in (self._across, self._across.T):
            table[other] += table[one]
            table[one] = 0.0
        self._across[other, other] = 0.0
        self._accounts[other] += self._accounts[one]
        self._accounts[one] = 0
        self._apart[other], self._apart[:, other] = False, False
        self._apart[other, other] = True

    def keep_apart(self, one: int, other: int) -> None:
        """These two are not asked about again while neither grows."""
        self._apart[one, other] = self._apart[other, one] = True


def _tied_as_by_chance(
    labels: Ints, pair: tuple[int, int], links: WeightedLinks, chosen: Groups, *, seed: int
) -> bool:
    """Whether two parts are tied nearly as much as the parts of a rewiring of the two."""
    own, members = links_among(labels, pair, links)
    usual = overall_tie(*parts_by_chance(len(members), own, chosen, (seed, 0)))
    found = overall_tie((labels[members] == pair[0]).astype(np.int64), own)
    return found >= chosen.splitting.max_relative_tie * usual
