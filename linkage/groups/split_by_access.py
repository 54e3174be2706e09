"""Who takes part in a community's doings where prompts are withheld: by the ways in that it works from.

What an account asks is not known; from where, and with what client, is. An operator's accounts work from his
addresses or with his client. A victim on whom a card, an address or a client was planted, or a stranger who
rents at the same service, does most things from elsewhere.
Composition only.
"""

from collections.abc import Collection

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.assessment import Judge
from linkage.groups.split_by_workload import NARROW, Parts, leaving, whole
from linkage.groups.trait_index import Known, own_values, partition

WAYS = ("prefix", "client")
"""Traits that say by which way an account comes: its small networks, and its clients."""

USUAL = 0.5
"""A community works from its own ways when this part of what its median account does comes by them."""


def by_ways(court: Judge, labels: Ints) -> Parts:
    """The partition without those accounts of communities to be reported that use their community's own ways
    in less than half as much as its median account. They are in none: what ties them is the group's.

    A community that would be left with too few accounts is left whole, as in the split by work.
    """
    parts = whole(labels)
    judged = court.communities(parts, {}, np.ones(len(labels)))
    reported = {number for number, each in enumerate(judged) if each.reported}
    for trait in WAYS:
        usual, relative = _uses(court.everything, parts, trait, reported)
        left = leaving(parts, relative < NARROW, usual, least=court.chosen.min_accounts)
        parts = Parts(np.where(left, -1, labels), labels, left)
    return parts


def _uses(everything: Known, parts: Parts, trait: str, reported: Collection[int]) -> tuple[set[int], Floats]:
    """Reported communities that work from values of the trait that are their own; and how large a part of
    what each account of theirs does comes by them, relative to the median."""
    rows, accounts = everything.held[trait], len(parts.labels)
    every = np.bincount(rows.a, rows.count, minlength=accounts)
    looked_at, result = set(), np.ones(accounts)
    members_of = partition(parts.labels)
    for number in sorted(reported):
        members = members_of[number]
        known = members[every[members] > 0]
        values = own_values(everything, members, trait, parts.customers(members))
        inside = rows.of(known)
        inside = inside[np.isin(rows.value[inside], values)]
        own = np.bincount(rows.a[inside], rows.count[inside], minlength=accounts)[known] / every[known]
        if len(known) and np.median(own) >= USUAL:
            looked_at.add(number)
            result[known] = own / np.median(own)
    return looked_at, result
