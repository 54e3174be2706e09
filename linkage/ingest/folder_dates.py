"""Times that the names of folders tell, and the dates a run is asked for.

Logs are kept by month, day or hour: `dt=2026-05-04`, `year=2026/month=05/day=04/hour=08`, `2026/05/04/08`,
`20260504`, `hour=2026-05-04T08`, `month=2026-05`. A file whose folders tell a time far enough from the dates
asked for is not opened. The row's own time decides about all others.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.compute as pc

from linkage.errors import UsageError
from linkage.schema import SOURCES

_WHOLE = re.compile(
    r"(?<![0-9])(?P<year>20[0-9]{2})-?(?P<month>[01][0-9])-?(?P<day>[0-3][0-9])"
    r"(?:[-T_ ]?(?P<hour>[0-2][0-9])(?::[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?Z?)?)?(?![0-9])"
)
_MONTH = re.compile(r"(?P<year>20[0-9]{2})-(?P<month>[01][0-9])")
_UNITS = ("year", "month", "day", "hour")
_KEYS = {
    "y": "year", "yyyy": "year", "m": "month", "mm": "month", "d": "day", "dd": "day", "h": "hour",
    "hh": "hour", "hr": "hour", **{unit: unit for unit in _UNITS},
}  # fmt: skip
_YEAR, _PART = re.compile("20[0-9]{2}"), re.compile("[0-9]{1,2}")


class Span(NamedTuple):
    """The moments of UTC that a name tells of: from `begin` on, before `end`."""

    begin: datetime
    end: datetime


def span(name: str) -> Span | None:
    """The moments of a file's path, relative to the source; None where its folders tell none.

    Only folders are asked: a date in a file's name is often when it was written.
    """
    inside = [unquote(each) for each in name.split("/")[:-1]]
    told = _by_units(inside)
    if "year" not in told:
        whole = [match.groupdict() for each in inside for match in _WHOLE.finditer(each)]
        whole = whole or [found.groupdict() for each in inside if (found := _month(each))]
        told |= {unit: int(value) for unit, value in (whole[-1] if whole else {}).items() if value}
    try:
        return _span(told)
    except ValueError:
        return None


def folders(partitions: Mapping[str, object]) -> str:
    """The folders that a file of such partition columns would lie in, for `span`."""
    return "".join(f"{name}={quote(str(value), safe='')}/" for name, value in partitions.items())


def dated(table: str | None) -> bool:
    """Whether dates asked for choose among a table's rows: those of `accounts` have none to be chosen by.

    A table that is not known yet counts as dated.
    """
    return not table or "at" in SOURCES[table].columns


def _by_units(names: Sequence[str]) -> dict[str, int]:
    """Year, month, day and hour with a folder each; without a name they follow a year or a whole date."""
    told: dict[str, int] = {}
    bare = expected = ""
    for folder in names:
        key, mark, value = folder.rpartition("=")
        unit = _KEYS.get(key.lower(), "") if mark else expected or _UNITS[0]
        if unit == "month" and "hour" in told:  # `m` after `h` are minutes
            continue
        if unit and (_YEAR if unit == _UNITS[0] else _PART).fullmatch(value):
            told[unit] = int(value)
            bare = "" if mark or unit != _UNITS[0] else value
            expected = "".join(_UNITS[_UNITS.index(unit) + 1 :][:1])
        elif _WHOLE.search(folder):
            expected = _UNITS[-1]
        elif not mark:
            expected = ""
    if bare:  # a number alone, after which no month came, may be anything
        del told["year"]
    return told


def _month(folder: str) -> re.Match[str] | None:
    return _MONTH.fullmatch(folder.rpartition("=")[2])


def _span(told: Mapping[str, int]) -> Span | None:
    """Raises ValueError where there is no such time."""
    year, month, day, hour = (told.get(unit) for unit in _UNITS)
    if year is None:
        return None
    begin = datetime(year, month or 1, (day if month else 0) or 1, tzinfo=UTC)
    if not month:
        return Span(begin, begin.replace(year=year + 1))
    if not day:
        following = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
        return Span(begin, datetime.combine(following, datetime.min.time(), UTC))
    if hour is None:
        return Span(begin, begin + timedelta(days=1))
    begin = begin.replace(hour=hour)
    return Span(begin, begin + timedelta(hours=1))


_MONTHS = 12


@dataclass(frozen=True)
class Dates:
    """The moments asked for, in microseconds since 1970 UTC: from `since` on, before `until`.

    `slack` hours before and after a folder's time its rows may be.
    """

    since: int | None = None
    until: int | None = None
    slack: int = 0

    @classmethod
    def of(cls, since: str, until: str, slack: int = 0) -> "Dates":
        """From two texts in ISO 8601; empty is open. Raises UsageError for one that is no date."""
        found = cls(_moment("since", since), _moment("until", until), slack)
        if found.since is not None and found.until is not None and found.since >= found.until:
            raise UsageError(f"--since {since} is not before --until {until}")
        return found

    @property
    def bounded(self) -> bool:
        """Whether anything is asked for at all."""
        return self.since is not None or self.until is not None

    def within(self, rows: pa.Table) -> tuple[pa.Table, int]:
        """The rows whose `at` is among the dates asked for, or that have none; and how many are not."""
        if not self.bounded or "at" not in rows.column_names:
            return rows, 0
        at, kept = rows.column("at"), pa.scalar(True)
        if self.since is not None:
            kept = pc.and_(kept, pc.greater_equal(at, self.since))
        if self.until is not None:
            kept = pc.and_(kept, pc.less(at, self.until))
        inside = rows.filter(pc.fill_null(kept, True))
        return inside, rows.num_rows - inside.num_rows

    def exclude(self, told: Span | None) -> bool:
        """Whether no row of a folder of this time can be among the dates asked for."""
        if told is None:
            return False
        slack = timedelta(hours=self.slack)
        first, last = _micros(told.begin - slack), _micros(told.end + slack)
        return (self.until is not None and first >= self.until) or (
            self.since is not None and last <= self.since
        )


def _moment(name: str, text: str) -> int | None:
    if not text:
        return None
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--{name} {text}: not a date", hint="such as 2026-05-04 or 2026-05-04T08:00Z"
        ) from None
    return _micros(stated if stated.tzinfo else stated.replace(tzinfo=UTC))


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
