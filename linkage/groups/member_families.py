"""On which families each account of a group rests: what ties it to the others, or sets the group apart.

A group must rest on two independent families. An account that shares only one with it has the innocent
explanation of that one: it asked alike, or came by the same network.
"""

from collections.abc import Sequence

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.families import independent_families
from linkage.groups.gates import reported_families


def resting_families(assessor: Assessor, group: Assessment) -> Bools:
    """Which of the group's families each account rests on: (accounts, families in the order of their names).

    A family ties an account where it says something substantial in a fair part of its links inside the group.
    """
    names = sorted(reported_families(group.profile))
    result = np.zeros((len(group.members), len(names)), dtype=bool)
    linking = [name for name in names if name in assessor.links.families]
    result[:, [names.index(name) for name in linking]] = tied_by(assessor, group.members, linking)
    for found in group.enrichments:
        if found.family in names:
            result[:, names.index(found.family)] |= np.isin(group.members, assessor.traits.holders(found))
    return result


def tied_by(assessor: Assessor, members: Ints, families: Sequence[str]) -> Bools:
    """Which of a community's accounts each family ties to the others (accounts, families): it says something
    substantial in a fair part of their links inside."""
    chosen, links = assessor.chosen.profiles, assessor.links
    left, right = links.scored.left, links.scored.right
    inside = np.flatnonzero(links.linked & np.isin(left, members) & np.isin(right, members))
    ends = np.searchsorted(members, np.concatenate([left[inside], right[inside]]))
    degree = np.maximum(np.bincount(ends, minlength=len(members)), 1)
    result = np.zeros((len(members), len(families)), dtype=bool)
    for place, family in enumerate(families):
        bits = assessor.bits[inside, links.families.index(family)]
        said = np.tile(bits >= chosen.substantial_bits, 2)
        part: Floats = np.bincount(ends, said, minlength=len(members)) / degree
        result[:, place] = part >= chosen.min_speaking_share
    return result


def rests_on_enough(assessor: Assessor, group: Assessment) -> Bools:
    """Which accounts of a group rest on as many independent families as a group must."""
    names = sorted(reported_families(group.profile))
    count = independent_count(resting_families(assessor, group), names)
    return np.asarray(count >= assessor.chosen.min_families)


def independent_count(held: Bools, names: Sequence[str]) -> Ints:
    """How many independent families each account has, of those it holds: (accounts, families named)."""
    kinds = [min(independent_families(frozenset((name,)))) for name in names]
    ways = [held[:, [own == kind for own in kinds]].any(axis=1) for kind in sorted(set(kinds))]
    return np.sum(ways, axis=0, dtype=np.int64) if ways else np.zeros(len(held), dtype=np.int64)
