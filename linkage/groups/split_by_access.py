"""Splitting communities by the networks and clients that accounts work from whose prompts are withheld.

What such an account asks is not known; from where, and with what client, is. An operator's accounts work from
his addresses or with his client. A victim on whom a card, an address or a client was planted, or a stranger
who rents at the same service, does most things from elsewhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from linkage.arrays import Bools, Floats
from linkage.groups.assessment import Assessor
from linkage.groups.member_families import tied_by
from linkage.groups.own_values import own_values
from linkage.groups.partition import members_by_community
from linkage.groups.split_by_workload import SplitPartition, accounts_leaving
from linkage.groups.trait_index import TraitIndex
from linkage.groups.workload import CommunityWork
from linkage.settings.communities import Workload

LINEAGE = "lineage"
"""The family of answers that went from account to account."""

ACCESS_TRAITS = ("prefix", "client")
"""Traits that say by which way an account comes: its small networks, and its clients."""


def split_by_access(
    assessor: Assessor, split: SplitPartition, work: Mapping[int, CommunityWork]
) -> SplitPartition:
    """The partition without those accounts of communities to be reported that use their community's own
    networks or clients far less than its median account. They are in none: what ties them is the group's.

    Only accounts whose work cannot be judged: their own prompts are withheld, or most of their community's.

    A community that would be left with too few accounts is left whole, as in the split by work; `work` is
    that of communities where it is known.
    """
    chosen = assessor.chosen
    assessments = assessor.assess(split, work, np.ones(len(split.labels)))
    reported = {number for number, each in enumerate(assessments) if each.reported}
    unjudged = _unjudged(assessor, split, reported)
    for trait in ACCESS_TRAITS:
        known, relative = _relative_use(assessor.index, split, trait, reported, chosen.workload)
        idle = (relative < chosen.workload.min_relative_part) & unjudged
        left = accounts_leaving(split, idle, known, least=chosen.min_accounts)
        labels = np.where(left & ~split.left, -1, split.labels)
        split = replace(split, labels=labels, left=left)
    return split


def _unjudged(assessor: Assessor, split: SplitPartition, reported: Collection[int]) -> Bools:
    """Accounts of `reported` communities of whose part in their work nothing is known: neither what they ask,
    nor that they carry on the community's conversations, which cannot be planted on an account."""
    result, members_of = np.zeros(len(split.labels), dtype=bool), members_by_community(split.labels)
    for number in reported:
        members = members_of[number]
        hidden = assessor.withheld[members] | assessor.is_withheld(members)
        result[members] = hidden & ~tied_by(assessor, members, [LINEAGE])[:, 0]
    return result


def _relative_use(
    index: TraitIndex, split: SplitPartition, trait: str, reported: Collection[int], chosen: Workload
) -> tuple[set[int], Floats]:
    """Reported communities that work from values of the trait that are their own; and how large a part of
    what each account of theirs does comes by them, relative to the median."""
    rows, accounts = index.holders[trait], len(split.labels)
    every = np.bincount(rows.a, rows.count, minlength=accounts)
    known, result = set(), np.ones(accounts)
    members_of = members_by_community(split.labels)
    for number in sorted(reported):
        members = members_of[number]
        active = members[every[members] > 0]
        values = own_values(index, members, trait, split.customers(members), chosen)
        inside = rows.rows_of(active)
        inside = inside[np.isin(rows.value[inside], values)]
        own = np.bincount(rows.a[inside], rows.count[inside], minlength=accounts)[active] / every[active]
        if len(active) and np.median(own) >= chosen.usual_access_share:
            known.add(number)
            result[active] = own / np.median(own)
    return known, result
