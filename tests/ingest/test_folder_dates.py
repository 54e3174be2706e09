"""Dates in the names of folders, and the dates a run is asked for."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import UsageError
from linkage.ingest.folder_dates import Dates, Days, days

MAY_4 = Days(date(2026, 5, 4), date(2026, 5, 4))
MAY = Days(date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("dt=2026-05-04/a.csv", MAY_4),
        ("20260504/a.csv", MAY_4),
        ("sessions/20260504/x/a.csv", MAY_4),
        ("2026/05/04/a.csv", MAY_4),
        ("logs/2026/05/04/08/a.csv", MAY_4),
        ("y=2026/m=05/d=04/h=08/m=00/PT1H.json", MAY_4),
        ("year=2026/month=5/day=4/a.csv", MAY_4),
        ("2026/5/a.csv", MAY),
        ("y=2026/m=12/a.csv", Days(date(2026, 12, 1), date(2026, 12, 31))),
        ("2026-05-04.csv", None),
        ("a.csv", None),
        ("dt=2026-13-40/a.csv", None),
        ("2026/02/31/a.csv", None),
        ("2026/13/a.csv", None),
        ("run-120260504/a.csv", None),
        ("dt=2026-05-01/dt=2026-05-04/a.csv", MAY_4),
    ],
)
def test_folders_tell_days_and_names_of_files_do_not(name: str, told: Days | None) -> None:
    assert days(name) == told


@given(st.text(max_size=30))
def test_any_name_tells_days_or_none(name: str) -> None:
    told = days(name + "/file")
    assert told is None or told.first <= told.last


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_dates_are_moments_of_utc_unless_they_say_otherwise() -> None:
    asked = Dates.of("2026-05-04", "2026-05-05T02:00+02:00")
    assert asked == Dates(micros(datetime(2026, 5, 4, tzinfo=UTC)), micros(datetime(2026, 5, 5, tzinfo=UTC)))
    assert asked.bounded and not Dates.of("", "").bounded


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        ("yesterday", "", "--since yesterday: not a date"),
        ("", "04/05/2026", "--until 04/05/2026: not a date"),
        ("2026-05-04", "2026-05-04", "--since 2026-05-04 is not before --until 2026-05-04"),
    ],
)
def test_what_is_no_span_of_time_is_refused(since: str, until: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Dates.of(since, until)


def test_rows_without_a_time_stay() -> None:
    asked = Dates(10, 20)
    rows = pa.table({"at": pa.array([9, 10, None, 19, 20], pa.int64())})
    inside, outside = asked.within(rows)
    assert (inside["at"].to_pylist(), outside) == ([10, None, 19], 2)
    assert Dates().within(rows) == (rows, 0)
    accounts = pa.table({"account": ["a"]})
    assert asked.within(accounts) == (accounts, 0)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31)),
    st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31)),
    st.timedeltas(timedelta(hours=1), timedelta(days=90)),
    st.integers(-23, 47),
)
def test_no_folder_that_may_hold_a_row_asked_for_is_left_out(
    row: datetime, since: datetime, span: timedelta, late: int
) -> None:
    """A row is written under the folder of its day, up to a day before or after it."""
    asked = Dates.of(since.isoformat(), (since + span).isoformat())
    folder = (row + timedelta(hours=late) - timedelta(hours=12)).date()
    told = days(f"dt={folder.isoformat()}/a")
    if asked.exclude(told) and abs(folder - row.date()) <= timedelta(days=1):
        at = micros(row.replace(tzinfo=UTC))
        assert not (asked.since <= at < asked.until)


def test_folders_far_from_the_dates_asked_for_are_left_out() -> None:
    asked = Dates.of("2026-05-04", "2026-05-06")
    assert [asked.exclude(days(f"dt=2026-05-0{day}/a")) for day in range(1, 9)] == [
        True, True, False, False, False, False, True, True,
    ]  # fmt: skip
    assert Dates.of("2026-05-04", "").exclude(days("2026/04/a")) is True
    assert not asked.exclude(None)
