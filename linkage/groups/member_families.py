"""On which families each account of a group rests: what ties it to the others, or sets the group apart.

A group must rest on two independent families. An account that shares only one with it has the innocent
explanation of that one: it asked alike, or came by the same network.
"""

import numpy as np

from linkage.arrays import Bools, Floats
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.gates import independent_families, reported_families


def resting_families(assessor: Assessor, group: Assessment) -> Bools:
    """Which of the group's families each account rests on: (accounts, families in the order of their names).

    A family ties an account where it says something substantial in a fair part of its links inside the group.
    """
    chosen, links = assessor.chosen.profiles, assessor.links
    names = sorted(reported_families(group.profile))
    result = np.zeros((len(group.members), len(names)), dtype=bool)
    left, right = links.scored.left, links.scored.right
    inside = np.flatnonzero(links.linked & np.isin(left, group.members) & np.isin(right, group.members))
    ends = np.searchsorted(group.members, np.concatenate([left[inside], right[inside]]))
    degree = np.maximum(np.bincount(ends, minlength=len(group.members)), 1)
    for place, name in enumerate(names):
        if name in links.families:
            bits = assessor.bits[inside, links.families.index(name)]
            said = np.tile(bits >= chosen.substantial_bits, 2)
            part: Floats = np.bincount(ends, said, minlength=len(group.members)) / degree
            result[:, place] = part >= chosen.min_speaking_share
    for found in group.enrichments:
        if found.family in names:
            result[:, names.index(found.family)] |= np.isin(group.members, assessor.traits.holders(found))
    return result


def rests_on_enough(assessor: Assessor, group: Assessment) -> Bools:
    """Which accounts of a group rest on as many independent families as a group must."""
    names = sorted(reported_families(group.profile))
    kinds = [min(independent_families(frozenset((name,)))) for name in names]
    resting = resting_families(assessor, group)
    ways = [resting[:, [own == kind for own in kinds]].any(axis=1) for kind in sorted(set(kinds))]
    count = np.sum(ways, axis=0) if ways else np.zeros(len(group.members))
    return np.asarray(count >= assessor.chosen.min_families)
