"""Hours of the day: what one hand looks like is learnt from the accounts themselves."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.observations.hour_profile import (
    HourProfiles,
    hour_bits,
    hour_facts,
    hour_profiles,
    learnt_hours,
)
from linkage.settings.observations import HourProfile
from tests.evidence.made import DAY, HOUR, START

CHOSEN = HourProfile()


def profiles_of(a: np.ndarray, at: np.ndarray, accounts: int) -> HourProfiles:
    return hour_profiles(a, at, accounts, CHOSEN)


def bits_of(profiles: HourProfiles, left: np.ndarray, right: np.ndarray, seed: int = 0) -> np.ndarray:
    return hour_bits(profiles, left, right, learnt_hours(profiles, CHOSEN, seed=seed))


def population(seed: int, accounts: int = 300, events: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """Accounts that each work around an hour of their own, account i around hour i mod 24."""
    rng = np.random.default_rng(seed)
    a = np.repeat(np.arange(accounts), events)
    hour = (a % 24 + rng.normal(0, 1.5, len(a))) % 24
    at = START + rng.integers(0, 40, len(a)) * DAY + (hour * HOUR).astype(np.int64)
    return a, at


def test_like_hours_speak_for_and_unlike_hours_against() -> None:
    profiles = profiles_of(*population(1), 300)
    bits = bits_of(profiles, np.array([0, 0]), np.array([24, 12]))
    assert bits[0] > 1
    assert bits[1] < -1
    every = np.arange(1, 300)
    assert np.abs(bits_of(profiles, 0 * every, every)).max() == 3


def test_where_everyone_keeps_the_same_hours_they_say_little() -> None:
    rng = np.random.default_rng(2)
    a = np.repeat(np.arange(300), 80)
    at = START + rng.integers(0, 40, len(a)) * DAY + rng.integers(8, 18, len(a)) * HOUR
    profiles = profiles_of(a, at, 300)
    left, right = rng.integers(0, 150, 500), rng.integers(150, 300, 500)
    assert np.abs(bits_of(profiles, left, right)).mean() < 0.5


def test_few_events_are_not_compared() -> None:
    a, at = population(3)
    # Account 7 is active often, but on even days only; account 8 hardly ever.
    even = (at // DAY) % 2 == 0
    kept = np.where(a == 7, even, np.where(a == 8, np.arange(len(a)) % 8 == 0, True))
    profiles = profiles_of(a[kept], at[kept], 300)
    bits = bits_of(profiles, np.array([7, 8, 5]), np.array([31, 32, 29]))
    assert np.isnan(bits).tolist() == [True, True, False]


@pytest.mark.parametrize(("accounts", "taught"), [(49, False), (50, True)])
def test_too_few_accounts_teach_nothing(accounts: int, taught: bool) -> None:
    profiles = profiles_of(*population(4, accounts=accounts), accounts)
    bits = bits_of(profiles, np.array([0]), np.array([24]))
    assert np.isfinite(bits).tolist() == [taught]


def test_twelve_events_on_even_and_on_odd_days_are_enough() -> None:
    at = [START + d * DAY for d in range(24)]
    a = np.repeat([0, 1, 2], [24, 23, 23])
    profiles = profiles_of(a, np.array([*at, *at[1:], *at[:-1]]), 3)
    assert profiles.enough.tolist() == [True, False, False]


def test_both_accounts_must_be_active_enough() -> None:
    a, at = population(3)
    kept = (a != 7) | (np.arange(len(a)) % 8 == 0)
    profiles = profiles_of(a[kept], at[kept], 300)
    bits = bits_of(profiles, np.array([5, 7, 5]), np.array([7, 5, 29]))
    assert np.isnan(bits).tolist() == [True, True, False]


def test_even_days_of_one_are_held_against_odd_days_of_the_other() -> None:
    """An account whose even days look like another's odd days is alike, whatever its own odd days are."""
    a, at = population(6)
    turned = (a == 24) & ((at // DAY) % 2 == 1)
    profiles = profiles_of(a, np.where(turned, at // DAY * DAY + (at + 12 * HOUR) % DAY, at), 300)
    bits = bits_of(profiles, np.array([0, 24]), np.array([24, 0]))
    assert bits[0] < -1
    assert bits[1] > 1


def test_a_likeness_is_worth_how_much_more_often_one_hand_has_it_than_strangers() -> None:
    rng = np.random.default_rng(7)
    a = np.repeat(np.arange(120), 30)
    hour = (a % 24 + rng.normal(0, 6, len(a))) % 24
    at = START + rng.integers(0, 40, len(a)) * DAY + (hour * HOUR).astype(np.int64)
    profiles = profiles_of(a, at, 120)
    left, right = rng.integers(0, 60, 200), rng.integers(60, 120, 200)
    for seed in (0, 5):
        bits = bits_of(profiles, left, right, seed=seed)
        assert bits.tolist() == pytest.approx(worth(profiles, left, right, seed), abs=1e-6, nan_ok=True)
        assert (np.round(bits, 6) == bits)[~np.isnan(bits)].all()


def worth(profiles: HourProfiles, left: np.ndarray, right: np.ndarray, seed: int) -> list[float]:
    """Said once more, one likeness at a time: eight classes that hold equally many of all likenesses."""
    known = [i for i, enough in enumerate(profiles.enough) if enough]
    strangers = np.random.default_rng(seed).permutation(known)
    own = [float(profiles.even[i] @ profiles.odd[i]) for i in known]
    chance = [float(profiles.even[i] @ profiles.odd[j]) for i, j in zip(known, strangers, strict=True)]
    limits = [float(np.quantile(own + chance, k / 8)) for k in range(1, 8)]

    def rate(likenesses: list[float], number: int) -> float:
        held = sum(sum(limit < each for limit in limits) == number for each in likenesses)
        return (held + 1) / (len(likenesses) + 8)

    found = []
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        number = sum(limit < float(profiles.even[i] @ profiles.odd[j]) for limit in limits)
        bits = float(np.log2(rate(own, number) / rate(chance, number)))
        found.append(max(-3.0, min(3.0, bits)) if profiles.enough[i] and profiles.enough[j] else np.nan)
    return found


def test_profiles_do_not_depend_on_the_order_of_events() -> None:
    a, at = population(5, accounts=60)
    order = np.random.default_rng(0).permutation(len(a))
    one, other = profiles_of(a, at, 60), profiles_of(a[order], at[order], 60)
    assert (one.even == other.even).all() and (one.odd == other.odd).all()


def test_shares_are_of_the_right_hour() -> None:
    at = START + np.arange(40) * DAY + 5 * HOUR
    profiles = profiles_of(np.zeros(40, dtype=np.int64), at, 2)
    assert profiles.even[0].argmax() == profiles.odd[0].argmax() == 5
    assert (profiles.even**2).sum(axis=1) == pytest.approx([1, 1])
    assert profiles.enough.tolist() == [True, False]


# --- facts ---------------------------------------------------------------------------------------


def acts(events: list[tuple[int, int]]) -> pa.Table:
    ordered = sorted(events)
    return pa.table(
        {
            "a": pa.array([a for a, _ in ordered], pa.int64()),
            "at": pa.array([at for _, at in ordered], pa.int64()),
            "source": pa.array([f"interactions:{n:04d}" for n in range(len(ordered))], pa.string()),
        }
    )


def test_hours_are_stated_of_accounts_with_enough_events() -> None:
    busy = [(1, START + d * DAY + 3 * HOUR) for d in range(40)]
    busy += [(1, START + d * DAY + 15 * HOUR) for d in range(20)]
    idle = [(0, START + d * DAY) for d in range(5)]
    (row,) = hour_facts(["idle", "busy", "none"], acts([*idle, *busy]), CHOSEN).to_pylist()
    digits = ["0"] * 24
    digits[3], digits[15] = "9", "4"
    assert row == {
        "account": "busy",
        "trait": "hours",
        "value": "".join(digits),
        "first_at": START + 3 * HOUR,
        "last_at": START + 39 * DAY + 3 * HOUR,
        "count": 60,
        "source": "interactions:0005",
    }


def test_no_events_no_hours() -> None:
    assert hour_facts(["a"], acts([]), CHOSEN).num_rows == 0
