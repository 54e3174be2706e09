"""Gaps too equal to be people's, at each scale; and timers so common that they mark nobody."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest

from linkage.observations import regularity
from linkage.observations.regularity import IRREGULAR, regularity_facts
from linkage.settings.observations import Regularity
from tests.evidence.made import DAY, HOUR, SECOND, START, names

MINUTE = 60 * SECOND
CHOSEN = Regularity()
LONGEST = CHOSEN.longest_gap_days * DAY


def people(
    rng: np.random.Generator, accounts: int, events: int = 40, middle: int = 20 * MINUTE
) -> list[tuple[int, int]]:
    """Accounts from 0 whose gaps are spread over seconds to days, as people's are."""
    gaps = np.exp(rng.normal(np.log(middle), 2.5, (accounts, events))).astype(np.int64)
    at = START + np.cumsum(gaps, axis=1)
    return [(a, int(t)) for a in range(accounts) for t in at[a]]


def timer(a: int, every: int, rng: np.random.Generator, times: int = 30) -> list[tuple[int, int]]:
    """An account with a timer that is off by up to two per cent, and now and then pauses for a while."""
    gaps = (
        every
        * rng.uniform(0.98, 1.02, times)
        * np.where(rng.random(times) < 0.15, rng.uniform(2, 9, times), 1)
    )
    return [(a, int(t)) for t in START + np.cumsum(gaps).astype(np.int64)]


def facts(events: list[tuple[int, int]], accounts: int) -> dict[str, dict[str, set[str]]]:
    """Values by trait and account."""
    rows = regularity_facts(names(accounts), acts(events), CHOSEN).to_pylist()
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        found[row["trait"]][row["account"]].add(row["value"])
    return found


def acts(events: list[tuple[int, int]]) -> pa.Table:
    ordered = sorted(events)
    a, at = zip(*ordered, strict=True) if ordered else ((), ())
    source = [f"interactions:r{i}" for i in range(len(ordered))]
    columns = {"a": pa.array(a, pa.int32()), "at": pa.array(at, pa.int64())}
    return pa.table(columns | {"source": pa.array(source, pa.string())})


@pytest.mark.parametrize(
    ("every", "value"),
    [
        (7 * SECOND, "seconds: about every 6.73 seconds"),
        (4 * MINUTE, "minutes: about every 4 minutes"),
        (6 * HOUR, "hours: about every 5.66 hours"),
        (3 * DAY, "days: about every 2.83 days"),
    ],
)
def test_a_timer_is_seen_at_its_scale(every: int, value: str) -> None:
    rng = np.random.default_rng(1)
    others = people(rng, 200, middle=every)
    found = facts([*others, *timer(200, every, rng), *timer(201, every, rng)], 202)
    assert found["regularity"] == {name: {value.partition(":")[0], value} for name in names(202)[200:]}
    assert found["rhythm"]["a00200"] == {f"regular at {value.partition(':')[0]}"}


@pytest.mark.parametrize("seed", range(3))
def test_people_keep_no_timers(seed: int) -> None:
    found = facts(people(np.random.default_rng(seed), 400, events=60), 400)
    assert not found["regularity"]
    told = [value for values in found["rhythm"].values() for value in values]
    assert len(told) > 300
    assert all(value.startswith(IRREGULAR) for value in told)
    # A value of one's own can be no mark of a group.
    assert len(set(told)) == len(told)


def test_a_timer_that_half_of_the_population_keeps_marks_nobody() -> None:
    rng = np.random.default_rng(2)
    hourly = [event for a in range(100, 200) for event in timer(a, HOUR + MINUTE, rng, times=12)]
    assert not facts([*people(rng, 100), *hourly], 200)["regularity"]


def test_where_nobody_else_has_gaps_of_a_scale_there_is_nothing_to_compare_with() -> None:
    rng = np.random.default_rng(6)
    assert not facts([*people(rng, 200, middle=5 * SECOND), *timer(200, 3 * DAY, rng)], 201)["regularity"]


def test_few_gaps_are_not_compared() -> None:
    rng = np.random.default_rng(3)
    events = [*people(rng, 200), *[(200, START + i * 4 * MINUTE) for i in range(8)]]
    assert "a00200" not in facts(events, 201)["rhythm"]
    assert facts([*events, (200, START + 8 * 4 * MINUTE)], 201)["rhythm"]["a00200"]


def test_a_habit_among_many_other_gaps_is_not_the_account_s() -> None:
    """Ten gaps of four minutes among a hundred others of minutes may be a program, but not what it is."""
    rng = np.random.default_rng(4)
    other = START + np.cumsum(np.exp(rng.uniform(np.log(MINUTE), np.log(HOUR), 100))).astype(np.int64)
    after = [int(other[-1]) + i * 4 * MINUTE for i in range(1, 11)]
    events = [*people(rng, 200), *[(200, int(t)) for t in [*other, *after]]]
    assert not facts(events, 201)["regularity"]


def test_facts_name_the_row_that_shows_them_and_when_the_account_was_active() -> None:
    rng = np.random.default_rng(5)
    mine = timer(100, 4 * MINUTE, rng)
    table = acts([*people(rng, 100), *mine])
    rows = [r for r in regularity_facts(names(101), table, CHOSEN).to_pylist() if r["account"] == "a00100"]
    assert {(r["first_at"], r["last_at"]) for r in rows} == {(mine[0][1], mine[-1][1])}
    shown = {r["source"]: at for r, at in zip(table.to_pylist(), table["at"].to_pylist(), strict=True)}
    for row in rows:
        before = max(at for _, at in mine if at < shown[row["source"]])
        assert shown[row["source"]] - before == pytest.approx(4 * MINUTE, rel=0.06)
        assert row["count"] > 15


def test_simultaneous_requests_and_long_absences_are_no_gaps() -> None:
    a = np.zeros(5, dtype=np.int64)
    at = np.array([0, 0, 10 * SECOND, 10 * SECOND + 40 * DAY, 10 * SECOND + 40 * DAY + DAY])
    found = regularity.gaps(a, at, LONGEST)
    assert found.gap.tolist() == [10 * SECOND, DAY]
    assert found.scale.tolist() == [0, 3]
    assert found.event.tolist() == [2, 4]


def test_gaps_do_not_run_from_one_account_to_the_next() -> None:
    a, at = np.array([0, 0, 1, 1]), np.array([0, 10 * SECOND, 20 * SECOND, 50 * SECOND])
    assert regularity.gaps(a, at, LONGEST).gap.tolist() == [10 * SECOND, 30 * SECOND]


def test_of_nothing_nothing_is_said() -> None:
    assert regularity_facts(names(3), acts([]), CHOSEN).num_rows == 0
    assert regularity_facts(names(3), acts([(0, START), (1, START)]), CHOSEN).num_rows == 0
