"""The report as a spreadsheet: text alone, so that no cell can do anything."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from linkage.report import appendix
from linkage.report.document import Document
from linkage.report.formatting import clean
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
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "cell": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
    }
    first = book.add_worksheet("about")
    left_out = [_sheet(book, looks, *each) for each in _sheets(document, whole, source)]
    _write(first, looks, (("what", 34), ("is", 90)), [*_about(document), *filter(None, left_out)])
    book.close()
    return content.getvalue()


Heads = Sequence[tuple[str, int]]
"""Of each column its name and its width in characters."""


def _sheet(book: Any, looks: Any, name: str, heads: Heads, rows: Iterable[Row]) -> Row | None:
    """Write one sheet; what the first sheet must say of it, if anything."""
    waiting = iter(rows)
    _write(book.add_worksheet(name), looks, heads, islice(waiting, MOST_ROWS))
    rest = sum(1 for _ in waiting)
    return (f"rows left out of sheet “{name}”", f"{rest:,}, beyond the first {MOST_ROWS:,}") if rest else None


def _write(sheet: Any, looks: Any, heads: Heads, rows: Iterable[Row]) -> None:
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, looks["head"])
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write_string(number, column, _cell(value), looks["cell"])


def _cell(value: object) -> str:
    said = "" if value is None else clean(value)
    return said if len(said) <= MOST_CHARACTERS else f"{said[:MOST_CHARACTERS]}… ({len(said):,} characters)"


def _about(document: Document) -> Iterator[Row]:
    yield "title", document.title
    yield "label", document.label
    yield from document.about
    yield "dated", f"{document.day}: the last day that the report covers, not the day of writing"
    yield "what it shows", appendix.LIMITS
    yield "cells", "every cell is text; numbers are written digit by digit, as claims have them"


def _sheets(document: Document, whole: Whole, source: Source) -> Iterator[tuple[str, Heads, Iterable[Row]]]:
    names = [group.name for group in document.groups]
    undecided = {name for name in names if whole.groups[name].fields.get("outcome") == "unresolved"}
    for sheet, heads, rows in _each_sheet(whole, source, names):
        yield sheet, heads, _labelled(rows, undecided)


def _labelled(rows: Iterable[Row], undecided: set[str]) -> Iterator[Row]:
    """The rows, with each unresolved group called that wherever it stands: a row is often read alone."""
    for first, *rest in rows:
        yield (f"{first} (unresolved, nobody is accused)" if first in undecided else first), *rest


def _each_sheet(
    whole: Whole, source: Source, names: Sequence[str]
) -> Iterator[tuple[str, Heads, Iterable[Row]]]:
    groups = [(name, whole.groups[name]) for name in names]
    yield "claims", CLAIMS, _claims(groups)
    yield "accounts", ACCOUNTS, _accounts(whole, groups)
    yield "links", LINKS, _links(whole, source, set(names))
    yield "evidence for", REASONS, _reasons(whole, source, set(names), against=False)
    yield "against", AGAINST, _against(whole, source, groups)
    yield "texts", TEXTS, _texts(groups)
    yield "receipts", RECEIPTS, _receipts(whole)


Groups = Sequence[tuple[str, Gathered]]

CLAIMS = (
    ("group", 16),
    ("claim", 18),
    ("says", 60),
    ("number", 16),
    ("level", 8),
    ("method", 18),
    ("words", 40),
)
ACCOUNTS = (("group", 16), ("account", 28), ("role", 8), ("membership", 12))
LINKS = (("group", 16), ("left", 28), ("right", 28), ("log-odds, bits", 14), ("families", 50))
REASONS = (
    ("group", 16), ("left", 28), ("right", 28), ("signal", 24), ("family", 14), ("bits", 12), ("value", 40),
    ("detail", 60),
)  # fmt: skip
AGAINST = (("group", 16), ("about", 60), ("bits", 12), ("says", 90))
TEXTS = (
    ("group", 16), ("kind", 14), ("accounts of the group", 12), ("other accounts", 12),
    ("times by the group", 12), ("quoted", 10), ("text", 100),
)  # fmt: skip
RECEIPTS = (("kind", 18), ("what", 50), ("is", 90))


def _claims(groups: Groups) -> Iterator[Row]:
    for name, group in groups:
        for claim in group.claims:
            shown = [claim.get(each) for each in ("claim", "says", "value", "level", "method", "words")]
            yield name, *shown


def _accounts(whole: Whole, groups: Groups) -> Iterator[Row]:
    named = {member: account for account, member in whole.member_of.items()}
    for name, group in groups:
        rows = [
            (whole.called(named[member]) if member in named else "withheld", role, membership)
            for member, (membership, role) in group.members.items()
        ]
        yield from ((name, *row) for row in sorted(rows))


def _links(whole: Whole, source: Source, groups: set[str]) -> Iterator[Row]:
    for name, link in links(source):
        if name in groups:
            yield name, *_ends(whole, link.ends), _fixed(link.strength), ", ".join(link.families)


def _ends(whole: Whole, ends: tuple[str, str] | None) -> tuple[str, str]:
    return ("withheld", "withheld") if ends is None else (whole.called(ends[0]), whole.called(ends[1]))


def _fixed(millionths: int | None) -> str:
    if millionths is None:
        return "withheld"
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // MILLION}.{abs(millionths) % MILLION:06d}"


def _reasons(whole: Whole, source: Source, groups: set[str], *, against: bool) -> Iterator[Row]:
    for name, link in links(source):
        if name not in groups:
            continue
        for place, (signal, family, bits) in enumerate(link.weights):
            said = link.reasons[place] if place < len(link.reasons) else ("withheld", "withheld")
            if (bits < 0) == against:
                yield name, *_ends(whole, link.ends), signal, family, _fixed(bits), *said


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
