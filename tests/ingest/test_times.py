"""What a time is: many ways to write one moment, and none that could be read in two ways."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import reasons, times
from linkage.ingest.reasons import Refused
from linkage.ingest.times import EPOCH, EPOCHS, localised, since, since_1970, written

MOMENT = datetime(2026, 5, 4, 8, 7, 6, tzinfo=UTC)
AT = (MOMENT - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-04T08:07:06Z",
        "2026-05-04 08:07:06 UTC",
        "2026-05-04 08:07:06 GMT",
        "2026-05-04 11:07:06 +0300",
        "2026-05-04 11:07:06.000 +0300 UTC",
        "2026-05-04T11:07:06.000000000+03:00",
        "20260504T080706Z",
        "2026-W19-1T08:07:06Z",
        "2026/05/04 08:07:06Z",
        "04/May/2026:08:07:06 +0000",
        "[04/May/2026:11:07:06 +0300]",
        "Mon, 04 May 2026 08:07:06 GMT",
        "4 May 2026 08:07:06 +0000",
        "May 4, 2026 @ 08:07:06.000 UTC",
        "May 4, 2026, 08:07:06Z",
        "2026-05-04 11:07:06.000 Europe/Helsinki",
        "2026-05-04T01:07:06 America/Los_Angeles",
        "Mon May  4 08:07:06 UTC 2026",
        "Mon May 4 11:07:06 +0300 2026",
    ],
)
def test_one_moment_in_many_forms(text: str) -> None:
    assert written(text) == (AT, False)


@pytest.mark.parametrize(
    "text",
    ["2026-05-04T08:07:06", "May 4, 2026 @ 08:07:06", "04/May/2026:08:07:06", "Mon May  4 08:07:06 2026"],
)
def test_a_time_without_a_zone_is_of_the_zone_given(text: str) -> None:
    assert written(text) == (AT, True)
    assert written(text, ZoneInfo("Europe/Helsinki")) == (AT - 3 * 3_600_000_000, True)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("05/04/2026", "mdy", datetime(2026, 5, 4)),
        ("05/04/2026", "dmy", datetime(2026, 4, 5)),
        ("5/4/2026, 8:07:06 AM", "mdy", datetime(2026, 5, 4, 8, 7, 6)),
        ("5/4/2026 12:00 am", "mdy", datetime(2026, 5, 4)),
        ("5/4/2026 12:30 PM", "mdy", datetime(2026, 5, 4, 12, 30)),
        ("31/01/2026 23:59", "dmy", datetime(2026, 1, 31, 23, 59)),
    ],
)
def test_the_order_of_day_and_month_is_declared(text: str, order: str, day: datetime) -> None:
    assert EPOCH + timedelta(microseconds=written(text, order=order).at) == day.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order", "reason"),
    [
        ("05/04/2026", "", reasons.DATE_ORDER),
        ("13/13/2026", "dmy", reasons.UNREADABLE_TIME),
        ("5/4/2026 13:00 PM", "mdy", reasons.UNREADABLE_TIME),
        ("5/4/2026 0:00 AM", "mdy", reasons.UNREADABLE_TIME),
        ("2026-02-30", "", reasons.UNREADABLE_TIME),
        ("2026-05-04T25:00Z", "", reasons.UNREADABLE_TIME),
        ("04/Mai/2026:08:07:06", "", reasons.UNREADABLE_TIME),
        ("soon", "", reasons.UNREADABLE_TIME),
        ("", "", reasons.UNREADABLE_TIME),
        ("2026", "", reasons.UNREADABLE_TIME),
    ],
)
def test_what_is_no_time_has_its_reason(text: str, order: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        written(text, order=order)
    assert refused.value.reason == reason


@given(
    st.text(alphabet="0123456789-/:TZ+., amMayJunUTC[]@W", max_size=30), st.sampled_from(["", "mdy", "dmy"])
)
def test_any_text_is_a_time_or_refused(text: str, order: str) -> None:
    try:
        assert isinstance(written(text, order=order).at, int)
    except Refused as refused:
        assert refused.reason in (reasons.UNREADABLE_TIME, reasons.DATE_ORDER, reasons.TIME_OUT_OF_RANGE)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)), st.sampled_from(["mdy", "dmy"]))
def test_what_is_written_is_read(moment: datetime, order: str) -> None:
    whole = moment.replace(microsecond=0)
    days = "%m/%d/%Y" if order == "mdy" else "%d/%m/%Y"
    expected = (whole.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    for form in (
        f"{days} %H:%M:%S",
        f"{days}, %I:%M:%S %p",
        "%d/%b/%Y:%H:%M:%S +0000",
        "%Y-%m-%d %H:%M:%S UTC",
    ):
        assert written(whole.strftime(form), order=order).at == expected


@pytest.mark.parametrize(
    ("epoch", "value"),
    [
        ("seconds", 1_777_882_026),
        ("milliseconds", 1_777_882_026_000),
        ("microseconds", 1_777_882_026_000_000),
        ("nanoseconds", 1_777_882_026_000_000_000),
        ("dotnet_ticks", 639_134_788_260_000_000),
        ("windows_filetime", 134_223_556_260_000_000),
        ("cocoa", 799_574_826),
    ],
)
def test_each_epoch_counts_to_the_same_moment(epoch: str, value: int) -> None:
    assert since(value, epoch) == AT
    assert set(EPOCHS) >= {epoch}


def test_the_size_of_a_number_is_bounded() -> None:
    assert since_1970(1_777_882_026.5) == AT + 500_000
    with pytest.raises(Refused):
        since_1970(times.LARGEST)


@pytest.mark.parametrize(("month", "hours"), [(1, 2), (7, 3)])
def test_a_wall_clock_follows_its_summer_time(month: int, hours: int) -> None:
    shown = (datetime(2026, month, 4, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    assert shown - localised(shown, ZoneInfo("Europe/Helsinki")) == hours * 3_600_000_000


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-04 08:07:06 Europe/Nowhere",
        "2026-05-04 08:07:06 Europe/../Helsinki",
        "2026-05-04 08:07:06 Europe/",
        "2026-05-04T08:07:06Z Europe/Helsinki",
        "2026-05-04 08:07:06 Europe/Helsinki Europe/Helsinki",
        "Mon May  4 08:07:06 PDT 2026",
        "Mon May 40 08:07:06 UTC 2026",
    ],
)
def test_a_zone_that_is_none_or_several_is_not_guessed(text: str) -> None:
    with pytest.raises(Refused, match=reasons.UNREADABLE_TIME):
        written(text)
