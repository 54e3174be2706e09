"""Communities in the links, split where chance would not make their parts.

Modularity overlooks what is small beside the whole graph (Fortunato and Barthélemy 2007): an operator of
twelve lies inside a crowd of hundreds. Splitting everything once more would find him, and cut every large
operator to pieces, since a sparse graph always splits. So a split is held against rewirings of the community:
it must be better than theirs, or its parts looser, and any two of its parts must be tied less than theirs.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from linkage.arrays import Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.even_parts import join_evenly_linked
from linkage.groups.rewiring import modularity, overall_tie, parts_by_chance
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
    if max(_beside_chance(parts, links, chosen, seed)) < limits.min_deviations:
        return whole
    parts = join_small_parts(parts, links, chosen.min_accounts)
    return join_evenly_linked(parts, links, _by_place(compare, members), chosen, seed=seed)


def _uneven_parts(
    members: Ints, links: WeightedLinks, *, compare: Compare, chosen: Groups, seed: int
) -> Ints:
    """The parts of a component of these accounts by Leiden, those joined that are linked evenly."""
    parts = divide(len(members), links, chosen.communities, resolution=chosen.resolution, seed=seed)
    return join_evenly_linked(parts, links, _by_place(compare, members), chosen, seed=seed)


def _by_place(compare: Compare, members: Ints) -> Compare:
    """Compares accounts that are numbered by their place among these."""
    return lambda left, right: compare(members[left], members[right])


def _beside_chance(parts: Ints, links: WeightedLinks, chosen: Groups, seed: int) -> tuple[float, float]:
    """By how many standard deviations parts have more modularity, and are tied less, than those of
    rewirings."""
    runs = range(chosen.splitting.rewirings)
    by_chance = [parts_by_chance(len(parts), links, chosen, (seed, run)) for run in runs]
    splits = np.array([modularity(*each) for each in by_chance])
    tied = np.array([overall_tie(*each) for each in by_chance])
    better = (modularity(parts, links) - splits.mean()) / max(splits.std(ddof=1), TINY)
    looser = (tied.mean() - overall_tie(parts, links)) / max(tied.std(ddof=1), TINY)
    return float(better), float(looser)


def join_small_parts(parts: Ints, links: WeightedLinks, least: int) -> Ints:
    """The parts, those of fewer accounts than so many joined to the part to which most of their weight leads,
    the smallest first."""
    count = int(parts.max()) + 1
    cells = parts[links.left] * count + parts[links.right]
    table = np.bincount(cells, links.weight, minlength=count * count).reshape(count, count)
    across = table + table.T
    np.fill_diagonal(across, 0.0)
    labels, accounts = parts, np.bincount(parts)
    while len(small := np.flatnonzero((accounts > 0) & (accounts < least) & across.any(axis=1))):
        one = int(small[np.argmin(accounts[small])])
        other = int(np.argmax(across[one]))
        labels = np.where(labels == one, other, labels)
        for side in (across, across.T):
            side[other] += side[one]
            side[one] = 0.0
        across[other, other] = 0.0
        accounts[other] += accounts[one]
        accounts[one] = 0
    return partition.renumber(labels)
