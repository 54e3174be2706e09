"""Coincidences counted by an engine, as rows of evidence."""

from typing import Any

import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.errors import BudgetError
from linkage.evidence.rows import ROWS
from linkage.evidence.stage_coincidences import Coincidences, row_count
from linkage.settings.evidence import Evidence

SECOND = 1_000_000
NUMBER = {"same object in a window": 3, "hand-over": 4, "same object again and again": 5, "queue draining": 6}


def counting(engine: Engine, **changes: Any) -> Coincidences:
    return Coincidences(engine, Evidence(**changes), NUMBER)


def events(engine: Engine, rows: list[tuple[int, int, int]]) -> Any:
    """Events from (account, object, second)."""
    a, o, at = zip(*rows, strict=True)
    columns = {"a": list(a), "o": list(o), "at": [second * SECOND for second in at]}
    return engine.table(pa.table(columns | {"e": list(range(len(rows)))}))


TOGETHER = [(account, 1, 1_000 * turn + account) for turn in range(6) for account in (0, 1)]


def test_coincidences_are_rows_with_how_often_and_on_what(engine: Engine) -> None:
    found = counting(engine).within_window(events(engine, TOGETHER))
    assert found.schema == ROWS
    (row,) = found.to_pylist()
    assert (row["left"], row["right"], row["signal"], row["value"], row["count"]) == (0, 1, 3, 1, 6)
    assert row["bits"] > 0 and row["gap"] is row["expected"] is row["scale"] is None


def test_only_those_that_say_enough_are_informative(engine: Engine) -> None:
    given = events(engine, TOGETHER)
    bits = counting(engine).within_window(given)["bits"][0].as_py()
    for least, rows in ((bits, 1), (bits + 0.001, 0)):
        some = counting(engine, least_bits=least).informative_within_window(given)
        assert some.num_rows == rows


def test_busy_objects_are_left_out_and_counted(engine: Engine) -> None:
    given = events(engine, [*TOGETHER, (5, 2, 0)])
    few = counting(engine, coincidences={"max_template_coincidences": 5})
    kept, busy = few.without_busy_objects(given)
    assert (row_count(engine, kept), busy) == (1, 1)
    kept, busy = counting(engine).without_busy_objects(given)
    assert (row_count(engine, kept), busy) == (13, 0)


def test_a_trait_that_coincides_too_often_ends_the_run(engine: Engine) -> None:
    given = events(engine, TOGETHER)
    counting(engine, max_pairs=6).check_load(given, "post")
    with pytest.raises(BudgetError, match="trait post") as raised:
        counting(engine, max_pairs=5).check_load(given, "post")
    assert "evidence.window_seconds" in raised.value.hint


def test_work_taken_up_in_turn_is_a_row_of_the_signal_asked_for(engine: Engine) -> None:
    rows = [(account, 1, 5_000 * turn + 60 * account) for turn in range(8) for account in (0, 1)]
    rows += [(account, 1, 5_000 * account + 2_500) for account in range(2, 12)]
    found = counting(engine).in_turn(events(engine, rows), "hand-over")
    assert {(row["left"], row["right"], row["signal"]) for row in found.to_pylist()} == {(0, 1, 4)}
