"""How much an account belongs to its community: what ties it there, beside what ties the others.

A community is found with hangers-on, tied to it by one weak link and to nobody else. The weight of their
links inside tells them from members. How many of the community they are linked to does not: of 700 accounts
with a dozen links each that is 2 %. Nor does the share of their own weight inside: one link to a member is
all they have.

How little is too little depends on how much the members differ: in a dense group all are linked alike, in a
sparse one by chance some have few links. So the limit is set by the community itself.

Of what hundreds share only the nearest are compared, and a quiet member may be near to few. So who has little
weight is compared in full with members drawn at random, as some of the others are, and judged by that.
"""

from typing import NamedTuple

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.communities import WeightedLinks
from linkage.groups.partition import members_by_community
from linkage.links.comparison import Compare
from linkage.settings.communities import Communities


def belonging(labels: Ints, links: WeightedLinks) -> Floats:
    """The weight of each account's links inside its community, over the typical weight there; 0 in none.

    Typical is the mean over ends of links, each by its weight: however many hangers-on a community has, they
    hold little of its weight.
    """
    left, right, weight = links
    inside = (labels[left] == labels[right]) & (labels[left] >= 0)
    ends, twice = np.concatenate([left[inside], right[inside]]), np.tile(weight[inside], 2)
    own = np.bincount(ends, twice, minlength=len(labels))
    known = labels >= 0
    whole, squares = (np.bincount(labels[known], each[known], minlength=1) for each in (own, own * own))
    typical = squares / np.where(whole > 0, whole, 1.0)
    result = np.zeros(len(labels))
    result[known] = own[known] / np.where(typical > 0, typical, 1.0)[labels[known]]
    return result


def own_share(labels: Ints, links: WeightedLinks) -> Floats:
    """The share of the weight of each account's links that lies inside its community; 0 where it has none."""
    ends, twice = np.concatenate([links.left, links.right]), np.tile(links.weight, 2)
    inside = (labels[links.left] == labels[links.right]) & (labels[links.left] >= 0)
    own, whole = (
        np.bincount(ends, np.where(kept, twice, 0.0), minlength=len(labels))
        for kept in (np.tile(inside, 2), True)
    )
    return np.asarray(own / np.where(whole > 0, whole, 1.0))


class Leeway(NamedTuple):
    """How far below the typical account each may belong: so many steps (`spread`; infinite: it is not
    judged), or down to what is `enough` however alike the others are."""

    spread: Floats
    enough: Floats

    def of(self, accounts: Ints) -> "Leeway":
        """That of some of the accounts."""
        return Leeway(self.spread[accounts], self.enough[accounts])


def least_belonging(found: Floats, leeway: Leeway, chosen: Communities) -> Floats:
    """The belonging below which accounts of some leeway hang on to a community of which `found` is the
    belonging of the accounts.

    The accounts that belong least and hold `belonging_share` of the weight belong by some part of the typical
    account's at most. This part to the power of the `spread` is the limit, or what is `enough` if that is
    lower.
    """
    ordered = np.sort(found)
    whole = np.cumsum(ordered)
    if not len(found) or not whole[-1]:
        return np.zeros(len(leeway.spread))
    low = float(ordered[np.searchsorted(whole, chosen.belonging_share * whole[-1])])
    judged = np.isfinite(leeway.spread)
    return np.where(judged, np.minimum(leeway.enough, low ** np.where(judged, leeway.spread, 0.0)), 0.0)


def drop_hangers_on(
    labels: Ints, links: WeightedLinks, chosen: Communities, *, leeway: Leeway, compare: Compare, seed: int
) -> Ints:
    """The partition without accounts that hang on to their community, by their links and in a comparison with
    others of it, each with its own leeway. Accounts without a single link in it stay: what they are in it by
    is no link."""
    found, result = belonging(labels, links), labels.copy()
    for number, members in members_by_community(labels).items():
        own = found[members]
        hanging = (own > 0) & (own < least_belonging(own, leeway.of(members), chosen))
        if hanging.any():
            drawn = np.random.default_rng([seed, number])
            few, others = members[hanging], members[~hanging]
            asked, usual = _compared(few, others, compare, chosen, drawn)
            belong = (asked > 0) & usual.any() & (asked >= least_belonging(usual, leeway.of(few), chosen))
            result[few[~belong]] = -1
    return result


def _compared(
    asked: Ints, others: Ints, compare: Compare, chosen: Communities, drawn: np.random.Generator
) -> tuple[Floats, Floats]:
    """The belonging of the accounts asked about and that of some others, by the mean weight of their links
    with the same ones."""
    some = drawn.permutation(others)[: chosen.compared_members]
    left, right = np.meshgrid(np.concatenate([asked, some]), some, indexing="ij")
    different = left != right
    weight = np.zeros(left.shape)
    weight[different] = compare(left[different], right[different])
    own = weight.sum(axis=1) / np.maximum(different.sum(axis=1), 1)
    theirs = own[len(asked) :]
    if theirs.any():
        own *= theirs.sum() / (theirs * theirs).sum()
    return own[: len(asked)], own[len(asked) :]
