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
class CloserLook:
    """A partition with some communities replaced by their parts: which accounts' communities were, the
    membership of accounts in the parts, and those of them that are reported."""

    split: SplitPartition
    replaced: Bools
    membership: Floats
    reported: list[Assessment]


def worth_a_look(split: SplitPartition, assessments: Sequence[Assessment], chosen: Groups) -> Ints:
    """The partition without (−1) communities that are reported, too small to hide a group, or openly one
    customer's."""
    asked = [
        not (one.reported)
        and len(one.members) >= 2 * chosen.min_accounts
        and one.profile.unit_share < chosen.stories.same_customer_share
        for one in assessments
    ]
    return np.where(np.append(asked, False)[split.labels], split.labels, -1)


def accounts_of(assessments: Sequence[Assessment], accounts: int) -> Bools:
    """Which of so many accounts are in any of these communities."""
    result = np.zeros(accounts, dtype=bool)
    for one in assessments:
        result[one.members] = True
    return result


def replaced_by_parts(
    whole: SplitPartition,
    asked: Ints,
    assessments: Sequence[Assessment],
    parts: SplitPartition,
    found: Sequence[Assessment],
    membership: Floats,
) -> CloserLook | None:
    """The partition in which the parts take the place of those communities that give way to them.

    `asked` is the partition without communities that were not looked at. `assessments` are those of the
    whole, `found` those of the parts, and `membership` is that of accounts in them. None: no community gives
    way.
    """
    reported = [one for one in found if one.reported]
    held = asked[accounts_of(reported, len(asked))]
    explained = [n for n, one in enumerate(assessments) if one.table == "explained"]
    held = np.union1d(held, np.intersect1d(explained, asked))
    if not len(held):
        return None
    replaced = np.isin(asked, held[held >= 0])

    def in_place(own: Ints, other: Ints) -> Ints:
        moved = np.where(other >= 0, other + int(own.max(initial=-1)) + 1, -1)
        return np.where(replaced, moved, own)

    labels = renumber_communities(in_place(whole.labels, parts.labels))
    left = np.where(replaced, parts.left, whole.left)
    split = SplitPartition(labels, in_place(whole.before, parts.before), left, whole.reseller_share)
    return CloserLook(split, replaced, membership, reported)


def with_reported(assessments: Sequence[Assessment], reported: Sequence[Assessment]) -> list[Assessment]:
    """The assessments, and in the place of those of the same accounts the `reported` ones."""
    known = {one.members.tobytes(): one for one in reported}
    return [known.get(one.members.tobytes(), one) for one in assessments]
