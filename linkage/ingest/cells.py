"""What one value means in each kind of column, or why it means nothing; and the limits of both."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from linkage import schema
from linkage.errors import UsageError
from linkage.ingest import addresses, blanks, reasons, spelling, times
from linkage.ingest.addresses import Network
from linkage.ingest.blanks import Words
from linkage.ingest.formats import strict_json
from linkage.ingest.formats.strict_json import SURROGATE
from linkage.ingest.reasons import Refused
from linkage.ingest.times import Moment
from linkage.settings.ingest import Ingest as IngestSettings

WHITE = " \t\n\v\f\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""White space stripped from ids and numbers, spelt out because libraries disagree about it."""

WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0*)?")
DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
UNBOUNDED = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
SEPARATORS = re.compile(r"[\s;]+")

LARGEST = 2**63 - 1
LARGEST_SINGLE = float(np.finfo(np.float32).max)
LARGEST_EXACT = 2.0**53
"""From it on a float does not tell neighbouring ids apart."""
LARGEST_ID = 10**38
"""What the widest common column of whole numbers, a decimal of 38 digits, can hold."""


class Limits(NamedTuple):
    """What the settings say about cells.

    `earliest`, `latest`: times (microseconds) between which a time is believed; `numbers_from`: likewise for
    numbers of an undeclared epoch. `max_bytes` of one value. `zone` and `order` of written times. `words` of
    most columns and of `prose` that mean nothing. `proxies`: networks passed over in a list of addresses.
    """

    earliest: int
    latest: int
    numbers_from: int
    max_bytes: int
    zone: tzinfo
    order: str
    words: Words
    prose: Words
    proxies: tuple[Network, ...]


def limits(chosen: IngestSettings) -> Limits:
    """The limits of the settings; raises UsageError for a time, a zone or a network that is none."""
    return Limits(
        _bound(chosen, "earliest"),
        _bound(chosen, "latest"),
        _bound(chosen, "earliest_number"),
        chosen.max_line_bytes,
        _zone(chosen.timezone),
        chosen.date_order,
        blanks.words(chosen.meaningless),
        blanks.words(chosen.meaningless_texts),
        addresses.networks(chosen.trusted_proxies),
    )


def _bound(chosen: IngestSettings, name: str) -> int:
    given: str = getattr(chosen, name)
    try:
        return times.written(given).at
    except Refused as refused:
        raise UsageError(f"ingest.{name} = {given!r}: {refused.reason}") from None


def _zone(name: str) -> tzinfo:
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise UsageError(
            f"ingest.timezone = {name!r}: no such zone", hint="write it as Europe/Helsinki"
        ) from None


def text(value: Any, bounds: Limits, *, trim: bool = True) -> str | None:
    """A text, in Unicode's form NFC if it is trimmed; a whole number is one too, and 5.0 is 5."""
    if type(value) is float:
        value = _whole(value)
    if type(value) is int:
        if abs(value) >= LARGEST_ID:
            raise Refused(reasons.OUT_OF_RANGE)
        value = str(value)
    elif isinstance(value, bytes):
        value = _decoded(value)
    if not isinstance(value, str):
        raise Refused(reasons.WRONG_TYPE)
    _check_text(value, bounds)
    return (spelling.compose(value.strip(WHITE)) if trim else value) or None


def _whole(value: float) -> int:
    if not math.isfinite(value):
        raise Refused(reasons.NOT_FINITE)
    if abs(value) >= LARGEST_EXACT:
        raise Refused(reasons.OUT_OF_RANGE)
    if not value.is_integer():
        raise Refused(reasons.WRONG_TYPE)
    return int(value)


def moment(value: Any, bounds: Limits, epoch: str = "") -> Moment | None:
    """A time: written, or a number of the declared `epoch`, or one since 1970 whose size tells its unit."""
    found: Moment | None
    if isinstance(value, str):
        found = _moment_text(value, bounds, epoch)
    elif type(value) in (int, float):
        found = Moment(_numbered(value, bounds, epoch), False)
    elif isinstance(value, date):  # of Parquet, to which a path or an alternative led; a datetime is one too
        found = _moment_text(value.isoformat(), bounds, "")
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


def _exact(given: str, too_long: str = reasons.OUT_OF_RANGE) -> int | float:
    if not WHOLE.fullmatch(given):
        return min(max(float(given), -1e300), 1e300)
    # Leading zeros are legal, but Python counts them against its limit of digits.
    digits = given.partition(".")[0].lstrip("+-0") or "0"
    if len(digits) > 19:
        raise Refused(too_long)
    return -int(digits) if given.startswith("-") else int(digits)


def _moment_text(value: str, bounds: Limits, epoch: str) -> Moment | None:
    given = text(value, bounds)
    if given is None:
        return None
    if not DECIMAL.fullmatch(given):
        return times.written(given, bounds.zone, bounds.order)
    return Moment(_numbered(_exact(given, reasons.TIME_OUT_OF_RANGE), bounds, epoch), False)


def _numbered(value: int | float, bounds: Limits, epoch: str) -> int:
    if isinstance(value, float) and not abs(value) < times.LARGEST:
        raise Refused(reasons.TIME_OUT_OF_RANGE)
    if epoch:
        return times.since(value, epoch)
    found = times.since_1970(value)
    if bounds.earliest <= found < bounds.numbers_from:
        raise Refused(reasons.SEVERAL_EPOCHS)
    return found
