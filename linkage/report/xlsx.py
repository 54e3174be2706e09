"""The report as a spreadsheet: numbers as numbers, and all else as text, so that no cell can do anything."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from linkage.report import appendix
from linkage.report.document import Document
from linkage.report.formatting import clean
from linkage.report.group_rows import COLUMNS, FORMATS, Column, as_number
from linkage.report.group_rows import rows as group_rows
from linkage.report.opened_units import MILLION, Gathered, Source, Whole, links

MOST_ROWS = 100_000
"""Rows of one sheet; where there are more, the first sheet says how many were left out."""

MOST_CHARACTERS = 32_000
"""Of one cell: the format allows 32,767."""

Row = Sequence[object]


def render(document: Document, whole: Whole, source: Source) -> bytes:
    """The file; the same document gives the same bytes."""
    import xlsxwriter

    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book: Any = xlsxwriter.Workbook(content, options)
    # Nothing is taken from a clock.
    book.set_properties({"title": clean(document.title), "created": datetime.fromisoformat(document.day)})
    looks = _looks(book)
    first = book.add_worksheet("about")
    left_out = [_sheet(book, looks, *each) for each in _sheets(document, whole, source)]
    about = (*_about(document), *filter(None, left_out))
    _write(first, looks, (("what", 34, "text"), ("is", 90, "text")), about)
    book.close()
    return content.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    """How a head looks, and a cell of each kind."""
    common = {"valign": "top"}
    head = {"bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#F5F6F8"}
    kinds = {
        kind: book.add_format({**common, "num_format": form, "text_wrap": kind == "text"})
        for kind, form in FORMATS.items()
    }
    return {**kinds, "head": book.add_format({**common, **head})}


def _sheet(book: Any, looks: Any, name: str, columns: Sequence[Column], rows: Iterable[Row]) -> Row | None:
    """Write one sheet; what the first sheet must say of it, if anything."""
    waiting = iter(rows)
    sheet = book.add_worksheet(name)
    written = _write(sheet, looks, columns, islice(waiting, MOST_ROWS))
    sheet.autofilter(0, 0, max(written, 1), len(columns) - 1)
    rest = sum(1 for _ in waiting)
    return (f"rows left out of sheet “{name}”", f"{rest:,}, beyond the first {MOST_ROWS:,}") if rest else None


def _write(sheet: Any, looks: Any, columns: Sequence[Column], rows: Iterable[Row]) -> int:
    """Write heads and rows; the number of rows."""
    for column, (head, width, _) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, looks["head"])
    sheet.freeze_panes(1, 1)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            _put(sheet, (number, column), value, looks, columns[column][2])
    return number


def _put(sheet: Any, place: tuple[int, int], value: object, looks: Any, kind: str) -> None:
    """A number as a number where its column holds numbers; whatever a log or a person wrote as text."""
    if kind != "text" and isinstance(value, date):
        sheet.write_datetime(*place, value, looks[kind])
    elif kind != "text" and isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(*place, value, looks[kind])
    elif value is not None:
        sheet.write_string(*place, _cell(value), looks["text"])


def _cell(value: object) -> str:
    said = "" if value is None else clean(value)
    return said if len(said) <= MOST_CHARACTERS else f"{said[:MOST_CHARACTERS]}… ({len(said):,} characters)"


def _about(document: Document) -> Iterator[Row]:
    yield "title", document.title
    yield "label", document.label
    yield from document.about
    yield "dated", f"{document.day}: the last day that the report covers, not the day of writing"
    yield "what it shows", appendix.LIMITS
    yield "cells", "numbers are numbers; whatever a log or a person wrote is text, and no cell is a formula"


def _sheets(
    document: Document, whole: Whole, source: Source
) -> Iterator[tuple[str, Sequence[Column], Iterable[Row]]]:
    names = [group.name for group in document.groups]
    undecided = {name for name in names if whole.groups[name].fields.get("outcome") == "unresolved"}
    yield "groups", COLUMNS, _labelled(group_rows(whole, document.groups), undecided)
    for sheet, columns, rows in _each_sheet(whole, source, names):
        yield sheet, columns, _labelled(rows, undecided)


def _labelled(rows: Iterable[Row], undecided: set[str]) -> Iterator[Row]:
    """The rows, with each unresolved group called that wherever it stands: a row is often read alone."""
    for first, *rest in rows:
        yield (f"{first} (unresolved, no finding)" if first in undecided else first), *rest


def _each_sheet(
    whole: Whole, source: Source, names: Sequence[str]
) -> Iterator[tuple[str, Sequence[Column], Iterable[Row]]]:
    groups = [(name, whole.groups[name]) for name in names]
    yield "claims", CLAIMS, _claims(groups)
    yield "accounts", ACCOUNTS, _accounts(whole, groups)
    yield "links", LINKS, _links(whole, source, set(names))
    yield "evidence for", REASONS, _reasons(whole, source, set(names), against=False)
    yield "against", AGAINST, _against(whole, source, groups)
    yield "texts", TEXTS, _texts(groups)
    yield "receipts", RECEIPTS, _receipts(whole)


Groups = Sequence[tuple[str, Gathered]]

CLAIMS: Sequence[Column] = (
    ("group", 16, "text"), ("claim", 18, "text"), ("says", 60, "text"), ("number", 16, "number"),
    ("level", 8, "text"), ("method", 18, "text"), ("words", 40, "text"),
)  # fmt: skip
ACCOUNTS: Sequence[Column] = (
    ("group", 16, "text"), ("account", 28, "text"), ("role", 8, "text"), ("membership", 12, "share"),
)  # fmt: skip
LINKS: Sequence[Column] = (
    ("group", 16, "text"), ("left", 28, "text"), ("right", 28, "text"), ("log-odds, bits", 14, "bits"),
    ("families", 50, "text"),
)  # fmt: skip
REASONS: Sequence[Column] = (
    ("group", 16, "text"), ("left", 28, "text"), ("right", 28, "text"), ("signal", 24, "text"),
    ("family", 14, "text"), ("bits", 12, "bits"), ("value", 40, "text"), ("detail", 60, "text"),
)  # fmt: skip
AGAINST: Sequence[Column] = (
    ("group", 16, "text"), ("about", 60, "text"), ("bits", 12, "bits"), ("says", 90, "text"),
)  # fmt: skip
TEXTS: Sequence[Column] = (
    ("group", 16, "text"), ("kind", 14, "text"), ("accounts of the group", 12, "count"),
    ("other accounts", 12, "count"), ("times by the group", 12, "count"), ("quoted", 10, "text"),
    ("text", 100, "text"),
)  # fmt: skip
RECEIPTS: Sequence[Column] = (("kind", 18, "text"), ("what", 50, "text"), ("is", 90, "text"))


def _claims(groups: Groups) -> Iterator[Row]:
    for name, group in groups:
        for claim in group.claims:
            shown = [claim.get(each) for each in ("level", "method", "words")]
            yield name, claim.get("claim"), claim.get("says"), as_number(claim.get("value")), *shown


def _accounts(whole: Whole, groups: Groups) -> Iterator[Row]:
    named = {member: account for account, member in whole.member_of.items()}
    for name, group in groups:
        rows = [
            (whole.called(named[member]) if member in named else "withheld", role, as_number(membership))
            for member, (membership, role) in group.members.items()
        ]
        yield from ((name, *row) for row in sorted(rows, key=lambda row: tuple(map(str, row))))


def _links(whole: Whole, source: Source, groups: set[str]) -> Iterator[Row]:
    for name, link in links(source):
        if name in groups:
            yield name, *_ends(whole, link.ends), _bits(link.strength), ", ".join(link.families)


def _ends(whole: Whole, ends: tuple[str, str] | None) -> tuple[str, str]:
    return ("withheld", "withheld") if ends is None else (whole.called(ends[0]), whole.called(ends[1]))


def _bits(millionths: int | None) -> float | str:
    return "withheld" if millionths is None else millionths / MILLION


def _reasons(whole: Whole, source: Source, groups: set[str], *, against: bool) -> Iterator[Row]:
    for name, link in links(source):
        if name not in groups:
            continue
        for place, (signal, family, bits) in enumerate(link.weights):
            said = link.reasons[place] if place < len(link.reasons) else ("withheld", "withheld")
            if (bits < 0) == against:
                yield name, *_ends(whole, link.ends), signal, family, _bits(bits), *said


def _against(whole: Whole, source: Source, groups: Groups) -> Iterator[Row]:
    for name, group in groups:
        for _, point in sorted(group.against.items()):
            yield name, "the group", "", point
    every = {name for name, _ in groups}
    for row in _reasons(whole, source, every, against=True):
        about, why = f"{row[1]} and {row[2]}", "; ".join(map(str, row[6:]))
        yield row[0], about, row[5], f"{row[3]} ({row[4]}): {why}"


def _texts(groups: Groups) -> Iterator[Row]:
    for name, group in groups:
        for each in group.sent:
            shown = "withheld" if each.text is None else each.text
            quoted = "masked" if each.masked else "as sent"
            yield name, each.kind, *(each.counts or ("withheld",) * 3), quoted, shown


def _receipts(whole: Whole) -> Iterator[Row]:
    for name, row in appendix.inputs(whole):
        figures = ", ".join(
            f"{each} {row[each]}" for each in ("rows", "used", "filtered", "quarantined") if each in row
        )
        yield "input", name, f"{figures}, SHA-256 {row.get('sha256')}"
    for stage, what, number in appendix.caps(whole):
        yield "limit", f"{stage}: {what}", number
    for setting, value in sorted(whole.settings.items()):
        yield "setting", setting, value
    for package, version in sorted((whole.run.get("run/versions") or {}).items()):
        yield "version", package, version
    for name in ("seed", "sha256", "settings-digest"):
        if f"run/{name}" in whole.run:
            yield "run", name, whole.run[f"run/{name}"]
