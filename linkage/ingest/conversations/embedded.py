"""Values that a text holds: JSON, or what Python prints of lists and dictionaries. Nothing is executed."""

import ast
import json
import warnings
from typing import Any

import orjson

from linkage.settings.ingest import ConversationReading

BLANK = " \t\r\n\f\v\ufeff"


def embedded(text: str, chosen: ConversationReading) -> Any:
    """The list or dictionary that the text is; None if it is none. Never raises."""
    if text[:1] not in BLANK and text[:1] not in "{[":
        return None
    document = text.strip(BLANK)
    if document[:1] + document[-1:] not in ("{}", "[]"):
        return None
    value = _json(document)
    return _python(document, chosen) if value is None else value


def _json(document: str) -> Any:
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        pass
    try:
        # Not a number, half a surrogate pair, a line break inside a text: written by programs all the same.
        return json.loads(document, strict=False, parse_int=float)
    except (ValueError, RecursionError):
        return None


def _python(document: str, chosen: ConversationReading) -> Any:
    if len(document) > chosen.max_python_characters or "'" not in document:
        return None
    value = _literal(document)
    # An array prints its dictionaries without commas. Inside a text a line break is written as an escape.
    return _literal(document.replace("}\n", "},\n")) if value is None and "}\n" in document else value


def _literal(document: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.literal_eval(document)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return None
