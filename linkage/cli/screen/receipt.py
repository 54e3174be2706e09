"""What a run did with its rows: used, filtered, quarantined, capped."""

from collections.abc import Iterable, Mapping
from typing import Any

from linkage.cli.screen.layout import AGAINST, FAINT, WARN, heading, indented, rows, text
from linkage.cli.screen.safe import cut
from linkage.cli.screen.text import number
from linkage.wording import many

Row = Mapping[str, Any]


def conservation(run: Row) -> Iterable[Any]:
    """Rows read, used, filtered and quarantined of each table, unknown columns, and caps."""
    tables, zone = by_table(run), run.get("settings", {}).get("ingest", {}).get("timezone", "UTC")
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
            yield indented(
                text(f"{name}: {many(row['naive_times'], 'time')} without a time zone, read as {zone}", WARN)
            )
        yield from _cells(name, row)
    yield from _ignored(run)
    yield from _caps(run)


def _cells(table: str, row: Row) -> Iterable[Any]:
    """What was lost or changed inside rows that are used."""
    for what in ("dropped", "cleaned"):
        for column, why in sorted(row[f"{what}_cells"].items()):
            counted = ", ".join(f"{reason} ({count:,})" for reason, count in sorted(why.items()))
            yield indented(text(f"{table}: cells {what} in {column}: {counted}", WARN))
    if row["meaningless"]:
        counted = ", ".join(f"{column} ({count:,})" for column, count in sorted(row["meaningless"].items()))
        yield indented(text(f"{table}: cells read as empty, of words that mean nothing: {counted}", FAINT))
    if row["inside_prompts"]:
        counted = ", ".join(
            f"{count:,} {what}" for what, count in sorted(row["inside_prompts"].items()) if count
        )
        yield indented(text(f"{table}: taken apart inside prompts: {counted}", FAINT))


SHOWN = 20
"""Files not read that are named on the screen; `run.json` has all of them."""


def _ignored(run: Row) -> Iterable[Any]:
    ignored = run.get("ignored", ())
    if ignored:
        yield heading("Files not read")
        body = [(each["file"], each["reason"]) for each in ignored[:SHOWN]]
        yield indented(rows(("file*", "reason*"), body))
        if len(ignored) > SHOWN:
            yield indented(text(f"and {len(ignored) - SHOWN:,} more; run.json names all", FAINT))


def by_table(run: Row) -> dict[str, dict[str, Any]]:
    """The receipts of all files, added up for each table."""
    tables: dict[str, dict[str, Any]] = {}
    for each in run.get("inputs", ()):
        row = tables.setdefault(
            each["table"],
            {"files": 0, "rows": 0, "used": 0, "filtered": 0, "quarantined": 0, "naive_times": 0}
            | {"why_filtered": {}, "why_quarantined": {}, "unknown_columns": set()}
            | {"dropped_cells": {}, "cleaned_cells": {}, "meaningless": {}, "inside_prompts": {}},
        )
        row["files"] += 1
        for name in ("rows", "used", "naive_times"):
            row[name] += each.get(name, 0)
        for what in ("filtered", "quarantined"):
            for reason, count in each.get(what, {}).items():
                row[what] += count
                row[f"why_{what}"][reason] = row[f"why_{what}"].get(reason, 0) + count
        row["unknown_columns"].update(each.get("unknown_columns", ()))
        for what in ("dropped_cells", "cleaned_cells"):
            for column, why in each.get(what, {}).items():
                _add(row[what].setdefault(column, {}), why)
        for what in ("meaningless", "inside_prompts"):
            _add(row[what], each.get(what, {}))
    return tables


def _add(total: dict[str, int], counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        total[name] = total.get(name, 0) + count


def _table(tables: Row) -> Any:
    columns = ("table", "files", "read", "= used", "+ filtered", "+ quarantined", "")
    body = [
        (
            name,
            number(row["files"]),
            number(row["rows"]),
            number(row["used"]),
            number(row["filtered"]),
            number(row["quarantined"]),
            "" if adds_up(row) else text("the sum is wrong", AGAINST),
        )
        for name, row in tables.items()
    ]
    table = rows(columns, body)
    for column in table.columns[1:6]:
        column.justify = "right"
    return table


def adds_up(row: Row) -> bool:
    """Whether every row read is accounted for."""
    return bool(row["rows"] == row["used"] + row["filtered"] + row["quarantined"])


def _caps(run: Row) -> Iterable[Any]:
    other = run.get("traits", {}).get("other", ())
    if other:
        names = ", ".join(cut(each, 40) for each in other)
        yield indented(text(f"traits without a declared family, counted in family “other”: {names}", WARN))
    caps = [each for each in run.get("caps", ()) if each.get("count")]
    if caps:
        yield heading("Caps, drops and samples")
        body = [(each["stage"], number(each["count"]), each["what"]) for each in caps]
        yield indented(rows(("stage", "count", "what*"), body, right="count"))
