"""Dates that the names of folders and files tell, and the dates a run is asked for.

Logs are kept by day: `dt=2026-05-04`, `y=2026/m=05/d=04`, `2026/05/04/08`, `20260504`. A file whose names
tell a day far enough from the dates asked for is not opened. The row's own time decides about all others.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from linkage.errors import UsageError

_ONE = re.compile(r"(?<![0-9])(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?![0-9])")
_APART = re.compile(
    r"(?:^|/)(?:y|year|yyyy)?=?(20[0-9]{2})/(?:m|month|mm)?=?([01]?[0-9])(?:/(?:d|day|dd)?=?([0-3]?[0-9]))?(?=/)",
    re.IGNORECASE,
)
SLACK = timedelta(days=1)
"""A folder's day may be a local one, and an export may hold the last rows of the day before."""


class Days(NamedTuple):
    """The first and the last day that a name tells of."""

    first: date
    last: date


def days(name: str) -> Days | None:
    """The days of a file's path, relative to the source; None where its folders tell none.

    Only folders are asked: a date in a file's name is often when it was written.
    """
    folders = name.rpartition("/")[0] + "/"
    if match := _APART.search(folders):
        return _apart(int(match[1]), int(match[2]), int(match[3] or 0))
    matches = _ONE.findall(folders)
    if not matches:
        return None
    try:
        day = date(*map(int, matches[-1]))
    except ValueError:
        return None
    return Days(day, day)


def _apart(year: int, month: int, day: int) -> Days | None:
    try:
        if day:
            return Days(date(year, month, day), date(year, month, day))
        following = date(year + month // 12, month % 12 + 1, 1)
        return Days(date(year, month, 1), following - timedelta(days=1))
    except ValueError:
        return None


@dataclass(frozen=True)
class Dates:
    """The moments asked for, in microseconds since 1970 UTC: from `since` on, before `until`."""

    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, since: str, until: str) -> "Dates":
        """From two texts in ISO 8601; empty is open. Raises UsageError for one that is no date."""
        found = cls(_moment("since", since), _moment("until", until))
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

    def exclude(self, told: Days | None) -> bool:
        """Whether nothing of these days can be among the dates asked for."""
        if told is None:
            return False
        first = _micros(datetime.combine(told.first, datetime.min.time(), UTC) - SLACK)
        last = _micros(datetime.combine(told.last, datetime.min.time(), UTC) + 2 * SLACK)
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
