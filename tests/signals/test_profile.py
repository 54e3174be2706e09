"""Hours of the day: what one hand looks like is learnt from the accounts themselves."""

import numpy as np
import pytest

from linkage.signals import profile
from tests.signals.made import DAY, HOUR, START


def population(seed: int, accounts: int = 300, events: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Accounts that each work around an hour of their own, account i around hour i mod 24."""
    rng = np.random.default_rng(seed)
    a = np.repeat(np.arange(accounts), events)
    hour = (a % 24 + rng.normal(0, 1.5, len(a))) % 24
    at = START + rng.integers(0, 40, len(a)) * DAY + (hour * HOUR).astype(np.int64)
    return a, at


def test_like_hours_speak_for_and_unlike_hours_against() -> None:
    halves = profile.halves(*population(1), 300)
    bits = profile.weigh_hours(halves, np.array([0, 0]), np.array([24, 12]), seed=0)
    assert bits[0] > 1
    assert bits[1] < -1
    assert (np.abs(bits) <= profile.MOST_BITS).all()


def test_where_everyone_keeps_the_same_hours_they_say_little() -> None:
    rng = np.random.default_rng(2)
    a = np.repeat(np.arange(300), 80)
    at = START + rng.integers(0, 40, len(a)) * DAY + rng.integers(8, 18, len(a)) * HOUR
    halves = profile.halves(a, at, 300)
    left, right = rng.integers(0, 150, 500), rng.integers(150, 300, 500)
    assert np.abs(profile.weigh_hours(halves, left, right, seed=0)).mean() < 0.5


def test_few_events_are_not_compared() -> None:
    a, at = population(3)
    # Account 7 is active often, but on even days only; account 8 hardly ever.
    even = (at // DAY) % 2 == 0
    kept = np.where(a == 7, even, np.where(a == 8, np.arange(len(a)) % 8 == 0, True))
    halves = profile.halves(a[kept], at[kept], 300)
    bits = profile.weigh_hours(halves, np.array([7, 8, 5]), np.array([31, 32, 29]), seed=0)
    assert np.isnan(bits).tolist() == [True, True, False]


def test_too_few_accounts_teach_nothing() -> None:
    a, at = population(4, accounts=49)
    halves = profile.halves(a, at, 49)
    assert np.isnan(profile.weigh_hours(halves, np.array([0]), np.array([24]), seed=0)).all()


def test_halves_do_not_depend_on_the_order_of_events() -> None:
    a, at = population(5, accounts=60)
    order = np.random.default_rng(0).permutation(len(a))
    one, other = profile.halves(a, at, 60), profile.halves(a[order], at[order], 60)
    assert (one.even == other.even).all() and (one.odd == other.odd).all()


def test_shares_are_of_the_right_hour() -> None:
    at = START + np.arange(40) * DAY + 5 * HOUR
    halves = profile.halves(np.zeros(40, dtype=np.int64), at, 2)
    assert halves.even[0].argmax() == halves.odd[0].argmax() == 5
    assert (halves.even**2).sum(axis=1) == pytest.approx([1, 1])
    assert halves.enough.tolist() == [True, False]
