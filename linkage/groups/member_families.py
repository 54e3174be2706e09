"""Which accounts of a group rest on enough: what ties each to the others, and what speaks against it.

A group must rest on two independent families. An account that shares only one with it has the innocent
explanation of that one: it asked alike, or came by the same network. And evidence against an account counts
like evidence for it: who has none of what nearly all of a group have in common is a stranger who asked alike.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.enrichment import Enrichment
from linkage.groups.families import (
    NOT_PLANTED,
    NOT_PROVISION,
    independent_count,
    independent_families,
)
from linkage.groups.inner_links import tied_ends
from linkage.groups.profile import reported_families


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
    links = assessor.links
    columns = np.array([links.families.index(family) for family in families], dtype=np.int64)
    left, right = links.scored.left, links.scored.right
    inside = np.flatnonzero(links.linked & np.isin(left, members) & np.isin(right, members))
    ends = np.searchsorted(members, np.stack([left[inside], right[inside]]))
    return tied_ends(ends, assessor.bits[np.ix_(inside, columns)], len(members), assessor.chosen.profiles)


def rests_on_enough(assessor: Assessor, group: Assessment) -> Bools:
    """Which accounts of a group rest on as many independent families as a group must, with no substantial
    marks against them. Who rests only on what a tool or a place brings needs marks that speak for him. And
    how an account was opened may not speak against it, whatever else does not: all else can be planted."""
    names, chosen = sorted(reported_families(group.profile)), assessor.chosen
    held, marks = resting_families(assessor, group), bits_of_marks(assessor, group)
    beyond_a_tool = held[:, [name not in NOT_PROVISION for name in names]].any(axis=1)
    against = -chosen.profiles.substantial_bits
    bits = sum(marks.values(), np.zeros(len(group.members)))
    stands = (bits >= np.where(beyond_a_tool, against, 0.0)) & (unplanted(marks, len(bits)) >= against)
    return np.asarray((independent_count(held, names) >= chosen.min_families) & stands)


def unplanted(marks: Mapping[str, Floats], accounts: int) -> Floats:
    """Of the bits of marks of so many accounts, by independent family, those that nobody can plant."""
    return marks.get(NOT_PLANTED, np.zeros(accounts))


def bits_of_marks(assessor: Assessor, group: Assessment) -> dict[str, Floats]:
    """What the marks that set a group apart say of each of its accounts, in bits, by independent family: how
    much commoner in the group it is to have what the account has, or to have none.

    Of families that do not stand for one another the mark counts that says most for the account; of one of
    which nothing is known, none.
    """
    names, slots = reported_families(group.profile), dict[str, list[Enrichment]]()
    for mark in group.enrichments:
        if mark.family in names:
            slots.setdefault(min(independent_families(frozenset((mark.family,)))), []).append(mark)
    return {slot: _bits_of_slot(assessor, group.members, marks) for slot, marks in slots.items()}


def _bits_of_slot(assessor: Assessor, members: Ints, marks: Sequence[Enrichment]) -> Floats:
    known, best = np.zeros(len(members), dtype=bool), np.full(len(members), -np.inf)
    for mark in marks:
        known |= np.isin(members, assessor.traits.known(mark.trait))
        holds = np.isin(members, assessor.traits.holders(mark))
        best = np.where(holds, np.maximum(best, mark.bits), best)
    commonest = max(marks, key=lambda mark: mark.inside)
    # Half an account of either kind: that all have it does not make the next one impossible.
    without = ((1 - commonest.inside) * commonest.compared + 0.5) / (commonest.compared + 1)
    lacking = float(np.log2(without / (1 - commonest.outside)))
    return np.where(np.isfinite(best), best, np.where(known, lacking, 0.0))
