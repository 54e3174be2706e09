"""Objects of JSON, one a line, read by Arrow as columns of nested types.

Arrow is given a type for every name and refuses what does not fit it: another name, one name twice, a value
of another type. So what it reads is what a reader of single lines would, but for two things it does not tell
apart: a name that is missing and one whose value is null, and numbers that one type of several holds.
"""

import re
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

SAMPLE = 100
"""Lines from which the types of names are taken."""
MOST_NAMES = 1_000
"""Names that objects may have all together. Where keys are data, each row would have a column of its own."""

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
    kind = _sampled(data) if known is None else known
    table = None if kind is None else _parsed(data, kind)
    if table is None:
        found = _inferred(data)
        more = found if kind is None else _wider(kind, found)
        if names_in(more) > MOST_NAMES:
            raise Odd
        table = _parsed(data, more)
    if table is None or table.num_rows != count:
        raise Odd
    return table


def _wider(kind: pa.StructType, found: pa.StructType) -> pa.StructType:
    both = merged(kind, found)
    return found if both is None else both


def names_of(data: bytes) -> set[str]:
    """The names that the objects of lines have."""
    return set().union(*map(orjson.loads, data.splitlines()))


def values(texts: pa.Array) -> pa.Array:
    """The values of texts, none of them null, each of which holds one; raises Odd as `read` does."""
    # As many rows as texts means that none ends its object, for that would begin another row or none.
    table = read(_bytes(pc.binary_join_element_wise('{"v":', texts, "}\n", "")), len(texts))
    if table.column_names != ["v"]:
        raise Odd
    return one_array(table.column("v"))


def _bytes(texts: pa.Array) -> bytes:
    """The texts one after the other."""
    offsets, data = texts.buffers()[1:]
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return b"" if data is None else data.slice(int(ends[0]), int(ends[-1] - ends[0])).to_pybytes()


def one_array(column: "pa.ChunkedArray | pa.Array") -> pa.Array:
    """The column in one piece."""
    if isinstance(column, pa.Array):
        return column
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.nulls(0)])


def _row(error: Exception) -> int | None:
    found = _ROW.search(str(error))
    return int(found[1]) if found else None


def _sampled(data: bytes) -> pa.StructType | None:
    """The types of the first rows; None where they differ or are no objects."""
    try:
        found = pa.infer_type([orjson.loads(line) for line in first_lines(data).splitlines()])
    except (orjson.JSONDecodeError, pa.ArrowException, OverflowError):
        return None
    return found if pa.types.is_struct(found) else None


def first_lines(data: bytes) -> bytes:
    """The lines from which types are taken."""
    return b"\n".join(data.split(b"\n", SAMPLE)[:SAMPLE])


def _inferred(data: bytes) -> pa.StructType:
    """The types of all rows; raises Odd where one is odd."""
    try:
        return _plain(pa.struct(list(pj.read_json(pa.BufferReader(data), _options(data)).schema)))
    except pa.ArrowException as error:
        raise Odd(_row(error)) from None


def _parsed(data: bytes, kind: pa.StructType) -> pa.Table | None:
    """The lines as a table of these types; None where one does not fit."""
    given = pj.ParseOptions(pa.schema(list(kind)), unexpected_field_behavior="error")
    try:
        return pj.read_json(pa.BufferReader(data), _options(data), given)
    except pa.ArrowException:
        return None


def _options(data: bytes) -> pj.ReadOptions:
    return pj.ReadOptions(use_threads=False, block_size=len(data) + 1)


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type with texts where Arrow saw times in them."""
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(each.name, _plain(each.type)) for each in kind])
    return kind


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
