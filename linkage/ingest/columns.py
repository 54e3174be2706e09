"""A column at a time: the values of the contract, and which cells are refused.

Most columns are clean and take the bulk way. One that is not goes cell by cell through `cell_reader.py`,
so that the two can never disagree about a bad cell.
"""

from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from linkage import schema
from linkage.ingest.bulk import BULK, Column
from linkage.ingest.bulk_times import time_column
from linkage.ingest.cell_reader import ADDRESS, Cell, read_cell, uuid_text
from linkage.ingest.cells import Limits
from linkage.ingest.reasons import Refused

UUID_BYTES = 16


def read_column(
    name: str, kind: str, given: "list[Any] | pa.Array", limits: Limits, epoch: str = ""
) -> Column:
    """The column `name` of the contract from what the file has for it.

    `epoch`, a name of `times.EPOCHS`, is what numbers of a column of times count from, if it is declared.
    """
    if isinstance(given, pa.Array):
        given = _unpacked(name, kind, given)
    array = _lifted(kind, given) if isinstance(given, list) else given
    if array is not None:
        if pa.types.is_null(array.type):
            return Column(pa.nulls(len(array), schema.ARROW[kind]))
        done = (
            time_column(array, name, limits, epoch)
            if kind == schema.TIME
            else BULK[kind](array, name, limits)
        )
        if done is not None:
            return done
    values = given if isinstance(given, list) else python_values(given)
    return _each([_refusable(name, kind, value, limits, epoch) for value in values], kind)


def _unpacked(name: str, kind: str, given: pa.Array) -> "list[Any] | pa.Array":
    """Bytes as what they are in a column of this name: an address, an id of 16 bytes, or a text."""
    types = pa.types
    if not (types.is_binary(given.type) or types.is_fixed_size_binary(given.type)):
        return given
    if name == ADDRESS:
        packed: list[Any] = given.to_pylist()
        return packed
    if kind == schema.TEXT and types.is_fixed_size_binary(given.type) and given.type.byte_width == UUID_BYTES:
        return [None if each is None else uuid_text(each) for each in given.to_pylist()]
    return given.cast(pa.binary()).view(pa.string())


def _refusable(name: str, kind: str, value: Any, limits: Limits, epoch: str) -> Cell | Refused:
    try:
        return read_cell(name, kind, value, limits, epoch)
    except Refused as refused:
        return refused


def _lifted(kind: str, values: list[Any]) -> pa.Array | None:
    """Python values of one type as an array; None when they differ or Arrow cannot hold them."""
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    wanted = _HELD.get(next(iter(kinds))) if len(kinds) == 1 else None
    if kinds == {list}:
        wanted = schema.ARROW.get(kind) if _lists_agree(kind, values) else None
    if wanted is None:
        return None
    try:
        return pa.array(values, wanted)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        return None


_HELD = {str: pa.string(), int: pa.int64(), float: pa.float64()}


def _lists_agree(kind: str, values: list[Any]) -> bool:
    # Arrow takes true for 1 and bytes for texts without a word.
    inner = set(map(type, chain.from_iterable(each for each in values if each is not None)))
    return inner <= ({str} if kind == schema.HASHES else {int, float} if kind == schema.VECTOR else set())


def _each(read: "list[Cell | Refused]", kind: str) -> Column:
    found = [each.value if isinstance(each, Cell) else None for each in read]
    faults = {index: each.reason for index, each in enumerate(read) if isinstance(each, Refused)}
    cleaned = {i: each.cleaned for i, each in enumerate(read) if isinstance(each, Cell) and each.cleaned}
    blank = np.fromiter((isinstance(each, Cell) and each.meaningless for each in read), bool, len(read))
    naive = None
    if kind == schema.TIME:
        naive = np.fromiter((each is not None and each.naive for each in found), bool, len(found))
        found = [each and each.at for each in found]
    values = pa.array(found, schema.ARROW[kind])
    return Column(values, faults, naive, cleaned, blank if blank.any() else None)


def python_values(array: pa.Array) -> list[Any]:
    """The values as Python objects; a text that is no UTF-8 as its bytes."""
    # Texts that may be no UTF-8 go through bytes, or one of them would stop all.
    if pa.types.is_string(array.type):
        return [_text_or_bytes(each) for each in array.cast(pa.binary()).to_pylist()]
    if pa.types.is_list(array.type) and pa.types.is_string(array.type.value_type):
        lists = array.cast(pa.list_(pa.binary())).to_pylist()
        return [None if each is None else [_text_or_bytes(one) for one in each] for each in lists]
    values: list[Any] = array.to_pylist()
    return values


def _text_or_bytes(value: bytes | None) -> str | bytes | None:
    try:
        return None if value is None else value.decode("utf-8")
    except UnicodeDecodeError:
        return value
