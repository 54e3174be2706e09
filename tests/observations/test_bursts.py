"""Bursts: found where they are, not found where arrivals are even, and made into facts."""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import poisson

from linkage.observations import bursts
from linkage.observations.bursts import Window
from linkage.settings.observations import Bursts
from tests.evidence.made import DAY, HOUR, START

CHOSEN = Bursts()
WEEK_AROUND = Window(HOUR, 7 * DAY)


def found_in(at: np.ndarray, window: Window = WEEK_AROUND) -> list[tuple[int, int, float]]:
    return bursts.bursts(at, window, CHOSEN)


def test_the_bound_is_never_below_the_true_tail() -> None:
    count, rate = np.meshgrid(np.arange(1, 60), np.geomspace(0.01, 40, 25))
    bound = bursts.poisson_tail(count.ravel(), rate.ravel())
    true = poisson.sf(count.ravel() - 1, rate.ravel())
    assert (bound >= true - 1e-12).all()
    assert (bound <= 1).all()
    # Nor so far above it that nothing would ever be found.
    assert bursts.poisson_tail(np.array([20]), np.array([1.0]))[0] < 1e-15


def arrivals(seed: int, per_day: float, days: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.sort(rng.uniform(0, days * DAY, rng.poisson(per_day * days))).astype(np.int64) + START


def test_a_planted_burst_is_found_with_its_members() -> None:
    planted = START + 40 * DAY + np.arange(30) * 60_000_000
    at = np.sort(np.concatenate([arrivals(1, 20, 90), planted]))
    ((start, end, expected),) = found_in(at)
    assert at[start] <= planted[0] and at[end - 1] >= planted[-1]
    assert end - start <= 35
    assert expected == pytest.approx(20 / 24, rel=0.5)


def test_even_arrivals_hold_hardly_any_burst() -> None:
    found = [len(found_in(arrivals(seed, 30, 60))) for seed in range(100)]
    assert sum(found) <= 5


def test_a_slow_change_of_rate_is_no_burst() -> None:
    rng = np.random.default_rng(0)
    at = np.sort((rng.uniform(0, 1, 3_000) ** 0.5 * 120 * DAY).astype(np.int64)) + START
    assert found_in(at) == []


def test_bursts_do_not_overlap() -> None:
    planted = [START + d * DAY + np.arange(40) * 120_000_000 for d in (10, 20, 30)]
    at = np.sort(np.concatenate([arrivals(2, 10, 60), *planted]))
    found = found_in(at)
    assert len(found) >= 3
    assert all(end <= start for (_, end, _), (start, _, _) in itertools.pairwise(found))


@pytest.mark.parametrize("count", [0, 1, 4])
def test_few_arrivals_are_never_a_burst(count: int) -> None:
    assert found_in(np.full(count, START), Window(HOUR, DAY)) == []


def test_everyone_at_one_moment_is_one_burst() -> None:
    ((start, end, _),) = found_in(np.full(20, START))
    assert (start, end) == (0, 20)


def test_five_arrivals_in_quiet_days_are_the_least_that_makes_a_burst() -> None:
    quiet = START + np.arange(60) * DAY
    for count, wanted in ((4, 0), (5, 1)):
        at = np.sort(np.concatenate([quiet, START + 30 * DAY + HOUR * 5 + np.arange(count)]))
        assert len(found_in(at)) == wanted


def test_a_window_ends_with_its_width() -> None:
    quiet = START + np.arange(60) * DAY
    first = START + 30 * DAY + 5 * HOUR
    inside = [first + i * HOUR // 9 for i in range(10)]
    at = np.sort(np.concatenate([quiet, inside, [first + HOUR + 1]]))
    ((start, end, _),) = found_in(at)
    assert at[start:end].tolist() == inside


def test_the_local_rate_is_that_of_the_stretch_without_the_window() -> None:
    """None arrived in the seven days on either side: one more is assumed, in fourteen days of 24 hours."""
    at = np.array([START, *[START + 100 * DAY] * 8, START + 200 * DAY])
    ((start, end, expected),) = found_in(at)
    assert (start, end) == (1, 9)
    assert expected == pytest.approx(1 / (14 * 24))


# --- facts ---------------------------------------------------------------------------------------


def opened(at: list[int], by: list[str] | None = None) -> pa.Table:
    columns = {"account": [f"a{i:03d}" for i in range(len(at))], "at": pa.array(at, pa.int64())}
    columns |= {"source": [f"accounts:{i:03d}" for i in range(len(at))]}
    return pa.table(columns | ({"bin": by} if by else {}))


def test_facts_name_the_window_and_its_accounts() -> None:
    calm = [START + d * DAY for d in range(30)]
    burst = [START + 12 * DAY + 3 * HOUR + i * 1_000_000 for i in range(12)]
    facts = bursts.burst_facts(opened([*calm, *burst]), WEEK_AROUND, CHOSEN, trait="registration_burst")
    assert set(facts["account"].to_pylist()) == {f"a{i:03d}" for i in range(30, 42)}
    assert set(facts["value"].to_pylist()) == {"2026-01-13 03:00 +1 h"}
    assert facts["source"].to_pylist() == [f"accounts:{i:03d}" for i in range(30, 42)]
    assert facts["first_at"].to_pylist() == burst


def test_each_number_has_its_own_rate() -> None:
    calm = [START + d * DAY // 4 for d in range(200)]
    burst = [START + 20 * DAY + i * 3_600_000_000 for i in range(12)]
    seen = opened([*calm, *burst], ["411111"] * 200 + ["523456"] * 12)
    facts = bursts.burst_facts(seen, Window(3 * DAY, 45 * DAY), CHOSEN, trait="issuing_burst", by="bin")
    assert set(facts["account"].to_pylist()) == {f"a{i:03d}" for i in range(200, 212)}
    assert set(facts["value"].to_pylist()) == {"523456 from 2026-01-21 00:00 +3 d"}
    # Without looking number by number, the common number's traffic would hide it.
    assert bursts.burst_facts(seen, Window(3 * DAY, 45 * DAY), CHOSEN, trait="x").num_rows == 0


def test_the_order_of_the_rows_changes_nothing() -> None:
    seen = opened([START + i // 3 * HOUR for i in range(60)] + [START + 5 * HOUR] * 40)
    shuffled = seen.take(pa.array(np.random.default_rng(3).permutation(100)))
    facts = [bursts.burst_facts(t, Window(HOUR, DAY), CHOSEN, trait="x") for t in (seen, shuffled)]
    assert facts[0].num_rows
    assert facts[0].equals(facts[1])


def test_two_rows_of_one_account_at_one_moment_have_an_order() -> None:
    row = {"account": ["a"] * 20, "at": pa.array([START] * 20, pa.int64())}
    seen = pa.table(row | {"source": [f"accounts:{i:02d}" for i in range(20)]})
    shuffled = seen.take(pa.array(np.random.default_rng(1).permutation(20)))
    facts = bursts.burst_facts(shuffled, Window(HOUR, DAY), CHOSEN, trait="x")
    assert facts["source"].to_pylist() == seen["source"].to_pylist()


@pytest.mark.parametrize(("width", "suffix"), [(HOUR, "+1 h"), (23 * HOUR, "+23 h"), (DAY, "+1 d")])
def test_a_window_is_named_in_hours_or_days(width: int, suffix: str) -> None:
    facts = bursts.burst_facts(opened([START] * 20), Window(width, 9 * DAY), CHOSEN, trait="x")
    assert set(facts["value"].to_pylist()) == {f"2026-01-01 00:00 {suffix}"}


def test_nobody_makes_no_facts() -> None:
    facts = bursts.burst_facts(opened([]), Window(HOUR, DAY), CHOSEN, trait="x")
    assert (facts.num_rows, facts.schema.field("first_at").type) == (0, pa.int64())


# --- bursts of openings and of cards --------------------------------------------------------------


def test_accounts_without_an_opening_time_make_no_burst() -> None:
    nobody = {"account": pa.array([], pa.string()), "at": pa.array([], pa.int64())}
    none = pa.table({**nobody, "source": pa.array([], pa.string())})
    assert bursts.registration_burst_facts(none, CHOSEN).num_rows == 0
    assert (
        bursts.issuing_burst_facts(none.append_column("bin", pa.array([], pa.string())), CHOSEN).num_rows == 0
    )


def test_registrations_within_the_hour_and_within_days_are_both_found() -> None:
    calm = [START + d * DAY for d in range(90)]
    at = calm + [START + 50 * DAY + i * 1_000_000 for i in range(15)]
    seen = {"account": [f"a{i:03d}" for i in range(len(at))], "at": at}
    facts = bursts.registration_burst_facts(
        pa.table({**seen, "source": [f"accounts:{i}" for i in range(len(at))]}), CHOSEN
    )
    kinds = {value.rpartition("+")[2] for value in facts["value"].to_pylist()}
    assert kinds == {"1 h", "3 d"}
    assert set(facts["trait"].to_pylist()) == {"registration_burst"}


def bursting(at: list[int], bins: list[str] | None = None) -> pa.Table:
    names = {"account": [f"a{i:04d}" for i in range(len(at))], "at": pa.array(at, pa.int64())}
    return pa.table(
        names | {"source": [f"t:{i:04d}" for i in range(len(at))]} | ({"bin": bins} if bins else {})
    )


@pytest.mark.parametrize(
    ("each", "count", "kind"), [(HOUR // 10, 240, "1 h"), (DAY // 10, 90, "3 d")], ids=["hours", "days"]
)
def test_a_busy_stretch_is_held_against_what_came_long_before_and_after(
    each: int, count: int, kind: str
) -> None:
    """A launch is as busy an hour earlier and later (or a day), not a week (or three)."""
    calm = [START + d * 4 * DAY for d in range(30)]
    launch = [START + 50 * DAY + HOUR + i * each for i in range(count)]
    facts = bursts.registration_burst_facts(bursting([*calm, *launch]), CHOSEN)
    assert kind in {value.rpartition("+")[2] for value in facts["value"].to_pylist()}


def test_cards_are_held_against_their_own_number_over_three_days() -> None:
    calm = [START + d * DAY // 4 for d in range(200)]
    burst = [START + 20 * DAY + i * 5 * HOUR for i in range(12)]
    facts = bursts.issuing_burst_facts(bursting([*calm, *burst], ["411111"] * 200 + ["523456"] * 12), CHOSEN)
    assert set(facts["account"].to_pylist()) == {f"a{i:04d}" for i in range(200, 212)}
    assert set(facts["value"].to_pylist()) == {"523456 from 2026-01-21 00:00 +3 d"}
    assert set(facts["trait"].to_pylist()) == {"issuing_burst"}
