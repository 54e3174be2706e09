"""In what the members of a group differ."""

import numpy as np
import pytest

from linkage.explain import member_outliers
from linkage.explain.findings import HoursCompared
from linkage.explain.member_outliers import DAY, Outliers
from linkage.settings.explain import Outliers as OutlierSettings
from tests.groups.made_held import held

CHOSEN = OutlierSettings()


def holders(*values: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Account i holds the values of the i-th list."""
    rows = [(a, v) for a, own in enumerate(values) for v in own]
    a, value = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return a, value


def test_agreement_is_the_share_of_pairs_with_a_common_value() -> None:
    a, value = holders([1], [1, 2], [2], [3], [1])
    assert member_outliers.agreement(a, value, np.arange(5), CHOSEN, seed=0) == (0.4, 5)


def test_who_has_none_is_not_compared_and_too_few_are_not_at_all() -> None:
    a, value = holders([1], [1], [1], [1], [], [1])
    assert member_outliers.agreement(a, value, np.arange(6), CHOSEN, seed=0) == (1.0, 5)
    assert member_outliers.agreement(a, value, np.arange(4), CHOSEN, seed=0) == (None, 4)


def test_of_many_a_sample_is_asked_the_same_for_the_same_seed() -> None:
    a = np.arange(2_000)
    value = a % 2
    one = member_outliers.agreement(a, value, a, CHOSEN, seed=3)
    assert one == member_outliers.agreement(a[::-1], value[::-1], a, CHOSEN, seed=3)
    assert one[0] == pytest.approx(0.5, abs=0.03)
    assert one[1] == 2_000


@pytest.mark.parametrize(
    ("inside", "outside", "told"), [(0.3, 0.2, True), (0.4, 0.2, False), (None, 0.2, False)]
)
def test_agreeing_less_than_twice_as_often_is_as_strangers(
    inside: float | None, outside: float, told: bool
) -> None:
    assert member_outliers.like_strangers(inside, outside, CHOSEN) is told


def test_a_history_long_before_the_median_member_s_is_told() -> None:
    first = np.array([0.0, 200, 201, 202, 203, np.nan]) * CHOSEN.long_history_days * DAY / 100
    found = member_outliers.long_before(np.arange(6), first, "x", CHOSEN)
    assert (found.accounts, found.known) == ((0,), 5)
    assert member_outliers.long_before(np.arange(3), first, "x", CHOSEN).accounts == ()


def test_the_share_of_others_stands_beside() -> None:
    found = member_outliers.holders_among(np.arange(4), np.array([0, 5, 6]), np.arange(8), "x", accounts=8)
    assert (found.accounts, found.known, found.outside, found.share) == ((0,), 4, 0.5, 0.25)


def test_without_a_commonest_value_nobody_differs_from_it() -> None:
    mostly = held(enumerate(["SE", "SE", "SE", "NO", "SE"]))
    found = member_outliers.not_the_commonest(np.arange(5), mostly, "another country", CHOSEN)
    assert found is not None
    assert (found.difference, found.accounts) == ("another country than SE", (3,))
    evenly = held(enumerate("abcde"))
    assert member_outliers.not_the_commonest(np.arange(5), evenly, "x", CHOSEN) is None


def test_hours_against_more_links_than_for() -> None:
    ends = np.array([[0, 0, 1], [1, 2, 2]])
    found, hours = member_outliers.other_hours(
        ends, np.array([0, 1, 2]), np.array([1.0, -1.0, -2.0]), np.array([10, 11, 12])
    )
    assert (found.accounts, found.known) == ((12,), 3)
    assert hours == HoursCompared(alike=1, different=2)


def test_the_least_like_are_those_of_whom_most_is_true() -> None:
    found = [
        Outliers("old", (1, 2), 10),
        Outliers("own domain", (2,), 10),
        Outliers("ordinary card", tuple(range(9)), 10),
        Outliers("other hours", (2, 1), 10),
    ]
    least = member_outliers.least_typical(found, [f"acct_{i}" for i in range(10)], CHOSEN)
    assert [(each.account, len(each.differences)) for each in least] == [("acct_2", 3), ("acct_1", 2)]
