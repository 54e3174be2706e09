"""The shapes that every page is made of. Every text passes safe() here, and none is read as markup."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from rich.box import Box
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import console

FAINT, STRONG, FOR, AGAINST, WARN = "dim", "bold", "cyan", "magenta", "yellow"

# A rule under the head, nothing else.
RULE = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")


LONGEST_ID = 48
"""Characters of an id that keeps to one line: half of a page, so that the other columns have room."""


def text(content: object, style: str = "") -> Text:
    """One piece of text."""
    return Text(safe(content), style=style)


def line(*parts: object) -> Text:
    """Pieces side by side: plain ones, or (text, style)."""
    joined = Text()
    for part in parts:
        if isinstance(part, Text):
            joined.append_text(part)
        elif isinstance(part, tuple):
            joined.append(safe(part[0]), style=part[1])
        else:
            joined.append(safe(part))
    return joined


def heading(content: str) -> Text:
    """The name of a part of the screen."""
    return Text(f"\n{safe(content)}", style=STRONG)


def indented(content: Any, by: int = 2) -> Padding:
    """The same, moved to the right."""
    return Padding(content, (0, 0, 0, by))


def rows(columns: Sequence[str], body: Iterable[Sequence[object]], *, right: str = "") -> Table:
    """A table with a head; columns named in `right` are numbers. A name that ends in `*` may wrap, one that
    ends in `!` is an id: whole on one line, or if it is very long wrapped, but never cut.

    Where the screen is too narrow, words are cut; a number is shown whole or not at all.
    """
    table = Table(box=RULE, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style=FAINT)
    # One mark at most: an account may have a name that ends in one.
    names = [column[:-1] if column[-1:] in ("*", "!") else column for column in columns]
    folds = [column[-1:] in ("*", "!") for column in columns]
    numbers = [name in right.split() for name in names]
    cells = [[_cell(each) for each in row] for row in body]
    for place, (name, fold, numeric) in enumerate(zip(names, folds, numbers, strict=True)):
        longest = max((row[place].cell_len for row in cells), default=0)
        # Rich narrows only columns that may wrap; a cell that is not to wrap says so itself.
        table.add_column(
            _uncut(text(name), fold),
            justify="right" if numeric else "left",
            no_wrap=numeric or (columns[place].endswith("!") and longest <= LONGEST_ID),
            overflow="fold" if fold else "ellipsis",
        )
    for row in cells:
        table.add_row(*(_uncut(cell, fold) for cell, fold in zip(row, folds, strict=True)))
    return table


def _cell(given: object) -> Text:
    return given if isinstance(given, Text) else text("" if given is None else given)


def _uncut(cell: Text, fold: bool) -> Text:
    if not fold:
        cell.no_wrap = True
    return cell


def grid(body: Iterable[Sequence[object]], *, widths: Sequence[int | None]) -> Table:
    """Cells side by side without a head; None is what remains and wraps."""
    table = Table.grid(padding=(0, 1, 0, 0), expand=None in widths)
    for width in widths:
        table.add_column(width=width, ratio=1 if width is None else None, no_wrap=width is not None)
    for row in body:
        table.add_row(*(cell if isinstance(cell, Text) else text(cell) for cell in row))
    return table


def show(*parts: Any) -> None:
    """Print on stdout."""
    _print(sys.stdout, parts)


def note(*parts: Any) -> None:
    """Print on stderr."""
    _print(sys.stderr, parts)


def _print(stream: TextIO, parts: Sequence[Any]) -> None:
    page = console(stream)
    with page.capture() as printed:
        page.print(Group(*parts))
    # Cells are padded to their column; at the end of a line that is noise to whoever copies it.
    stream.write("".join(f"{each.rstrip()}\n" for each in printed.get().rstrip("\n").split("\n")))
