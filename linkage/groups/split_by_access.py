"""Splitting communities by the networks and clients their accounts work from, where prompts are withheld.

What an account asks is not known; from where, and with what client, is. An operator's accounts work from his
addresses or with his client. A victim on whom a card, an address or a client was planted, or a stranger who
rents at the same service, does most things from elsewhere.
"""

from collections.abc import Collection

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.assessment import Assessor
from linkage.groups.own_values import own_values
from linkage.groups.partition import members_by_community
from linkage.groups.split_by_workload import SplitPartition, accounts_leaving, unsplit
from linkage.groups.trait_index import TraitIndex
from linkage.settings.communities import Workload

ACCESS_TRAITS = ("prefix", "client")
"""Traits that say by which way an account comes: its small networks, and its clients."""


def split_by_access(assessor: Assessor, labels: Ints) -> SplitPartition:
    """The partition without those accounts of communities to be reported that use their community's own
    networks or clients far less than its median account. They are in none: what ties them is the group's.

    A community that would be left with too few accounts is left whole, as in the split by work.
    """
    chosen = assessor.chosen
    split = unsplit(labels, chosen.workload.reseller_share)
    assessments = assessor.assess(split, {}, np.ones(len(labels)))
    reported = {number for number, each in enumerate(assessments) if each.reported}
    for trait in ACCESS_TRAITS:
        known, relative = _relative_use(assessor.index, split, trait, reported, chosen.workload)
        idle = relative < chosen.workload.min_relative_part
        left = accounts_leaving(split, idle, known, least=chosen.min_accounts)
        split = SplitPartition(np.where(left, -1, labels), labels, left, split.reseller_share)
    return split


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
