"""Group-level tests: exact tails, bounded false discoveries, windows of registration."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control

from linkage.inference import enrich
from linkage.inference.enrich import DAY, Mark, Population, Trait

START = 20_454 * DAY
"""2026-01-01."""

N = 2_000
ALL_ALIKE = Population(np.zeros(N, dtype=np.int64))
NO_TIMES = np.full(N, np.nan)


def trait(values: Sequence[int], names: Sequence[str] = ("x", "y", "z"), family: str = "payment") -> Trait:
    """One value for each account from 0; −1: none."""
    held = np.array(values)
    return Trait(family, np.flatnonzero(held >= 0), held[held >= 0], names)


# --- the tail ------------------------------------------------------------------------------------


@given(st.integers(0, 60), st.integers(1, 60), st.floats(1e-6, 1 - 1e-6))
def test_the_tail_is_binomial(k: int, n: int, p: float) -> None:
    k = min(k, n)
    found = enrich._tail(np.array([k]), n, np.array([p]))[0]
    assert found == pytest.approx(binom.sf(k - 1, n, p), rel=1e-6, abs=1e-300)


# --- values --------------------------------------------------------------------------------------


def planted(inside: int = 19, of: int = 20, outside: float = 0.05) -> tuple[np.ndarray, Trait]:
    """A community of the first accounts, `inside` of whom hold the value that a share of all others hold."""
    rng = np.random.default_rng(0)
    values = (rng.random(N) >= outside).astype(int)
    values[:of] = [0] * inside + [1] * (of - inside)
    return np.arange(of), trait(values)


def test_a_community_that_differs_is_marked() -> None:
    group, held = planted()
    found = enrich.marks({7: group}, {"bin": held}, NO_TIMES, ALL_ALIKE, rate=0.01)
    (mark,) = found[7]
    assert (mark.trait, mark.value, mark.family, mark.compared) == ("bin", "x", "payment", 20)
    assert mark.inside == 0.95
    assert mark.outside == pytest.approx(0.05, abs=0.02)
    assert mark.p_value < 1e-15
    assert mark.bits == pytest.approx(np.log2(mark.inside / mark.outside), abs=1e-6)


def test_a_common_value_is_no_mark_however_many_hold_it() -> None:
    group, held = planted(20, 20, outside=0.7)
    assert enrich.marks({0: group}, {"bin": held}, NO_TIMES, ALL_ALIKE, rate=0.01)[0] == []


def test_a_value_of_few_in_the_community_is_no_mark() -> None:
    group, held = planted(inside=7, of=20, outside=0.001)
    assert enrich.marks({0: group}, {"bin": held}, NO_TIMES, ALL_ALIKE, rate=0.01)[0] == []


def test_what_is_known_of_fewer_than_five_says_nothing() -> None:
    values = np.full(N, 1)
    values[:20] = -1
    values[:4] = 0
    assert enrich.trait_marks(0, np.arange(20), "bin", trait(values), ALL_ALIKE) == []


def test_accounts_are_held_against_their_own_kind() -> None:
    """All of one country use its bank; against the world it would look like a mark."""
    country = np.zeros(N, dtype=np.int64)
    country[:200] = 1
    values = np.where(country == 1, 0, 1)
    group, held = np.arange(20), trait(values)
    assert enrich.marks({0: group}, {"issuer": held}, NO_TIMES, ALL_ALIKE, rate=0.01)[0]
    assert enrich.marks({0: group}, {"issuer": held}, NO_TIMES, Population(country), rate=0.01)[0] == []


def test_several_values_of_one_account_count_it_once() -> None:
    a = np.repeat(np.arange(20), 3)
    held = Trait(
        "network", np.concatenate([a, np.arange(20, N)]), np.zeros(60 + N - 20, dtype=np.int64), ["x"]
    )
    (mark,) = enrich.trait_marks(0, np.arange(20), "asn", held, ALL_ALIKE)
    assert (mark.inside, mark.compared) == (1.0, 20)
    assert mark.p_value > 0.5


def test_a_trait_of_many_values_has_many_chances() -> None:
    """Eight of twenty agree; whether the others hold one value more or twelve, the chances are counted."""
    found = []
    for others in ([1] * 12, list(range(1, 13))):
        values = np.concatenate([[0] * 8, others, np.full(N - 20, 20)])
        values[20:30] = 0
        held = trait(values, [str(i) for i in range(21)])
        found += [
            m.p_value for m in enrich.trait_marks(0, np.arange(20), "bin", held, ALL_ALIKE) if m.value == "0"
        ]
    assert found[1] == pytest.approx(found[0] * 13 / 2)


# --- false discoveries ---------------------------------------------------------------------------


@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=40), st.integers(0, 20))
def test_discoveries_are_benjamini_and_hochberg_s(p_values: list[float], more: int) -> None:
    marks = [Mark(i, "t", "f", "v", 1.0, 0.1, 10, p) for i, p in enumerate(p_values)]
    tests = len(marks) + more
    found = {mark.group for mark in enrich.discoveries(marks, tests=tests, rate=0.05)}
    adjusted = false_discovery_control([*p_values, *[1.0] * more])[: len(marks)]
    close = np.abs(adjusted - 0.05) < 1e-9
    wanted = {i for i in range(len(marks)) if adjusted[i] <= 0.05}
    assert {i for i in found ^ wanted if not close[i]} == set()


def test_in_data_without_operators_hardly_any_mark_stands() -> None:
    """200 populations in which every trait is drawn at random: at rate 0.05, few have any mark at all."""
    marked, windows = 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        names = [str(i) for i in range(50)]
        popularity = 1 / np.arange(1, 51) ** 1.2
        traits = {
            f"t{i}": trait(rng.choice(50, 600, p=popularity / popularity.sum()), names) for i in range(6)
        }
        created = START + rng.integers(0, 300 * DAY, 600).astype(float)
        groups = {i: rng.choice(600, int(rng.integers(5, 40)), replace=False) for i in range(8)}
        population = Population(rng.integers(0, 4, 600))
        found = [
            m for ms in enrich.marks(groups, traits, created, population, rate=0.05).values() for m in ms
        ]
        marked += bool(found)
        windows += any(m.trait == "created_at" for m in found)
    assert marked <= 20
    assert windows <= 10


# --- registrations -------------------------------------------------------------------------------


def created_over_a_year(inside: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(1)
    times = (START + rng.integers(0, 360, N) * DAY).astype(float)
    times[: len(inside)] = inside
    return times


@pytest.mark.parametrize("days", [1, 3, 7, 14, 42])
def test_a_window_of_registrations_is_found(days: int) -> None:
    rng = np.random.default_rng(days)
    created = created_over_a_year(START + 100 * DAY + rng.integers(0, days * DAY, 20))
    (mark,) = enrich.registration_mark(3, np.arange(20), created, ALL_ALIKE)
    assert mark.p_value < 1e-6
    assert (mark.group, mark.trait, mark.family) == (3, "created_at", "registration")
    assert mark.high - mark.low <= 42 * DAY
    bearing = (created[:20] >= mark.low) & (created[:20] <= mark.high)
    assert bearing.mean() == pytest.approx(mark.inside)
    assert mark.inside >= 0.4


def test_the_window_says_its_days() -> None:
    created = created_over_a_year(START + 100 * DAY + np.arange(20) * 1_000_000.0)
    (mark,) = enrich.registration_mark(0, np.arange(20), created, ALL_ALIKE)
    assert mark.value == "one day from 2026-04-11"
    assert (mark.inside, mark.low, mark.high) == (1.0, START + 100 * DAY, START + 101 * DAY)


def test_a_launch_day_that_everyone_shares_is_no_mark() -> None:
    rng = np.random.default_rng(2)
    created = (START + rng.integers(0, 2 * DAY, N)).astype(float)
    marks = enrich.registration_mark(0, np.arange(20), created, ALL_ALIKE)
    assert enrich.discoveries(marks, tests=1, rate=0.01) == []


def test_few_known_registrations_say_nothing() -> None:
    created = created_over_a_year(np.array([START] * 4 + [np.nan] * 16))
    assert enrich.registration_mark(0, np.arange(20), created, ALL_ALIKE) == []


# --- strata --------------------------------------------------------------------------------------


def test_strata_part_countries_and_thirds_of_activity() -> None:
    country, activity = np.repeat([0, 1], 300), np.tile(np.arange(300), 2)
    found = enrich.strata(country, activity)
    assert len(np.unique(found)) == 6
    assert all(len(np.unique(country[found == s])) == 1 for s in range(6))


def test_small_strata_fall_together_by_activity() -> None:
    country, activity = np.arange(90), np.arange(90)
    found = enrich.strata(country, activity)
    assert [sorted(activity[found == s].tolist()) for s in np.unique(found)[::-1]] == [
        list(range(30)),
        list(range(30, 60)),
        list(range(60, 90)),
    ]
