"""The answer to a query: a table if its columns fit the screen, else one record below another."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from linkage.cli.screen.layout import FAINT, grid, heading, indented, rows, text
from linkage.explain.html import plain

KEYS = ("id", "address", "fingerprint", "prefix", "name", "value")
"""The properties by which people call a node, whichever it has."""

WRAPS = 24
"""A column with longer texts wraps, and needs no more than this."""

Row = Mapping[str, Any]


def answer_page(columns: Sequence[str], answer: Sequence[Row], width: int) -> list[Any]:
    """The parts of the screen, which is `width` columns wide."""
    body = [[cell(row[name]) for name in columns] for row in answer]
    widest = [max(len(each[at]) for each in [*body, columns]) for at in range(len(columns))]
    gaps = 2 * len(columns)
    if sum(min(each, WRAPS) for each in widest) + gaps <= width:
        return [_table(columns, answer, body, widest)]
    return list(_records(columns, answer))


def _table(
    columns: Sequence[str], answer: Sequence[Row], body: Sequence[Sequence[str]], widest: Sequence[int]
) -> Any:
    numbers = [name for name in columns if all(isinstance(row[name], int | float | None) for row in answer)]
    named = [f"{name}*" if wide > WRAPS else name for name, wide in zip(columns, widest, strict=True)]
    return rows(named, body, right=" ".join(numbers))


def _records(columns: Sequence[str], answer: Sequence[Row]) -> Iterator[Any]:
    """Every value beside the name of its column; what is not known is left out."""
    wide = max(map(len, columns))
    for number, row in enumerate(answer, 1):
        yield heading(f"{number} of {len(answer)}")
        known = [(text(name, FAINT), lines(row[name])) for name in columns if row[name] not in (None, [])]
        yield indented(grid(known, widths=(wide, None)))


def lines(value: Any) -> Text:
    """A value with room to spare: sentences stand on lines of their own."""
    if isinstance(value, list) and any(isinstance(each, str) and " " in each for each in value):
        return Text("\n").join(text(cell(each)) for each in value)
    return text(cell(value))


def cell(value: Any) -> str:
    """A value in as few characters as a table has."""
    if isinstance(value, dict):
        return _short(value)
    if isinstance(value, list):
        between = " " if any(isinstance(each, dict) and "type" in each for each in value) else ", "
        return between.join(map(cell, value))
    return plain(value)


def _short(value: Row) -> str:
    """A node by its label and key, a relationship by its type."""
    if "type" in value:
        return f"—{value['type']}—"
    if "labels" not in value:
        return ", ".join(f"{name} {cell(each)}" for name, each in value.items())
    known = value["properties"]
    key = next((known[name] for name in KEYS if name in known), "")
    return f"{' '.join(value['labels'])} {key}"
