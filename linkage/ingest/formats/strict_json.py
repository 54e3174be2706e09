"""One line of JSON, read strictly: fast where nothing is odd, and exact about what is."""

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import orjson

from linkage.ingest import reasons
from linkage.ingest.reasons import Refused

MAX_DIGITS = 300
"""Digits of a whole number that are read; a double holds no number of more than 309."""

_BEYOND = 10**MAX_DIGITS
"""What stands for a number of more digits: every kind of cell refuses it for its size."""

_COLON, _QUOTE = map(ord, ':"')


def keys(block: bytes) -> int | None:
    """How many keys a block of lines has, and texts that look like one; None where a key may be apart from
    its colon, which is legal, never written by a machine, and upsets the count."""
    given = np.frombuffer(block, np.uint8)
    before = given[np.flatnonzero(given == _COLON) - 1]
    apart = ((before == ord(" ")) | (before == ord("\t")) | (before == ord("\r"))).any()
    return None if apart and _SPACED.search(block) else int(np.count_nonzero(before == _QUOTE))


_SPACED = re.compile(rb'"[ \t\r]+:')


SURROGATE = re.compile("[\ud800-\udfff]")
_BYTES = re.compile("[\udc80-\udcff]")
"""What Python makes of bytes that are no UTF-8."""


def reader(block: bytes, max_depth: int) -> Callable[[bytes], dict[str, Any]]:
    """A function that reads the lines of this block; it raises Refused with the reason.

    Lists and objects may stand inside one another `max_depth` deep.
    """
    # Every key stands before `":`, if no blank comes between. So as many of these as there are keys at the
    # top means: no key twice, nothing nested, and no text that looks like a key.
    apart = keys(block) is None

    def read(line: bytes) -> dict[str, Any]:
        try:
            row, doubtful = orjson.loads(line), True
        except orjson.JSONDecodeError:
            row, doubtful = tolerant(line), False
        if type(row) is not dict:
            raise Refused(reasons.NOT_AN_OBJECT)
        if line.count(b"[") + line.count(b"{") > max_depth and deep(row, max_depth):
            raise Refused(reasons.TOO_DEEP)
        if doubtful and (apart or line.count(b'":') != len(row)) and repeats_a_key(line, row):
            raise Refused(reasons.DUPLICATE_KEY)
        return row

    return read


def tolerant(line: bytes) -> Any:
    """JSON with what some writers put into it against its grammar; raises Refused for anything else.

    NaN, control characters inside texts, halves of characters and numbers of any size come through, and a
    value of a line's object that is no UTF-8 as its bytes: what they are worth is for the cells to say.
    """
    text = line.decode("utf-8", "surrogateescape")
    try:
        row = json.loads(
            text,
            strict=False,
            object_pairs_hook=_once,
            parse_int=lambda digits: int(digits) if len(digits) <= MAX_DIGITS else _BEYOND,
            parse_float=lambda digits: _BEYOND if math.isinf(number := float(digits)) else number,
        )
    except RecursionError:
        raise Refused(reasons.TOO_DEEP) from None
    except json.JSONDecodeError:
        if SURROGATE.search(text):
            raise Refused(reasons.NOT_UTF8) from None
        raise Refused(reasons.NUL if b"\0" in line else reasons.NOT_JSON) from None
    return row if type(row) is not dict else {name: _own_bytes(value) for name, value in row.items()}


def _own_bytes(value: Any) -> Any:
    """A text with bytes that are none as the bytes it was; any other value as it is."""
    if type(value) is not str or value.isascii() or not _BYTES.search(value):
        return value
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # with halves of characters that were written as escapes
        return value


def repeats_a_key(line: bytes, row: Any) -> bool:
    """Whether an object of this line has one key twice, of which `row` has lost one.

    Every colon of the line ends a key or stands in a text. If those of `row` account for all of
    them, nothing was lost; an escaped colon spoils the sum, so then the line is read again.
    """
    if b"\\u003" not in line and line.count(b":") == _colons(row):
        return False
    try:
        json.loads(line, object_pairs_hook=_once)
    except Refused:
        return True
    return False


def value(text: str) -> Any:
    """A JSON value inside a cell; raises Refused."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        reason = _why(text.encode("utf-8", "surrogatepass"))
        raise Refused(reasons.WRONG_TYPE if reason == reasons.NOT_JSON else reason) from None


def _colons(row: Any) -> int:
    total, todo = 0, [row]
    while todo:
        each = todo.pop()
        if isinstance(each, str):
            total += each.count(":")
        elif isinstance(each, dict):
            total += len(each)
            todo.extend(each)
            todo.extend(each.values())
        elif isinstance(each, list):
            todo.extend(each)
    return total


def deep(row: Any, most: int) -> bool:
    """Whether lists and objects stand inside one another more than `most` deep."""
    level = [row]
    for _ in range(most + 1):
        inner: list[Any] = []
        for each in level:
            held = each.values() if isinstance(each, dict) else each
            inner.extend(value for value in held if isinstance(value, dict | list))
        if not inner:
            return False
        level = inner
    return True


def _why(line: bytes) -> str:
    """The reason a line was refused: the fast reader only says that it was."""
    if b"\0" in line:
        return reasons.NUL
    try:
        text = line.decode("utf-8")
        halves = SURROGATE.search(json.dumps(_parse(text), ensure_ascii=False))
    except UnicodeDecodeError:
        return reasons.NOT_UTF8
    except Refused as refused:
        return refused.reason
    except RecursionError:
        return reasons.TOO_DEEP
    except json.JSONDecodeError:
        return reasons.NOT_JSON
    return reasons.LONE_SURROGATE if halves else reasons.NOT_JSON


def _parse(text: str) -> Any:
    return json.loads(
        text,
        object_pairs_hook=_once,
        parse_int=_whole,
        parse_float=_fraction,
        parse_constant=_constant,
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = {SURROGATE.sub("\ufffd", name): value for name, value in pairs}
    if len(row) != len(pairs):
        raise Refused(reasons.DUPLICATE_KEY)
    return row


def _whole(digits: str) -> int:
    # Python refuses to read beyond 4,300 digits, and the time to do so grows with their square.
    if len(digits) > MAX_DIGITS:
        raise Refused(reasons.OUT_OF_RANGE)
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise Refused(reasons.OUT_OF_RANGE)
    return number


def _constant(_: str) -> NoReturn:
    raise Refused(reasons.NOT_FINITE)
