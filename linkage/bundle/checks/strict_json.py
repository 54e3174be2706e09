"""JSON read strictly: what two readers could take for two things is refused."""

import json
import re
from typing import Any

DEEPEST = 32
SAFE_INTEGER = 2**53
HALF = re.compile(r"\\u[dD][89a-fA-F]")
_DECODER: list[json.JSONDecoder] = []


class NotStrict(ValueError):
    """A text that is not JSON, or not of one meaning."""


def strict(text: bytes) -> Any:
    """The value; raises NotStrict with the reason."""
    try:
        plain = text.decode("ascii")
        if plain.count("[") + plain.count("{") > DEEPEST and _depth(plain) > DEEPEST:
            raise NotStrict("nested too deeply")
        value = _decoder().decode(plain)
        if HALF.search(plain):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrict("not ASCII") from error
    except UnicodeEncodeError as error:
        raise NotStrict("half of a character") from error
    except json.JSONDecodeError as error:
        raise NotStrict("not JSON") from error
    return value


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
    if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
        raise NotStrict("an integer beyond 2^53")
    return int(digits)


def _depth(text: str) -> int:
    depth = deepest = 0
    for each in text:
        if each in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif each in "]}":
            depth -= 1
    return deepest
