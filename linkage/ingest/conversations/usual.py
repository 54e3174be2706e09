"""Conversations as most logs have them, taken apart all at once.

Such a conversation is a list of messages, by itself or in the body of a request, whose turns are texts of the
user, the model and the system and nothing else. Any other is left to `conversation`, one by one. So what is
said here of a usual one is what that would say, and where it is not certain to be usual, nothing.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest.conversations.bodies import BESIDE, LISTS
from linkage.ingest.conversations.turns import ROLES, TEXT_KINDS

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Places = np.ndarray[Any, np.dtype[np.int64]]

USER, ASSISTANT, SYSTEM = "user", "assistant", "system"
_USUAL = (USER, ASSISTANT, SYSTEM)
_CALLED = {each: pa.array([name for name, role in ROLES.items() if role == each]) for each in _USUAL}
"""What each of them is called, in lower case; a name in other letters is not usual."""
_CONTENTS = ("content", "parts", "value")
_STORED = "kwargs"
_SPEAK_TOO = frozenset(("text", "message", "data", "tool_calls", "function_call", "toolInvocations"))
"""Names beside a content under which a message may say something else. All others say nothing of the turn."""
_TEXTS = ("text", "content")
_PRINTED = r"[!-~]|\p{L}"


class Usual(NamedTuple):
    """What usual conversations say: one entry for each value, null in those that are not `known`.

    `earlier` are the texts of the model's turns but for `response`, as lists; `turns` counts those of user
    and model.
    """

    known: Mask
    prompt: pa.Array
    system_prompt: pa.Array
    earlier: pa.Array
    response: pa.Array
    turns: Places


def usual(values: pa.Array) -> Usual | None:
    """The usual conversations among lists of messages or bodies with one; None where there is none."""
    known = np.asarray(pc.is_valid(values)).copy()
    lists = values
    if pa.types.is_struct(values.type):
        lists, beside = _of_body(values)
        known &= ~beside
    if lists is None or not pa.types.is_list(lists.type) or not pa.types.is_struct(lists.type.value_type):
        return None
    known &= np.asarray(pc.fill_null(pc.greater(pc.list_value_length(lists), 0), False))
    messages, of = lists.flatten(), np.asarray(pc.list_parent_indices(lists)).astype(np.int64)
    turns = _turns(messages)
    if turns is None:
        return None
    known[of[~turns.usual]] = False
    return _said(known, turns, of) if known.any() else None


def _of_body(bodies: pa.StructArray) -> tuple[pa.Array | None, Mask]:
    """The messages of requests, and which requests have something else that may say something."""
    there = [each.name for each in bodies.type if each.name in LISTS]
    lists = [name for name in there if pa.types.is_list(bodies.type.field(name).type)]
    beside = np.zeros(len(bodies), bool)
    if not lists:
        return None, beside
    chosen = lists[0]
    for name in (each.name for each in bodies.type):
        if name != chosen and name in BESIDE:
            beside |= _valid(pc.struct_field(bodies, name))
    return pc.struct_field(bodies, chosen), beside


class _Turns(NamedTuple):
    """Of each message whether it is usual, who speaks, and its text."""

    usual: Mask
    role: dict[str, Mask]
    text: pa.Array


def _turns(messages: pa.StructArray) -> _Turns | None:
    names = [each.name for each in messages.type]
    role = None if _STORED in names else _speaker(messages, names)
    if role is None:
        return None
    text, held = pa.nulls(len(messages), pa.string()), 0
    found = np.zeros(len(messages), bool)
    usual = ~found
    for name in names:
        inner = pc.struct_field(messages, name)
        there = _valid(inner)
        if name in _CONTENTS and (texts := contents(inner)) is not None:
            usual &= ~(there & found) & ~(there & ~says(texts))
            text = pc.coalesce(text, texts) if held else texts
            found, held = found | there, held + 1
        elif name in _SPEAK_TOO or name in _CONTENTS:
            usual &= ~there
    roles = {each: np.asarray(pc.is_in(role, _CALLED[each])) for each in _USUAL}
    usual &= found & (roles[USER] | roles[ASSISTANT] | roles[SYSTEM])
    return _Turns(usual, roles, text)


def _speaker(messages: pa.StructArray, names: list[str]) -> pa.Array | None:
    """Who speaks in each message: its `role`, or `from` beside a `value`; None where that is no text."""
    given = {name: pc.struct_field(messages, name) for name in ("role", "from", "value") if name in names}
    if any(not pa.types.is_string(each.type) for name, each in given.items() if name != "value"):
        return None
    if "from" in given and "value" in given:
        sender = pc.if_else(pc.is_valid(given["value"]), given["from"], pa.scalar(None, pa.string()))
        return pc.coalesce(given["role"], sender) if "role" in given else sender
    return given.get("role")


def _valid(value: pa.Array) -> Mask:
    found: Mask = np.asarray(pc.is_valid(value))
    return found


def says(texts: pa.Array) -> Mask:
    """Which texts certainly have more than white space."""
    found: Mask = np.asarray(pc.fill_null(pc.match_substring_regex(texts, _PRINTED), False))
    return found


def contents(content: pa.Array) -> pa.Array | None:
    """The texts of messages: their content, or that of their only part; null where it is not so."""
    if pa.types.is_string(content.type):
        return content
    if not pa.types.is_list(content.type) or not pa.types.is_struct(content.type.value_type):
        return None
    parts = content.flatten()
    texts = _part_texts(parts)
    if texts is None:
        return None
    single = np.asarray(pc.fill_null(pc.equal(pc.list_value_length(content), 1), False))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(content), 0)).astype(np.int64)
    at = np.cumsum(lengths) - lengths
    return taken(texts, at, ~single)


def _part_texts(parts: pa.StructArray) -> pa.Array | None:
    """The texts of parts that have nothing but a text, and say that they are one."""
    names = [each.name for each in parts.type]
    held = [name for name in names if name in _TEXTS]
    if len(held) != 1 or not pa.types.is_string(parts.type.field(held[0]).type):
        return None
    plain = np.ones(len(parts), bool)
    for name in names:
        inner = pc.struct_field(parts, name)
        if name == "type" and pa.types.is_string(inner.type):
            kinds = pc.is_in(inner, pa.array(sorted(TEXT_KINDS)))
            plain &= np.asarray(pc.or_(pc.is_null(inner), kinds))
        elif name != held[0]:
            plain &= ~_valid(inner)
    texts = pc.struct_field(parts, held[0])
    return taken(texts, np.arange(len(parts)), ~plain)


def _said(known: Mask, turns: _Turns, of: Places) -> Usual:
    size = len(known)
    counted = known[of]
    user, assistant = turns.role[USER] & counted, turns.role[ASSISTANT] & counted
    spoken = np.flatnonzero(user | assistant)
    asked = _last(np.flatnonzero(user), of, size)
    last = _last(spoken, of, size)
    answered = np.where((last >= 0) & assistant[last], last, -1)
    earlier = assistant.copy()
    earlier[answered[answered >= 0]] = False
    system = _lists(np.flatnonzero(turns.role[SYSTEM] & counted), of, size, turns.text)
    joined = pc.binary_join(system, "\n")
    return Usual(
        known,
        _of(turns.text, asked),
        pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined),
        _lists(np.flatnonzero(earlier), of, size, turns.text),
        _of(turns.text, answered),
        np.bincount(of[spoken], minlength=size),
    )


def _last(places: Places, of: Places, size: int) -> Places:
    """The last of the places in each conversation; -1 where there is none."""
    found = np.full(size, -1, np.int64)
    found[of[places]] = places  # of several that are assigned the last stays
    return found


def _of(texts: pa.Array, places: Places) -> pa.Array:
    return taken(texts, places, places < 0)


def taken(values: pa.Array, places: Places, missing: Mask) -> pa.Array:
    """The values at these places, null where one is missing."""
    if len(places) == len(values) and not missing.any() and (np.diff(places, prepend=-1) == 1).all():
        return values
    return values.take(pa.array(places, mask=missing))


def _lists(places: Places, of: Places, size: int, texts: pa.Array) -> pa.Array:
    """The texts at these places, in a list for each conversation."""
    offsets = np.concatenate([[0], np.cumsum(np.bincount(of[places], minlength=size))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), texts.take(pa.array(places)))
