"""Columns of times in bulk, where every cell is certain to be clean."""

from dataclasses import replace
from datetime import UTC
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest import reasons, times
from linkage.ingest.bulk import Column, Mask, all_true, text_column
from linkage.ingest.cells import Limits

_DAY = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
NAIVE = f"^{_DAY}(?:{_CLOCK})?$"
ZONED = f"^{_DAY}{_CLOCK}(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])$"
ZONE_WORD = f"^{_DAY}{_CLOCK} (?:UTC|GMT)$"
FINE = f"^{_DAY}{_CLOCK.replace('{1,6}', '{7,9}').removesuffix(')?)?')}))Z$"
"""The ISO forms Arrow reads as Python does; any other goes cell by cell."""

_NAMED = "|".join(map(str.title, times.MONTHS))
_OF_LOG = (
    rf"^([0-9]{{2}})/({_NAMED})/([12][0-9]{{3}}):((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
    r" ([+-](?:[01][0-9]|2[0-3])[0-5][0-9])$"
)
"""The form of the common log format."""

EPOCH_TEXT = r"^[0-9]{9,19}$"
SECONDS_TEXT = r"^[0-9]{9,12}\.[0-9]{1,9}$"


def time_column(array: pa.Array, name: str, limits: Limits, epoch: str) -> Column | None:
    """Times as microseconds; None where one must be looked at by itself."""
    kinds, kind = pa.types, array.type
    if kinds.is_string(kind):
        trimmed = text_column(array, name, limits)
        done = None if trimmed is None else _time_text(trimmed.values, limits, epoch)
        return done if done is None or trimmed is None else replace(done, blank=trimmed.blank)
    if kinds.is_int64(kind) or kinds.is_floating(kind):
        return None if epoch else _since_1970(array, limits)
    if kinds.is_date(kind):
        array, kind = array.cast(pa.timestamp("ms")), pa.timestamp("ms")
    if kinds.is_timestamp(kind):
        return _stamped(array, limits)
    return None


def _time_text(texts: pa.Array, limits: Limits, epoch: str) -> Column | None:
    try:
        if not epoch and _fit(texts, EPOCH_TEXT):
            return _since_1970(texts.cast(pa.int64()), limits)
        if not epoch and _fit(texts, SECONDS_TEXT):
            return _since_1970(texts.cast(pa.float64()), limits)
        if _fit(texts, ZONED):
            return _stamped(texts.cast(pa.timestamp("us", "UTC")), limits)
        if _fit(texts, NAIVE):
            return _stamped(texts.cast(pa.timestamp("us")), limits)
        if _fit(texts, FINE):
            return _stamped(texts.cast(pa.timestamp("ns", "UTC")), limits)
        if _fit(texts, ZONE_WORD):
            plain = pc.utf8_slice_codeunits(texts, 0, -len(" UTC"))
            return _stamped(plain.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")), limits)
        if _fit(texts, _OF_LOG):
            return _stamped(_as_iso(texts).cast(pa.timestamp("us", "UTC")), limits)
    except pa.ArrowInvalid:  # the thirtieth of February
        pass
    return None


def _as_iso(texts: pa.Array) -> pa.Array:
    """Times of the common log format in ISO form."""
    found = pc.replace_substring_regex(texts, _OF_LOG, r"\3-\2-\1T\4\5")
    for name, number in times.MONTHS.items():
        found = pc.replace_substring(found, f"-{name.title()}-", f"-{number:02}-")
    return found


def _fit(texts: pa.Array, pattern: str) -> bool:
    return all_true(pc.match_substring_regex(texts, pattern))


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
    if array.type.tz is None and limits.zone is not UTC:
        scaled = _localised(scaled, there if inside is None else there & inside, limits)
    return _bounded(scaled, there, inside, limits, naive=naive)


def _localised(scaled: np.ndarray[Any, Any], there: Mask, limits: Limits) -> np.ndarray[Any, Any]:
    found = [
        times.localised(at, limits.zone) if known and limits.earliest <= at <= limits.latest else at
        for at, known in zip(scaled.tolist(), there.tolist(), strict=True)
    ]
    return np.array(found, np.int64)


def _since_1970(array: pa.Array, limits: Limits) -> Column:
    there = np.asarray(pc.is_valid(array))
    values = array.fill_null(0).to_numpy(zero_copy_only=False)
    size, scaled = np.abs(values), np.zeros(len(values), np.int64)
    known = size < 0  # only the smallest integer, which has no opposite
    for below, factor, over in times.UNITS:
        here = ~known & (size < (below if below < 2**63 else float(times.LARGEST)))
        if values.dtype.kind == "f":
            scaled[here] = np.rint(values[here] * factor / over).astype(np.int64)
        else:
            scaled[here] = values[here] * factor // over
        known |= here
    found = _bounded(scaled, there, known & (size >= 0), limits, naive=None)
    doubtful = np.asarray(pc.fill_null(pc.less(found.values, limits.numbers_from), False))
    if not doubtful.any():
        return found
    faults = dict.fromkeys(np.flatnonzero(doubtful).tolist(), reasons.SEVERAL_EPOCHS)
    return replace(found, values=pc.if_else(doubtful, None, found.values), faults=found.faults | faults)


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
