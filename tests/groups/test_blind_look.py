"""Communities looked for as if no prompt were known: which count, and what they take the place of."""

from typing import Any

import numpy as np

from linkage.arrays import Ints
from linkage.groups.assessment import Assessment
from linkage.groups.blind_look import better_found, with_found
from linkage.groups.closer_look import Assessed
from linkage.groups.gates import Gate
from linkage.groups.split_by_workload import SplitPartition, unsplit

ACCOUNTS = 12


def group(*members: int) -> Assessment:
    nothing: Any = None
    return Assessment(np.array(members), nothing, [], (Gate("size", True, ""),), "", 1.0, ())


def numbers(found: list[Assessment]) -> list[list[int]]:
    return [one.members.tolist() for one in found]


def test_accounts_that_no_group_has_are_found() -> None:
    assert numbers(better_found([group(0, 1, 2)], [group(5, 6)])) == [[5, 6]]


def test_of_two_that_overlap_the_larger_counts() -> None:
    assert numbers(better_found([group(0, 1, 2)], [group(1, 2, 3, 4)])) == [[1, 2, 3, 4]]
    assert better_found([group(0, 1, 2)], [group(1, 2, 3)]) == []


def test_two_operators_who_rent_alike_stay_two() -> None:
    assert better_found([group(0, 1), group(2, 3)], [group(*range(8))]) == []


def partition(*labels: int) -> SplitPartition:
    return unsplit(np.array(labels), 0.2)


def placed(old: SplitPartition, new: SplitPartition, kept: list[Assessment], found: Assessment) -> Assessed:
    whole = Assessed(old, kept, np.full(ACCOUNTS, 0.5))
    return with_found(whole, [found], Assessed(new, [found], np.full(ACCOUNTS, 0.9)))


def test_what_is_found_takes_the_place_of_what_it_overlaps() -> None:
    old = partition(0, 0, 0, 0, 1, 1, 1, -1, -1, 2, 2, 2)
    new = partition(-1, -1, 0, 0, 0, -1, -1, 0, -1, 1, 1, 1)
    result = placed(old, new, [group(0, 1, 2, 3), group(9, 10, 11)], group(2, 3, 4, 7))
    labels: Ints = result.split.labels
    assert [np.flatnonzero(labels == n).tolist() for n in range(int(labels.max()) + 1)] == [
        *([0, 1], [2, 3, 4, 7], [5, 6], [9, 10, 11])
    ]
    assert numbers(list(result.assessments)) == [[9, 10, 11], [2, 3, 4, 7]]
    assert result.membership.tolist() == [0.9 if n in (2, 3, 4, 7) else 0.5 for n in range(ACCOUNTS)]


def test_one_account_that_is_left_is_no_community() -> None:
    old, new = partition(0, 0, 0, *[-1] * 9), partition(-1, 0, 0, 0, *[-1] * 8)
    assert placed(old, new, [], group(1, 2, 3)).split.labels[0] == -1
