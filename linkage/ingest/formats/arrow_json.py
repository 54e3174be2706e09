"""Objects of JSON, one a line, read by Arrow as columns of nested types.

Arrow is given a type for every name and refuses what does not fit it: another name, one name twice, a value
of another type. So what it reads is what a reader of single lines would, but for two things it does not tell
apart: a name that is missing and one whose value is null, and numbers that one type of several holds.
"""

import re
from typing import Any

import orjson
import pyarrow as pa
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

    `known` has types of names met before, which may not occur in these lines.
    """
    kind = merged(known, _sampled(data))
    if kind is None:
        raise Odd
    try:
        table = _parsed(data, kind)
    except pa.ArrowException as error:
        more = merged(kind, _inferred(data))
        if more is None or more.equals(kind):
            raise Odd(_row(error)) from None
        try:
            table = _parsed(data, more)
        except pa.ArrowException as again:
            raise Odd(_row(again)) from None
    if table.num_rows != count:
        raise Odd
    return table


def _row(error: Exception) -> int | None:
    found = _ROW.search(str(error))
    return int(found[1]) if found else None


def _sampled(data: bytes) -> pa.StructType | None:
    """The types of the first rows; None where they differ or are no objects."""
    try:
        rows = [orjson.loads(line) for line in data.split(b"\n", SAMPLE)[:SAMPLE] if line]
        found = pa.infer_type(rows)
    except (orjson.JSONDecodeError, pa.ArrowException, OverflowError):
        return None
    return found if pa.types.is_struct(found) else None


def _inferred(data: bytes) -> pa.StructType | None:
    """The types of all rows; None where one is odd."""
    try:
        table = pj.read_json(pa.BufferReader(data), _options(data))
    except pa.ArrowException:
        return None
    found = _plain(pa.struct(list(table.schema)))
    return found if pa.types.is_struct(found) else None


def _parsed(data: bytes, kind: pa.StructType) -> pa.Table:
    given = pj.ParseOptions(pa.schema(list(kind)), unexpected_field_behavior="error")
    return pj.read_json(pa.BufferReader(data), _options(data), given)


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


def merged(one: pa.DataType | None, other: pa.DataType | None) -> pa.DataType | None:
    """A type that holds the values of both; of two that cannot be one, None."""
    if one is None or other is None:
        return other if one is None else one
    found = _merged(one, other)
    return found if found is not None and names_in(found) <= MOST_NAMES else None


def _merged(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    types = pa.types
    if one.equals(other) or types.is_null(other):
        return one
    if types.is_null(one):
        return other
    if types.is_struct(one) and types.is_struct(other):
        return _joined(one, other)
    if types.is_list(one) and types.is_list(other):
        inner = _merged(one.value_type, other.value_type)
        return None if inner is None else pa.list_(inner)
    numbers = {one, other} <= {pa.int64(), pa.float64(), pa.uint64()}
    return pa.float64() if numbers else None


def _joined(one: pa.StructType, other: pa.StructType) -> pa.StructType | None:
    kinds: dict[str, Any] = {each.name: each.type for each in one}
    for each in other:
        kinds[each.name] = _merged(kinds[each.name], each.type) if each.name in kinds else each.type
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
