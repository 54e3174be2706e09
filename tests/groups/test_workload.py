"""What accounts work at: how much of its work an account does, for as many prompts as it has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.workload import ValueUses, breadth, no_workloads, relative_breadths
from linkage.settings.communities import Workload


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


def test_breadth_is_relative_to_the_usual_accounts_of_each_community() -> None:
    """Two communities of three accounts: all do four jobs, but the last of the second does one."""
    rows = [(label, 3 * label + n, job) for label in (0, 1) for n in range(3) for job in range(4)]
    rows = [row for row in rows if row[:2] != (1, 5) or row[2] == 0]
    label, a, value = np.array(rows).T
    uses = ValueUses(label, a, value, np.where((label == 1) & (a == 5), 4, 1))
    found = relative_breadths(uses, np.full(6, 4), np.ones(6, dtype=bool), np.zeros(4, dtype=np.int64))
    assert found[:5] == pytest.approx(np.ones(5), rel=0.2)
    assert found[5] < 0.5


def test_of_accounts_without_prompts_nobody_is_left_out() -> None:
    assert not no_workloads(4).without_part(Workload()).any()
