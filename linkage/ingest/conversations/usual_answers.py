"""Answers as most models' interfaces write them, found in columns of bodies.

Such a body has one place for the answer's text, and there one text. Any other is left to `answers`, one by
one: so what is said here of a usual one is what that would say.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest.conversations.usual import Mask, contents, says, taken

_CHOICES, _CANDIDATES, _CONTENT, _PARTS = "choices", "candidates", "content", "parts"
_ELSEWHERE = (
    "output", "message", "results", "generations", "generation", "completion", "response", "output_text",
    "text", "parts", "value", "kwargs", "data",
)  # fmt: skip
"""Names of a body under which an answer may stand that comes before the parts of its `content`."""


class UsualAnswers(NamedTuple):
    """The answers' texts, of those bodies that are `known`; a body that is null has none, and is known."""

    known: Mask
    texts: pa.Array


def usual_answers(bodies: pa.Array) -> UsualAnswers | None:
    """The usual answers among bodies; None where the bodies are no objects."""
    if not pa.types.is_struct(bodies.type):
        return None
    there, size = {each.name for each in bodies.type}, len(bodies)
    known, texts = np.asarray(pc.is_null(bodies)).copy(), pa.nulls(size, pa.string())
    before = np.zeros(size, bool)
    for name, inside in ((_CHOICES, "message"), (_CANDIDATES, "content")):
        if name not in there:
            continue
        held = pc.struct_field(bodies, name)
        found = _said(_of_first(held, inside), size)
        usual = says(found) & ~before
        texts, known = _where(usual, found, texts), known | usual
        before |= _valid(held)
    if _CONTENT in there:
        found = _typed_parts(pc.struct_field(bodies, _CONTENT))
        usual = says(found) & ~before & ~_any(bodies, there.intersection(_ELSEWHERE))
        texts, known = _where(usual, found, texts), known | usual
    return UsualAnswers(known, texts)


def _valid(value: pa.Array) -> Mask:
    found: Mask = np.asarray(pc.is_valid(value))
    return found


def _any(bodies: pa.StructArray, names: Iterable[str]) -> Mask:
    found = np.zeros(len(bodies), bool)
    for name in names:
        found |= _valid(pc.struct_field(bodies, name))
    return found


def _where(rows: Mask, one: pa.Array, other: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(rows), one, other) if rows.any() else other


def _of_first(lists: pa.Array, name: str) -> pa.Array | None:
    """What stands under a name in the first object of each list."""
    if not pa.types.is_list(lists.type) or not pa.types.is_struct(lists.type.value_type):
        return None
    if lists.type.value_type.get_field_index(name) < 0:
        return None
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0)).astype(np.int64)
    return taken(pc.struct_field(lists.flatten(), name), np.cumsum(lengths) - lengths, lengths == 0)


def _said(messages: pa.Array | None, size: int) -> pa.Array:
    """The text of each message; null where it has more than one, or none."""
    nothing = pa.nulls(size, pa.string())
    if messages is None or not pa.types.is_struct(messages.type):
        return nothing
    text = nothing
    missing = np.ones(size, bool)
    for name in (_CONTENT, _PARTS):
        if messages.type.get_field_index(name) < 0:
            continue
        held = pc.struct_field(messages, name)
        found = contents(held)
        text = text if found is None else _where(missing & _valid(found), found, text)
        missing &= ~_valid(held)
    return text


def _typed_parts(content: pa.Array) -> pa.Array:
    """The texts of contents that are one part, which says that it is a text."""
    nothing = pa.nulls(len(content), pa.string())
    if not pa.types.is_list(content.type):
        return nothing
    kinds, found = _of_first(content, "type"), contents(content)
    if kinds is None or found is None or not pa.types.is_string(kinds.type):
        return nothing
    return _where(_valid(kinds), found, nothing)
