"""Columns of times at once: which forms are taken, and what is passed on."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import hypothesis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from linkage.ingest import reasons, times
from linkage.ingest.bulk_times import time_column
from linkage.ingest.cells import limits
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest

LIMITS = limits(Ingest())
HELSINKI = limits(Ingest(timezone="Europe/Helsinki"))
AT = 1_777_882_026_000_000  # 2026-05-04 08:07:06 UTC
MOMENT = datetime(2026, 5, 4, 8, 7, 6)

TAKEN: list[tuple[pa.Array, int, bool]] = [
    (pa.array(["2026-05-04T08:07:06Z"]), AT, False),
    (pa.array(["2026-05-04 11:07:06.000+03:00"]), AT, False),
    (pa.array([" 2026-05-04T08:07:06 "]), AT, True),
    (pa.array(["2026-05-04 08:07:06 UTC"]), AT, False),
    (pa.array(["2026-05-04T08:07:06.000000999Z"]), AT, False),
    (pa.array(["04/May/2026:08:07:06 +0000"]), AT, False),
    (pa.array(["04/May/2026:13:37:06 +0530"]), AT, False),
    (pa.array(["2026-05-04"]), 1_777_852_800_000_000, True),
    (pa.array(["1777882026"]), AT, False),
    (pa.array(["1777882026.0"]), AT, False),
    (pa.array([1_777_882_026]), AT, False),
    (pa.array([1_777_882_026_000]), AT, False),
    (pa.array([1_777_882_026_000_000_999]), AT, False),
    (pa.array([1_777_882_026.0]), AT, False),
    (pa.array([date(2026, 5, 4)]), 1_777_852_800_000_000, True),
    *((pa.array([MOMENT], pa.timestamp(unit)), AT, True) for unit in ("s", "ms", "us", "ns")),
    *((pa.array([MOMENT], pa.timestamp(unit, "UTC")), AT, False) for unit in ("s", "ms", "us", "ns")),
]
PASSED_ON = [
    pa.array(["2026-05-04T08:07:06Z", "2026-05-04"]),
    pa.array(["2026-02-30"]),
    pa.array(["30/Feb/2026:08:07:06 +0000"]),
    pa.array(["04/Mai/2026:08:07:06 +0000"]),
    pa.array(["04/may/2026:08:07:06 +0000"]),
    pa.array(["05/04/2026"]),
    pa.array(["soon"]),
    pa.array(["2026-05-04T08:07:06Z\0"]),
    pa.array([True]),
    pa.array([Decimal("1777882026.5")]),
    pa.array([["2026-05-04"]]),
]


@pytest.mark.parametrize(("column", "at", "naive"), TAKEN)
def test_a_column_of_one_form_is_taken_whole(column: pa.Array, at: int, naive: bool) -> None:
    column = pa.concat_arrays([column, pa.nulls(1, column.type)])
    found = time_column(column, "at", LIMITS, "")
    assert found is not None
    assert (found.values.to_pylist(), found.faults) == ([at, None], {})
    assert (found.naive is not None and found.naive.tolist() == [True, False]) is naive


@pytest.mark.parametrize("given", PASSED_ON)
def test_a_column_that_is_not_of_one_form_is_passed_on(given: pa.Array) -> None:
    assert time_column(given, "at", LIMITS, "") is None


def test_numbers_of_a_declared_epoch_are_passed_on_and_written_times_are_not() -> None:
    assert time_column(pa.array([1_777_882_026]), "at", LIMITS, "cocoa") is None
    assert time_column(pa.array(["1777882026"]), "at", LIMITS, "cocoa") is None
    assert time_column(pa.array(["2026-05-04T08:07:06Z"]), "at", LIMITS, "cocoa") is not None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (5, reasons.TIME_OUT_OF_RANGE),
        (-5, reasons.TIME_OUT_OF_RANGE),
        (2**63 - 1, reasons.TIME_OUT_OF_RANGE),
        (-(2**63), reasons.TIME_OUT_OF_RANGE),
        (639_134_784_000_000_000, reasons.SEVERAL_EPOCHS),
    ],
)
def test_numbers_that_are_no_times_are_refused_and_their_neighbours_kept(value: int, reason: str) -> None:
    found = time_column(pa.array([value, 1_777_882_026]), "at", LIMITS, "")
    assert found is not None
    assert (found.values.to_pylist(), found.faults) == ([None, AT], {0: reason})


@pytest.mark.parametrize("year", [1, 1900, 2200, 9999])
def test_stamps_far_away_are_refused_and_do_not_overflow(year: int) -> None:
    for unit in ("s", "ms", "us"):
        given = pa.array([datetime(year, 1, 1), MOMENT], pa.timestamp(unit))
        found = time_column(given, "at", LIMITS, "")
        assert found is not None
        assert (found.values.to_pylist(), found.faults) == ([None, AT], {0: reasons.TIME_OUT_OF_RANGE})


def test_a_wall_clock_is_of_the_zone_of_the_settings() -> None:
    for given in (pa.array([MOMENT]), pa.array(["2026-05-04T08:07:06"])):
        found = time_column(given, "at", HELSINKI, "")
        assert found is not None and found.values.to_pylist() == [AT - 3 * 3_600_000_000]
    aware = time_column(pa.array([MOMENT.replace(tzinfo=UTC)]), "at", HELSINKI, "")
    assert aware is not None and aware.values.to_pylist() == [AT]


def test_words_that_mean_nothing_are_empty() -> None:
    found: Any = time_column(pa.array(["-", "2026-05-04T08:07:06Z"]), "at", LIMITS, "")
    assert (found.values.to_pylist(), found.faults) == ([None, AT], {})
    assert np.array_equal(found.blank, [True, False])


@hypothesis.given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_a_time_of_the_common_log_format_is_what_it_is_by_itself(moment: datetime, zone: timezone) -> None:
    text = moment.replace(tzinfo=zone).strftime("%d/%b/%Y:%H:%M:%S %z")
    found = time_column(pa.array([text]), "at", LIMITS, "")

    assert found is not None
    try:
        expected = times.written(text).at
    except Refused:
        expected = None
    assert found.faults or found.values.to_pylist() == [expected]
