"""What a group holds beyond chance; how much of its work an account does, for as many prompts as it has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.workload import breadth, by_chance


def of(uses: list[list[int]], prompts: list[int]) -> list[float]:
    """`uses`: for each account (rows) and value (columns), in how many of its prompts the value is."""
    table = np.array(uses)
    who, value = np.nonzero(table)
    return breadth(who, value, table[who, value], np.array(prompts)).tolist()


def test_one_sentence_many_times_is_little_of_the_work() -> None:
    broad = [6] * 10
    found = of([broad] * 9 + [[60, *[0] * 9]], [60] * 10)
    assert found[:9] == pytest.approx([1.0] * 9, rel=0.02)
    assert found[9] == pytest.approx(0.1, rel=0.02)


def test_few_prompts_are_not_held_to_as_much_as_many() -> None:
    """Who sent two prompts can hold no more than two of ten sentences that come one at a time."""
    few = [1, 1, *[0] * 8]
    found = of([[6] * 10] * 9 + [few], [60] * 9 + [2])
    assert found[9] == pytest.approx(2 / (10 * (1 - 0.9**2)), rel=0.1)


def test_every_account_counts_alike_in_what_is_usual() -> None:
    """One account's thousand prompts do not make its one sentence the group's."""
    broad = [2] * 10
    found = of([broad] * 9 + [[1000, *[0] * 9]], [20] * 9 + [1000])
    assert min(found[:9]) > 0.9
    assert found[9] < 0.15


@given(st.lists(st.lists(st.integers(0, 5), min_size=4, max_size=4), min_size=1, max_size=12))
def test_accounts_that_do_the_same_do_as_much(rows: list[list[int]]) -> None:
    uses = [[1, *row] for row in rows]
    prompts = [max(sum(row), 1) for row in uses]
    found = of([*uses, uses[0]], [*prompts, prompts[0]])
    assert found[0] == found[-1] > 0
    assert all(np.isfinite(found))


def test_nobody_has_no_breadth() -> None:
    none = np.empty(0, dtype=np.int64)
    assert len(breadth(none, none, none, none)) == 0


def test_busy_accounts_hold_more_by_chance_than_idle_ones() -> None:
    """Forty of 2,000 accounts with twelve prompts each: one in fifty of those, one in nine of busy ones."""
    idle, busy = (by_chance(np.array([40]), 24_000, np.array([n] * 10))[0] for n in (12, 70))
    assert idle == pytest.approx(0.02, rel=0.02)
    assert busy == pytest.approx(0.11, rel=0.02)


def test_what_nobody_else_holds_is_no_chance() -> None:
    assert by_chance(np.array([0, 1]), 0, np.array([5])).tolist() == [0.0, pytest.approx(1.0, abs=0.01)]


def test_accounts_whose_prompts_are_not_known_count_as_of_one() -> None:
    assert by_chance(np.array([3]), 300, np.array([0, 0])) == pytest.approx(0.01, rel=0.01)


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=5),
    st.lists(st.integers(0, 400), min_size=1, max_size=20),
)
def test_more_holders_and_more_prompts_are_more_chance(holders: list[int], busy: list[int]) -> None:
    chance = by_chance(np.array(sorted(holders)), 1000, np.array(busy))
    more = by_chance(np.array(sorted(holders)), 1000, np.array(busy) + 1)
    assert (np.diff(chance) >= 0).all()
    assert ((chance >= 0) & (chance <= 1) & (more >= chance)).all()
