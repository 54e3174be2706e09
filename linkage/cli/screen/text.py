"""Numbers, times, bars and sparklines as text."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from linkage.wording import many as many

BLOCKS = "▁▂▃▄▅▆▇█"
UNKNOWN = "not computed"
"""Shown for a value that no stage has filled; never a made-up number."""
UNDEFINED = "undefined"
"""Shown for a measure that has no value here, such as the precision of nothing."""


def number(value: float | None) -> str:
    """A count with thousands marked, a fraction with two digits."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def share(value: float | None) -> str:
    """A share as per cent."""
    if value is None:
        return UNKNOWN
    return f"{value:.0%}" if value == 0 or value >= 0.095 else f"{value:.1%}" if value >= 0.001 else "<0.1%"


def bits(value: float | None) -> str:
    """Signed bits with one digit."""
    return UNKNOWN if value is None else f"{value:+.1f}".replace("-", "−")


def compact(value: int | None) -> str:
    """A large count in three figures."""
    if value is None:
        return UNKNOWN
    for size, mark in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{mark}"
    return str(value)


def day(moment: datetime | None) -> str:
    """The day of a moment."""
    return f"{moment:%Y-%m-%d}" if moment else "–"


def span(first: datetime | None, last: datetime | None) -> str:
    """Two moments as days, or one day and its hours."""
    if first is None or last is None:
        return "no time"
    if first == last:
        return f"{first:%Y-%m-%d %H:%M}"
    if first.date() == last.date():
        return f"{first:%Y-%m-%d %H:%M}–{last:%H:%M}"
    return f"{day(first)} to {day(last)}"


def dates(first: datetime | None, last: datetime | None) -> str:
    """Two moments as days, in as few characters as a table cell has."""
    if first is None or last is None:
        return "no time"
    if first.date() == last.date():
        return day(first)
    return f"{day(first)}…{last:%m-%d}" if first.year == last.year else f"{day(first)}…{day(last)}"


def odds(log_odds: float) -> str:
    """Log-odds in bits as odds in words."""
    size = abs(log_odds)
    side = "one operator" if log_odds >= 0 else "two operators"
    if size < 0.5:
        return "one operator and two operators are equally likely"
    times = f"{2**size:,.0f}" if size < 20 else f"10^{size * 0.30103:.0f}"
    return f"{times} to 1 for {side}"


def sparkline(counts: Sequence[float]) -> str:
    """One character for each count; a dot where there was nothing."""
    top = max(counts, default=0)
    if not top:
        return "·" * len(counts)
    return "".join("·" if not each else BLOCKS[min(7, int(each / top * 7.999))] for each in counts)


def daily(rows: Sequence[Mapping[str, Any]], width: int) -> tuple[list[float], int]:
    """Counts by day with the empty days between, summed to at most `width` cells, and the days of a cell."""
    counts: dict[date, float] = {}
    for row in rows:
        when = date.fromisoformat(str(row["day"])[:10])
        counts[when] = counts.get(when, 0) + row["count"]
    if not counts:
        return [], 1
    first, days = min(counts), (max(counts) - min(counts)).days + 1
    each = -(-days // width)
    cells = [0.0] * -(-days // each)
    for when, count in counts.items():
        cells[(when - first).days // each] += count
    return cells, each


def bar(start: float, end: float, low: float, high: float, width: int) -> str:
    """A bar from `start` to `end` on an axis from `low` to `high`, at least one cell wide."""
    # An axis of no length, or of one too short to divide by, has everything at its start.
    scale = width / (high - low) if high - low > 1e-9 else 0.0
    left, right = sorted((start, end))
    first = min(width - 1, max(0, round((left - low) * scale)))
    last = max(first + 1, min(width, round((right - low) * scale)))
    return " " * first + "█" * (last - first) + " " * (width - last)
