"""When a community's accounts were opened, held against when comparable accounts were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.registration_windows import DAY, Registrations, compare_registrations
from linkage.groups.trait_tests import Communities, Comparisons, Population
from linkage.settings.group_assessment import TraitTests

N = 1_000


@given(st.integers(0, 2**32 - 1))
def test_registrations_in_a_window_are_counted_by_stratum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    created = np.where(rng.random(80) < 0.2, np.nan, rng.integers(0, 40, 80) * float(DAY))
    population = Population(rng.integers(0, 4, 80))
    low, high = sorted((rng.integers(-2, 42, 2) * DAY).tolist())
    counted = Registrations(created, population).within(low, high)
    inside = (created >= low) & (created <= high)
    assert counted.tolist() == np.bincount(population.strata[inside], minlength=population.kinds).tolist()


def opened(days: list[float], chosen: TraitTests, weights: float = 1.0) -> Comparisons:
    """A community of accounts opened on these days, among others opened over a year."""
    created = np.random.default_rng(0).integers(0, 360, N) * float(DAY)
    created[: len(days)] = np.array(days) * DAY
    labels = np.where(np.arange(N) < len(days), 0, -1)
    population = Population(np.zeros(N, dtype=np.int64))
    who = Communities(labels, {"": np.full(N, weights)})
    return compare_registrations(Registrations(created, population), who, chosen)


def test_the_window_that_holds_most_surprisingly_many_is_found() -> None:
    found = opened([100.0] * 8 + [200.0, 300.0], TraitTests())
    assert (found.inside[0], found.compared[0]) == (0.8, 10)
    assert (found.low[0], found.high[0]) == (100 * DAY, 101 * DAY)
    assert found.p_value[0] < 1e-9


def test_the_more_widths_are_tried_the_less_one_says() -> None:
    days = [100.0] * 8 + [200.0, 300.0]
    one, three = (opened(days, TraitTests(window_days=widths)).p_value[0] for widths in ((1,), (1, 90, 180)))
    assert three == pytest.approx(3 * one)


def test_a_household_counts_once_so_three_blocks_are_needed() -> None:
    assert len(opened([100.0] * 8, TraitTests(), weights=1 / 4).community) == 0
    assert len(opened([100.0] * 12, TraitTests(), weights=1 / 4).community) == 1
