"""Blocks of NDJSON in which nothing is odd, read by Arrow as columns, without an object for each row.

What is read here is exactly what `ndjson` reads line by line, which takes every other block. So the bytes
must be sure to be read alike by both: one object in each line, no control character, texts that are whole
characters, each name with values of one type, and no number that a type would change.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from linkage import schema
from linkage.ingest.chunk import Chunk, Exact
from linkage.ingest.formats import arrow_json
from linkage.ingest.formats.streams import Lines
from linkage.ingest.mapping import Plan
from linkage.settings.ingest import Ingest as IngestSettings

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.int64]]

TRIES = 4
"""Blocks of a file that turn out to be mostly odd, one after the other, before no further one is tried."""
CUTS = 8
"""How often a block is cut where a line is odd, before the rest of it counts as odd."""
PART_BYTES = 2**16
"""Bytes of lines that are not worth to be cut again."""

_LINE_END, _BLANK, _OPEN, _CLOSE = map(ord, "\n {}")


class PlainJson:
    """Reads plain blocks of one file, as long as there are any, with `more` columns than the plan's."""

    def __init__(self, plan: Plan, chosen: IngestSettings, more: frozenset[str] = frozenset()) -> None:
        self._plan, self._wanted, self._depth = plan, plan.wanted | more, chosen.max_json_depth
        self._hashes = _hash_lists(plan)
        self._nested = plan.tolerant or not plan.flat
        self._prompts = set() if self._nested else _prompts(plan)
        self._left = TRIES
        self._known: pa.StructType | None = None

    def chunks(self, lines: Lines) -> Iterator[tuple[Lines, Chunk | None]]:
        """The lines in parts, one after the other: the plain ones with their columns, others without."""
        waiting, cuts, odd, plain = [lines], 0, 0, 0
        while waiting:
            part = waiting.pop()
            found = self._tried(part)
            if isinstance(found, Chunk):
                plain += len(part.data)
                yield part, found
                continue
            # Where little was plain between odd lines, the rest is not worth to be tried.
            worth = self._left and cuts < CUTS and odd <= plain + PART_BYTES
            pieces = _cut(part, found.row) if worth else [part]
            if len(pieces) > 1:
                cuts += 1
                waiting += reversed(pieces)
            else:
                odd += len(part.data)
                yield part, None
        self._left = TRIES if 2 * odd <= len(lines.data) else max(self._left - 1, 0)

    def _tried(self, lines: Lines) -> Chunk | arrow_json.Odd:
        try:
            return self._read(lines)
        except arrow_json.Odd as odd:
            return odd

    def _read(self, lines: Lines) -> Chunk:
        """The lines' columns; raises Odd if one of them may be odd."""
        if not self._left or not lines.data:
            raise arrow_json.Odd
        _check_plain(lines.data)
        table = arrow_json.read(lines.data, lines.count, self._known)
        if not self._fits(table.schema):
            raise arrow_json.Odd
        self._known = pa.struct(list(table.schema))
        names = _names(table, lines.data)
        return Chunk(
            {name: arrow_json.one_array(table.column(name)) for name in names & self._wanted},
            range(lines.first, lines.first + lines.count),
            lambda i: lines.lines[i],
            unknown=frozenset(names) - self._wanted,
            objects=(lambda: [orjson.loads(line) for line in lines.lines]) if self._nested else None,
            nulls=cache(lambda: b"null" in lines.data),
            exact={name: _exact(lines, name) for name in names & self._prompts},
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
        if self._nested or kind in _EXACT or (name in self._hashes and kind == pa.list_(pa.string())):
            return True
        return name in self._prompts and _is_of_objects(kind)


def _names(table: pa.Table, data: bytes) -> set[str]:
    """The names that the lines have, of which some may have been met in other blocks alone."""
    found = {name for name in table.column_names if table.column(name).null_count < table.num_rows}
    rest = set(table.column_names) - found
    if not rest or b"null" not in data:
        return found
    found |= arrow_json.names_of(arrow_json.first_lines(data))
    return found | (arrow_json.names_of(data) if rest - found else set())


def _exact(lines: Lines, name: str) -> Exact:
    """What gives the values of a name in some of the lines."""
    return lambda places: [orjson.loads(lines.lines[at]).get(name) for at in places]


def _prompts(plan: Plan) -> set[str]:
    """The file's columns that are nothing but prompts, which may be conversations."""
    other = {each.column for ours, each in [*plan.columns.items(), *plan.unpivot.items()] if ours != "prompt"}
    return {plan.columns["prompt"].column} - other if "prompt" in plan.columns else set()


def _is_of_objects(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind.value_type if pa.types.is_list(kind) else kind))


_EXACT = (pa.string(), pa.int64(), pa.bool_(), pa.null())


def _hash_lists(plan: Plan) -> set[str]:
    """The file's columns that are nothing but lists of hashes."""
    other = {each.column for each in plan.unpivot.values()}
    other |= {each.column for ours, each in plan.columns.items() if not _is_hashes(plan, ours)}
    return {each.column for each in plan.columns.values()} - other


def _is_hashes(plan: Plan, ours: str) -> bool:
    return plan.table.columns[ours] == schema.HASHES


def _check_plain(data: bytes) -> None:
    """Raises Odd unless each line begins and ends as an object, and is text without a control character."""
    given: Bytes = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(given == _LINE_END)
    begins = np.concatenate([[0], ends[:-1] + 1])
    # No text holds a line end, so between `}` and `{` it parts two objects.
    shaped = (given[begins] == _OPEN) & (given[ends - 1] == _CLOSE) & (begins < ends)
    if not shaped.all():
        raise arrow_json.Odd(int(np.argmin(shaped)))
    if np.count_nonzero(given < _BLANK) != len(ends):
        controls = np.flatnonzero((given < _BLANK) & (given != _LINE_END))
        raise arrow_json.Odd(int(np.searchsorted(ends, controls[0])))
    at = not_text(data)
    if at is not None:
        raise arrow_json.Odd(int(np.searchsorted(ends, at)))


def not_text(data: bytes) -> int | None:
    """The first byte that is no UTF-8; None where all are."""
    if data.isascii():
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _cut(lines: Lines, row: int | None) -> list[Lines]:
    """The lines cut around an odd one; in halves where nobody knows which that is. Few are left whole."""
    if len(lines.data) <= PART_BYTES:
        return [lines]
    ends = np.flatnonzero(np.frombuffer(lines.data, np.uint8) == _LINE_END) + 1
    if row is None or row >= len(ends):
        return _parts(lines, ends, [int(np.searchsorted(ends, len(lines.data) // 2))])
    begin = int(ends[row - 1]) if row else 0
    after = int(np.searchsorted(ends, begin + PART_BYTES))
    return _parts(lines, ends, [row - 1 if begin > PART_BYTES else -1, min(max(after, row), len(ends) - 1)])


def _parts(lines: Lines, ends: Places, last: list[int]) -> list[Lines]:
    """The lines in parts, of which all but the last end with these."""
    found, start, number = [], 0, 0
    for at in [*last, len(ends) - 1]:
        end = int(ends[at]) if at >= 0 else 0
        if end > start:
            is_last = end == len(lines.data)
            found.append(
                Lines(lines.first + number, lines.data[start:end], open_end=lines.open_end and is_last)
            )
        start, number = max(start, end), max(number, at + 1)
    return found
