"""One cell at a time: what a value means, or why it means nothing.

This is the truth that `columns.py` must agree with; it is only asked about what that is unsure of.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from linkage import schema
from linkage.errors import UsageError
from linkage.ingest import reasons
from linkage.ingest.formats import strict_json
from linkage.ingest.formats.strict_json import SURROGATE
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest as IngestSettings

WHITE = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""White space stripped from ids and numbers, spelt out because libraries disagree about it."""

WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0*)?")
DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
UNBOUNDED = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
ISO = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}|[0-9]{4}-?W[0-9]{2}(?:-?[0-9])?)(?:[Tt ].*)?")
SEPARATORS = re.compile(r"[\s;]+")

LARGEST = 2**63 - 1
LARGEST_SINGLE = float(np.finfo(np.float32).max)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNITS = ((10**11, 1_000_000, 1), (10**14, 1_000, 1), (10**17, 1, 1), (10**19, 1, 1_000))
"""A number below the first figure is multiplied by the second and divided by the third to make microseconds.

The size alone decides, for each value by itself: 10^11 seconds is the year 5138, 10^11 milliseconds 1973.
"""


class Limits(NamedTuple):
    """Times (microseconds) between which a time is believed, and the most bytes of one value."""

    earliest: int
    latest: int
    max_bytes: int


class Moment(NamedTuple):
    """Microseconds since 1970 UTC, and whether the text named no zone."""

    at: int
    naive: bool


def limits(chosen: IngestSettings) -> Limits:
    """The limits of the settings; raises UsageError when a time is none."""
    bounds = []
    for name, text in (("earliest", chosen.earliest), ("latest", chosen.latest)):
        try:
            bounds.append(_iso(text).at)
        except Refused as refused:
            raise UsageError(f"ingest.{name} = {text!r}: {refused.reason}") from None
    return Limits(bounds[0], bounds[1], chosen.max_line_bytes)


def text(value: Any, bounds: Limits, *, trim: bool = True) -> str | None:
    """A text; a whole number is one too, since ids often are."""
    if isinstance(value, bytes):
        value = _decoded(value)
    elif type(value) is int:
        value = str(_int64(value))
    elif type(value) is float:
        raise Refused(_float_fault(value) or reasons.WRONG_TYPE)
    if not isinstance(value, str):
        raise Refused(reasons.WRONG_TYPE)
    _check_text(value, bounds)
    return (value.strip(WHITE) if trim else value) or None


def moment(value: Any, bounds: Limits) -> Moment | None:
    """A time: ISO 8601, or a number since 1970 whose size tells its unit."""
    if isinstance(value, str):
        found = _moment_text(value, bounds)
    elif type(value) in (int, float):
        found = Moment(_since_epoch(value), False)
    else:
        raise Refused(reasons.WRONG_TYPE)
    if found is not None and not bounds.earliest <= found.at <= bounds.latest:
        raise Refused(reasons.TIME_OUT_OF_RANGE)
    return found


def count(value: Any, bounds: Limits) -> int | None:
    """A whole number from 0 to 2^63 - 1; 12.0 is one, 12.5 is not."""
    if isinstance(value, str):
        given = _number_text(value, bounds)
        if given is None:
            return None
        value = _exact(given)
    if type(value) is float:
        if reason := _float_fault(value):
            raise Refused(reason)
        if not value.is_integer():
            raise Refused(reasons.NOT_WHOLE)
        value = int(value)
    if type(value) is not int:
        raise Refused(reasons.WRONG_TYPE)
    if value < 0:
        raise Refused(reasons.NEGATIVE)
    return _int64(value)


def number(value: Any, bounds: Limits) -> float | None:
    """A finite number."""
    if isinstance(value, str):
        given = _number_text(value, bounds)
        if given is None:
            return None
        value = float(given)
        if math.isinf(value):
            raise Refused(reasons.OUT_OF_RANGE)
    if type(value) not in (int, float):
        raise Refused(reasons.WRONG_TYPE)
    if abs(value) > 1e308 and type(value) is int:
        raise Refused(reasons.OUT_OF_RANGE)
    if not math.isfinite(value):
        raise Refused(reasons.NOT_FINITE)
    return float(value)


def hashes(value: Any, bounds: Limits) -> list[str] | None:
    """A list of texts; in one text they stand apart by blanks or semicolons, or as a JSON list."""
    if isinstance(value, str):
        given = text(value, bounds)
        if given is None:
            return None
        json_list = given.startswith("[")
        value = strict_json.value(given) if json_list else [x for x in SEPARATORS.split(given) if x]
    if not isinstance(value, list):
        raise Refused(reasons.WRONG_TYPE)
    found = [text(each, bounds) if isinstance(each, str | bytes) else None for each in value]
    kept = [each for each in found if each is not None]
    if len(kept) != len(found):
        raise Refused(reasons.WRONG_TYPE)
    return kept or None


def vector(value: Any, bounds: Limits) -> list[float] | None:
    """A list of finite numbers, kept in single precision; a text must be a JSON list."""
    if isinstance(value, str):
        given = text(value, bounds)
        if given is None:
            return None
        value = strict_json.value(given)
    if not isinstance(value, list) or not all(type(each) in (int, float) for each in value):
        raise Refused(reasons.WRONG_TYPE)
    if not all(math.isfinite(each) for each in value if type(each) is float):
        raise Refused(reasons.NOT_FINITE)
    if any(abs(each) > LARGEST_SINGLE for each in value):
        raise Refused(reasons.OUT_OF_RANGE)
    return [float(each) for each in value] or None


READ: dict[str, Callable[[Any, Limits], Any]] = {
    schema.TEXT: text,
    schema.TIME: moment,
    schema.COUNT: count,
    schema.NUMBER: number,
    schema.HASHES: hashes,
    schema.VECTOR: vector,
}
"""How a cell of each kind is read: None for an empty one, Refused with the reason for a bad one."""


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(reasons.NOT_UTF8) from None


def _check_text(value: str, bounds: Limits) -> None:
    if "\0" in value:
        raise Refused(reasons.NUL)
    if not value.isascii() and SURROGATE.search(value):
        raise Refused(reasons.LONE_SURROGATE)
    if len(value) * 4 > bounds.max_bytes and len(value.encode()) > bounds.max_bytes:
        raise Refused(reasons.VALUE_TOO_LONG)


def _int64(value: int) -> int:
    if not -LARGEST - 1 <= value <= LARGEST:
        raise Refused(reasons.OUT_OF_RANGE)
    return value


def _float_fault(value: float) -> str | None:
    """What is wrong with a float's size. JSON readers make floats of whole numbers beyond 64 bits."""
    if not math.isfinite(value):
        return reasons.NOT_FINITE
    return reasons.OUT_OF_RANGE if abs(value) >= 2.0**63 else None


def _number_text(value: str, bounds: Limits) -> str | None:
    given = text(value, bounds)
    if given is None or DECIMAL.fullmatch(given):
        return given
    raise Refused(reasons.NOT_FINITE if UNBOUNDED.fullmatch(given) else reasons.WRONG_TYPE)


def _exact(given: str) -> int | float:
    if not WHOLE.fullmatch(given):
        return min(max(float(given), -1e300), 1e300)
    # Leading zeros are legal, but Python counts them against its limit of digits.
    digits = given.partition(".")[0].lstrip("+-0") or "0"
    if len(digits) > 19:
        raise Refused(reasons.OUT_OF_RANGE)
    return -int(digits) if given.startswith("-") else int(digits)


def _moment_text(value: str, bounds: Limits) -> Moment | None:
    given = text(value, bounds)
    if given is None:
        return None
    if not DECIMAL.fullmatch(given):
        return _iso(given)
    if float(given) >= 1e19:
        raise Refused(reasons.TIME_OUT_OF_RANGE)
    return Moment(_since_epoch(_exact(given)), False)


def _since_epoch(value: int | float) -> int:
    size = abs(value)
    for below, times, over in UNITS:
        if size < below:
            return value * times // over if isinstance(value, int) else round(value * times / over)
    raise Refused(reasons.TIME_OUT_OF_RANGE)


def _iso(given: str) -> Moment:
    if not ISO.fullmatch(given):
        raise Refused(reasons.UNREADABLE_TIME)
    try:
        stated = datetime.fromisoformat(given)
    except ValueError:
        raise Refused(reasons.UNREADABLE_TIME) from None
    naive = stated.tzinfo is None
    aware = stated.replace(tzinfo=UTC) if naive else stated
    return Moment((aware - EPOCH) // timedelta(microseconds=1), naive)
