"""What a run did with its rows, on a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any

from linkage.cli.layout import AGAINST, FAINT, WARN, heading, indented, rows, text
from linkage.cli.safe import cut
from linkage.cli.text import number

Row = Mapping[str, Any]


def conservation(run: Row) -> Iterable[Any]:
    """Rows in, used, filtered and quarantined of each table, what was not understood, and what was cut."""
    tables = by_table(run)
    if tables:
        yield heading("Rows")
        yield indented(_table(tables))
    for name, row in tables.items():
        for what, counts in (("filtered", row["why_filtered"]), ("quarantined", row["why_quarantined"])):
            for reason, count in sorted(counts.items()):
                yield indented(text(f"{name}: {count:,} {what}: {reason}", FAINT))
        if row["unknown_columns"]:
            yield indented(
                text(f"{name}: columns not used: {', '.join(sorted(row['unknown_columns']))}", WARN)
            )
        if row["naive_times"]:
            yield indented(text(f"{name}: {row['naive_times']:,} times without a zone, taken as UTC", WARN))
    yield from _cuts(run)


def by_table(run: Row) -> dict[str, dict[str, Any]]:
    """The receipts of all files, added up for each table."""
    tables: dict[str, dict[str, Any]] = {}
    for each in run.get("inputs", ()):
        row = tables.setdefault(
            each["table"],
            {"files": 0, "rows": 0, "used": 0, "filtered": 0, "quarantined": 0, "naive_times": 0}
            | {"why_filtered": {}, "why_quarantined": {}, "unknown_columns": set()},
        )
        row["files"] += 1
        for name in ("rows", "used", "naive_times"):
            row[name] += each.get(name, 0)
        for what in ("filtered", "quarantined"):
            for reason, count in each.get(what, {}).items():
                row[what] += count
                row[f"why_{what}"][reason] = row[f"why_{what}"].get(reason, 0) + count
        row["unknown_columns"].update(each.get("unknown_columns", ()))
    return tables


def _table(tables: Row) -> Any:
    columns = ("table", "files", "in", "= used", "+ filtered", "+ quarantined", "")
    body = [
        (
            name,
            number(row["files"]),
            number(row["rows"]),
            number(row["used"]),
            number(row["filtered"]),
            number(row["quarantined"]),
            "" if adds_up(row) else text("does not add up", AGAINST),
        )
        for name, row in tables.items()
    ]
    table = rows(columns, body)
    for column in table.columns[1:6]:
        column.justify = "right"
    return table


def adds_up(row: Row) -> bool:
    """Whether every row that came in is accounted for."""
    return bool(row["rows"] == row["used"] + row["filtered"] + row["quarantined"])


def _cuts(run: Row) -> Iterable[Any]:
    other = run.get("traits", {}).get("other", ())
    if other:
        names = ", ".join(cut(each, 40) for each in other)
        yield indented(text(f"traits of no declared family, counted as “other”: {names}", WARN))
    caps = [each for each in run.get("caps", ()) if each.get("count")]
    if caps:
        yield heading("What was capped, dropped or sampled")
        body = [(each["stage"], number(each["count"]), each["what"]) for each in caps]
        yield indented(rows(("stage", "count", "what*"), body, right="count"))
