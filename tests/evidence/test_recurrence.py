"""The same occasions, again and again, at several scales."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.evidence import recurrence
from linkage.evidence.stage_coincidences import recurrences
from linkage.settings.evidence import Evidence, Recurrence
from tests.evidence.made import DAY, HOUR, SECOND, START

Event = tuple[int, int, int]
"""Account, object, moment."""

MINUTE = 60 * SECOND

RULES = Recurrence()


def found(
    engine: Engine, events: list[Event], rules: Recurrence = RULES
) -> tuple[dict[tuple[int, int], dict[str, float]], int]:
    a, o, at = list(zip(*events, strict=True)) if events else [()] * 3
    columns = {"a": pa.array(a, pa.int64()), "o": pa.array(o, pa.int64()), "at": pa.array(at, pa.int64())}
    table, busy = recurrences(engine, engine.table(pa.table(columns)), Evidence(recurrence=rules))
    keys = table.select(["left", "right", "o"]).to_pylist()
    assert len({tuple(key.values()) for key in keys}) == len(keys)
    return {(row["left"], row["right"]): row for row in table.to_pylist()}, busy


def users(rng: np.random.Generator, accounts: int = 30, events: int = 12) -> list[Event]:
    """Accounts from 0 that use object 1 in office hours of a hundred days, each for itself."""
    return [
        (a, 1, START + int(rng.integers(100)) * DAY + int(rng.integers(8 * HOUR, 18 * HOUR)))
        for a in range(accounts)
        for _ in range(events)
    ]


@pytest.mark.parametrize(("pause", "scale"), [(4 * MINUTE, 0), (50 * MINUTE, 1), (7 * HOUR, 2)])
def test_two_that_come_back_together_after_any_pause_are_seen(engine: Engine, pause: int, scale: int) -> None:
    rng = np.random.default_rng(1)
    start = [
        START + int(d) * DAY + 8 * HOUR + int(rng.integers(6)) * MINUTE for d in rng.permutation(100)[:10]
    ]
    pair = [(a, 1, at + n * pause) for at in start for n, a in enumerate((100, 101))]
    rows, _ = found(engine, [*users(rng), *pair])
    seen = rows[100, 101]
    assert seen["bits"] > 3
    assert (seen["k"], seen["scale"]) == (10, scale)
    assert [pair for pair, row in rows.items() if row["bits"] > 3] == [(100, 101)]


def test_a_hundred_requests_of_one_evening_are_one_occasion(engine: Engine) -> None:
    rng = np.random.default_rng(2)
    evening = [(a, 1, START + 20 * HOUR + i * MINUTE) for a in (100, 101) for i in range(40)]
    rows, _ = found(engine, [*users(rng), *evening])
    day = [row for pair, row in rows.items() if pair == (100, 101) and row["scale"] == 2]
    assert not day
    assert rows.get((100, 101), {"k": 0})["k"] <= 5


def test_what_all_users_of_an_object_do_is_no_sign_of_two(engine: Engine) -> None:
    """A class that meets each Monday shares every occasion, all of it."""
    rng = np.random.default_rng(3)
    course = [
        (a, 1, START + week * 7 * DAY + 10 * HOUR + int(rng.integers(HOUR)))
        for a in range(25)
        for week in range(12)
    ]
    rows, _ = found(engine, course)
    assert len(rows) == 300
    bits = np.array([row["bits"] for row in rows.values()])
    assert (bits == 0).mean() > 0.95 and bits.max() < 2


def test_two_alone_on_an_object_are_held_against_independent_moments(engine: Engine) -> None:
    days = [START + d * DAY + 9 * HOUR for d in (0, 9, 23, 41, 60)]
    together = [(a, 1, at + a * MINUTE) for at in days for a in (0, 1)]
    apart = [(a, 2, at + a * 3 * DAY) for at in days for a in (2, 3)]
    rows, _ = found(engine, [*together, *apart])
    assert rows[0, 1]["bits"] > 2
    assert (2, 3) not in rows


def test_strangers_with_the_same_working_hours_hardly_ever_look_alike(engine: Engine) -> None:
    rows, _ = found(engine, users(np.random.default_rng(4), accounts=120, events=20))
    bits = np.array([row["bits"] for row in rows.values()])
    pairs = 120 * 119 / 2
    assert (bits > 1).sum() / pairs < 0.02
    assert (bits > 3).sum() / pairs < 0.003


def test_an_object_that_is_a_meeting_place_for_all_is_left_out_and_counted(engine: Engine) -> None:
    rows = [(a, 1, START + i * DAY) for a in range(20) for i in range(3)]
    assert found(engine, rows, Recurrence(max_meetings=1_199)) == ({}, 3)
    assert found(engine, rows, Recurrence(max_meetings=1_200))[1] == 0


def test_events_on_nothing_known_are_left_out(engine: Engine) -> None:
    columns = {"a": [0, 1], "o": pa.array([None, None], pa.int64()), "at": [START, START]}
    assert recurrences(engine, engine.table(pa.table(columns)), Evidence())[0].num_rows == 0


def test_the_order_of_events_changes_nothing(engine: Engine) -> None:
    rng = np.random.default_rng(5)
    rows = users(rng, accounts=40)
    assert found(engine, rows) == found(engine, [rows[i] for i in rng.permutation(len(rows))])


# --- what a count says ---------------------------------------------------------------------------


def test_more_occasions_say_more_and_expected_ones_nothing() -> None:
    k = np.arange(2.0, 12.0)
    bits = recurrence.weigh(k, np.full(10, 0.2), np.full(10, 0.3), RULES)
    assert (np.diff(bits) >= 0).all() and bits[0] < bits[-1] == RULES.max_bits
    assert (recurrence.weigh(k, k + 1, np.full(10, 0.3), RULES) == 0).all()


@pytest.mark.parametrize("spread", [0.1, 1.0])
def test_accidents_earn_no_bits_on_average_even_where_the_best_scale_is_told(spread: float) -> None:
    rng = np.random.default_rng(6)
    for expected in (0.05, 0.5, 5.0):
        means = rng.gamma(1 / spread, spread * expected, (len(RULES.widths), 40_000))
        k = rng.poisson(means).astype(float)
        bits = recurrence.weigh(k.ravel(), np.full(k.size, expected), np.full(k.size, spread), RULES)
        best = bits.reshape(k.shape).max(axis=0)
        assert np.where(best > 0, 2.0**best, 0).mean() < 1.1
