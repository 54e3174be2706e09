"""Functions of the mapping language, and which values say nothing."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import jmespath
import jmespath.functions
import orjson

from linkage.ingest.conversations.answers import answer
from linkage.ingest.conversations.conversation import text_hash

BLANK = frozenset({"", "-", "none", "null", "nan", "n/a", "unknown", "undefined", "{}", "[]"})
"""Words after which the next alternative is asked; what a cell may say is for `settings.ingest`."""
LONGEST = max(map(len, BLANK))


def says_nothing(value: Any) -> bool:
    """Whether a value is empty, or a word that logs write where they know nothing."""
    if type(value) is str:
        return len(value) <= LONGEST and value.strip().lower() in BLANK
    return value is None or value == [] or value == {}


_KEPT = 16
"""Texts of JSON whose values are kept: those of one row, into which several expressions look."""
_read: dict[str, Any] = {}


def parsed(value: Any) -> Any:
    """What a text that holds JSON says; None where it holds none. Any other value as it is."""
    if type(value) is not str:
        return value
    if value in _read:
        return _read[value]
    if len(_read) >= _KEPT:
        _read.clear()
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        found = _with_halves(value)
    _read[value] = found
    return found


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _with_halves(text: str) -> Any:
    """What JSON with halves of characters says, which the cells replace; None where it is none either."""
    if not _HALF.search(text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def part_of(value: Any, separator: Any, index: Any) -> str | None:
    """One part of a text between separators, without white space; None where there is none."""
    if type(value) is not str or type(separator) is not str or not separator or type(index) is not int:
        return None
    parts = value.split(separator)
    return parts[index].strip() if -len(parts) <= index < len(parts) else None


def domain_of(value: Any) -> str | None:
    """What follows the last `@` of a mail address, in lower case."""
    if type(value) is not str or "@" not in value:
        return None
    return value.rpartition("@")[2].strip().strip(">.").lower() or None


def digest_of(value: Any) -> str | None:
    """The SHA-256 of a text without white space around it, in lower case, in hexadecimal digits."""
    if type(value) is not str or says_nothing(value):
        return None
    return hashlib.sha256(value.strip().lower().encode("utf-8", "replace")).hexdigest()


def answer_of(value: Any) -> str | None:
    """The text of an answer, in the spelling of any large provider."""
    return answer(value)


def hash_of(value: Any) -> str | None:
    """The hash under which an answer is known as context of a later request; None where there is no text."""
    return text_hash(value) if isinstance(value, str) and value.strip() else None


def chain_of(forwarded: Any, peer: Any) -> str | None:
    """The addresses a request came through, the peer that the server saw last; of these the reader takes the
    last that is no known proxy's. What a client writes into X-Forwarded-For itself then counts for nothing
    where it reaches the server directly."""
    given = [each for each in (forwarded, peer) if isinstance(each, str) and not says_nothing(each)]
    return ", ".join(given) or None


_MASKED = re.compile(r"(\d{1,3}\.\d{1,3}\.\d{1,3})\.(?:\*{1,3}|x{1,3}|0/24)", re.IGNORECASE)


def masked_network(value: Any) -> str | None:
    """The /24 of an address whose last number is masked, as `203.0.113.***`; None for any other text."""
    found = _MASKED.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"{found[1]}.0/24" if found else None


RULES: dict[str, Callable[..., Any]] = {
    "json": parsed,
    "split": part_of,
    "domain": domain_of,
    "sha256": digest_of,
    "chain": chain_of,
    "masked_network": masked_network,
    "answer": answer_of,
    "text_hash": hash_of,
}


def begins_with(value: Any, beginning: Any) -> bool | None:
    """Whether a text begins with another; None for what is no text."""
    both = type(value) is str and type(beginning) is str
    return value.startswith(beginning) if both else None


def joined(glue: Any, texts: Any) -> str | None:
    """Texts with another between them; None where one of a list is no text."""
    both = type(glue) is str and type(texts) is list
    return glue.join(texts) if both and set(map(type, texts)) <= {str} else None


LIBRARY: dict[str, Callable[..., Any]] = {"starts_with": begins_with, "join": joined}
"""Functions of the library that logs need often, which raises where these give nothing."""


def _signature(rule: Callable[..., Any]) -> list[dict[str, Any]]:
    """As many arguments of any type as the rule must have, as the library writes them."""
    return [{"types": []} for _ in range(rule.__code__.co_argcount - len(rule.__defaults__ or ()))]


def _known() -> jmespath.functions.Functions:
    """The library's own functions, and these."""
    known = jmespath.functions.Functions()
    ours = {
        name: {"function": partial(_call, rule), "signature": _signature(rule)}
        for name, rule in RULES.items()
    }
    known.FUNCTION_TABLE = {**known.FUNCTION_TABLE, **ours}
    return known


def _call(rule: Callable[..., Any], _: Any, *values: Any) -> Any:
    return rule(*values)


KNOWN = _known()
NAMES = frozenset(KNOWN.FUNCTION_TABLE)
"""All functions that an expression may call."""

OPTIONS = jmespath.Options(custom_functions=KNOWN)
