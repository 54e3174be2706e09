"""Hours of the day: what one hand looks like is learnt from the accounts themselves."""

import numpy as np
import pytest

from linkage.observations import hour_profile
from tests.evidence.made import DAY, HOUR, START


def population(seed: int, accounts: int = 300, events: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Accounts that each work around an hour of their own, account i around hour i mod 24."""
    rng = np.random.default_rng(seed)
    a = np.repeat(np.arange(accounts), events)
    hour = (a % 24 + rng.normal(0, 1.5, len(a))) % 24
    at = START + rng.integers(0, 40, len(a)) * DAY + (hour * HOUR).astype(np.int64)
    return a, at


def test_like_hours_speak_for_and_unlike_hours_against() -> None:
    halves = hour_profile.halves(*population(1), 300)
    bits = hour_profile.weigh_hours(halves, np.array([0, 0]), np.array([24, 12]), seed=0)
    assert bits[0] > 1
    assert bits[1] < -1
    every = np.arange(1, 300)
    assert np.abs(hour_profile.weigh_hours(halves, 0 * every, every, seed=0)).max() == 3


def test_where_everyone_keeps_the_same_hours_they_say_little() -> None:
    rng = np.random.default_rng(2)
    a = np.repeat(np.arange(300), 80)
    at = START + rng.integers(0, 40, len(a)) * DAY + rng.integers(8, 18, len(a)) * HOUR
    halves = hour_profile.halves(a, at, 300)
    left, right = rng.integers(0, 150, 500), rng.integers(150, 300, 500)
    assert np.abs(hour_profile.weigh_hours(halves, left, right, seed=0)).mean() < 0.5


def test_few_events_are_not_compared() -> None:
    a, at = population(3)
    # Account 7 is active often, but on even days only; account 8 hardly ever.
    even = (at // DAY) % 2 == 0
    kept = np.where(a == 7, even, np.where(a == 8, np.arange(len(a)) % 8 == 0, True))
    halves = hour_profile.halves(a[kept], at[kept], 300)
    bits = hour_profile.weigh_hours(halves, np.array([7, 8, 5]), np.array([31, 32, 29]), seed=0)
    assert np.isnan(bits).tolist() == [True, True, False]


@pytest.mark.parametrize(("accounts", "taught"), [(49, False), (50, True)])
def test_too_few_accounts_teach_nothing(accounts: int, taught: bool) -> None:
    halves = hour_profile.halves(*population(4, accounts=accounts), accounts)
    bits = hour_profile.weigh_hours(halves, np.array([0]), np.array([24]), seed=0)
    assert np.isfinite(bits).tolist() == [taught]


def test_twelve_events_on_even_and_on_odd_days_are_enough() -> None:
    at = [START + d * DAY for d in range(24)]
    a = np.repeat([0, 1, 2], [24, 23, 23])
    halves = hour_profile.halves(a, np.array([*at, *at[1:], *at[:-1]]), 3)
    assert halves.enough.tolist() == [True, False, False]


def test_both_accounts_must_be_active_enough() -> None:
    a, at = population(3)
    kept = (a != 7) | (np.arange(len(a)) % 8 == 0)
    halves = hour_profile.halves(a[kept], at[kept], 300)
    bits = hour_profile.weigh_hours(halves, np.array([5, 7, 5]), np.array([7, 5, 29]), seed=0)
    assert np.isnan(bits).tolist() == [True, True, False]


def test_even_days_of_one_are_held_against_odd_days_of_the_other() -> None:
    """An account whose even days look like another's odd days is alike, whatever its own odd days are."""
    a, at = population(6)
    turned = (a == 24) & ((at // DAY) % 2 == 1)
    halves = hour_profile.halves(a, np.where(turned, at // DAY * DAY + (at + 12 * HOUR) % DAY, at), 300)
    bits = hour_profile.weigh_hours(halves, np.array([0, 24]), np.array([24, 0]), seed=0)
    assert bits[0] < -1
    assert bits[1] > 1


def test_a_likeness_is_worth_how_much_more_often_one_hand_has_it_than_strangers() -> None:
    rng = np.random.default_rng(7)
    a = np.repeat(np.arange(120), 30)
    hour = (a % 24 + rng.normal(0, 6, len(a))) % 24
    at = START + rng.integers(0, 40, len(a)) * DAY + (hour * HOUR).astype(np.int64)
    halves = hour_profile.halves(a, at, 120)
    left, right = rng.integers(0, 60, 200), rng.integers(60, 120, 200)
    for seed in (0, 5):
        bits = hour_profile.weigh_hours(halves, left, right, seed=seed)
        assert bits.tolist() == pytest.approx(worth(halves, left, right, seed), abs=1e-6, nan_ok=True)
        assert (np.round(bits, 6) == bits)[~np.isnan(bits)].all()


def worth(halves: hour_profile.Halves, left: np.ndarray, right: np.ndarray, seed: int) -> list[float]:
    """Said once more, one likeness at a time: eight classes that hold equally many of all likenesses."""
    known = [i for i, enough in enumerate(halves.enough) if enough]
    strangers = np.random.default_rng(seed).permutation(known)
    own = [float(halves.even[i] @ halves.odd[i]) for i in known]
    chance = [float(halves.even[i] @ halves.odd[j]) for i, j in zip(known, strangers, strict=True)]
    limits = [float(np.quantile(own + chance, k / 8)) for k in range(1, 8)]

    def rate(likenesses: list[float], number: int) -> float:
        held = sum(sum(limit < each for limit in limits) == number for each in likenesses)
        return (held + 1) / (len(likenesses) + 8)

    found = []
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        number = sum(limit < float(halves.even[i] @ halves.odd[j]) for limit in limits)
        bits = float(np.log2(rate(own, number) / rate(chance, number)))
        found.append(max(-3.0, min(3.0, bits)) if halves.enough[i] and halves.enough[j] else np.nan)
    return found


def test_halves_do_not_depend_on_the_order_of_events() -> None:
    a, at = population(5, accounts=60)
    order = np.random.default_rng(0).permutation(len(a))
    one, other = hour_profile.halves(a, at, 60), hour_profile.halves(a[order], at[order], 60)
    assert (one.even == other.even).all() and (one.odd == other.odd).all()


def test_shares_are_of_the_right_hour() -> None:
    at = START + np.arange(40) * DAY + 5 * HOUR
    halves = hour_profile.halves(np.zeros(40, dtype=np.int64), at, 2)
    assert halves.even[0].argmax() == halves.odd[0].argmax() == 5
    assert (halves.even**2).sum(axis=1) == pytest.approx([1, 1])
    assert halves.enough.tolist() == [True, False]
