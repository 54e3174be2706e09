"""When a community's accounts were opened, held against when comparable accounts were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.registration_windows import DAY, Registrations, compare_registrations
from linkage.groups.trait_tests import Communities, Comparisons, Population, comparable_share, tail
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


Window = tuple[int, float, float, int, float, int, int]


def one_by_one(times: Registrations, who: Communities, chosen: TraitTests) -> list[Window]:
    """The same, community by community and window by window, as the definition has it."""
    found = []
    strata, weights = times.population.strata, who.weight("registration")
    for number in range(who.count):
        everyone = np.flatnonzero(who.labels == number)
        known = everyone[~np.isnan(times.created[everyone])]
        known = known[np.argsort(times.created[known], kind="stable")]
        total = float(np.cumsum(weights[known])[-1]) if len(known) else 0.0
        best: Window | None = None
        for days in chosen.window_days if total >= chosen.min_known_blocks - 1e-9 else ():
            first, held = 0, -1.0
            for at in range(len(known)):
                inside = times.created[known[at:]] <= times.created[known[at]] + days * DAY
                counted = float(weights[known[at:]][inside].sum())
                if round(counted, 9) > round(held, 9):
                    first, held = at, counted
            low = int(times.created[known[first]])
            here = known[(times.created[known] >= low) & (times.created[known] <= low + days * DAY)]
            kinds = times.population.kinds
            own, mix, inside_here = (
                np.bincount(strata[some], minlength=kinds) for some in (known, everyone, here)
            )
            outside = times.within(low, low + days * DAY) - inside_here
            share = comparable_share(
                outside[None, :].astype(float),
                (times.base - own).astype(float),
                mix[None, :].astype(float),
                smoothing=chosen.smoothing_accounts,
            )[0]
            chance = (
                float(tail(np.array(held), np.array(total), share)) * len(known) * len(chosen.window_days)
            )
            enough = held >= chosen.min_holding_share * total - 1e-9
            if enough and (best is None or min(chance, 1.0) < best[4]):
                part = len(here) / len(known)
                best = (number, part, float(share), len(known), min(chance, 1.0), low, low + days * DAY)
        found += [best] if best else []
    return found


@given(st.integers(0, 2**32 - 1))
def test_all_communities_at_once_are_compared_as_each_by_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    accounts = int(rng.integers(1, 120))
    created = np.where(rng.random(accounts) < 0.1, np.nan, rng.integers(0, 90, accounts) * float(DAY))
    population = Population(rng.integers(0, 4, accounts))
    who = Communities(rng.integers(-1, 6, accounts), {"": rng.choice([1.0, 0.5, 0.25], accounts)})
    times, chosen = Registrations(created, population), TraitTests()
    found = compare_registrations(times, who, chosen)
    columns = (
        *(found.community, found.inside, found.outside, found.compared),
        *(found.p_value, found.low, found.high),
    )
    rows = [*zip(*(each.tolist() for each in columns), strict=True)]
    wanted = one_by_one(times, who, chosen)
    assert [row[0] for row in rows] == [row[0] for row in wanted]
    for one, other in zip(rows, wanted, strict=True):
        assert one == pytest.approx(other, rel=1e-9)
