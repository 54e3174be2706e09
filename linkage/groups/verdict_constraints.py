"""What people decided, as constraints on the partition and on its assessment.

On groups: what was confirmed stays together, and what was dismissed does not slip into what was confirmed.
On pairs: linked joins, not linked keeps apart.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np

from linkage.arrays import Ints
from linkage.groups.assessment import Assessment
from linkage.groups.partition import renumber_communities, sizes
from linkage.links.constraints import Constraints

Pair = tuple[int, int]
Groups = Mapping[str, AbstractSet[str]]

NONE: Mapping[Pair, str] = {}
"""No verdicts on pairs."""


def constrain_partition(
    labels: Ints, forced: Mapping[Pair, str], given: Constraints, names: Sequence[str]
) -> Ints:
    """The partition with verdicts on groups obeyed, and after them those on pairs (`forced`, by number)."""
    if not forced and not given.confirmed:
        return labels
    number = {name: i for i, name in enumerate(names)}
    confirmed, dismissed = _numbers(given.confirmed, number), _numbers(given.dismissed, number)
    return constrain_pairs(constrain_groups(labels, confirmed, dismissed, forced), forced)


def _numbers(groups: Groups, number: Mapping[str, int]) -> list[Ints]:
    """The accounts of each group that are in the data, groups in the order of their ids."""
    found = [sorted(number[a] for a in groups[name] if a in number) for name in sorted(groups)]
    return [np.array(each, dtype=np.int64) for each in found if each]


# --- verdicts on groups --------------------------------------------------------------------------


def constrain_groups(
    labels: Ints, confirmed: Sequence[Ints], dismissed: Sequence[Ints], forced: Mapping[Pair, str] = NONE
) -> Ints:
    """The partition with the accounts of each confirmed group in one community, that of most of them.

    Accounts of a dismissed group leave a community that holds a confirmed one's: they were kept apart.
    So does whoever is `not linked` to a confirmed account, with those linked to him. Groups are taken in
    their order; verdicts on pairs (`forced`) are obeyed in full afterwards, and come first.
    """
    result, fresh = labels.copy(), int(labels.max(initial=-1)) + 1
    for accounts in confirmed:
        homes = result[accounts]
        known, counts = np.unique(homes[homes >= 0], return_counts=True)
        result[accounts] = known[np.argmax(counts)] if len(known) else fresh
        fresh += not len(known)
    sure = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *confirmed]))
    leaving = [np.setdiff1d(accounts, sure) for accounts in dismissed]
    leaving += [_with_those_linked(account, forced) for account in _not_linked_to(sure, forced)]
    for accounts in leaving:
        if not np.isin(accounts, sure).any():
            inside = accounts[(result[accounts] >= 0) & np.isin(result[accounts], result[sure])]
            result[inside] = fresh
            fresh += bool(len(inside))
    return result


def _not_linked_to(sure: Ints, forced: Mapping[Pair, str]) -> list[int]:
    """Accounts that a person kept apart from a confirmed one, and that are none themselves."""
    known = set(sure.tolist())
    pairs = [pair for pair, verdict in sorted(forced.items()) if verdict == "not linked"]
    return sorted({other for pair in pairs if known & {*pair} for other in {*pair} - known})


def _with_those_linked(account: int, forced: Mapping[Pair, str]) -> Ints:
    """An account and those that a person linked to it, one to another."""
    linked = [{*pair} for pair, verdict in forced.items() if verdict == "linked"]
    found = {account}
    while more := {each for pair in linked if pair & found for each in pair} - found:
        found |= more
    return np.array(sorted(found), dtype=np.int64)


# --- verdicts on pairs ---------------------------------------------------------------------------


def constrain_pairs(labels: Ints, forced: Mapping[Pair, str]) -> Ints:
    """The partition with verdicts on pairs obeyed: linked joins, not linked keeps apart in every case.

    Verdicts are taken in the order of their accounts' names. A `linked` that would join, through others,
    what is kept apart is not obeyed. Where a pair to be kept apart shares a community, the later account
    in name leaves it with those it was declared linked to.
    """
    apart = sorted(pair for pair, verdict in forced.items() if verdict == "not linked")
    linked = sorted(pair for pair, verdict in forced.items() if verdict == "linked")
    block = _declared_linked(len(labels), linked, apart)
    result = labels.copy()
    for left, right in linked:
        if block[left] == block[right]:
            homes = {int(result[left]), int(result[right])} - {-1}
            home = min(homes, default=int(result.max()) + 1)
            result[np.isin(result, list(homes))] = home
            result[[left, right]] = home
    for left, right in apart:
        if result[left] == result[right] >= 0:
            result[block == block[right]] = int(result.max()) + 1
    known = result >= 0
    result[known] = np.where(sizes(result)[result[known]] > 1, result[known], -1)
    return renumber_communities(result)


def _declared_linked(n: int, linked: Sequence[Pair], apart: Sequence[Pair]) -> Ints:
    """Accounts by the chain of `linked` that holds them; no chain holds a pair of `apart`."""
    block = np.arange(n)
    for left, right in linked:
        joined = np.where(block == block[right], block[left], block)
        if not any(joined[x] == joined[y] for x, y in apart):
            block = joined
    return block


# --- verdicts on assessments ---------------------------------------------------------------------


def constrain_assessments(
    assessments: Sequence[Assessment], given: Constraints, names: Sequence[str]
) -> list[Assessment]:
    """The assessed communities with what people decided about groups.

    A confirmed group is reported whatever its gates say, but alone: newcomers to a community that fails its
    gates are no part of it. A community most of whose accounts were dismissed together stays dismissed.
    """
    if not given.confirmed and not given.dismissed:
        return list(assessments)
    return [part for each in assessments for part in _constrained(each, given, names)]


def _constrained(assessment: Assessment, given: Constraints, names: Sequence[str]) -> list[Assessment]:
    members = {names[i]: int(i) for i in assessment.members}
    sure = _with_linked(_confirmed(members.keys(), given), members.keys(), given)
    if sure and not assessment.reported:
        inside = np.isin(assessment.members, [members[name] for name in sure])
        alone = replace(assessment, members=assessment.members[inside], confirmed=True)
        rest = replace(assessment, members=assessment.members[~inside])
        return [alone, *([rest] if len(rest.members) > 1 else [])]
    if not sure and any(_are_most_of(them, members.keys()) for them in given.dismissed.values()):
        return [replace(assessment, dismissed=True, reason="dismissed by a person")]
    return [assessment]


def _confirmed(members: AbstractSet[str], given: Constraints) -> set[str]:
    """Accounts of the confirmed groups that are here with more than one of theirs."""
    here = [members & them for them in given.confirmed.values()]
    return set().union(*(each for each in here if len(each) > 1))


def _with_linked(sure: set[str], members: AbstractSet[str], given: Constraints) -> set[str]:
    """The same, with members that a person linked to one of them."""
    while sure and (more := {x for p in given.linked if sure & {*p} for x in p if x in members} - sure):
        sure |= more
    return sure


def _are_most_of(them: AbstractSet[str], members: AbstractSet[str]) -> bool:
    return 2 * len(members & them) > len(members)
