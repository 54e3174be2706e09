"""What people decided stands, whatever the partition: verdicts on groups and on pairs."""

from collections.abc import Iterable
from itertools import combinations
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.assessment import Assessment
from linkage.groups.partition import renumber
from linkage.groups.verdict_constraints import (
    constrain_assessments,
    constrain_groups,
    constrain_pairs,
    constrain_partition,
)
from linkage.links.constraints import Constraints
from tests.groups.made_assessments import FAILED, NAMES, PASSED, assessment, named

# --- verdicts on pairs ---------------------------------------------------------------------------


def obeyed(labels: list[int], **said: str) -> list[int]:
    """`_0_1="linked"` forces the pair (0, 1)."""
    pairs = {tuple(map(int, key.strip("_").split("_"))): verdict for key, verdict in said.items()}
    found: list[int] = constrain_pairs(np.array(labels), pairs).tolist()  # type: ignore[arg-type]
    return found


def test_without_verdicts_on_pairs_nothing_changes() -> None:
    assert obeyed([0, 0, 1, 1, -1]) == [0, 0, 1, 1, -1]


def test_linked_joins_communities_and_loners() -> None:
    assert obeyed([0, 0, 1, 1], _1_2="linked") == [0, 0, 0, 0]
    assert obeyed([0, 0, -1], _1_2="linked") == [0, 0, 0]
    assert obeyed([-1, -1, -1], _0_2="linked") == [0, -1, 0]


def test_not_linked_keeps_apart() -> None:
    assert obeyed([0, 0, 0], _0_1="not linked") == [0, -1, 0]


def test_not_linked_keeps_apart_even_through_a_third_account() -> None:
    """1 is linked to 2, and 2 to 0; 1 and 0 are apart all the same."""
    found = obeyed([0, 0, 0, 0], _0_1="not linked", _1_2="linked")
    assert found[0] != found[1] == found[2]
    assert found[0] == found[3]


def test_not_linked_holds_where_linked_verdicts_would_join() -> None:
    found = obeyed([0, 0, 1, 1], _1_2="linked", _0_3="not linked")
    assert found[0] != found[3] or found[0] == -1


def test_of_contradicting_verdicts_not_linked_wins() -> None:
    """0 is declared linked to 1 and to 2, which are to be kept apart: the first pair in name is joined."""
    found = obeyed([0, 0, 0], _0_1="linked", _0_2="linked", _1_2="not linked")
    assert found == [0, 0, -1]


def test_a_chain_of_linked_verdicts_breaks_where_it_would_join_what_is_kept_apart() -> None:
    found = obeyed([-1] * 5, _0_1="linked", _1_2="linked", _2_3="linked", _3_4="linked", _0_3="not linked")
    assert found == [0, 0, 0, 1, 1]


def test_a_linked_that_cannot_be_obeyed_joins_no_communities() -> None:
    said = {"_0_1": "linked", "_1_2": "linked", "_0_2": "not linked"}
    assert obeyed([0, 0, 1, 1, 1], **said) == [0, 0, 1, 1, 1]


def test_several_kept_apart_from_one_leave_one_by_one() -> None:
    assert obeyed([0, 0, 0, 0], _0_1="not linked", _0_2="not linked") == [0, -1, -1, 0]


ACCOUNTS = 10

verdicts = st.dictionaries(
    st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, ACCOUNTS - 1)).filter(lambda p: p[0] < p[1]),
    st.sampled_from(["linked", "not linked"]),
    max_size=16,
)
partitions = st.lists(st.integers(-1, 3), min_size=ACCOUNTS, max_size=ACCOUNTS)


def keeps_apart(pairs: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]]) -> bool:
    """Whether joining these pairs joins no pair that is to be kept apart."""
    graph = nx.Graph(list(pairs))
    graph.add_nodes_from(range(ACCOUNTS))
    return not any(nx.has_path(graph, *pair) for pair in apart)


@given(partitions, verdicts)
def test_no_community_holds_a_pair_that_a_person_keeps_apart(
    labels: list[int], forced: dict[tuple[int, int], str]
) -> None:
    found = constrain_pairs(np.array(labels), forced)
    for (left, right), verdict in forced.items():
        assert verdict == "linked" or found[left] != found[right] or found[left] == -1


@given(partitions, verdicts)
def test_linked_joins_unless_that_would_join_what_is_kept_apart(
    labels: list[int], forced: dict[tuple[int, int], str]
) -> None:
    found = constrain_pairs(np.array(labels), forced)
    linked = sorted(p for p, v in forced.items() if v == "linked")
    apart = [p for p, v in forced.items() if v == "not linked"]
    joined = [(x, y) for x, y in linked if found[x] == found[y] >= 0]
    assert keeps_apart(joined, apart)
    for pair in set(linked) - set(joined):
        assert not keeps_apart([*joined, pair], apart), f"{pair} could have been obeyed"
    if keeps_apart(linked, apart):
        assert joined == linked


@given(partitions, verdicts, st.randoms(use_true_random=False))
def test_the_order_of_verdicts_and_the_numbers_of_communities_change_nothing(
    labels: list[int], forced: dict[tuple[int, int], str], random: Random
) -> None:
    shuffled = dict(random.sample(sorted(forced.items()), len(forced)))
    renamed = {-1: -1, **dict(zip(range(4), random.sample(range(4), 4), strict=True))}
    other = constrain_pairs(np.array([renamed[label] for label in labels]), shuffled)
    assert constrain_pairs(np.array(labels), forced).tolist() == other.tolist()


@given(partitions, verdicts)
def test_accounts_nobody_judged_stay_with_their_community(
    labels: list[int], forced: dict[tuple[int, int], str]
) -> None:
    found = constrain_pairs(np.array(labels), forced)
    free = sorted(set(range(ACCOUNTS)) - {account for pair in forced for account in pair})
    for x, y in combinations(free, 2):
        if labels[x] == labels[y] >= 0:
            assert found[x] == found[y] >= 0
    assert all(found[x] == -1 for x in free if labels[x] == -1)
    assert renumber(found[found >= 0]).tolist() == found[found >= 0].tolist()
    assert min(np.bincount(found[found >= 0]), default=2) > 1


# --- verdicts on groups --------------------------------------------------------------------------


def groups(*members: list[int]) -> list[np.ndarray]:
    return [np.array(each, dtype=np.int64) for each in members]


def test_a_confirmed_group_comes_together_where_most_of_it_is() -> None:
    labels = np.array([0, 0, 1, -1, 1, 1])
    assert constrain_groups(labels, groups([0, 1, 2, 3]), []).tolist() == [0, 0, 0, 0, 1, 1]


def test_one_of_whom_nobody_is_in_a_group_makes_its_own() -> None:
    assert constrain_groups(np.array([0, -1, -1]), groups([1, 2]), []).tolist() == [0, 1, 1]


def test_dismissed_accounts_leave_what_was_confirmed() -> None:
    labels = np.array([0, 0, 0, 0, 1])
    assert constrain_groups(labels, groups([0, 1]), groups([2, 3, 4])).tolist() == [0, 0, 2, 2, 1]


def test_who_was_kept_apart_from_a_confirmed_account_leaves_with_his_company() -> None:
    labels = np.zeros(5, dtype=np.int64)
    forced = {(0, 3): "not linked", (0, 4): "linked"}
    assert constrain_groups(labels, groups([3, 2]), [], forced).tolist() == [1, 0, 0, 0, 1]


def test_company_that_is_itself_confirmed_stays() -> None:
    forced = {(0, 3): "not linked", (0, 2): "linked"}
    assert constrain_groups(np.zeros(4, dtype=np.int64), groups([2, 3]), [], forced).tolist() == [0, 0, 0, 0]


def test_without_verdicts_on_groups_nothing_changes() -> None:
    labels = np.array([0, 1, -1])
    assert constrain_groups(labels, [], groups([0, 1])).tolist() == labels.tolist()


labels_of = st.lists(st.integers(-1, 4), min_size=12, max_size=12).map(
    lambda found: np.array(found, np.int64)
)
accounts = st.sets(st.integers(0, 11), min_size=2, max_size=6).map(sorted)
pairs = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] < p[1]), max_size=5)


@given(labels=labels_of, confirmed=st.lists(accounts, max_size=3), dismissed=st.lists(accounts, max_size=3))
def test_confirmed_accounts_are_together_and_dismissed_ones_elsewhere(
    labels: np.ndarray, confirmed: list[list[int]], dismissed: list[list[int]]
) -> None:
    found = constrain_groups(labels, groups(*confirmed), groups(*dismissed))
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
    found = constrain_pairs(constrain_groups(labels, groups(*confirmed), []), forced)
    for x, y in apart:
        assert found[x] != found[y] or found[x] == -1
    if not apart:
        assert all(found[x] == found[y] >= 0 for x, y in linked)


# --- verdicts on assessments ---------------------------------------------------------------------


def constrained(one: Assessment, **given: Any) -> list[tuple[list[int], bool]]:
    found = constrain_assessments([one], Constraints(**given), NAMES)
    return [(each.members.tolist(), each.reported) for each in found]


def test_a_confirmed_group_that_fails_its_gates_is_reported_alone() -> None:
    assert constrained(assessment(0, 1, 2, 3, 4, gate=FAILED), confirmed={"g": named(0, 1, 2)}) == [
        ([0, 1, 2], True),
        ([3, 4], False),
    ]


def test_one_that_passes_keeps_its_newcomers() -> None:
    assert constrained(assessment(0, 1, 2, 3), confirmed={"g": named(0, 1)}) == [([0, 1, 2, 3], True)]


def test_who_is_linked_to_a_confirmed_account_by_a_person_stays_with_it() -> None:
    given = {
        "confirmed": {"g": named(0, 1)},
        "linked": frozenset([(NAMES[1], NAMES[4]), (NAMES[4], NAMES[5])]),
    }
    assert constrained(assessment(0, 1, 2, 3, 4, 5, gate=FAILED), **given) == [
        ([0, 1, 4, 5], True),
        ([2, 3], False),
    ]


def test_one_confirmed_account_among_others_confirms_nobody() -> None:
    assert constrained(assessment(0, 5, 6, gate=FAILED), confirmed={"g": named(0, 1)}) == [([0, 5, 6], False)]


@pytest.mark.parametrize(("others", "reported"), [(1, False), (2, False), (3, True), (9, True)])
def test_what_is_mostly_dismissed_stays_dismissed(others: int, reported: bool) -> None:
    members = (0, 1, 2, *range(10, 10 + others))
    assert constrained(assessment(*members), dismissed={"g": named(0, 1, 2, 3)}) == [
        (list(members), reported)
    ]


def test_a_piece_of_a_dismissed_group_is_dismissed() -> None:
    assert constrained(assessment(2, 3), dismissed={"g": named(*range(9))}) == [([2, 3], False)]


several = st.sets(st.integers(0, 19), min_size=2, max_size=8).map(frozenset)


@given(
    labels=st.lists(st.integers(-1, 3), min_size=20, max_size=20),
    confirmed=several,
    dismissed=several,
    passing=st.sets(st.integers(0, 30)),
    apart=st.sets(st.tuples(st.integers(0, 9), st.integers(10, 19)), max_size=3),
)
def test_whatever_the_evidence_says_verdicts_stand(
    labels: list[int],
    confirmed: frozenset[int],
    dismissed: frozenset[int],
    passing: set[int],
    apart: set[tuple[int, int]],
) -> None:
    given = Constraints(
        confirmed={"c": named(*confirmed)},
        dismissed={"d": named(*dismissed - confirmed)},
        not_linked=frozenset((NAMES[x], NAMES[y]) for x, y in apart),
    )
    forced = dict.fromkeys(apart, "not linked")
    found = constrain_partition(np.array(labels, dtype=np.int64), forced, given, NAMES)
    parts = [np.flatnonzero(found == number) for number in range(int(found.max(initial=-1)) + 1)]
    gates = [PASSED if number in passing else FAILED for number in range(len(parts))]
    after = constrain_assessments(
        [assessment(*part.tolist(), gate=gate) for part, gate in zip(parts, gates, strict=True)], given, NAMES
    )
    reported = [set(each.members.tolist()) for each in after if each.reported]
    torn = any({x, y} <= confirmed for x, y in apart)
    if not torn:
        assert any(confirmed <= members for members in reported)
    for members in reported:
        assert not any({x, y} <= members for x, y in apart)
        assert 2 * len(members & (dismissed - confirmed)) <= len(members)
    assert len([i for each in after for i in each.members]) <= len(NAMES)
