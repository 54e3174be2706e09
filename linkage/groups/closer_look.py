"""Communities of which none is one operator's, looked at by the prior of the smallest operator.

An operator of hundreds is held together by many weak links. One of a dozen is held by few strong ones, and
lies in a crowd that weak links make. So communities are looked for by the prior of a large operator first,
and inside those that are not reported by that of the smallest. A community gives way to its parts if it is
explained, since weak links alone make a crowd, or if one of them is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.assessment import Assessment
from linkage.groups.partition import renumber_communities
from linkage.groups.split_by_workload import SplitPartition
from linkage.settings.groups import Groups


@dataclass(frozen=True)
class Assessed:
    """A partition, its assessments in the order of their numbers, and the membership of each account."""

    split: SplitPartition
    assessments: Sequence[Assessment]
    membership: Floats

    @property
    def reported(self) -> list[Assessment]:
        """The communities that are reported."""
        return [one for one in self.assessments if one.reported]

    def accounts_reported(self) -> Bools:
        """Which accounts are in a reported community."""
        return accounts_of(self.reported, len(self.membership))


@dataclass(frozen=True)
class CloserLook:
    """A partition with parts in place of some communities: which accounts' communities were replaced, the
    membership of accounts in the parts, and those of these that are reported."""

    split: SplitPartition
    replaced: Bools
    membership: Floats
    reported: list[Assessment]


def worth_a_look(whole: Assessed, chosen: Groups) -> Ints:
    """The partition without (−1) communities that are reported, too small to hide a group, or openly one
    customer's."""
    asked = [
        not one.reported
        and len(one.members) >= 2 * chosen.min_accounts
        and one.profile.unit_share < chosen.stories.same_customer_share
        for one in whole.assessments
    ]
    labels = whole.split.labels
    return np.where(np.append(asked, False)[labels], labels, -1)


def accounts_of(assessments: Sequence[Assessment], accounts: int) -> Bools:
    """Which of so many accounts are in any of these communities."""
    result = np.zeros(accounts, dtype=bool)
    for one in assessments:
        result[one.members] = True
    return result


def replaced_by_parts(whole: Assessed, asked: Ints, parts: Assessed) -> CloserLook | None:
    """The partition in which parts take the place of those communities that give way to them.

    `asked` is the partition without communities that were not looked at. None: no community gives way.
    """
    explained = [n for n, one in enumerate(whole.assessments) if one.table == "explained"]
    held = np.union1d(asked[parts.accounts_reported()], np.intersect1d(explained, asked))
    if not len(held):
        return None
    replaced = np.isin(asked, held[held >= 0])
    own, other = whole.split, parts.split

    def in_place(kept: Ints, new: Ints) -> Ints:
        moved = np.where(new >= 0, new + int(kept.max(initial=-1)) + 1, -1)
        return np.where(replaced, moved, kept)

    labels = renumber_communities(in_place(own.labels, other.labels))
    left, once = (np.where(replaced, *both) for both in ((other.left, own.left), (other.once, own.once)))
    split = SplitPartition(labels, in_place(own.before, other.before), left, once, own.reseller_share)
    return CloserLook(split, replaced, parts.membership, parts.reported)


def with_reported(assessments: Sequence[Assessment], reported: Sequence[Assessment]) -> list[Assessment]:
    """The assessments, and in the place of those of the same accounts the `reported` ones."""
    known = {one.members.tobytes(): one for one in reported}
    return [known.get(one.members.tobytes(), one) for one in assessments]
