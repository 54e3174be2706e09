"""A column at a time: the values of the contract, and which cells are refused.

Most columns are clean and take the bulk way. One that is not goes cell by cell through `cells.py`,
so that the two can never disagree about a bad cell.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage import schema
from linkage.ingest import cells, reasons
from linkage.ingest.cells import Limits
from linkage.ingest.reasons import Refused

VERBATIM = ("prompt", "system_prompt")
"""Texts whose white space is theirs."""

_DAY = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
NAIVE = f"^{_DAY}(?:{_CLOCK})?$"
ZONED = f"^{_DAY}{_CLOCK}(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])$"
"""The ISO forms Arrow reads as Python does; any other goes cell by cell."""

EPOCH_TEXT = r"^[0-9]{9,18}$"
SECONDS_TEXT = r"^[0-9]{9,12}\.[0-9]{1,9}$"
WHOLE_TEXT = r"^[0-9]{1,18}$"


@dataclass(frozen=True)
class Column:
    """A column in the contract's type, null where empty or refused; `naive` marks times without a zone."""

    values: pa.Array
    faults: dict[int, str] = field(default_factory=dict)
    naive: np.ndarray[Any, np.dtype[np.bool_]] | None = None


def read_column(name: str, kind: str, given: "list[Any] | pa.Array", limits: Limits) -> Column:
    """The column `name` of the contract from what the file has for it."""
    array = _lifted(kind, given) if isinstance(given, list) else given
    if array is not None:
        if pa.types.is_null(array.type):
            return Column(pa.nulls(len(array), schema.ARROW[kind]))
        done = _BULK[kind](array, name, limits)
        if done is not None:
            return done
    values = given if isinstance(given, list) else python_values(given)
    return _each(name, kind, values, limits)


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


def _each(name: str, kind: str, values: list[Any], limits: Limits) -> Column:
    read, faults, found = cells.READ[kind], {}, []
    if kind == schema.TEXT and name in VERBATIM:
        read = _verbatim
    for index, value in enumerate(values):
        try:
            found.append(None if value is None else read(value, limits))
        except Refused as refused:
            faults[index] = refused.reason
            found.append(None)
    if kind != schema.TIME:
        return Column(pa.array(found, schema.ARROW[kind]), faults)
    naive = np.fromiter((each is not None and each.naive for each in found), bool, len(found))
    return Column(pa.array([each and each.at for each in found], pa.int64()), faults, naive)


def _verbatim(value: Any, limits: Limits) -> str | None:
    return cells.text(value, limits, trim=False)


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


# --- bulk: each returns None when it is not sure of every cell --------------------------------------


def _text(array: pa.Array, name: str, limits: Limits) -> Column | None:
    if pa.types.is_int64(array.type):
        return Column(array.cast(pa.string()))
    if pa.types.is_date(array.type):
        return Column(array.cast(pa.date32()).cast(pa.string()))
    texts = _sound(array, limits)
    if texts is None:
        return None
    if name not in VERBATIM:
        texts = pc.utf8_trim(texts, characters=cells.WHITE)
    return Column(_emptied(texts))


def _sound(array: pa.Array, limits: Limits) -> pa.Array | None:
    if not pa.types.is_string(array.type):
        return None
    try:
        array.validate(full=True)  # the texts of a Parquet file may be no UTF-8
    except pa.ArrowInvalid:
        return None
    if _any(pc.match_substring(array, "\0")):
        return None
    longest = pc.max(pc.binary_length(array)).as_py() or 0
    return array if longest <= limits.max_bytes else None


def _emptied(texts: pa.Array) -> pa.Array:
    empty = pc.equal(texts, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts) if _any(empty) else texts


def _any(answers: pa.Array) -> bool:
    return pc.any(answers, min_count=0).as_py() is True


def _all(answers: pa.Array) -> bool:
    return pc.all(answers, min_count=0).as_py() is not False


def _time(array: pa.Array, name: str, limits: Limits) -> Column | None:
    kinds, kind = pa.types, array.type
    if kinds.is_string(kind):
        return _time_text(array, name, limits)
    if kinds.is_int64(kind) or kinds.is_floating(kind):
        return _since_epoch(array, limits)
    if kinds.is_date(kind):
        array, kind = array.cast(pa.timestamp("ms")), pa.timestamp("ms")
    if kinds.is_timestamp(kind):
        return _stamped(array, limits)
    return None


def _time_text(array: pa.Array, name: str, limits: Limits) -> Column | None:
    trimmed = _text(array, name, limits)
    if trimmed is None:
        return None
    texts = trimmed.values
    try:
        if _all(pc.match_substring_regex(texts, EPOCH_TEXT)):
            return _since_epoch(texts.cast(pa.int64()), limits)
        if _all(pc.match_substring_regex(texts, SECONDS_TEXT)):
            return _since_epoch(texts.cast(pa.float64()), limits)
        if _all(pc.match_substring_regex(texts, ZONED)):
            return _stamped(texts.cast(pa.timestamp("us", "UTC")), limits)
        if _all(pc.match_substring_regex(texts, NAIVE)):
            return _stamped(texts.cast(pa.timestamp("us")), limits)
    except pa.ArrowInvalid:  # the thirtieth of February
        pass
    return None


_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def _stamped(array: pa.Array, limits: Limits) -> Column:
    ticks, per_second = array.cast(pa.int64()), _PER_SECOND[array.type.unit]
    there = np.asarray(pc.is_valid(array))
    values = ticks.fill_null(0).to_numpy(zero_copy_only=False)
    if per_second == 10**9:
        inside, scaled = None, values // 1_000
    else:
        # Compared before it is multiplied: a time in seconds can overflow in microseconds.
        times = 10**6 // per_second
        inside = (values >= -(-limits.earliest // times)) & (values <= limits.latest // times)
        scaled = np.where(inside, values, 0) * times
    naive = there if array.type.tz is None else np.zeros(len(array), bool)
    return _bounded(scaled, there, inside, limits, naive=naive)


def _since_epoch(array: pa.Array, limits: Limits) -> Column:
    there = np.asarray(pc.is_valid(array))
    values = array.fill_null(0).to_numpy(zero_copy_only=False)
    size, scaled = np.abs(values), np.zeros(len(values), np.int64)
    known = size < 0  # only the smallest integer, which has no opposite
    for below, times, over in cells.UNITS:
        here = ~known & (size < (below if below < 2**63 else 1e19))
        if values.dtype.kind == "f":
            scaled[here] = np.rint(values[here] * times / over).astype(np.int64)
        else:
            scaled[here] = values[here] * times // over
        known |= here
    return _bounded(scaled, there, known & (size >= 0), limits, naive=None)


def _bounded(
    scaled: np.ndarray[Any, Any],
    there: np.ndarray[Any, Any],
    sure: np.ndarray[Any, Any] | None,
    limits: Limits,
    *,
    naive: np.ndarray[Any, Any] | None,
) -> Column:
    inside = (scaled >= limits.earliest) & (scaled <= limits.latest)
    if sure is not None:
        inside &= sure
    outside = np.flatnonzero(there & ~inside)
    faults = dict.fromkeys(outside.tolist(), reasons.TIME_OUT_OF_RANGE)
    return Column(pa.array(scaled, pa.int64(), mask=~(there & inside)), faults, naive)


def _count(array: pa.Array, name: str, limits: Limits) -> Column | None:
    if pa.types.is_string(array.type):
        trimmed = _text(array, name, limits)
        if trimmed is None or not _all(pc.match_substring_regex(trimmed.values, WHOLE_TEXT)):
            return None
        return Column(trimmed.values.cast(pa.int64()))
    sure = pa.types.is_int64(array.type) and _all(pc.greater_equal(array, 0))
    return Column(array) if sure else None


def _number(array: pa.Array, name: str, limits: Limits) -> Column | None:
    sure = pa.types.is_float64(array.type) and _all(pc.is_finite(array))
    return Column(array) if sure else None


def _hashes(array: pa.Array, name: str, limits: Limits) -> Column | None:
    if not pa.types.is_list(array.type):
        return None
    inner = array.flatten()
    done = _text(inner, name, limits) if pa.types.is_string(inner.type) else None
    if done is None or done.values.null_count:
        return None
    return Column(_lists(array, done.values))


def _vector(array: pa.Array, name: str, limits: Limits) -> Column | None:
    if not pa.types.is_list(array.type) or not pa.types.is_floating(array.type.value_type):
        return None
    inner = array.flatten().cast(pa.float32())
    if inner.null_count or not _all(pc.is_finite(inner)):
        return None
    return Column(_lists(array, inner))


def _lists(array: pa.Array, inner: pa.Array) -> pa.Array:
    """The lists again around other values, an empty list as null."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, inner, mask=pa.array(lengths == 0))


_BULK: dict[str, Callable[[pa.Array, str, Limits], Column | None]] = {
    schema.TEXT: _text,
    schema.TIME: _time,
    schema.COUNT: _count,
    schema.NUMBER: _number,
    schema.HASHES: _hashes,
    schema.VECTOR: _vector,
}
