"""How much an account belongs to its community: what ties it there, beside what ties the others.

A community is found with hangers-on, tied to it by one weak link and to nobody else. They are told from members
by the weight of their links inside; not by how many of the community they are linked to (of 700 accounts with a
dozen links each that is 2 %), nor by the share of their own weight inside (one link to a member is all they have).
"""

import numpy as np
from numpy.typing import NDArray

from linkage.groups.communities import Links

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LOWER = 0.1
"""Part of a community's weight that its weakest accounts hold: the one where it ends is what others are held to.
An even community is so held to more than one whose accounts have few links and many."""


def belonging(labels: Ints, links: Links) -> Floats:
    """The weight of each account's links inside its community, over that of its weaker members; 0 in none.

    The weaker members are where the accounts, from the least weight up, have LOWER of the community's weight:
    however many hangers-on there are, they hold little of it.
    """
    left, right, weight = links
    inside = (labels[left] == labels[right]) & (labels[left] >= 0)
    ends = np.concatenate([left[inside], right[inside]])
    own = np.bincount(ends, np.tile(weight[inside], 2), minlength=len(labels))
    order = np.lexsort((own, labels))
    order = order[labels[order] >= 0]
    home, sums = labels[order], np.cumsum(own[order])
    count = int(labels.max(initial=-1)) + 1
    first, last = (np.searchsorted(home, np.arange(count), side) for side in ("left", "right"))
    before = np.append(0.0, sums)[first]
    at = np.searchsorted(sums, before + LOWER * (np.append(0.0, sums)[last] - before))
    usual = own[order[np.minimum(at, np.maximum(last - 1, 0))]] if count else np.empty(0)
    result = np.zeros(len(labels))
    result[order] = own[order] / np.where(usual > 0, usual, 1.0)[home]
    return result
