"""Blocks of CSV in which nothing is odd, read by Arrow as columns, without a list for each record.

What is read here is exactly what `csv` reads record by record, which takes every other block. So a block must
be written as RFC 4180 has it: a quoted cell is quoted from its first character to its last, a quotation mark
inside is doubled, and no cell begins with a blank, which one reader takes for a part of it and the other not.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from linkage.ingest.formats.arrow_json import one_array
from linkage.ingest.formats.plain_json import Bytes, Places, not_text

_TAB, _LINE_END, _RETURN, _BLANK, _QUOTE = map(ord, '\t\n\r "')


@dataclass(frozen=True)
class Records:
    """Whole records at the beginning of a block.

    `columns` are the wanted cells as texts. Record i begins with the block's line `lines[i]` (from 0) and
    ends before its byte `ends[i]`; all of them have `breaks` lines. `stopped`: the next record may be odd.
    """

    columns: dict[str, pa.Array]
    lines: Places
    ends: Places
    breaks: int
    stopped: bool


def read(
    block: bytes, header: list[str], wanted: frozenset[str], delimiter: str, most: int
) -> Records | None:
    """The records that end in a block of lines, up to the first that may be odd or exceeds `most` bytes.

    None where that is the first of all.
    """
    mark, named = ord(delimiter), wanted & set(header)
    if len(header) < 2 or not named or not delimiter.isascii():
        return None
    given: Bytes = np.frombuffer(block, np.uint8)
    quotes, breaks = np.flatnonzero(given == _QUOTE), np.flatnonzero(given == _LINE_END)
    odd = _first_odd(block, given, quotes, breaks, mark)
    whole = np.flatnonzero(_outside(breaks, quotes))
    whole = whole[: _plain_records(given, breaks[whole] + 1, odd, most)]
    columns = _parsed(block, breaks[whole] + 1, header, named, delimiter)
    if columns is None:
        whole = whole[: _even_records(given, quotes, breaks[whole] + 1, mark, len(header))]
        columns = _parsed(block, breaks[whole] + 1, header, named, delimiter)
    if columns is None:
        return None
    ends, stopped = breaks[whole] + 1, bool(len(whole) < np.count_nonzero(_outside(breaks, quotes)))
    return Records(columns, np.concatenate([[0], whole[:-1] + 1]), ends, int(whole[-1]) + 1, stopped)


def _first_odd(block: bytes, given: Bytes, quotes: Places, breaks: Places, mark: int) -> int:
    """The first byte that makes its record odd; the number of bytes where none does."""
    places = [len(block), block.find(b"\0") % (len(block) + 1)]
    at = not_text(block)
    places += [] if at is None else [at]
    places += _odd_quotes(given, quotes, mark)
    returns = np.flatnonzero(given == _RETURN)
    if len(returns):  # those that are no part of a line end
        places += returns[given[np.minimum(returns + 1, len(given) - 1)] != _LINE_END][:1].tolist()
    if mark != _TAB:
        places += _blank_begins(given, quotes, breaks, mark)
    return int(min(places))


def _plain_records(given: Bytes, ends: Places, odd: int, most: int) -> int:
    """How many records stand before what is odd, an empty line, or one of too many bytes."""
    begins = np.concatenate([[0], ends[:-1]])
    empty = (given[begins] == _LINE_END) | (given[begins] == _RETURN)
    wrong = np.flatnonzero(empty | (ends - begins > most) | (ends > odd))
    return int(wrong[0]) if len(wrong) else len(ends)


def _even_records(given: Bytes, quotes: Places, ends: Places, mark: int, width: int) -> int:
    """How many records have as many cells as there are names, before the first that has not."""
    marks = np.flatnonzero(given[: ends[-1] if len(ends) else 0] == mark)
    marks = marks[_outside(marks, quotes)]
    cells = np.diff(np.searchsorted(marks, ends), prepend=0)
    wrong = np.flatnonzero(cells != width - 1)
    return int(wrong[0]) if len(wrong) else 0


def _outside(places: Places, quotes: Places) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Whether each place stands outside quoted cells: after an even number of quotation marks."""
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.searchsorted(quotes, places) % 2 == 0
    return found


def _odd_quotes(given: Bytes, quotes: Places, mark: int) -> list[int]:
    """The first quotation mark that neither opens nor closes a cell, nor is one of two standing for one."""
    opens, closes = quotes[::2], quotes[1::2]
    before = given[opens - 1]  # of the first byte of all it is the last one, which is a line end
    after = given[np.minimum(closes + 1, len(given) - 1)]
    begins = (before == mark) | (before == _LINE_END)
    begins[1:] |= opens[1:] == closes[: len(opens) - 1] + 1
    ends = (after == mark) | (after == _LINE_END) | (after == _RETURN) | (after == _QUOTE)
    return [*opens[~begins][:1].tolist(), *closes[~ends][:1].tolist()]


def _blank_begins(given: Bytes, quotes: Places, breaks: Places, mark: int) -> list[int]:
    """The first blank outside quotation marks with which a cell begins."""
    begins = np.concatenate([[-1], np.flatnonzero(given[:-1] == mark), breaks[:-1]])
    blank = begins[given[begins + 1] == _BLANK]
    blank = blank[_outside(blank, quotes)]
    return [int(blank.min()) + 1] if len(blank) else []


def _parsed(
    block: bytes, ends: Places, header: list[str], named: frozenset[str], delimiter: str
) -> dict[str, pa.Array] | None:
    """The named columns of the records; None where there is none, or one has more cells or fewer."""
    if not len(ends):
        return None
    data = block[: ends[-1]]
    places = [str(at) for at in range(len(header))]
    kept = {str(at): name for at, name in enumerate(header) if name in named}
    try:
        table = pc.read_csv(
            pa.BufferReader(data),
            pc.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=places),
            pc.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            pc.ConvertOptions(
                column_types=dict.fromkeys(kept, pa.string()), include_columns=[*kept], check_utf8=False
            ),
        )
    except pa.ArrowException:
        return None
    if table.num_rows != len(ends):
        return None
    return {name: one_array(table.column(place)) for place, name in kept.items()}
