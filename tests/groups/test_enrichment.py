"""Group-level tests: bounded false discoveries, marks of values and of windows of registration."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from linkage.groups import enrichment
from linkage.groups.enrichment import ComparedTraits, Enrichment
from linkage.groups.registration_windows import DAY, Registrations
from linkage.groups.trait_tests import Communities, Population, Trait
from linkage.settings.group_assessment import TraitTests

START = 20_454 * DAY
"""2026-01-01."""

N = 2_000
TESTS = TraitTests()
ALL_ALIKE = Population(np.zeros(N, dtype=np.int64))
NO_TIMES = np.full(N, np.nan)


def trait(values: Sequence[int], names: Sequence[str] = ("x", "y", "z"), family: str = "payment") -> Trait:
    """One value for each account from 0; −1: none."""
    held = np.array(values)
    return Trait(family, np.flatnonzero(held >= 0), held[held >= 0], names)


def communities(groups: Mapping[int, np.ndarray], n: int = N) -> Communities:
    """Communities in which every account is a block of its own."""
    labels = np.full(n, -1)
    for number, who in groups.items():
        labels[who] = number
    return Communities(labels, {"": np.ones(n)})


def enriched_in(
    groups: Mapping[int, np.ndarray],
    traits: Mapping[str, Trait],
    created: np.ndarray = NO_TIMES,
    population: Population = ALL_ALIKE,
    *,
    rate: float = 0.01,
) -> dict[int, list[Enrichment]]:
    """What sets each community apart."""
    compared = ComparedTraits(traits, Registrations(created, population), population, TESTS)
    who = communities(groups, len(population.strata))
    comparisons = {name: compared.compare(name, who) for name in compared.families()}
    found = enrichment.enrichments(
        compared, comparisons, lambda each: each.p_value, groups=len(groups), rate=rate
    )
    return {number: found.get(number, []) for number in groups}


def tried(values: Trait, created: np.ndarray = NO_TIMES, *, name: str = "bin") -> list[Enrichment]:
    """Every test of one trait in the community of the first twenty accounts, as marks, right or wrong."""
    traits = {} if name == "created_at" else {name: values}
    compared = ComparedTraits(traits, Registrations(created, ALL_ALIKE), ALL_ALIKE, TESTS)
    return enrichment._candidates(compared, name, compared.compare(name, communities({3: np.arange(20)})))


NOTHING_HELD = trait([-1] * N)


# --- values --------------------------------------------------------------------------------------


def planted(inside: int = 19, of: int = 20, outside: float = 0.05) -> tuple[np.ndarray, Trait]:
    """A community of the first accounts, `inside` of whom hold the value that a share of all others hold."""
    rng = np.random.default_rng(0)
    values = (rng.random(N) >= outside).astype(int)
    values[:of] = [0] * inside + [1] * (of - inside)
    return np.arange(of), trait(values)


def test_a_community_that_differs_is_enriched() -> None:
    group, held = planted()
    found = enriched_in({7: group}, {"bin": held})
    (mark,) = found[7]
    assert (mark.trait, mark.value, mark.family, mark.compared) == ("bin", "x", "payment", 20)
    assert mark.inside == 0.95
    assert mark.outside == pytest.approx(0.05, abs=0.02)
    assert mark.p_value < 1e-15
    assert mark.bits == pytest.approx(np.log2(mark.inside / mark.outside), abs=1e-6)


def test_a_common_value_is_no_enrichment_however_many_hold_it() -> None:
    group, held = planted(20, 20, outside=0.7)
    assert enriched_in({0: group}, {"bin": held})[0] == []


def test_a_value_of_few_in_the_community_is_no_enrichment() -> None:
    group, held = planted(inside=7, of=20, outside=0.001)
    assert enriched_in({0: group}, {"bin": held})[0] == []


def test_what_is_known_of_fewer_than_three_says_nothing() -> None:
    values = np.full(N, 1)
    values[:20] = -1
    values[:2] = 0
    assert tried(trait(values)) == []


def test_accounts_are_held_against_their_own_kind() -> None:
    """All of one country use its bank; against the world it would look like a mark."""
    country = np.zeros(N, dtype=np.int64)
    country[:200] = 1
    values = np.where(country == 1, 0, 1)
    group, held = np.arange(20), trait(values)
    assert enriched_in({0: group}, {"issuer": held})[0]
    assert enriched_in({0: group}, {"issuer": held}, population=Population(country))[0] == []


def test_several_values_of_one_account_count_it_once() -> None:
    a = np.repeat(np.arange(20), 3)
    held = Trait(
        "network", np.concatenate([a, np.arange(20, N)]), np.zeros(60 + N - 20, dtype=np.int64), ["x"]
    )
    (mark,) = tried(held, name="asn")
    assert (mark.inside, mark.compared) == (1.0, 20)
    assert mark.p_value > 0.5


def test_a_trait_of_many_values_has_many_chances() -> None:
    """Eight of twenty agree; whether the others hold one value more or twelve, the chances are counted."""
    found = []
    for others in ([1] * 12, list(range(1, 13))):
        values = np.concatenate([[0] * 8, others, np.full(N - 20, 20)])
        values[20:30] = 0
        held = trait(values, [str(i) for i in range(21)])
        found += [m.p_value for m in tried(held) if m.value == "0"]
    assert found[1] == pytest.approx(found[0] * 13 / 2)


# --- false discoveries ---------------------------------------------------------------------------


@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=40), st.integers(0, 20))
def test_discoveries_are_benjamini_and_hochberg_s(p_values: list[float], more: int) -> None:
    marks = [Enrichment(i, "t", "f", "v", 1.0, 0.1, 10, p) for i, p in enumerate(p_values)]
    tests = len(marks) + more
    found = {mark.group for mark in enrichment.discoveries(marks, tests=tests, rate=0.05, min_lift=2.0)}
    adjusted = false_discovery_control([*p_values, *[1.0] * more])[: len(marks)]
    close = np.abs(adjusted - 0.05) < 1e-9
    wanted = {i for i in range(len(marks)) if adjusted[i] <= 0.05}
    assert {i for i in found ^ wanted if not close[i]} == set()


def test_in_data_without_operators_hardly_anything_stands() -> None:
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
        drawn = np.split(rng.permutation(600), np.cumsum(rng.integers(5, 40, 8)))
        groups = dict(enumerate(drawn[:8]))
        population = Population(rng.integers(0, 4, 600))
        found = [m for ms in enriched_in(groups, traits, created, population, rate=0.05).values() for m in ms]
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
    (mark,) = tried(NOTHING_HELD, created, name="created_at")
    assert mark.p_value < 1e-6
    assert (mark.group, mark.trait, mark.family) == (3, "created_at", "registration")
    assert mark.high - mark.low <= 42 * DAY
    bearing = (created[:20] >= mark.low) & (created[:20] <= mark.high)
    assert bearing.mean() == pytest.approx(mark.inside)
    assert mark.inside >= 0.4


def test_the_window_says_its_days() -> None:
    created = created_over_a_year(START + 100 * DAY + np.arange(20) * 1_000_000.0)
    (mark,) = tried(NOTHING_HELD, created, name="created_at")
    assert mark.value == "one day from 2026-04-11"
    assert (mark.inside, mark.low, mark.high) == (1.0, START + 100 * DAY, START + 101 * DAY)


def test_a_launch_day_that_everyone_shares_is_no_enrichment() -> None:
    rng = np.random.default_rng(2)
    created = (START + rng.integers(0, 2 * DAY, N)).astype(float)
    marks = tried(NOTHING_HELD, created, name="created_at")
    assert enrichment.discoveries(marks, tests=1, rate=0.01, min_lift=2.0) == []


def test_few_known_registrations_say_nothing() -> None:
    created = created_over_a_year(np.array([START] * 2 + [np.nan] * 18))
    assert tried(NOTHING_HELD, created, name="created_at") == []


def test_what_is_set_aside_is_nobody_s_comparison() -> None:
    """A third of all pay with one bin, being one operator's; beside them everybody else would differ."""
    values = np.where(np.arange(N) < 600, 0, np.where(np.arange(N) < 1000, 1, np.arange(N) % 2 + 1))
    aside = np.arange(N) < 600
    traits = ComparedTraits({"bin": trait(values)}, Registrations(NO_TIMES, ALL_ALIKE), ALL_ALIKE, TESTS)
    left = traits.without(aside)
    assert len(left.traits["bin"].a) == N - 600
    assert left.population.kinds == ALL_ALIKE.kinds + 1, "whoever is set aside compares with nobody"
    who = communities({0: np.arange(1000, 1040)})
    whole, rest = (each.compare("bin", who) for each in (traits, left))
    assert whole.outside.tolist() != rest.outside.tolist()
    assert rest.outside.sum() == pytest.approx(1.0, abs=0.01), "the shares of those two bins alone"


def test_what_too_little_is_known_of_is_not_comparable() -> None:
    some = np.where(np.arange(N) < 22, 0, -1)
    traits = ComparedTraits({"bin": trait(some)}, Registrations(NO_TIMES, ALL_ALIKE), ALL_ALIKE, TESTS)
    who = communities({0: np.arange(20), 1: np.arange(20, 40)})
    assert traits.comparable("bin", who).tolist() == [True, False]
    assert traits.comparable("created_at", who).tolist() == [False, False]


@pytest.mark.parametrize(("p_value", "certain"), [(1e-9, True), (0.5, False)])
def test_what_is_beyond_chance_is_so_in_the_crowd_as_well(p_value: float, *, certain: bool) -> None:
    traits = ComparedTraits(
        {"bin": trait([0] * 20 + [1] * (N - 20))}, Registrations(NO_TIMES, ALL_ALIKE), ALL_ALIKE, TESTS
    )
    who = communities({0: np.arange(20)})
    comparisons = {name: traits.compare(name, who) for name in traits.families()}
    found = enrichment.enrichments(traits, comparisons, lambda _: p_value, groups=1, rate=0.01)[0]
    assert [each.beyond_chance for each in found] == [certain]
    assert [each.p_value < 1e-9 for each in found] == [True], "which marks there are is not changed"
