"""What a time is in a log: ISO 8601 and its relatives, the forms of web servers and mail, and numbers.

No library of dates is asked here, for one that guesses reads `05/04/2026` in two ways in one column. Which
of day and month comes first is declared (`ingest.date_order`), and so is an epoch other than 1970.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from linkage.ingest import reasons
from linkage.ingest.reasons import Refused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNITS = ((10**11, 1_000_000, 1), (10**14, 1_000, 1), (10**17, 1, 1), (10**19, 1, 1_000))
"""A number below the first figure is multiplied by the second and divided by the third to make microseconds.

The size alone decides, for each value by itself: 10^11 seconds is the year 5138, 10^11 milliseconds 1973.
"""

LARGEST = UNITS[-1][0]
"""No number of any unit is so large."""


class Epoch(NamedTuple):
    """A number of it times `times`, divided by `over`, is microseconds since `start` (in those of 1970)."""

    times: int
    over: int
    start: int


_YEAR_1, _YEAR_1601, _YEAR_2001 = -62_135_596_800_000_000, -11_644_473_600_000_000, 978_307_200_000_000

EPOCHS = {
    "seconds": Epoch(1_000_000, 1, 0),
    "milliseconds": Epoch(1_000, 1, 0),
    "microseconds": Epoch(1, 1, 0),
    "nanoseconds": Epoch(1, 1_000, 0),
    "dotnet_ticks": Epoch(1, 10, _YEAR_1),
    "windows_filetime": Epoch(1, 10, _YEAR_1601),
    "cocoa": Epoch(1_000_000, 1, _YEAR_2001),
}
"""Epochs that a mapping can declare for a column of numbers."""

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
"""Months by the names that logs have for them, in lower case."""

_OFFSET = r"[+-][0-9]{2}:?[0-9]{2}"
_CLOCK = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
)
_ZONE = rf"(?:\s?(?P<zone>Z|UTC|UT|GMT|{_OFFSET}(?: UTC)?))?"

ISO = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}|[0-9]{4}-?W[0-9]{2}(?:-?[0-9])?)(?:[Tt ].*)?")
_NAMED_ZONE = re.compile(r"(?P<rest>.*?[0-9]) (?P<name>[A-Z][A-Za-z]+/[A-Za-z0-9_+/-]+)")
"""The form of Athena, Trino and Presto."""
_SPACED_ZONE = re.compile(rf"(?P<rest>.*?[0-9])(?: (?:UTC|GMT|Z)| (?P<offset>{_OFFSET})(?: UTC)?)")
_YEAR_SLASHES = re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})(?=$|[T ])")

_WRITTEN = (
    # Web servers (common log format), mail and HTTP (RFC 2822, RFC 9110), Kibana.
    re.compile(rf"\[?(?P<day>[0-9]{{2}})/(?P<month>[A-Z][a-z]{{2}})/(?P<year>[0-9]{{4}}):{_CLOCK}{_ZONE}\]?"),
    re.compile(
        rf"(?:[A-Z][a-z]{{2}}, )?(?P<day>[0-9]{{1,2}}) (?P<month>[A-Z][a-z]{{2}}) (?P<year>[0-9]{{4}}) "
        rf"{_CLOCK}{_ZONE}"
    ),
    re.compile(
        rf"(?P<month>[A-Z][a-z]{{2}}) (?P<day>[0-9]{{1,2}}), (?P<year>[0-9]{{4}})(?: @|,)? {_CLOCK}{_ZONE}"
    ),
    # What `date` and C's ctime print.
    re.compile(
        rf"[A-Z][a-z]{{2}} (?P<month>[A-Z][a-z]{{2}}) {{1,2}}(?P<day>[0-9]{{1,2}}) {_CLOCK}{_ZONE}"
        r" (?P<year>[0-9]{4})"
    ),
)
_SLASHED = re.compile(
    rf"(?P<first>[0-9]{{1,2}})/(?P<other>[0-9]{{1,2}})/(?P<year>[0-9]{{4}})"
    rf"(?:,? {_CLOCK}(?:\s?(?P<half>[AaPp][Mm]))?{_ZONE})?"
)
_NOON = 12


class Moment(NamedTuple):
    """Microseconds since 1970 UTC, and whether the text named no zone."""

    at: int
    naive: bool


def written(given: str, zone: tzinfo = UTC, order: str = "") -> Moment:
    """The moment that a text names; raises Refused.

    `zone` is where times without a zone were written; `order` is `mdy` or `dmy` where dates such as
    `05/04/2026` may occur.
    """
    iso = _YEAR_SLASHES.sub(r"\1-\2-\3", given, count=1) if given[4:5] == "/" else given
    if ISO.fullmatch(iso):
        return _moment(_iso(iso), zone)
    if slashed := _SLASHED.fullmatch(given):
        if not order:
            raise Refused(reasons.DATE_ORDER)
        day, month = ("other", "first") if order == "mdy" else ("first", "other")
        return _moment(_made(slashed, int(slashed[day]), int(slashed[month])), zone)
    for form in _WRITTEN:
        found = form.fullmatch(given)
        if found and found["month"].lower() in MONTHS:
            return _moment(_made(found, int(found["day"]), MONTHS[found["month"].lower()]), zone)
    raise Refused(reasons.UNREADABLE_TIME)


def _moment(stated: datetime, zone: tzinfo) -> Moment:
    naive = stated.tzinfo is None
    aware = stated.replace(tzinfo=zone) if naive else stated
    try:
        return Moment((aware - EPOCH) // timedelta(microseconds=1), naive)
    except OverflowError:
        raise Refused(reasons.TIME_OUT_OF_RANGE) from None


def _iso(given: str) -> datetime:
    if named := _NAMED_ZONE.fullmatch(given):
        place = _place(named["name"])
        stated = None if place is None else _iso(named["rest"])
        if stated is None or stated.tzinfo is not None:
            raise Refused(reasons.UNREADABLE_TIME)
        return stated.replace(tzinfo=place)
    spaced = _SPACED_ZONE.fullmatch(given)
    text = given if spaced is None else spaced["rest"] + (spaced["offset"] or "Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refused(reasons.UNREADABLE_TIME) from None


@lru_cache(maxsize=1024)
def _place(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def _made(found: re.Match[str], day: int, month: int) -> datetime:
    parts = found.groupdict()
    hour, half = int(parts["hour"] or 0), (parts.get("half") or "").lower()
    if half and not 1 <= hour <= _NOON:
        raise Refused(reasons.UNREADABLE_TIME)
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    fraction = int((parts["fraction"] or "")[:6].ljust(6, "0"))
    try:
        stated = datetime(
            int(parts["year"]),
            month,
            day,
            hour,
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            fraction,
        )
        zone = parts["zone"]
        if not zone:
            return stated
        offset = zone.removesuffix(" UTC") if zone[0] in "+-" else "Z"
        return datetime.fromisoformat(stated.isoformat() + offset)
    except ValueError:
        raise Refused(reasons.UNREADABLE_TIME) from None


def localised(at: int, zone: tzinfo) -> int:
    """The microseconds of a wall clock in `zone` that shows what `at` shows in UTC; the earlier of two."""
    shown = (EPOCH + timedelta(microseconds=at)).replace(tzinfo=zone)
    return (shown - EPOCH) // timedelta(microseconds=1)


def since_1970(value: int | float) -> int:
    """Microseconds of a number whose size tells its unit; raises Refused."""
    size = abs(value)
    for below, times, over in UNITS:
        if size < below:
            return _scaled(value, times, over)
    raise Refused(reasons.TIME_OUT_OF_RANGE)


def since(value: int | float, epoch: str) -> int:
    """Microseconds since 1970 of a number of the declared epoch (a name of EPOCHS)."""
    chosen = EPOCHS[epoch]
    return _scaled(value, chosen.times, chosen.over) + chosen.start


def _scaled(value: int | float, times: int, over: int) -> int:
    return value * times // over if isinstance(value, int) else round(value * times / over)
