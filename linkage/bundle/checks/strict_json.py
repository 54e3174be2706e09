"""JSON read strictly: what two readers could take for two things is refused."""

import json
import re
from typing import Any

from linkage.bundle.checks.limits import DEEPEST, SAFE_INTEGER

HALF = re.compile(r"\\u[dD][89a-fA-F]")
NO_BRACKET = re.compile(r"[^\[\]]+")
ROUND = str.maketrans("{}", "[]")
SAFE_DIGITS = 15
"""So many digits, sign and all, never make an integer beyond 2^53."""

COUNT = re.compile("0|[1-9][0-9]{0,14}")
_DECODER: list[json.JSONDecoder] = []
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True, allow_nan=False)


class NotStrict(ValueError):
    """A text that is not JSON, or not of one meaning."""


def strict(text: bytes) -> Any:
    """The value; raises NotStrict with the reason."""
    try:
        plain = text.decode("ascii")
        if plain.count("[") + plain.count("{") > DEEPEST and _too_deep(plain):
            raise NotStrict("nested too deeply")
        value = _decoder().decode(plain)
        if "\\u" in plain and HALF.search(plain):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrict("not ASCII") from error
    except UnicodeEncodeError as error:
        raise NotStrict("half of a character") from error
    except json.JSONDecodeError as error:
        raise NotStrict("not JSON") from error
    except RecursionError as error:
        raise NotStrict("nested too deeply") from error
    return value


def json_bytes(value: Any) -> bytes:
    """The one way in which a bundle writes a value: on one line, keys sorted, ASCII alone."""
    return _ENCODER.encode(value).encode("ascii") + b"\n"


def is_written_so(lines: list[bytes], values: list[Any]) -> bool:
    """Whether each line is its value, written in the one way; each has been read from its line.

    One call for all of them takes half the time. No line can make up for another: where two texts of a value
    begin alike, one of the two goes on with blanks, and not with the comma that the other has next.
    """
    return json_bytes(values) == b"[" + b",".join(lines) + b"]\n"


def count_of(text: object) -> int | None:
    """A count written in decimal digits, as one writes it by hand; None for anything else."""
    return int(text) if isinstance(text, str) and COUNT.fullmatch(text) else None


def _decoder() -> json.JSONDecoder:
    if not _DECODER:
        _DECODER.append(
            json.JSONDecoder(
                object_pairs_hook=_once, parse_constant=_constant, parse_float=_fraction, parse_int=_whole
            )
        )
    return _DECODER[0]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise NotStrict("one key twice")
    return row


def _constant(name: str) -> None:
    raise NotStrict(f"{name}, which is no number")


def _fraction(digits: str) -> None:
    raise NotStrict("a fraction that is not written as text")


def _whole(digits: str) -> int:
    if len(digits) <= SAFE_DIGITS:
        return int(digits)
    if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
        raise NotStrict("an integer beyond 2^53")
    return int(digits)


def _too_deep(text: str) -> bool:
    """Whether lists and objects nest too deeply; brackets inside texts are text.

    Whole passes over the text instead of a loop over its characters: in linear time, and a hundred times
    as fast.
    """
    unescaped = text.replace("\\\\", "").replace('\\"', "")
    outside = "".join(unescaped.split('"')[::2]).translate(ROUND)
    brackets = NO_BRACKET.sub("", outside)
    for _ in range(DEEPEST):
        brackets = brackets.replace("[]", "")
    return bool(brackets)
