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

from linkage.ingest.formats.plain_json import Bytes, is_text

_LINE_END, _RETURN, _BLANK, _QUOTE = map(ord, '\n\r "')
Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Records:
    """Whole records at the beginning of a block.

    `columns` are the wanted cells as texts. Record i begins with the block's line `lines[i]` (from 0) and
    ends before its byte `ends[i]`; all of them have `breaks` lines.
    """

    columns: dict[str, pa.Array]
    lines: Places
    ends: Places
    breaks: int


def read(
    block: bytes, header: list[str], wanted: frozenset[str], delimiter: str, most: int
) -> Records | None:
    """The records that end in a block of lines; None if one may be odd or has more than `most` bytes."""
    mark, named = ord(delimiter), wanted & set(header)
    if len(header) < 2 or not named or not delimiter.isascii() or b"\0" in block or not is_text(block):
        return None
    given: Bytes = np.frombuffer(block, np.uint8)
    quotes, breaks = np.flatnonzero(given == _QUOTE), np.flatnonzero(given == _LINE_END)
    if not _are_plain(given, quotes, mark) or not _returns_are_plain(given, breaks):
        return None
    whole = np.flatnonzero(_outside(breaks, quotes))
    ends = breaks[whole] + 1
    if not len(ends) or np.diff(ends, prepend=0).max() > most or _any_blank(given, ends):
        return None
    if delimiter != "\t" and _blank_begins(given, quotes, breaks, mark):
        return None
    columns = _parsed(block[: ends[-1]], header, named, delimiter)
    if columns is None or len(next(iter(columns.values()))) != len(ends):
        return None
    return Records(columns, np.concatenate([[0], whole[:-1] + 1]), ends, int(whole[-1]) + 1)


def _outside(places: Places, quotes: Places) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Whether each place stands outside quoted cells: after an even number of quotation marks."""
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.searchsorted(quotes, places) % 2 == 0
    return found


def _are_plain(given: Bytes, quotes: Places, mark: int) -> bool:
    """Whether each quotation mark opens a cell, closes one, or is one of two that stand for one."""
    opens, closes = quotes[::2], quotes[1::2]
    before = given[opens - 1]  # of the first byte of all it is the last one, which is a line end
    after = given[np.minimum(closes + 1, len(given) - 1)]
    begins = (before == mark) | (before == _LINE_END)
    begins[1:] |= opens[1:] == closes[: len(opens) - 1] + 1
    ends = (after == mark) | (after == _LINE_END) | (after == _RETURN) | (after == _QUOTE)
    return bool(begins.all() and ends.all())


def _returns_are_plain(given: Bytes, breaks: Places) -> bool:
    """Whether each carriage return is part of a line end."""
    return bool(np.count_nonzero(given == _RETURN) == np.count_nonzero(given[breaks - 1] == _RETURN))


def _any_blank(given: Bytes, ends: Places) -> bool:
    """Whether a line is empty, where a record should begin."""
    firsts = np.append(given[ends[:-1]], given[0])
    return bool(((firsts == _LINE_END) | (firsts == _RETURN)).any())


def _blank_begins(given: Bytes, quotes: Places, breaks: Places, mark: int) -> bool:
    """Whether a cell begins with a blank outside quotation marks."""
    begins = np.concatenate([np.flatnonzero(given[:-1] == mark), breaks[:-1]])
    blank = begins[given[begins + 1] == _BLANK]
    return given[0] == _BLANK or bool(_outside(blank, quotes).any())


def _parsed(
    block: bytes, header: list[str], named: frozenset[str], delimiter: str
) -> dict[str, pa.Array] | None:
    places = [str(at) for at in range(len(header))]
    kept = {str(at): name for at, name in enumerate(header) if name in named}
    try:
        table = pc.read_csv(
            pa.BufferReader(block),
            pc.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=places),
            pc.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            pc.ConvertOptions(
                column_types=dict.fromkeys(kept, pa.string()), include_columns=[*kept], check_utf8=False
            ),
        )
    except pa.ArrowException:
        return None
    return {name: table.column(place).combine_chunks() for place, name in kept.items()}
