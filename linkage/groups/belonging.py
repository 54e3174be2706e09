"""How much an account belongs to its community: what ties it there, beside what ties the others.

A community is found with hangers-on, tied to it by one weak link and to nobody else. The weight of their
links inside tells them from members. How many of the community they are linked to does not: of 700 accounts
with a dozen links each that is 2 %. Nor does the share of their own weight inside: one link to a member is
all they have.
"""

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.communities import WeightedLinks


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


def drop_hangers_on(labels: Ints, links: WeightedLinks, least: float) -> Ints:
    """The partition without accounts that belong to their community by less than `least`."""
    return np.where(belonging(labels, links) < least, -1, labels)
