"""Columns of texts that hold JSON, and what a rule makes of each text of a column."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest.expression_functions import parsed
from linkage.ingest.formats import arrow_json


class NotPlain(Exception):
    """Columns do not show what the rows say: only they themselves can tell."""


@dataclass(frozen=True)
class Json:
    """Texts that hold JSON, whose values are read when they are asked for."""

    texts: pa.Array

    def applied(self, rule: Callable[[Any], Any]) -> pa.Array:
        """What a rule makes of each value."""
        return each_text(self.texts, lambda text: rule(parsed(text)))

    @cached_property
    def values(self) -> pa.Array:
        """The values as an array; null where a text holds none."""
        return _parsed(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def _parsed(texts: pa.Array) -> pa.Array:
    codes = texts.dictionary_encode() if _are_few(texts) else None
    return _read(texts) if codes is None else _read(codes.dictionary).take(codes.indices)


FEW = 0.5
"""Share of texts that differ, from which on each is read by itself."""
LOOKED_AT = 1_000


def _are_few(texts: pa.Array) -> bool:
    head = texts.slice(0, LOOKED_AT)
    return len(head) > 0 and pc.count_distinct(head).as_py() < FEW * len(head)


def _read(texts: pa.Array) -> pa.Array:
    """The values of texts, of which those that hold objects or lists are of one type."""
    asked = np.asarray(pc.fill_null(pc.match_substring_regex(texts, r"(?s)^[{\[].*[}\]]$"), False))
    others = texts.filter(pa.array(~asked)).drop_null()
    if any(parsed(each) is not None for each in pc.unique(others).to_pylist()):
        raise NotPlain
    if not asked.any():
        return pa.nulls(len(texts))
    try:
        found = arrow_json.values(texts.filter(pa.array(asked)))
    except arrow_json.Odd:
        raise NotPlain from None
    return found if asked.all() else found.take(places_of(asked))


def places_of(there: "np.ndarray[Any, np.dtype[np.bool_]]") -> pa.Array:
    """For each row its place among those that are there; null for the others."""
    return pa.array(np.cumsum(there) - 1, mask=~there)


def each_text(texts: pa.Array, rule: Callable[[str], Any]) -> pa.Array:
    """What a rule that gives texts or numbers makes of each text; asked once for texts that are alike."""
    if _are_few(texts):
        codes = texts.dictionary_encode()
        return _array([rule(each) for each in codes.dictionary.to_pylist()]).take(codes.indices)
    return _array([None if each is None else rule(each) for each in texts.to_pylist()])


def _array(values: list[Any]) -> pa.Array:
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    if not kinds <= {str, int, bool} or len(kinds) > 1:
        raise NotPlain
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        raise NotPlain from None
