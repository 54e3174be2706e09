"""Whether a community's accounts have a past of another kind, as accounts that somebody took over have.

Somebody's account is used for weeks from its owner's networks. Then it is used for some days by networks that
the accounts of the community have in common and others have not, which are new to it. Accounts that were made
for a purpose serve it from the beginning.
"""

import numpy as np

from linkage.arrays import Ints
from linkage.groups.own_values import own_values
from linkage.groups.trait_index import UNTIMED, TraitIndex
from linkage.settings.groups import Groups

DAY = 86_400_000_000
"""µs."""


def older_lives(index: TraitIndex, members: Ints, chosen: Groups) -> float | None:
    """Share of the accounts that were used for long before they came by the community's own networks, and
    longer than they then used those; of the accounts that came by them at all.

    None where these are fewer than half: the community has no networks of its own, or the source no
    addresses.
    """
    rows = index.holders["prefix"]
    own = own_values(index, members, "prefix", np.empty(0, dtype=np.int64), chosen.workload)
    inside = rows.rows_of(members)
    account, first, last = np.searchsorted(members, rows.a[inside]), rows.first[inside], rows.last[inside]
    timed = first != UNTIMED
    account, first, last = account[timed], first[timed], last[timed]
    common = np.isin(rows.value[inside][timed], own)
    came = np.unique(account[common])
    if not len(came) or len(came) < chosen.stories.known_share * len(members):
        return None
    latest, earliest = np.iinfo(np.int64).max, np.iinfo(np.int64).min
    began, taken = np.full(len(members), latest), np.full(len(members), latest)
    left = np.full(len(members), earliest)
    np.minimum.at(began, account, first)
    np.minimum.at(taken, account[common], first[common])
    np.maximum.at(left, account[common], last[common])
    before, since = (taken - began)[came], (left - taken)[came]
    return float(((before >= chosen.stories.past_days * DAY) & (before > since)).mean())
