"""Objects of JSON, one a line, read by Arrow as columns of nested types.

Arrow is given a type for every name and refuses what does not fit it: another name, one name twice, a value
of another type. So what it reads is what a reader of single lines would, but for two things it does not tell
apart: a name that is missing and one whose value is null, and numbers that one type of several holds.

Its parser is kept from what would end or stop the program: it calls itself for each level of nesting, and it
makes a cell for each name that any row has in every row. So lines are measured before it is given them.
"""

import re
from bisect import bisect_left
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from linkage.ingest.formats import strict_json

Ends: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
"""Where each of several records ends, in bytes: the next one begins there."""

SAMPLE = 100
"""Lines from which the types of names are taken."""
MOST_NAMES = 1_000
"""Names that objects may have all together. Where keys are data, each row would have a column of its own."""

MOST_CELLS = 2**22
"""Names times rows, of which each takes about 18 bytes: beyond it, rows take less one by one."""
MOST_DEEP = 64
"""How deep lists and objects may stand inside one another. The stack of a thread holds a few thousand."""

_LINE_END, _OPEN, _CASE = ord("\n"), ord("{"), ord("{") ^ ord("[")
"""`_CASE` is the bit by which `[` differs from `{`."""

_ROW = re.compile(r"in row ([0-9]+)$")


class Odd(Exception):
    """Lines that are not plain; `row` is the first such line, where it is known."""

    def __init__(self, row: int | None = None) -> None:
        super().__init__("a line is not plain")
        self.row = row


def read(data: bytes, count: int, known: pa.StructType | None = None) -> pa.Table:
    """The `count` lines as a table, a column for each name; raises Odd where one line may be read otherwise.

    `known` has types of names met before; those of them that do not occur in these lines are null.
    """
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _LINE_END) + 1
    if len(ends) != count:
        raise Odd
    return _read(data, ends, known)


def _read(data: bytes, ends: Ends, known: pa.StructType | None) -> pa.Table:
    _check_depth(data, ends)
    kind = _inferred(data, ends[:SAMPLE]) if known is None else known
    table = _parsed(data, ends, kind)
    if table is None:
        table = _parsed(data, ends, _wider(kind, _inferred(data, ends)), sure=True)
    if table is None or table.num_rows != len(ends) or not _is_sound(table):
        raise Odd
    if not all(_is_finite(each) for each in table.columns if _has_fractions(each.type)):
        raise Odd  # Arrow reads NaN as a number, which it is not in JSON
    return table


def _is_sound(table: pa.Table) -> bool:
    """Whether lists are as long as they say: Arrow miscounts those of nulls alone."""
    try:
        table.validate()
    except pa.ArrowInvalid:
        return False
    return True


def _check_depth(data: bytes, ends: Ends) -> None:
    """Raises Odd unless all records are JSON that is not too deep."""
    opening = np.flatnonzero(np.frombuffer(data, np.uint8) | _CASE == _OPEN)
    counts = np.diff(np.searchsorted(opening, ends), prepend=0)
    for row in np.flatnonzero(counts > MOST_DEEP).tolist():
        try:
            found = orjson.loads(data[ends[row - 1] if row else 0 : ends[row]])
        except orjson.JSONDecodeError:
            raise Odd(row) from None
        if strict_json.deep(found, MOST_DEEP):
            raise Odd(row)


def _records(data: bytes, ends: Ends) -> list[bytes]:
    """The records that end there, the first of which begins with the data."""
    return [data[begin:end] for begin, end in pairwise([0, *ends.tolist()])]


def _has_fractions(kind: pa.DataType) -> bool:
    """Whether a type holds numbers that need not be whole."""
    if pa.types.is_list(kind):
        return _has_fractions(kind.value_type)
    if pa.types.is_struct(kind):
        return any(_has_fractions(each.type) for each in kind)
    return bool(pa.types.is_floating(kind))


def _is_finite(value: "pa.ChunkedArray | pa.Array") -> bool:
    """Whether all numbers inside are finite."""
    if pa.types.is_floating(value.type):
        return pc.all(pc.is_finite(value)).as_py() is not False
    if pa.types.is_list(value.type):
        return _is_finite(pc.list_flatten(value))
    if pa.types.is_struct(value.type):
        return all(_is_finite(pc.struct_field(value, [at])) for at in range(value.type.num_fields))
    return True


def _wider(kind: pa.StructType, found: pa.StructType) -> pa.StructType:
    both = merged(kind, found)
    return found if both is None else both


def names_of(data: bytes) -> set[str]:
    """The names that the objects of lines have."""
    return set().union(*map(orjson.loads, data.splitlines()))


def values(texts: pa.Array) -> pa.Array:
    """The values of texts, none of them null, each of which holds one; raises Odd as `read` does."""
    # As many rows as texts means that none ends its object, for that would begin another row or none.
    table = _read(*_joined_texts(pc.binary_join_element_wise('{"v":', texts, "}\n", "")), None)
    if table.column_names != ["v"]:
        raise Odd
    return one_array(table.column("v"))


def _joined_texts(texts: pa.Array) -> tuple[bytes, Ends]:
    """The texts one after the other, and where each ends."""
    offsets, data = texts.buffers()[1:]
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    joined = b"" if data is None else data.slice(int(ends[0]), int(ends[-1] - ends[0])).to_pybytes()
    return joined, ends[1:] - ends[0]


def one_array(column: "pa.ChunkedArray | pa.Array") -> pa.Array:
    """The column in one piece."""
    if isinstance(column, pa.Array):
        return column
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.nulls(0)])


def _row(error: Exception) -> int | None:
    found = _ROW.search(str(error))
    return int(found[1]) if found else None


def _inferred(data: bytes, ends: Ends) -> pa.StructType:
    """The types of all records; raises Odd where one is odd."""
    rows = []
    for row, each in enumerate(_records(data, ends)):
        try:
            rows.append(orjson.loads(each))
        except orjson.JSONDecodeError:
            raise Odd(row) from None
    kind = _kind(rows)
    if kind is None:
        raise Odd(_first_unlike(rows))
    return kind


def _first_unlike(rows: list[Any]) -> int:
    """The first row that has no type in common with those before it; mostly one of the first."""
    size = 1
    while _kind(rows[:size]) is not None:
        size *= 2
    return bisect_left(range(size), 1, size // 2, key=lambda last: _kind(rows[: last + 1]) is None)


def _kind(rows: list[Any]) -> pa.StructType | None:
    """The type of which all rows are, if there is one."""
    try:
        found = pa.infer_type(rows)
    except (pa.ArrowException, OverflowError):
        return None
    return found if pa.types.is_struct(found) else None


def first_lines(data: bytes) -> bytes:
    """The lines from which types are taken."""
    return b"\n".join(data.split(b"\n", SAMPLE)[:SAMPLE])


def _parsed(data: bytes, ends: Ends, kind: pa.StructType, *, sure: bool = False) -> pa.Table | None:
    """The records as a table; None where other types may fit them, unless these are `sure`.

    Raises Odd where a record is odd.
    """
    names = names_in(kind)
    if names > MOST_NAMES or names * len(ends) > MOST_CELLS:
        raise Odd
    given = pj.ParseOptions(pa.schema(list(kind)), unexpected_field_behavior="error")
    try:
        return pj.read_json(pa.BufferReader(data), _options(data), given)
    except pa.ArrowException as error:
        row, text = _row(error), str(error)
        # Where the first row does not fit, or one after rows with null, the types were wrong and not the row.
        if sure or (row and "from null" not in text):
            raise Odd(row) from None
        return None


def _options(data: bytes) -> pj.ReadOptions:
    return pj.ReadOptions(use_threads=False, block_size=len(data) + 1)


def merged(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """A type that holds the values of both; of two that cannot be one, None."""
    types = pa.types
    if one.equals(other) or types.is_null(other):
        return one
    if types.is_null(one):
        return other
    if types.is_struct(one) and types.is_struct(other):
        return _joined(one, other)
    if types.is_list(one) and types.is_list(other):
        inner = merged(one.value_type, other.value_type)
        return None if inner is None else pa.list_(inner)
    # Which of them a value was is for those to say who read it.
    numbers = {one, other} <= {pa.int64(), pa.float64(), pa.uint64()}
    return pa.float64() if numbers else None


def _joined(one: pa.StructType, other: pa.StructType) -> pa.StructType | None:
    kinds: dict[str, Any] = {each.name: each.type for each in one}
    for each in other:
        kinds[each.name] = merged(kinds[each.name], each.type) if each.name in kinds else each.type
    return None if None in kinds.values() else pa.struct(list(kinds.items()))


def names_in(kind: pa.DataType) -> int:
    """How many names a type has, at any depth."""
    if pa.types.is_list(kind):
        return names_in(kind.value_type)
    return sum(1 + names_in(each.type) for each in kind) if pa.types.is_struct(kind) else 0


def depth(kind: pa.DataType) -> int:
    """How deep lists and objects stand inside one another."""
    if pa.types.is_list(kind):
        return 1 + depth(kind.value_type)
    if pa.types.is_struct(kind):
        return 1 + max((depth(each.type) for each in kind), default=0)
    return 0
