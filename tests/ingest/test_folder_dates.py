"""Dates in the names of folders, and the dates a run is asked for."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import UsageError
from linkage.ingest.folder_dates import Dates, Span, dated, folders, span
from linkage.schema import SOURCES


def of(text: str, end: str) -> Span:
    return Span(*(datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (text, end)))


MAY_4 = of("2026-05-04", "2026-05-05")
EIGHT = of("2026-05-04T08", "2026-05-04T09")
MAY = of("2026-05-01", "2026-06-01")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("dt=2026-05-04/a.csv", MAY_4),
        ("20260504/a.csv", MAY_4),
        ("sessions/20260504/x/a.csv", MAY_4),
        ("eventDay=20260504/a.csv", MAY_4),
        ("2026/05/04/a.csv", MAY_4),
        ("logs/2026/05/04/08/a.csv", EIGHT),
        ("logs/2026/05/04/eu/08/a.csv", MAY_4),
        ("y=2026/m=05/d=04/h=08/m=00/PT1H.json", EIGHT),
        ("year=2026/month=5/day=4/a.csv", MAY_4),
        ("year=2026/month=05/day=04/hour=8/a.csv", EIGHT),
        ("Year=2026/region=eu/month=05/zone=b/day=04/hr=08/a.csv", EIGHT),
        ("dt=2026-05-04/hour=08/a.csv", EIGHT),
        ("dt=2026-05-04/region=eu/hh=8/a.csv", EIGHT),
        ("2026-05-04/08/a.csv", EIGHT),
        ("hour=2026-05-04T08/a.csv", EIGHT),
        ("at_hour=2026-05-04-08/a.csv", EIGHT),
        ("dt=2026050408/a.csv", EIGHT),
        ("ts=2026-05-04%2008%3A00%3A00/a.csv", EIGHT),
        ("ts=2026-05-04T08:00:00.000Z/a.csv", EIGHT),
        ("run-20260504T080000Z/a.csv", MAY_4),
        ("2026/5/a.csv", MAY),
        ("month=2026-05/a.csv", MAY),
        ("2026-05/a.csv", MAY),
        ("y=2026/m=12/a.csv", of("2026-12-01", "2027-01-01")),
        ("year=2026/a.csv", of("2026-01-01", "2027-01-01")),
        ("2026/a.csv", None),
        ("2026/x/05/a.csv", None),
        ("tenant=2026/a.csv", None),
        ("2026-05-04.csv", None),
        ("a.csv", None),
        ("dt=2026-13-40/a.csv", None),
        ("dt=2026-05-04/hour=25/a.csv", None),
        ("2026/02/31/a.csv", None),
        ("2026/13/a.csv", None),
        ("run-120260504/a.csv", None),
        ("run-20260504080000/a.csv", None),
        ("dt=2026-05-01/dt=2026-05-04/a.csv", MAY_4),
        ("2026/05/04/run-20260510/a.csv", MAY_4),
    ],
)
def test_folders_tell_times_and_names_of_files_do_not(name: str, told: Span | None) -> None:
    assert span(name) == told


def span_of(partitions: dict[str, str]) -> Span | None:
    return span(folders(partitions))


def test_partition_columns_tell_times_whatever_they_hold() -> None:
    assert span_of({"day": "2026-05-04", "hour": "8"}) == EIGHT
    assert span_of({"where": "a/2026/05/04/b"}) is None
    assert span_of({}) is None


def test_dates_choose_among_the_tables_whose_rows_have_one() -> None:
    assert not dated("accounts") and not dated("indicators")
    assert dated("sessions") and dated("interactions") and dated(None) and dated("")
    assert {table for table in SOURCES if dated(table)} >= {"payments", "observations"}


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
    row=st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31)),
    since=st.datetimes(datetime(2020, 1, 1), datetime(2029, 12, 31)),
    span_asked=st.timedeltas(timedelta(hours=1), timedelta(days=90)),
    late=st.integers(-1439, 1439),
    pattern=st.sampled_from(
        ["dt=%Y-%m-%d", "%Y/%m/%d/%H", "dt=%Y-%m-%d/hour=%H", "year=%Y/month=%m/day=%d/hour=%H", "%Y%m%d%H",
         "month=%Y-%m", "year=%Y", "day=%d/year=%Y/month=%m", "ts=%Y-%m-%dT%H:00:00Z", "%Y/%m"]
    ),
    slack=st.integers(0, 24),
)  # fmt: skip
def test_no_folder_that_may_hold_a_row_asked_for_is_left_out(
    row: datetime, since: datetime, span_asked: timedelta, late: int, pattern: str, slack: int
) -> None:
    """A row is written under the folder of its hour, day, month or year, or of that of `slack` hours before
    or after it."""
    asked = Dates.of(since.isoformat(), (since + span_asked).isoformat(), slack)
    folder = row + timedelta(minutes=late) * slack / 24
    if asked.exclude(span(f"{folder.strftime(pattern)}/a")):
        at = micros(row.replace(tzinfo=UTC))
        assert not (asked.since <= at < asked.until)


def test_folders_far_from_the_dates_asked_for_are_left_out() -> None:
    asked = Dates.of("2026-05-04", "2026-05-06", 24)
    assert [asked.exclude(span(f"dt=2026-05-0{day}/a")) for day in range(1, 9)] == [
        True, True, False, False, False, False, True, True,
    ]  # fmt: skip
    assert Dates.of("2026-05-04", "", 24).exclude(span("2026/04/a")) is True
    assert not asked.exclude(None)


def test_folders_by_the_hour_are_left_out_by_the_hour() -> None:
    asked = Dates.of("2026-05-04T08:00", "2026-05-04T10:00", 1)
    kept = [hour for hour in range(24) if not asked.exclude(span(f"2026/05/04/{hour:02}/a"))]
    assert kept == [7, 8, 9, 10]
