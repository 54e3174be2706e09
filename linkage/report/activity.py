"""When a group acts: registrations and requests by day on one axis, and the hours of its week."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from linkage.report import vega_lite
from linkage.report.document import Picture, Table
from linkage.report.formatting import count
from linkage.report.svg import NARROW, WIDE, Drawing, Shape, line, rect, text
from linkage.wording import many

LEFT, PANEL, GAP = 46, 84, 34
TALL, NAMES = 20, 40
WIDTHS = WIDE, NARROW
DATE = 96
"""Room that a date takes under an axis."""

LONGEST = 3_660
"""Days that an axis can have."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STEPS = 5

Panel = tuple[str, Mapping[str, int]]


def timeline(registrations: Sequence[Any], requests: Sequence[Any]) -> Picture | None:
    """Both by day, or what is known of them; nothing where no day can be read or they span over ten years."""
    known = [("Registrations", _by_day(registrations)), ("Requests", _by_day(requests))]
    panels = [(name, counts) for name, counts in known if counts]
    days = _days([each for _, counts in panels for each in counts])
    if not days:
        return None
    wide, narrow = (_timeline(panels, days, width) for width in WIDTHS)
    names = " and ".join(name.lower() for name, _ in panels)
    said = "; ".join(_summary_sentence(panel) for panel in panels)
    rows = [
        (day, *(count(counts.get(day, 0)) for _, counts in panels))
        for day in days
        if any(counts.get(day) for _, counts in panels)
    ]
    table = Table(
        f"{names.capitalize()} by day; days without any are left out",
        ("Day", *(name for name, _ in panels)),
        rows,
        frozenset(range(1, 1 + len(panels))),
    )
    title = f"{names.capitalize()} by day"
    spec = vega_lite.timeline(
        title, [(day, name, counts.get(day, 0)) for name, counts in panels for day in days]
    )
    return Picture("timeline", title, said, wide, narrow, spec, table, "Days in UTC.")


def _timeline(panels: Sequence[Panel], days: Sequence[str], width: int) -> Drawing:
    shapes = [*_ticks(days, len(panels), width)]
    for number, panel in enumerate(panels):
        shapes += _panel(panel, days, number * (PANEL + GAP), width)
    return Drawing(width, len(panels) * (PANEL + GAP) + 8, shapes)


def _by_day(rows: Sequence[Any]) -> dict[str, int]:
    """Counts of days; rows that name no day are left out."""
    found: dict[str, int] = {}
    for day, number in rows or ():
        try:
            key = date.fromisoformat(str(day)).isoformat()
        except ValueError:
            continue
        found[key] = found.get(key, 0) + int(number)
    return found


def _days(known: Iterable[str]) -> list[str]:
    found = sorted(set(known))
    if not found:
        return []
    first, last = date.fromisoformat(found[0]), date.fromisoformat(found[-1])
    if (last - first).days > LONGEST:
        return []
    return [(first + timedelta(days=each)).isoformat() for each in range((last - first).days + 1)]


def _summary_sentence(panel: Panel) -> str:
    name, counts = panel
    most = max(counts, key=lambda day: (counts[day], day))
    return (
        f"{name} from {min(counts)} to {max(counts)}, {sum(counts.values()):,} in all, most on {most}"
        f" ({counts[most]:,})"
    )


def _panel(panel: Panel, days: Sequence[str], top: float, width: int) -> Iterable[Shape]:
    name, counts = panel
    most, step = max(counts.values()), (width - LEFT) / len(days)
    base = top + 20 + PANEL - 20
    yield text(0, top + 12, name, "label")
    yield text(LEFT - 6, top + 29, count(most), "quiet-end")
    yield text(LEFT - 6, base, "0", "quiet-end")
    yield line((LEFT, top + 24), (width, top + 24), "rule")
    for place, day in enumerate(days):
        if number := counts.get(day):
            high = max((base - top - 24) * number / most, 1.0)
            wide = max(step * 0.86, 0.6)
            yield rect(LEFT + place * step, base - high, (wide, high), "for", title=f"{day}: {count(number)}")
    yield line((LEFT, base), (width, base), "axis")


def _ticks(days: Sequence[str], panels: int, width: int) -> Iterable[Shape]:
    """Dates under the lowest panel, and a line through all where one stands."""
    step, bottom = (width - LEFT) / len(days), panels * (PANEL + GAP) - GAP
    every = max(1, -(-len(days) * DATE // (width - LEFT)))
    for place in range(0, len(days), every):
        x = LEFT + place * step
        for panel in range(panels):
            yield line((x, panel * (PANEL + GAP) + PANEL), (x, panel * (PANEL + GAP) + PANEL + 4), "axis")
        if x <= width - 60:
            yield text(x, bottom + 17, days[place], "quiet")


# --- the week ------------------------------------------------------------------------------------


def week(rows: Sequence[Any]) -> Picture | None:
    """Requests by weekday and hour, both in UTC; nothing where the case does not tell of weekdays."""
    counts = [[int(each) for each in row] for row in rows or ()]
    if len(counts) != 7 or any(len(row) != 24 for row in counts) or not any(map(any, counts)):
        return None
    most = max(map(max, counts))
    wide, narrow = (_week(counts, most, width) for width in WIDTHS)
    day, hour = max(((d, h) for d in range(7) for h in range(24)), key=lambda at: counts[at[0]][at[1]])
    quiet = sum(not each for row in counts for each in row)
    rest = f"{quiet} of the 168 hours of a week have none" if quiet else "no hour of the week has none"
    said = f"Most requests on {DAYS[day]} from {hour:02d}:00 UTC ({count(most)}); {rest}"
    table = Table(
        "Requests by weekday and hour, UTC",
        ("Hour", *(each[:3] for each in DAYS)),
        [(f"{hour:02d}", *(count(row[hour]) for row in counts)) for hour in range(24)],
        frozenset(range(1, 8)),
    )
    spec = vega_lite.week([(DAYS[d], h, counts[d][h]) for d in range(7) for h in range(24)], DAYS)
    title = "Requests by weekday and hour of the day, UTC"
    return Picture("week", title, said, wide, narrow, spec, table)


def _week(counts: Sequence[Sequence[int]], most: int, width: int) -> Drawing:
    cell = (width - NAMES) / 24
    return Drawing(width, 24 + 7 * TALL + 36, [*_hours(cell), *_cells(counts, most, cell), *_scale(most)])


def _hours(cell: float) -> Iterable[Shape]:
    for hour in range(0, 24, 3):
        yield text(NAMES + hour * cell, 12, f"{hour:02d}", "quiet")


def _cells(counts: Sequence[Sequence[int]], most: int, cell: float) -> Iterable[Shape]:
    for day, row in enumerate(counts):
        yield text(0, 24 + day * TALL + 14, DAYS[day][:3], "label")
        for hour, number in enumerate(row):
            place = (NAMES + hour * cell, 24.0 + day * TALL)
            said = f"{DAYS[day]} {hour:02d}:00: {count(number)}"
            yield rect(*place, (cell - 2, TALL - 2), f"heat-{_step(number, most)}", title=said)


def _step(number: int, most: int) -> int:
    """Which of the shades a number has; none has only what is nothing."""
    return 0 if not number else min(STEPS, 1 + number * STEPS // (most + 1))


def _scale(most: int) -> Iterable[Shape]:
    top = 24 + 7 * TALL + 12
    yield text(NAMES, top + 12, "0", "quiet")
    for step in range(STEPS + 1):
        yield rect(NAMES + 14 + step * 20, top, (18, 14), f"heat-{step}")
    yield text(NAMES + 14 + (STEPS + 1) * 20 + 4, top + 12, many(most, "request"), "quiet")


def hours(rows: Sequence[Any]) -> Picture | None:
    """Requests by hour of the day, for a case that does not tell of weekdays."""
    counts = [int(number) for _, number in rows or ()]
    if len(counts) != 24 or not any(counts):
        return None
    wide, narrow = (Drawing(width, PANEL + 22, [*_day(counts, width)]) for width in WIDTHS)
    table = Table(
        "Requests by hour of the day, UTC",
        ("Hour", "Requests"),
        [(f"{hour:02d}", count(number)) for hour, number in enumerate(counts)],
        frozenset((1,)),
    )
    most = max(counts)
    said = f"Most requests from {counts.index(most):02d}:00 UTC ({count(most)})"
    title = "Requests by hour of the day, UTC"
    note = "The run did not record weekdays."
    return Picture(
        "hours",
        title,
        said,
        wide,
        narrow,
        vega_lite.hours(list(enumerate(counts))),
        table,
        note,
    )


def _day(counts: Sequence[int], width: int) -> Iterable[Shape]:
    most, step = max(counts), (width - LEFT) / 24
    yield text(LEFT - 6, 14, count(most), "quiet-end")
    yield text(LEFT - 6, PANEL, "0", "quiet-end")
    for hour, number in enumerate(counts):
        high = (PANEL - 4) * number / most
        x = LEFT + hour * step
        yield rect(x, PANEL - high, (step - 3, high), "for", title=f"{hour:02d}:00: {count(number)}")
        if hour % 3 == 0:
            yield text(x, PANEL + 16, f"{hour:02d}", "quiet")
    yield line((LEFT, PANEL), (width, PANEL), "axis")
