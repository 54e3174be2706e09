"""One cell at a time: what a value means, or the reason why it means nothing."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage import schema
from linkage.errors import UsageError
from linkage.ingest import cells, reasons
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest

LIMITS = cells.limits(Ingest())
SECONDS = st.integers(LIMITS.numbers_from // 10**6 + 1, LIMITS.latest // 10**6 - 1)


@given(SECONDS, st.sampled_from([(1, 10**6), (10**3, 10**3), (10**6, 1)]))
def test_the_size_of_a_number_says_its_unit(second: int, unit: tuple[int, int]) -> None:
    times, microseconds = unit
    for value in (second * times, str(second * times), f" {second * times} "):
        found = cells.moment(value, LIMITS)
        assert found == cells.Moment(second * times * microseconds, False)


@given(st.integers(LIMITS.numbers_from * 1000, LIMITS.latest * 1000))
def test_nanoseconds_lose_what_microseconds_cannot_hold(value: int) -> None:
    assert cells.moment(value, LIMITS) == cells.Moment(value // 1000, False)


@given(st.datetimes(datetime(1991, 1, 1), datetime(2099, 1, 1)))
def test_a_time_in_words_is_that_of_python(at: datetime) -> None:
    since = (at.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert cells.moment(at.isoformat(), LIMITS) == cells.Moment(since, True)
    assert cells.moment(at.isoformat() + "Z", LIMITS) == cells.Moment(since, False)


@given(st.integers(0, 2**63 - 1), st.sampled_from(["", "+", "00"]), st.sampled_from(["", ".", ".00"]))
def test_a_count_in_words_is_the_number(value: int, before: str, after: str) -> None:
    assert cells.count(f"{before}{value}{after}", LIMITS) == cells.count(value, LIMITS) == value


@given(st.floats())
def test_a_number_is_finite_or_refused(value: float) -> None:
    if math.isfinite(value):
        assert cells.number(value, LIMITS) == cells.number(repr(value), LIMITS) == value
    else:
        for given_value in (value, str(value)):
            with pytest.raises(Refused) as refused:
                cells.number(given_value, LIMITS)
            assert refused.value.reason == reasons.NOT_FINITE


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (schema.TEXT, 1.5, reasons.WRONG_TYPE),
        (schema.TEXT, "a\0b", reasons.NUL),
        (schema.TEXT, b"\xff", reasons.NOT_UTF8),
        (schema.TEXT, "x" * (8 * 2**20 + 1), reasons.VALUE_TOO_LONG),
        (schema.TIME, "soon", reasons.UNREADABLE_TIME),
        (schema.TIME, "1970-01-01", reasons.TIME_OUT_OF_RANGE),
        (schema.TIME, 0, reasons.TIME_OUT_OF_RANGE),
        (schema.COUNT, 12.5, reasons.NOT_WHOLE),
        (schema.COUNT, -1, reasons.NEGATIVE),
        (schema.COUNT, 2**63, reasons.OUT_OF_RANGE),
        (schema.NUMBER, "1e999", reasons.OUT_OF_RANGE),
        (schema.NUMBER, True, reasons.WRONG_TYPE),
        (schema.HASHES, ["a", None], reasons.WRONG_TYPE),
        (schema.VECTOR, [1e39], reasons.OUT_OF_RANGE),
        (schema.VECTOR, [float("nan")], reasons.NOT_FINITE),
    ],
)
def test_what_means_nothing_has_its_reason(kind: str, value: Any, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        cells.READ[kind](value, LIMITS)
    assert refused.value.reason == reason


@pytest.mark.parametrize("text", ["a;b", " a ; b ", "a b", "a\tb;", '["a", "b"]'])
def test_hashes_in_one_text(text: str) -> None:
    assert cells.hashes(text, LIMITS) == cells.hashes(["a", "b"], LIMITS) == ["a", "b"]


@pytest.mark.parametrize("kind", list(schema.ARROW))
def test_an_empty_cell_is_none(kind: str) -> None:
    assert cells.READ[kind](" \u2003 ", LIMITS) is None


def test_limits_that_are_no_times() -> None:
    with pytest.raises(UsageError, match=r"ingest\.earliest = 'once': unreadable time"):
        cells.limits(Ingest(earliest="once"))
