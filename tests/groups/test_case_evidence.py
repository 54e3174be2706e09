"""Sharing that the whole case explains, and company that strangers lack."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups import case_evidence

NAMES = ("network", "device", "payment", "content")


def test_what_is_explained_takes_back_what_its_families_had_said() -> None:
    explained = case_evidence.Explained(
        np.array([0, 1, -1]), ("a household", "a tutorial"), (frozenset(NAMES), frozenset(("content",)))
    )
    bits = np.array([[3.0, -2.0, 8.0, 1.0], [3.0, 0.0, 0.0, 20.0], [9.0, 9.0, 9.0, 9.0]])
    assert case_evidence.taken_back(explained, bits, NAMES).tolist() == [-12.0, -20.0, 0.0]


def test_nothing_is_explained_where_no_reason_is_known() -> None:
    none = case_evidence.Explained(np.array([-1, -1]), (), ())
    assert case_evidence.taken_back(none, np.ones((2, 4)), NAMES).tolist() == [0.0, 0.0]


def test_a_crowd_has_company_and_strangers_have_none() -> None:
    pairs = np.array([*combinations(range(6), 2), (7, 8)]).T
    asked = np.array([0, 7]), np.array([1, 8])
    assert case_evidence.common(pairs[0], pairs[1], asked, 9).tolist() == [4, 0]


def test_the_less_company_the_more_speaks_against_one_operator_of_twenty() -> None:
    bits = case_evidence.no_company(np.arange(19), 20)
    assert bits[0] == pytest.approx(18 * np.log2(0.75))
    assert (np.diff(bits) >= 0).all()
    assert bits[-1] == 0


@given(st.integers(2, 10_000), st.integers(0, 10_000))
def test_company_never_speaks_for_a_link(operator: int, found: int) -> None:
    bits = case_evidence.no_company(np.array([found]), operator)[0]
    assert bits <= 0
    assert bits >= -case_evidence.MOST


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), unique=True))
def test_company_is_counted_as_sets_would(pairs: list[tuple[int, int]]) -> None:
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    near: list[set[int]] = [set() for _ in range(10)]
    for one, two in pairs:
        near[one].add(two)
        near[two].add(one)
    expected = [len(near[one] & near[two]) for one, two in pairs]
    assert case_evidence.common(left, right, (left, right), 10).tolist() == expected


def test_the_more_firmly_groups_hold_the_more_it_says_to_be_put_apart() -> None:
    assert case_evidence.parted(np.ones(500)) < 0.003
    assert case_evidence.parted(np.full(500, 0.5)) == pytest.approx(0.75, abs=0.01)
    assert case_evidence.parted(np.empty(0)) == 0.75
