"""Who holds which values, as numbers."""

import numpy as np

from linkage.explain.held_values import HeldValues

HELD = HeldValues(
    accounts=["a", "b", "c"],
    values=[("ip", "1"), ("ip", "2"), ("ip", "3")],
    account=np.array([2, 0, 1], np.int64),
    value=np.array([0, 0, 1], np.int64),
    population=9,
)


def test_values_know_their_holders() -> None:
    assert HELD.degrees.tolist() == [2, 1, 0]
    assert [HELD.holders(each).tolist() for each in range(3)] == [[0, 2], [1], []]


def test_of_some_accounts_only_those_that_are_known_count() -> None:
    assert HELD.inside(["c", "b", "nobody"]).tolist() == [1, 1, 0]
