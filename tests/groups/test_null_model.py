"""The null model: redrawn populations keep what they must, and q-values say what they claim."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups import null_model
from linkage.groups.enrichment import ComparedTraits
from linkage.groups.registration_windows import Registrations
from linkage.groups.trait_tests import Communities, Population, Trait
from linkage.settings.groups import Groups

N, SIZE = 600, 12
GROUPS = Groups()


def traits_of(rng: np.random.Generator, planted: int = 0) -> tuple[ComparedTraits, Communities]:
    """Ten communities of twelve; the first `planted` of them hold two rare values in common."""
    population = Population(rng.integers(0, 3, N))
    labels = np.full(N, -1)
    labels[: 10 * SIZE] = np.repeat(np.arange(10), SIZE)
    traits = {}
    for name, family in (("bin", "payment"), ("asn", "network"), ("client", "device")):
        values = rng.choice(20, N)
        for number in range(planted):
            values[labels == number] = number
        traits[name] = Trait(family, np.arange(N), values, tuple(map(str, range(20))))
    registrations = Registrations(rng.random(N) * 1e15, population)
    compared = ComparedTraits(traits, registrations, population, GROUPS.tests)
    return compared, Communities(labels, {"": np.ones(N)})


def ask(
    rng: np.random.Generator, planted: int = 0, needed: dict[int, frozenset[str]] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of real and of redrawn communities."""
    traits, who = traits_of(rng, planted)
    scored = null_model.ScoredCommunities(who, np.arange(10), needed or {})
    compared = {name: traits.compare(name, who) for name in traits.families()}
    real = null_model.scores(traits, compared, scored, GROUPS.null_model)
    return real, null_model.redrawn_scores(traits, scored, GROUPS.null_model, runs=20, seed=3)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.integers(0, 2**32 - 1))
def test_accounts_change_places_within_their_stratum(strata: list[int], seed: int) -> None:
    own = np.array(strata)
    to = null_model._places(own, np.random.default_rng(seed))
    assert sorted(to.tolist()) == list(range(len(own)))
    assert (own[to] == own).all()


def test_a_moved_community_keeps_size_and_weights() -> None:
    who = Communities(np.array([0, 0, 1, -1]), {"": np.array([0.5, 0.5, 1, 1])})
    moved = who.moved(np.array([3, 1, 0, 2]))
    assert moved.labels.tolist() == [1, 0, -1, 0]
    assert moved.weights[""].tolist() == [1, 0.5, 1, 0.5]


def test_what_is_planted_stands_and_the_rest_does_not() -> None:
    real, drawn = ask(np.random.default_rng(1), planted=2)
    q_values = null_model.q_values(real, drawn, np.ones(10, dtype=bool))
    assert (q_values[:2] <= 0.05).all()
    assert (q_values[:2] < q_values[2:].min()).all()
    assert (q_values[2:] > 0.05).sum() >= 7  # a twentieth of the discoveries may be false


def test_one_discovery_alone_can_just_be_made_with_twenty_runs() -> None:
    real, drawn = ask(np.random.default_rng(1), planted=1)
    eligible = np.arange(10) == 0
    assert null_model.q_values(real, drawn, eligible)[0] <= 0.05
    assert null_model.q_values(real, drawn[:19], eligible)[0] > 0.05


def test_true_differences_of_others_do_not_make_the_rule_lenient() -> None:
    real, drawn = np.array([50.0] * 9 + [1.0]), np.tile(np.arange(10.0), (20, 1))
    lenient = null_model.q_values(real, drawn, np.ones(10, dtype=bool))[9]
    strict = null_model.q_values(real, drawn, np.arange(10) == 9)[9]
    assert strict > lenient


def test_the_family_that_found_a_community_does_not_count() -> None:
    every, _ = ask(np.random.default_rng(1), planted=1)
    less, _ = ask(np.random.default_rng(1), planted=1, needed={0: frozenset({"payment"})})
    nothing, drawn = ask(
        np.random.default_rng(1),
        planted=1,
        needed={0: frozenset({"payment", "device", "registration"})},
    )
    assert every[0] > less[0] > 0
    assert nothing[0] == 0
    assert null_model.q_values(nothing, drawn, np.ones(10, dtype=bool))[0] == 1


def test_without_runs_nothing_is_beyond_chance() -> None:
    q_values = null_model.q_values(np.array([50.0]), np.empty((0, 1)), np.array([True]))
    assert q_values.tolist() == [1.0]


def test_redrawing_depends_on_the_seed_alone() -> None:
    traits, who = traits_of(np.random.default_rng(5))
    scored = null_model.ScoredCommunities(who, np.arange(10), {})
    one, other = (
        null_model.redrawn_scores(traits, scored, GROUPS.null_model, runs=6, seed=9) for _ in range(2)
    )
    assert np.array_equal(one, other)
    third = null_model.redrawn_scores(traits, scored, GROUPS.null_model, runs=6, seed=10)
    assert not np.array_equal(one, third)


@pytest.mark.parametrize("seed", range(3))
def test_populations_without_operators_rarely_pass(seed: int) -> None:
    """Of forty populations in which nobody has anything in common, at most a few have a discovery."""
    found = 0
    for run in range(40):
        real, drawn = ask(np.random.default_rng([seed, run]))
        found += bool((null_model.q_values(real, drawn, np.ones(10, dtype=bool)) <= 0.05).any())
    assert found <= 6


def test_the_q_values_of_a_partition_are_those_of_its_scores() -> None:
    traits, who = traits_of(np.random.default_rng(1), planted=2)
    scored = null_model.ScoredCommunities(who, np.arange(10), {})
    compared = {name: traits.compare(name, who) for name in traits.families()}
    every, few = np.ones(10, dtype=bool), Groups(null_runs=20)
    found = null_model.null_q_values(traits, compared, scored, every, few, seed=3)
    real, drawn = ask(np.random.default_rng(1), planted=2)
    assert found.tolist() == null_model.q_values(real, drawn, every).tolist()


def test_known_scores_are_those_that_redrawing_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a partition that changes in one community only that one is redrawn, and nothing else comes out."""
    traits, who = traits_of(np.random.default_rng(1), planted=2)
    labels = who.labels.copy()
    labels[np.flatnonzero(labels == 4)[0]] = -1
    asked: list[int] = []
    redrawn = null_model.redrawn_scores

    def counted(*given: Any, **more: Any) -> np.ndarray:
        asked.append(len(given[1].tested))
        return redrawn(*given, **more)

    monkeypatch.setattr(null_model, "redrawn_scores", counted)
    every, known = np.ones(10, dtype=bool), dict[bytes, np.ndarray]()
    for some in (who, who, Communities(labels, who.weights)):
        scored = null_model.ScoredCommunities(some, np.arange(10), {})
        compared = {name: traits.compare(name, some) for name in traits.families()}
        found, anew = (
            null_model.null_q_values(traits, compared, scored, every, GROUPS, seed=3, known=given)
            for given in (known, None)
        )
        assert found.tolist() == anew.tolist()
    assert asked == [10, 10, 10, 1, 10]


def test_a_score_is_known_by_all_that_it_depends_on() -> None:
    traits, who = traits_of(np.random.default_rng(1))
    needed = {0: frozenset({"payment"})}
    weights = {"": np.where(who.labels == 3, 0.5, 1.0)}
    others = Population(np.where(who.labels == -1, 0, traits.population.strata))

    def names(who: Communities, needed: dict[int, frozenset[str]], population: Population) -> list[bytes]:
        return null_model.ScoredCommunities(who, np.arange(10), needed).names(population)

    whole = names(who, {}, traits.population)
    assert len({*whole}) == 10
    differ = [
        [n for n, (one, other) in enumerate(zip(whole, names(*given), strict=True)) if one != other]
        for given in (
            (who, {}, traits.population),
            (who, needed, traits.population),
            (Communities(who.labels, weights), {}, traits.population),
            (who, {}, others),
        )
    ]
    assert differ == [[], [0], [3], list(range(10))]
