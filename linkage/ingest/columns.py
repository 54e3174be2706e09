"""A column at a time: the values of the contract, and which cells are refused.

Most columns are clean and take the bulk way. Of one that is not, the values of each type take it where they
can, and the rest goes cell by cell through `cell_reader.py`, so that the two can never disagree about a bad
cell.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from linkage import schema
from linkage.ingest.bulk import BULK, Column, Mask
from linkage.ingest.bulk_times import time_column
from linkage.ingest.cell_reader import ADDRESS, Cell, read_cell, uuid_text
from linkage.ingest.cells import Limits
from linkage.ingest.reasons import Refused

Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

UUID_BYTES = 16
PART_ROWS = 512
"""Rows of which those that are alike are read in bulk, where not all are."""


def read_column(
    name: str, kind: str, given: "list[Any] | pa.Array", limits: Limits, epoch: str = ""
) -> Column:
    """The column `name` of the contract from what the file has for it.

    `epoch`, a name of `times.EPOCHS`, is what numbers of a column of times count from, if it is declared.
    """
    if isinstance(given, pa.Array):
        given = _unpacked(name, kind, given)
    whole = list(_pieces(_ToBe(name, kind, limits, epoch), given, np.arange(len(given))))
    return whole[0].column if len(whole) == 1 else _joined(len(given), whole)


class _ToBe(NamedTuple):
    """What a column is to be."""

    name: str
    kind: str
    limits: Limits
    epoch: str


class _Piece(NamedTuple):
    """Some rows of a column, and what they are."""

    rows: Places
    column: Column


def _pieces(wanted: _ToBe, given: "list[Any] | pa.Array", rows: Places) -> Iterator[_Piece]:
    """The column in bulk; or of it what can be, type by type and part by part, and the rest cell by cell."""
    done = _in_bulk(wanted, given)
    if done is not None:
        yield _Piece(rows, done)
    elif len(given) <= PART_ROWS:
        values = given if isinstance(given, list) else python_values(given)
        yield _Piece(rows, _each([_refusable(wanted, value) for value in values], wanted.kind))
    else:
        for part in _parts(given):
            yield from _pieces(wanted, _at(given, part), rows[part])


def _parts(given: "list[Any] | pa.Array") -> list[Places]:
    """The places of each type of values; of one type some after the other."""
    kinds: dict[type, list[int]] = {}
    if isinstance(given, list):
        for place, value in enumerate(given):
            kinds.setdefault(type(value), []).append(place)
    if len(kinds) > 1:
        return [np.array(places) for places in kinds.values()]
    return np.split(np.arange(len(given)), range(PART_ROWS, len(given), PART_ROWS))


def _at(given: "list[Any] | pa.Array", places: Places) -> "list[Any] | pa.Array":
    if isinstance(given, list):
        return [given[place] for place in places.tolist()]
    return given.take(pa.array(places))


def _in_bulk(wanted: _ToBe, given: "list[Any] | pa.Array") -> Column | None:
    """All cells together; None where one of them must be looked at by itself."""
    array = _lifted(wanted.kind, given) if isinstance(given, list) else given
    if array is None:
        return None
    if pa.types.is_null(array.type):
        return Column(pa.nulls(len(array), schema.ARROW[wanted.kind]))
    if wanted.kind == schema.TIME:
        return time_column(array, wanted.name, wanted.limits, wanted.epoch)
    return BULK[wanted.kind](array, wanted.name, wanted.limits)


def _joined(size: int, pieces: Sequence[_Piece]) -> Column:
    """The pieces as one column, in the order of rows."""
    order = np.argsort(np.concatenate([each.rows for each in pieces]))
    faults: dict[int, str] = {}
    cleaned: dict[int, tuple[str, ...]] = {}
    for rows, column in pieces:
        faults |= {int(rows[place]): reason for place, reason in column.faults.items()}
        cleaned |= {int(rows[place]): how for place, how in column.cleaned.items()}
    return Column(
        pa.concat_arrays([each.column.values for each in pieces]).take(pa.array(order)),
        faults,
        _marks([each.column.naive for each in pieces], pieces, order),
        cleaned,
        _marks([each.column.blank for each in pieces], pieces, order),
    )


def _marks(given: Sequence[Mask | None], pieces: Sequence[_Piece], order: Places) -> Mask | None:
    if all(each is None for each in given):
        return None
    marks = [
        np.zeros(len(piece.rows), bool) if each is None else each
        for each, piece in zip(given, pieces, strict=True)
    ]
    found: Mask = np.concatenate(marks)[order]
    return found


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


def _refusable(wanted: _ToBe, value: Any) -> Cell | Refused:
    try:
        return read_cell(wanted.name, wanted.kind, value, wanted.limits, wanted.epoch)
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
