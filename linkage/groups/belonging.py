"""How much an account belongs to its community: what ties it there, beside what ties the others.

A community is found with hangers-on, tied to it by one weak link and to nobody else. The weight of their
links inside tells them from members. How many of the community they are linked to does not: of 700 accounts
with a dozen links each that is 2 %. Nor does the share of their own weight inside: one link to a member is
all they have.

How little is too little depends on how much the members differ: in a dense group all are linked alike, in a
sparse one by chance some have few links. So the limit is set by the community itself.

Of what hundreds share only the nearest are compared, and a quiet member may be near to few. So who has little
weight is compared in full with members drawn at random, as some of the others are, and judged by that: by
how strongly they would be linked, and by how much they ask alike, of which quiet members have nearly as much.
"""

from typing import NamedTuple

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.communities import WeightedLinks
from linkage.groups.partition import members_by_community
from linkage.links.comparison import Compare, Measures
from linkage.settings.communities import Communities
from linkage.settings.groups import Groups


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
    labels: Ints, links: WeightedLinks, chosen: Groups, *, leeway: Leeway, by: Measures, seed: int
) -> Ints:
    """The partition without accounts that hang on to their community, by their links and in a comparison with
    others of it, each with its own leeway. Accounts without a single link in it stay: what they are in it by
    is no link."""
    found, result = belonging(labels, links), labels.copy()
    for number, members in members_by_community(labels).items():
        own = found[members]
        hanging = (own > 0) & (own < least_belonging(own, leeway.of(members), chosen.communities))
        if hanging.any():
            drawn = np.random.default_rng([seed, number])
            few = members[hanging]
            some = drawn.permutation(members[~hanging])[: chosen.communities.compared_members]
            few = few[~_belong(few, some, by.link, leeway.of(few), chosen.communities)]
            if by.content:
                # Members ask much alike, so that however little is enough of links is not enough here.
                own, least = leeway.of(few).spread, chosen.splitting.min_content_bits
                strict = Leeway(own, np.full(len(few), np.inf))
                few = few[~_belong(few, some, by.content, strict, chosen.communities, least=least)]
            result[few] = -1
    return result


def _belong(
    asked: Ints, some: Ints, compare: Compare, leeway: Leeway, chosen: Communities, *, least: float = 0.0
) -> Bools:
    """Which accounts belong to a community, by the mean of what they have in common with `some` of it, beside
    what these have with one another; nobody where that is no more than `least`."""
    left, right = np.meshgrid(np.concatenate([asked, some]), some, indexing="ij")
    different = left != right
    common = np.zeros(left.shape)
    common[different] = compare(left[different], right[different])
    known = different & ~np.isnan(common)
    own = np.where(known, common, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    theirs = own[len(asked) :]
    if not len(theirs) or theirs.mean() <= least:
        return np.zeros(len(asked), dtype=bool)
    own *= theirs.sum() / (theirs * theirs).sum()
    found, usual = own[: len(asked)], own[len(asked) :]
    return np.asarray((found > 0) & (found >= least_belonging(usual, leeway, chosen)))
