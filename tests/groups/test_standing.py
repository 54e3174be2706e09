"""Verdicts on groups as constraints: whatever the partition, what was decided stands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.communities import obey
from linkage.groups.standing import keep


def groups(*members: list[int]) -> list[np.ndarray]:
    return [np.array(each, dtype=np.int64) for each in members]


def test_a_confirmed_group_comes_together_where_most_of_it_is() -> None:
    labels = np.array([0, 0, 1, -1, 1, 1])
    assert keep(labels, groups([0, 1, 2, 3]), []).tolist() == [0, 0, 0, 0, 1, 1]


def test_one_of_whom_nobody_is_in_a_group_makes_its_own() -> None:
    assert keep(np.array([0, -1, -1]), groups([1, 2]), []).tolist() == [0, 1, 1]


def test_dismissed_accounts_leave_what_was_confirmed() -> None:
    labels = np.array([0, 0, 0, 0, 1])
    assert keep(labels, groups([0, 1]), groups([2, 3, 4])).tolist() == [0, 0, 2, 2, 1]


def test_who_was_told_apart_from_a_confirmed_account_leaves_with_his_company() -> None:
    labels = np.zeros(5, dtype=np.int64)
    forced = {(0, 3): "not linked", (0, 4): "linked"}
    assert keep(labels, groups([3, 2]), [], forced).tolist() == [1, 0, 0, 0, 1]


def test_company_that_is_itself_confirmed_stays() -> None:
    forced = {(0, 3): "not linked", (0, 2): "linked"}
    assert keep(np.zeros(4, dtype=np.int64), groups([2, 3]), [], forced).tolist() == [0, 0, 0, 0]


def test_without_verdicts_nothing_changes() -> None:
    labels = np.array([0, 1, -1])
    assert keep(labels, [], groups([0, 1])).tolist() == labels.tolist()


labels_of = st.lists(st.integers(-1, 4), min_size=12, max_size=12).map(
    lambda found: np.array(found, np.int64)
)
accounts = st.sets(st.integers(0, 11), min_size=2, max_size=6).map(sorted)
pairs = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] < p[1]), max_size=5)


@given(labels=labels_of, confirmed=st.lists(accounts, max_size=3), dismissed=st.lists(accounts, max_size=3))
def test_confirmed_accounts_are_together_and_dismissed_ones_elsewhere(
    labels: np.ndarray, confirmed: list[list[int]], dismissed: list[list[int]]
) -> None:
    found = keep(labels, groups(*confirmed), groups(*dismissed))
    sure = {account for each in confirmed for account in each}
    for number, members in enumerate(confirmed):
        # A later group that shares an account may take the others' account along with it.
        if not any(set(members) & set(other) for other in confirmed[number + 1 :]):
            assert len(set(found[members].tolist())) == 1
            assert found[members[0]] >= 0
    for members in dismissed:
        for account in set(members) - sure:
            assert found[account] == -1 or found[account] not in {int(found[each]) for each in sure}
    untouched = [i for i in range(12) if i not in sure and not any(i in each for each in dismissed)]
    assert found[untouched].tolist() == labels[untouched].tolist()


@given(labels=labels_of, confirmed=st.lists(accounts, max_size=2), apart=pairs, linked=pairs)
def test_verdicts_on_pairs_hold_after_those_on_groups(
    labels: np.ndarray, confirmed: list[list[int]], apart: set[tuple[int, int]], linked: set[tuple[int, int]]
) -> None:
    forced = {**dict.fromkeys(linked, "linked"), **dict.fromkeys(apart, "not linked")}
    found = obey(keep(labels, groups(*confirmed), []), forced)
    for x, y in apart:
        assert found[x] != found[y] or found[x] == -1
    if not apart:
        assert all(found[x] == found[y] >= 0 for x, y in linked)
