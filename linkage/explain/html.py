"""The pieces of what a notebook shows. Every text passes `escape` here: what logs hold is hostile."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape

SHOWN = 12
"""Rows of a table that stand open; the others are folded."""

LONG, SENTENCE = 160, 600
"""Characters of a cell, and of a sentence in a list."""

_OPAQUE = re.compile("[0-9a-f]{32,}")


def text(cell: object, most: int = LONG) -> str:
    """A cell as escaped text: moments to the minute, numbers in four figures, lists with commas between."""
    shown = "".join(map(_seen, plain(cell)))
    return escape(shown if len(shown) <= most else f"{shown[: most - 1]}…")


def plain(cell: object) -> str:
    """A cell in as few characters as a table has, not yet escaped."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.4g}"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, Mapping):
        return " ".join(plain(each) for each in cell.values())
    if isinstance(cell, list | tuple):
        return ", ".join(map(plain, cell))
    return str(cell)


def outcome(table_of_groups: str | None) -> str:
    """What is said of a group, by the table in which it stands."""
    return "reported" if table_of_groups == "groups" else table_of_groups or "in no group"


def value(shown: str, said: str | None) -> str:
    """A value by its name: the text behind an id where that is known, and no digest where it is not."""
    if said:
        return f"“{said}”"
    return "" if _OPAQUE.fullmatch(shown) else shown


def line(*pieces: object) -> str:
    """A paragraph; of two pieces in turn, the second is emphasised."""
    strong = "<strong><bdi>{}</bdi></strong>"
    said = [strong.format(text(each)) if at % 2 else text(each, SENTENCE) for at, each in enumerate(pieces)]
    return f"<p>{''.join(said)}</p>"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table, the rows after the first SHOWN folded; nothing without rows."""
    body = [row(each) for each in rows]
    if not body:
        return ""
    head = f"<thead>{row(columns, 'th')}</thead>"
    first = f"<table>{head}<tbody>{''.join(body[:SHOWN])}</tbody></table>"
    rest = f"<table>{head}<tbody>{''.join(body[SHOWN:])}</tbody></table>" if len(body) > SHOWN else ""
    return first + folded(f"{len(body) - SHOWN:,} more", rest)


def row(cells: Iterable[object], tag: str = "td") -> str:
    """One row of a table; <bdi> keeps hostile text from reordering its neighbours."""
    left = ' style="text-align:left"'
    return "<tr>" + "".join(f"<{tag}{left}><bdi>{text(each)}</bdi></{tag}>" for each in cells) + "</tr>"


def points(said: Iterable[object]) -> str:
    """A list of sentences; nothing without any."""
    items = "".join(f"<li><bdi>{text(each, SENTENCE)}</bdi></li>" for each in said)
    return f"<ul>{items}</ul>" if items else ""


def folded(name: str, inner: str) -> str:
    """Something that a click opens; nothing where it is empty."""
    return f"<details><summary>{text(name)}</summary>{inner}</details>" if inner else ""


def _seen(each: str) -> str:
    """A character, or its number where it would not be seen or would change how others are read."""
    hidden = unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    return f"\\u{{{ord(each):x}}}" if hidden else each
