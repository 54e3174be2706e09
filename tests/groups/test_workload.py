"""What accounts work at: how much of its work an account does, for as many prompts as it has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.workload import (
    DAY,
    ValueUses,
    Workloads,
    breadth,
    division,
    fuller,
    no_workloads,
    relative_breadths,
)
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


@pytest.mark.parametrize(
    ("own", "own_days", "days", "once"),
    [
        pytest.param(3, 0.01, 30, True, id="three requests of ten within minutes, of a month"),
        pytest.param(3, 0.9, 1.8, False, id="as many in most of two days"),
        pytest.param(3, 0.9, 1.9, True, id="in a day, and a day of other things"),
        pytest.param(3, 1.0, 30, False, id="on two days"),
        pytest.param(9, 0.01, 30, False, id="what it is for"),
        pytest.param(7, 0.01, 30, True, id="seven of ten may be chance"),
        pytest.param(0, 0.0, 30, False, id="none of it"),
    ],
)
def test_work_on_one_occasion(own: int, own_days: float, days: float, once: bool) -> None:
    prompts, mine, span, own_span = (np.array([int(each)]) for each in (10, own, days * DAY, own_days * DAY))
    found = Workloads({}, prompts, mine, span, own_span, np.ones(1), None).once(Workload())
    assert found.tolist() == [once]


# --- how work is divided -------------------------------------------------------------------------


def test_a_queue_deals_its_tasks_without_regard_to_whose_turn_it_is() -> None:
    rng = np.random.default_rng(0)
    who, task = np.repeat(np.arange(40), 30), rng.integers(0, 12, 1_200)
    dealt = division(who, task, least=3)
    assert dealt.tasks == pytest.approx(12, rel=0.02)
    assert dealt.each > 8
    assert dealt.dispersion == pytest.approx(1.0, abs=0.15)


def test_people_come_back_to_what_is_theirs() -> None:
    """Each of forty accounts does two of twelve tasks over and over."""
    who = np.repeat(np.arange(40), 30)
    task = (who + np.arange(1_200) % 2) % 12
    own = division(who, task, least=3)
    assert own.each == 2
    assert own.dispersion > 5  # type: ignore[operator]


def test_one_task_has_no_unevenness_and_no_tasks_are_none() -> None:
    assert division(np.arange(5), np.zeros(5, np.int64), least=3).dispersion is None
    few = division(np.array([0, 1]), np.array([7, 7]), least=3)
    assert (few.tasks, few.each, few.dispersion) == (0.0, 0.0, None)


def test_unevenness_is_chi_squared_over_its_degrees_of_freedom() -> None:
    """By hand: two accounts, two tasks, (3, 1) and (1, 3); every cell is expected to hold 2, so χ² is 2 of
    one degree of freedom."""
    who = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    task = np.array([0, 0, 0, 1, 0, 1, 1, 1])
    assert division(who, task, least=2).dispersion == pytest.approx(2.0)


def test_of_two_ways_to_tell_tasks_apart_the_fuller_is_taken() -> None:
    coarse, fine = (division(np.repeat(np.arange(4), 6), np.arange(24) % n, least=2) for n in (2, 6))
    assert fuller(coarse, fine) == fuller(fine, coarse) == fine
