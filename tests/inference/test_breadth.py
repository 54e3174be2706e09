"""How much of a group's work an account does, for as many prompts as it has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.inference.breadth import breadth


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
