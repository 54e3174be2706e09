"""Whole columns in the types of the contract, where every cell is certain to be clean.

Each function returns None when it is not sure of every cell.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage import schema
from linkage.ingest import blanks, cells, cleaning, spelling
from linkage.ingest.cell_reader import IDS, NUMBER_ID, PROSE, VERBATIM, words_of
from linkage.ingest.cells import Limits

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_NUMBERS = f"^(?:{NUMBER_ID.pattern})$"
WHOLE_TEXT = r"^[0-9]{1,18}$"


@dataclass(frozen=True)
class Column:
    """A column in the contract's type, null where empty or refused; `faults` has the reason for each that is.

    `naive` marks times without a zone; `cleaned` says what was done to a cell; `blank` marks words that mean
    nothing.
    """

    values: pa.Array
    faults: dict[int, str] = field(default_factory=dict)
    naive: Mask | None = None
    cleaned: dict[int, tuple[str, ...]] = field(default_factory=dict)
    blank: Mask | None = None


def text_column(array: pa.Array, name: str, limits: Limits) -> Column | None:
    """Texts, of which those that say nothing are null; whole numbers and dates are texts too."""
    if pa.types.is_floating(array.type):
        array = _whole(array)
    if array is not None and pa.types.is_int64(array.type):
        return Column(array.cast(pa.string()))
    if array is not None and pa.types.is_date(array.type):
        return Column(array.cast(pa.date32()).cast(pa.string()))
    prose = name in VERBATIM
    texts = None if array is None else _valid(array, limits)
    if texts is not None and not prose:
        texts = pc.utf8_trim(texts, characters=cells.WHITE)
    if texts is None or not (shown := cleaning.at_a_glance(texts, prose=name in PROSE)).clean:
        return None
    if name in IDS and any_true(pc.match_substring_regex(texts, _NUMBERS)):
        return None
    if not prose and not shown.ascii:
        texts = spelling.composed(texts)
    return _emptied(texts, blanks.blank_cells(texts, words_of(name, limits), cells.WHITE))


def _whole(array: pa.Array) -> pa.Array | None:
    """Floats that are all whole numbers as such; None where one is not, or too large to be exact."""
    size = pc.abs(array)
    sure = all_true(pc.and_(pc.equal(size, pc.floor(size)), pc.less(size, cells.LARGEST_EXACT)))
    return array.cast(pa.int64()) if sure else None


def _valid(array: pa.Array, limits: Limits) -> pa.Array | None:
    if not pa.types.is_string(array.type):
        return None
    try:
        array.validate(full=True)  # the texts of a Parquet file may be no UTF-8
    except pa.ArrowInvalid:
        return None
    longest = pc.max(pc.binary_length(array)).as_py() or 0
    return array if longest <= limits.max_bytes else None


def _emptied(texts: pa.Array, blank: pa.Array) -> Column:
    empty, some = pc.equal(texts, ""), any_true(blank)
    if some or any_true(empty):
        texts = pc.if_else(pc.or_(empty, blank), pa.scalar(None, pa.string()), texts)
    return Column(texts, blank=np.asarray(blank) if some else None)


def any_true(answers: pa.Array) -> bool:
    """Whether one of the answers is true; null is none."""
    return pc.any(answers, min_count=0).as_py() is True


def all_true(answers: pa.Array) -> bool:
    """Whether none of the answers is false; null is none."""
    return pc.all(answers, min_count=0).as_py() is not False


def _count(array: pa.Array, name: str, limits: Limits) -> Column | None:
    if pa.types.is_string(array.type):
        trimmed = text_column(array, name, limits)
        if trimmed is None or not all_true(pc.match_substring_regex(trimmed.values, WHOLE_TEXT)):
            return None
        return replace(trimmed, values=trimmed.values.cast(pa.int64()))
    sure = pa.types.is_int64(array.type) and all_true(pc.greater_equal(array, 0))
    return Column(array) if sure else None


def _number(array: pa.Array, name: str, limits: Limits) -> Column | None:
    sure = pa.types.is_float64(array.type) and all_true(pc.is_finite(array))
    return Column(array) if sure else None


def _hashes(array: pa.Array, name: str, limits: Limits) -> Column | None:
    if not pa.types.is_list(array.type):
        return None
    inner = array.flatten()
    done = text_column(inner, name, limits) if pa.types.is_string(inner.type) else None
    if done is None or done.values.null_count:
        return None
    return Column(_lists(array, done.values))


def _vector(array: pa.Array, name: str, limits: Limits) -> Column | None:
    if not pa.types.is_list(array.type) or not pa.types.is_floating(array.type.value_type):
        return None
    inner = array.flatten().cast(pa.float32())
    if inner.null_count or not all_true(pc.is_finite(inner)):
        return None
    return Column(_lists(array, inner))


def _lists(array: pa.Array, inner: pa.Array) -> pa.Array:
    """The lists again around other values, an empty list as null."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, inner, mask=pa.array(lengths == 0))


BULK: dict[str, Callable[[pa.Array, str, Limits], Column | None]] = {
    schema.TEXT: text_column,
    schema.COUNT: _count,
    schema.NUMBER: _number,
    schema.HASHES: _hashes,
    schema.VECTOR: _vector,
}
"""By kind of column; times have more to be told, and a module of their own."""
