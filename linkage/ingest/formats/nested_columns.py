"""Columns of objects and lists of them as Parquet has them, in the types that columns are asked in."""

from typing import Any

import pyarrow as pa


def written_out(column: pa.Array) -> "list[Any] | pa.Array":
    """Nested values with every text written out; as Python values where a type is not known to columns.

    Raises ValueError where a text is no UTF-8.
    """
    kind = _written_type(column.type)
    if kind is None:
        values: list[Any] = column.to_pylist()
        return values
    found = column.cast(kind)
    found.validate(full=True)
    return found


_CASTS = {"time": "a timestamp, which has a date too", "dura": "a number"}
"""What a type that says something else could be, by the beginning of its name."""


def remedy(name: str, kind: pa.DataType) -> str:
    """What to do about the column `name`, of a type in which one value of ours cannot be."""
    if not (pa.types.is_nested(kind) or pa.types.is_map(kind)):
        return f"cast it to {_CASTS.get(str(kind)[:4], 'text')}"
    inner = kind.field(0).name if pa.types.is_struct(kind) else "KEY"
    return f'map a path into it under [sources], such as "{name}.{inner}"'


def _written_type(kind: pa.DataType) -> pa.DataType | None:
    """The type with plain texts and lists; None where it has maps, bytes, or others of no meaning here."""
    kinds = pa.types
    if kinds.is_dictionary(kind):
        return _written_type(kind.value_type)
    if kinds.is_struct(kind):
        inner = [(each.name, _written_type(each.type)) for each in kind]
        return None if any(each is None for _, each in inner) else pa.struct(inner)
    if kinds.is_list(kind) or kinds.is_large_list(kind):
        inside = _written_type(kind.value_type)
        return None if inside is None else pa.list_(inside)
    if kinds.is_string(kind) or kinds.is_large_string(kind):
        return pa.string()
    numbers = kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)
    return kind if numbers or kinds.is_timestamp(kind) or kinds.is_null(kind) else None
