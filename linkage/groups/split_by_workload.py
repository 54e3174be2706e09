"""Splitting communities by what their accounts ask: who takes no part in a community's work leaves it.

A reseller's pool carries strangers' requests on the same accounts as an operator's. So a community found by
what it shares is split by what it asks: accounts that hardly ever send its own templates, did so once among
other things, or send one sentence of many over and over, are customers of the same infrastructure or victims
of a plant, not members.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from linkage.arrays import Bools, Ints
from linkage.groups.partition import members_by_community, renumber_communities, sizes
from linkage.groups.workload import Workloads
from linkage.settings.groups import Groups


@dataclass(frozen=True)
class SplitPartition:
    """The partition after a split; that by links alone; which accounts left because they took no part; and
    which of them had done the work once.

    Where those who left and never did it are from `reseller_share` of a community on, its infrastructure is a
    reseller's. Who did it once is no customer but a victim: what was planted on him is the operator's own.
    """

    labels: Ints
    before: Ints
    left: Bools
    once: Bools
    reseller_share: float

    def beside(self, members: Ints) -> Ints:
        """Accounts that left the community in which most of these were found, and never did its work."""
        accounts, found_in = self._customers
        if self.left[members].any():
            return accounts[:0]
        homes, counts = np.unique(self.before[members], return_counts=True)
        home = homes[np.argmax(counts)]
        low, high = (np.searchsorted(found_in, home, side) for side in ("left", "right"))
        return accounts[low:high]

    @cached_property
    def _customers(self) -> tuple[Ints, Ints]:
        """Who left a community and never did its work, by that community, and the community of each."""
        accounts = np.flatnonzero(self.left & ~self.once)
        accounts = accounts[np.argsort(self.before[accounts], kind="stable")]
        return accounts, self.before[accounts]

    def customers(self, members: Ints) -> Ints:
        """The same where they are so many that the infrastructure is a reseller's; else nobody."""
        others = self.beside(members)
        return others if len(others) >= self.reseller_share * (len(others) + len(members)) else others[:0]

    def infrastructure(self, members: Ints) -> str:
        """`reseller` where many others share what links these accounts and not their work."""
        return "reseller" if len(self.customers(members)) else "unknown"


def unsplit(labels: Ints, reseller_share: float) -> SplitPartition:
    """A partition of which nothing was split."""
    nobody = np.zeros(len(labels), dtype=bool)
    return SplitPartition(labels, labels, nobody, nobody, reseller_share)


def split_by_workload(
    split: SplitPartition, found: Workloads, withheld: Bools, chosen: Groups
) -> SplitPartition:
    """Accounts that take hardly any part in their community's work become a community beside it. Those whose
    prompts are `withheld`, and communities of too many such, are not judged by their work.

    A community of which fewer accounts would stay than a group has is left whole: it has no common work.
    """
    idle = found.without_part(chosen.workload) & ~withheld
    left = accounts_leaving(split, idle, found.of.keys(), least=chosen.min_accounts)
    labels = split.labels.copy()
    labels[left] = int(labels.max(initial=-1)) + 1 + split.before[left]
    labels[(labels >= 0) & (sizes(labels)[labels] < 2)] = -1
    once = split.once | (left & ~split.left & found.once(chosen.workload))
    return replace(split, labels=renumber_communities(labels), left=left, once=once)


def accounts_leaving(split: SplitPartition, idle: Bools, known: Collection[int], *, least: int) -> Bools:
    """Accounts that have left, and those `idle` ones that leave a community whose doings are `known` and of
    which at least so many stay."""
    left = split.left.copy()
    for number, members in members_by_community(split.labels).items():
        going = members[idle[members] & ~left[members]]
        if number in known and len(going) and len(members) - len(going) >= least:
            left[going] = True
    return left
