"""Blocks of NDJSON in which nothing is odd, read by Arrow as columns, without an object for each row.

What is read here is exactly what `ndjson` reads line by line, which takes every other block. So the bytes
must be sure to be read alike by both: one object in each line, no control character, texts that are whole
characters, each name with values of one type, and no number that a type would change.
"""

from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from linkage import schema
from linkage.ingest.chunk import Chunk
from linkage.ingest.column_texts import one_array
from linkage.ingest.formats import arrow_json
from linkage.ingest.formats.streams import Lines
from linkage.ingest.mapping import Plan
from linkage.settings.ingest import Ingest as IngestSettings

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

TRIES = 4
"""Blocks of a file that may turn out to be odd, one after the other, before no further one is tried."""

_LINE_END, _BLANK, _OPEN, _CLOSE = map(ord, "\n {}")


class PlainJson:
    """Reads plain blocks of one file, as long as there are any."""

    def __init__(self, plan: Plan, chosen: IngestSettings) -> None:
        self._plan, self._wanted, self._depth = plan, plan.wanted, chosen.max_json_depth
        self._hashes = _hash_lists(plan)
        self._nested = plan.tolerant or not plan.flat
        self._left = TRIES

    def chunk(self, lines: Lines) -> Chunk | None:
        """The lines' columns; None if one of them may be odd."""
        if not self._left or not _is_plain(lines):
            return None
        try:
            table = arrow_json.read(lines.data, lines.count)
        except arrow_json.Odd:
            table = None
        if table is None or not self._fits(table.schema):
            self._left -= 1
            return None
        self._left = TRIES
        columns = {name: one_array(table.column(name)) for name in table.column_names if name in self._wanted}
        return Chunk(
            columns,
            range(lines.first, lines.first + lines.count),
            lambda i: lines.lines[i],
            unknown=frozenset(table.column_names) - self._wanted,
            objects=(lambda: [orjson.loads(line) for line in lines.lines]) if self._nested else None,
            nulls=b"null" in lines.data,
        )

    def _fits(self, schema: pa.Schema) -> bool:
        """Whether each name has a type that holds its values exactly, as far as they are read."""
        if 1 + max((arrow_json.depth(each.type) for each in schema), default=0) > self._depth:
            return False
        return all(self._fit(each.name, each.type) for each in schema)

    def _fit(self, name: str, kind: pa.DataType) -> bool:
        if name not in self._wanted:
            return name == name.strip()
        # An expression that looks into a row can ask for the row itself.
        # 5 and 5.0 are one number for Arrow, and not for a column of texts.
        return self._nested or kind in _EXACT or (name in self._hashes and kind == pa.list_(pa.string()))


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
