"""Communities against comparable accounts: exact tails, strata, and blocks that count once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from linkage.groups import trait_tests
from linkage.groups.trait_tests import Communities, Comparisons, Population, Trait
from linkage.settings.group_assessment import TraitTests

N = 2_000
ALL_ALIKE = Population(np.zeros(N, dtype=np.int64))
TESTS = TraitTests()


def compare(trait: Trait, who: Communities, population: Population) -> Comparisons:
    return trait_tests.compare_trait(trait, who, population, TESTS)


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=30), st.sets(st.integers(0, 12)))
def test_what_accounts_hold_and_who_holds_a_value(rows: set[tuple[int, int]], some: set[int]) -> None:
    a, value = np.array(sorted(rows), dtype=np.int64).reshape(-1, 2).T
    trait = Trait("network", a, value, list("xyz"))
    holders, values = trait.of(np.array(sorted(some), dtype=np.int64))
    held = {*zip(holders.tolist(), values.tolist(), strict=True)}
    assert held == {each for each in rows if each[0] in some}
    for number, name in enumerate("xyz"):
        assert trait.holders_of(name).tolist() == [who for who, each in sorted(rows) if each == number]


# --- the tail ------------------------------------------------------------------------------------


@given(st.integers(0, 60), st.integers(1, 60), st.floats(1e-6, 1 - 1e-6))
def test_the_tail_is_binomial(k: int, n: int, p: float) -> None:
    k = min(k, n)
    found = trait_tests.tail(np.array([float(k)]), np.array([float(n)]), np.array([p]))[0]
    assert found == pytest.approx(binom.sf(k - 1, n, p), rel=1e-6, abs=1e-300)


@given(st.floats(0.5, 30), st.floats(0.01, 0.99))
def test_between_whole_numbers_the_tail_falls_smoothly(k: float, p: float) -> None:
    low, at, high = (
        trait_tests.tail(np.array([x]), np.array([30.5]), np.array([p]))[0] for x in (k, k + 0.2, k + 0.4)
    )
    assert low >= at >= high >= 0


# --- blocks --------------------------------------------------------------------------------------


def community(weight: np.ndarray) -> Communities:
    """The first twenty accounts, with these weights."""
    labels = np.full(N, -1)
    labels[:20] = 0
    weights = np.ones(N)
    weights[:20] = weight
    return Communities(labels, {"": np.ones(N), "payment": weights})


def one_bin() -> Trait:
    """Twelve of the twenty on a card range that one in twenty accounts has."""
    rng = np.random.default_rng(4)
    values = (rng.random(N) >= 0.05).astype(int)
    values[:20] = [0] * 12 + [1] * 8
    return Trait("payment", np.arange(N), values, ("rare", "usual"))


def test_who_came_in_no_burst_counts_among_those_of_whom_it_is_known() -> None:
    """Four of twenty used a card of one burst, and eleven others of all: of those in any burst they are all
    of the community's, of those who paid a fifth."""
    in_burst = np.array([0, 1, 2, 3, *range(100, 111)])
    burst = Trait("payment", in_burst, (in_burst >= 100).astype(np.int64), ("this", "another"))
    alone = compare(burst, community(np.ones(20)), ALL_ALIKE)
    assert alone.inside.tolist() == [1.0]
    paid = replace(burst, known=np.arange(N))
    assert len(compare(paid, community(np.ones(20)), ALL_ALIKE).inside) == 0
    half = replace(burst, known=np.concatenate([np.arange(8), np.arange(50, N)]))
    found = compare(half, community(np.ones(20)), ALL_ALIKE)
    assert (found.inside.tolist(), found.compared.tolist()) == ([0.5], [8])


def test_accounts_of_one_block_are_one_witness() -> None:
    """Twelve strangers on one card range are a mark; twelve on one card are not."""
    alone = compare(one_bin(), community(np.ones(20)), ALL_ALIKE)
    household = np.ones(20)
    household[:12] = 1 / 12
    together = compare(one_bin(), community(household), ALL_ALIKE)
    assert alone.p_value[alone.value == 0][0] < 1e-8
    assert len(together.p_value[together.value == 0]) == 0


def test_two_blocks_of_six_count_twice() -> None:
    weight = np.ones(20)
    weight[:12] = 1 / 6
    found = compare(one_bin(), community(weight), ALL_ALIKE)
    assert len(found.p_value[found.value == 0]) == 0  # two of ten are too few to be a mark
    weight[:12] = 1 / 2
    found = compare(one_bin(), community(weight), ALL_ALIKE)
    share, p = found.outside[found.value == 0][0], found.p_value[found.value == 0][0]
    assert p == pytest.approx(2 * binom.sf(5, 14, share), rel=1e-6)
    assert found.inside[found.value == 0][0] == 0.6  # what is shown counts accounts


def test_a_family_of_its_own_weights_leaves_the_others_alone() -> None:
    household = np.ones(20)
    household[:12] = 1 / 12
    trait = one_bin()
    network = Trait("network", trait.a, trait.value, trait.names)
    found = compare(network, community(household), ALL_ALIKE)
    assert found.p_value[found.value == 0][0] < 1e-8


# --- many communities at once --------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1))
def test_a_community_is_tested_alike_alone_and_among_others(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random(300) < 0.5, rng.integers(0, 6, 300), -1)
    population = Population(rng.integers(0, 3, 300))
    held = Trait("x", np.arange(300), rng.choice(4, 300, p=[0.7, 0.1, 0.1, 0.1]), ("a", "b", "c", "d"))
    every = compare(held, Communities(labels, {"": np.ones(300)}), population)
    for number in range(6):
        alone = np.where(labels == number, 0, -1)
        one = compare(held, Communities(alone, {"": np.ones(300)}), population)
        here = every.community == number
        assert every.value[here].tolist() == one.value.tolist()
        assert np.allclose(every.p_value[here], one.p_value)
        assert np.allclose(every.outside[here], one.outside)


# --- strata --------------------------------------------------------------------------------------


def test_strata_part_countries_and_thirds_of_activity() -> None:
    country, activity = np.repeat([0, 1], 300), np.tile(np.arange(300), 2)
    found = trait_tests.strata(country, activity, TESTS)
    assert len(np.unique(found)) == 6
    assert all(len(np.unique(country[found == s])) == 1 for s in range(6))


def test_small_strata_fall_together_by_activity() -> None:
    country, activity = np.arange(90), np.arange(90)
    found = trait_tests.strata(country, activity, TESTS)
    assert [sorted(activity[found == s].tolist()) for s in np.unique(found)[::-1]] == [
        list(range(30)),
        list(range(30, 60)),
        list(range(60, 90)),
    ]
