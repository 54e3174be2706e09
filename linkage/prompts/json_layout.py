"""A prompt that is JSON, taken apart: its signs, keys, numbers and texts, in the order of the document.

The layout says which client sent it, the texts say what was asked. An ordinary text has no layout.
"""

import json
from dataclasses import dataclass
from enum import Enum, auto

BLANK = " \t\r\n\ufeff"
"""White space around a document, and the mark that some programs put before one."""


class Kind(Enum):
    """What a part of a JSON document is."""

    SIGN = auto()
    KEY = auto()
    NUMBER = auto()
    TEXT = auto()


Part = tuple[Kind, str]
"""A kind, and the part itself without quotation marks or escapes."""


@dataclass(frozen=True)
class _Pairs:
    """An object as it stands: a key that occurs twice has two values, and neither hides the other."""

    pairs: list[tuple[str, object]]


@dataclass(frozen=True)
class _Number:
    digits: str


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_Number, strict=False
)
_WORDS: dict[object, str] = {True: "true", False: "false", None: "null"}


def json_layout(text: str, max_depth: int) -> list[Part] | None:
    """The parts of a JSON object or list; None if the text is none, or nests deeper than `max_depth`.

    A text inside it that is JSON by itself is taken apart too. Linear in the length of the text.
    """
    try:
        return _layout(text, max_depth)
    except _TooDeep:
        return None


class _TooDeep(Exception):
    pass


def _layout(text: str, depth: int) -> list[Part] | None:
    if not text[:1].strip(BLANK + "{["):
        document = text.strip(BLANK)
        if document[:1] + document[-1:] in ("{}", "[]"):
            try:
                value = _DECODER.decode(document)
            except (ValueError, RecursionError):
                return None
            parts: list[Part] = []
            _add(parts, value, depth)
            return parts
    return None


def _add(parts: list[Part], value: object, depth: int) -> None:
    if not depth:
        raise _TooDeep
    if isinstance(value, str):
        inner = _layout(value, depth - 1)
        parts.extend([(Kind.TEXT, value)] if inner is None else inner)
    elif isinstance(value, _Number):
        parts.append((Kind.NUMBER, value.digits))
    elif isinstance(value, _Pairs):
        parts.append((Kind.SIGN, "{"))
        for at, (key, held) in enumerate(value.pairs):
            parts.extend(([(Kind.SIGN, ", ")] if at else []) + [(Kind.KEY, key), (Kind.SIGN, ": ")])
            _add(parts, held, depth - 1)
        parts.append((Kind.SIGN, "}"))
    elif isinstance(value, list):
        parts.append((Kind.SIGN, "["))
        for at, held in enumerate(value):
            parts.extend([(Kind.SIGN, ", ")] if at else [])
            _add(parts, held, depth - 1)
        parts.append((Kind.SIGN, "]"))
    else:
        parts.append((Kind.SIGN, _WORDS[value]))
