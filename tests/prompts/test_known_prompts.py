"""Of how many of each account's interactions the prompt is known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.prompts.known_prompts import KnownPrompts


def known(*counts: tuple[int, int]) -> KnownPrompts:
    rows, known = np.array(counts, dtype=np.int64).reshape(-1, 2).T
    return KnownPrompts(rows, known)


COUNTS = st.lists(st.integers(0, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1)


def test_of_who_asked_nothing_as_much_is_known_as_of_the_log() -> None:
    found = known((0, 0), (4, 0), (4, 1), (4, 4))
    assert found.shares.tolist() == [5 / 12, 0, 0.25, 1]
    assert found.accounts == 3
    assert found.withheld(0.5, 9).tolist() == [True, True, True, False]
    assert known((0, 0), (4, 4)).shares.tolist() == [1, 1], "nothing is withheld"
    assert known((0, 0), (4, 0)).shares.tolist() == [0, 0], "nothing is known"


def test_as_many_known_prompts_as_others_have_say_enough() -> None:
    found = known((100, 4), (100, 5), (6, 5))
    assert found.withheld(0.5, 5).tolist() == [True, False, False]


def test_of_several_accounts_every_row_counts_alike() -> None:
    found = known((1, 1), (9, 0), (0, 0))
    assert found.share(np.array([0, 1, 2])) == 0.1
    assert found.share(np.array([2])) == 0.1, "the log's"


def test_where_nothing_is_withheld_no_account_is() -> None:
    assert not KnownPrompts.everywhere(3).withheld(1.0, 9).any()


@given(COUNTS)
def test_a_share_lies_between_those_of_the_accounts(counts: list[tuple[int, int]]) -> None:
    found = known(*counts)
    asked = found.shares[found.rows > 0]
    share = found.share(np.arange(len(counts)))
    assert asked.min(initial=1.0) - 1e-12 <= share <= (asked.max() if len(asked) else 1.0) + 1e-12
