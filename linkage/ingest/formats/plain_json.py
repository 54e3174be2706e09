"""Blocks of NDJSON in which nothing is odd, read by Arrow as columns, without an object for each row.

What is read here is exactly what `ndjson` reads line by line, which takes every other block. So the bytes
must be sure to be read alike by both: one object in each line, no control character, texts that are whole
characters, each name with values of one type, and no number that a type would change.
"""

from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.json as pj

from linkage import schema
from linkage.ingest.chunk import Chunk
from linkage.ingest.formats import strict_json
from linkage.ingest.formats.streams import Lines
from linkage.ingest.mapping import Plan
from linkage.settings.ingest import Ingest as IngestSettings

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

SAMPLE = 100
"""Lines of a block from which the types of its names are taken."""
TRIES = 4
"""Blocks of a file that may turn out to be odd, one after the other, before no further one is tried."""

_LINE_END, _BLANK, _OPEN, _CLOSE = map(ord, "\n {}")


class PlainJson:
    """Reads plain blocks of one file, as long as there are any."""

    def __init__(self, plan: Plan, chosen: IngestSettings) -> None:
        self._wanted, self._depth = plan.wanted, chosen.max_json_depth
        self._hashes = _hash_lists(plan)
        # An expression that looks into a row needs it as an object.
        self._left = TRIES if plan.flat and not plan.tolerant else 0

    def chunk(self, lines: Lines) -> Chunk | None:
        """The lines' columns; None if one of them may be odd."""
        if not self._left or not _is_plain(lines):
            return None
        types = self._types(lines)
        table = None if types is None else _parsed(lines, types)
        if types is None or table is None:
            self._left -= 1
            return None
        self._left = TRIES
        columns = {name: table.column(name).combine_chunks() for name in types if name in self._wanted}
        numbers = range(lines.first, lines.first + lines.count)
        unknown = frozenset(types) - self._wanted
        return Chunk(columns, numbers, lambda i: lines.lines[i], unknown=unknown)

    def _types(self, lines: Lines) -> dict[str, pa.DataType] | None:
        """A type for each name of the first rows; None where one holds its values not exactly."""
        try:
            rows = [orjson.loads(line) for line in lines.data.split(b"\n", SAMPLE)[:SAMPLE] if line]
        except orjson.JSONDecodeError:
            return None
        if any(type(row) is not dict or strict_json.deep(row, self._depth) for row in rows):
            return None
        types = {}
        for name in dict.fromkeys(name for row in rows for name in row):
            kind = self._type(name, [row[name] for row in rows if name in row])
            if kind is None:
                return None
            types[name] = kind
        return types

    def _type(self, name: str, values: list[Any]) -> pa.DataType | None:
        if name not in self._wanted and name != name.strip():
            return None
        try:
            kind = pa.infer_type(values)
        except (pa.ArrowException, OverflowError):
            return None
        # 5 and 5.0 are one number for Arrow, and not for a column of texts.
        fits = kind in _EXACT or (name in self._hashes and kind == pa.list_(pa.string()))
        return kind if fits or name not in self._wanted else None


_EXACT = (pa.string(), pa.int64(), pa.bool_(), pa.null())


def _hash_lists(plan: Plan) -> set[str]:
    """The file's columns that are nothing but lists of hashes."""
    other = {each.column for each in plan.unpivot.values()}
    other |= {each.column for ours, each in plan.columns.items() if not _is_hashes(plan, ours)}
    return {each.column for each in plan.columns.values()} - other


def _is_hashes(plan: Plan, ours: str) -> bool:
    return plan.table.columns[ours] == schema.HASHES


def _is_plain(lines: Lines) -> bool:
    """Whether each line begins and ends as an object, and is text without a control character."""
    data = lines.data
    given: Bytes = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(given == _LINE_END)
    if not len(ends) or ends[0] == 0 or np.count_nonzero(given < _BLANK) != len(ends):
        return False
    # No text holds a line end, so between `}` and `{` it parts two objects.
    if given[0] != _OPEN or (given[ends[:-1] + 1] != _OPEN).any() or (given[ends - 1] != _CLOSE).any():
        return False
    return is_text(data)


def is_text(data: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parsed(lines: Lines, types: dict[str, pa.DataType]) -> pa.Table | None:
    """The lines as a table; None where a row has another name, one name twice, or a value of another type."""
    try:
        table = pj.read_json(
            pa.BufferReader(lines.data),
            pj.ReadOptions(use_threads=False, block_size=len(lines.data) + 1),
            pj.ParseOptions(pa.schema(types.items()), unexpected_field_behavior="error"),
        )
    except pa.ArrowException:
        return None
    return table if table.num_rows == lines.count else None
