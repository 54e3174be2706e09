"""Communities looked for once more as if no prompt were known, where those of some accounts are withheld.

Alike questions link accounts whose prompts are known, and many who merely ask alike. Between such links an
operator whose prompts are mostly withheld falls to pieces, who by his other traits alone stands out. So what
a log tells of some accounts would hide others. What is known of prompts still counts when the communities
found this way are assessed: it can clear them.
"""

from collections.abc import Sequence

import numpy as np

from linkage.arrays import Ints
from linkage.groups.assessment import Assessment
from linkage.groups.closer_look import Assessed, accounts_of
from linkage.groups.partition import renumber_communities, sizes
from linkage.groups.split_by_workload import SplitPartition


def better_found(reported: Sequence[Assessment], blind: Sequence[Assessment]) -> list[Assessment]:
    """Those communities reported by the blind look that are better than what is `reported` already: of
    accounts that no group has, or of more accounts than the one group which has some of them.

    Where two groups have some, alike questions have told apart what looks alike otherwise.
    """
    found = []
    for one in blind:
        others = [each for each in reported if np.isin(each.members, one.members).any()]
        if not others or (len(others) == 1 and len(one.members) > len(others[0].members)):
            found.append(one)
    return found


def with_found(whole: Assessed, better: Sequence[Assessment], blind: Assessed) -> Assessed:
    """The partition with these communities in it, and the reported groups that give way to none of them.

    What is left of a community that lost accounts to them stays together.
    """
    taken, own = accounts_of(better, len(whole.membership)), whole.split
    kept = [one for one in whole.assessments if not taken[one.members].any()]

    def in_place(old: Ints, new: Ints) -> Ints:
        return np.where(taken, new + int(old.max(initial=-1)) + 1, old)

    labels = in_place(own.labels, blind.split.labels)
    labels[(labels >= 0) & (sizes(labels)[labels] < 2)] = -1
    before = in_place(own.before, blind.split.before)
    left, once = own.left & ~taken, own.once & ~taken
    split = SplitPartition(renumber_communities(labels), before, left, once, own.reseller_share)
    return Assessed(split, [*kept, *better], np.where(taken, blind.membership, whole.membership))
