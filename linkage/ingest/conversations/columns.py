"""A column of prompts in which some or all are conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest.chunk import Exact
from linkage.ingest.cleaning import CONTROL, clean, decoded, with_controls
from linkage.ingest.conversations.conversation import DEFAULTS, Conversation, conversation, text_hash
from linkage.ingest.conversations.usual import Places, taken, usual
from linkage.ingest.formats import arrow_json
from linkage.settings.ingest import ConversationReading

MAYBE = r"^(?:\xef\xbb\xbf|\xc2[\x80-\x9f]|[\x00-\x20\x7f])*(?:[\[{]|<\||<s>)"
"""What a text begins with that may be a conversation, in bytes. Any other is an ordinary text at once."""


@dataclass(frozen=True)
class SplitConversations:
    """What the conversations of a column say, a row for each of its rows.

    `found` marks the rows that are conversations; all else is null in other rows. `prompt`, `system_prompt`,
    `response_sha256` are texts; `context_sha256` has the hashes of earlier answers and `tools` names, both
    lists; `turns`, `images`, `other_parts` are counts. `cleaned` says by column of ours and by row what had
    to be cleaned inside, control characters of prompts and system prompts aside, which stay.
    """

    found: pa.BooleanArray
    prompt: pa.StringArray
    system_prompt: pa.StringArray
    context_sha256: pa.ListArray
    response_sha256: pa.StringArray
    tools: pa.ListArray
    turns: pa.Int64Array
    images: pa.Int64Array
    other_parts: pa.Int64Array
    cleaned: Mapping[str, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)


def split_conversations(
    prompts: "pa.Array | list[Any]", chosen: ConversationReading = DEFAULTS, exact: Exact | None = None
) -> SplitConversations | None:
    """The conversations of a column of texts or of nested values; None if no row is one.

    One expression over a column of texts decides which rows are looked at; usual ones are read together. Of
    an array of nested values `exact` gives those of the other rows, where the array may not show all of them.
    """
    if isinstance(prompts, pa.Array) and is_nested(prompts):
        return _of_nested(prompts, exact or (lambda rows: _at(prompts, rows).to_pylist()), chosen)
    rows, values = _candidates(prompts)
    pieces, left = _usual_pieces(values) if isinstance(values, pa.Array) else ([], np.arange(len(rows)))
    rest = values.take(pa.array(left)).to_pylist() if isinstance(values, pa.Array) else values
    pieces.append(_piece(left, [_read(each, chosen) for each in rest]))
    pieces = [each._replace(rows=rows[each.rows]) for each in pieces if len(each.rows)]
    return _joined(len(prompts), pieces) if pieces else None


def is_nested(prompts: pa.Array) -> bool:
    """Whether the values are objects or lists."""
    return bool(pa.types.is_nested(prompts.type))


def _of_nested(prompts: pa.Array, exact: Exact, chosen: ConversationReading) -> SplitConversations | None:
    every = np.arange(len(prompts))
    usually = _usual_piece(every, prompts)
    left = np.asarray(pc.is_valid(prompts)).copy()
    if usually is not None:
        left[usually.rows] = False
    rest = np.flatnonzero(left)
    others = _piece(rest, [_read(each, chosen) for each in exact(rest.tolist())])
    pieces = [each for each in (usually, others) if each is not None and len(each.rows)]
    return _joined(len(prompts), pieces) if pieces else None


def _candidates(prompts: "pa.Array | list[Any]") -> tuple[Places, "pa.Array | list[Any]"]:
    """The rows that may be conversations, and their values; of texts as an array of their bytes."""
    if isinstance(prompts, list):
        rows = np.array(_maybe(prompts), np.int64)
        return rows, [prompts[at] for at in rows.tolist()]
    if pa.types.is_dictionary(prompts.type):
        prompts = prompts.dictionary_decode()
    if pa.types.is_string_view(prompts.type):
        prompts = prompts.cast(pa.large_string())
    if not (pa.types.is_string(prompts.type) or pa.types.is_large_string(prompts.type)):
        return np.zeros(0, np.int64), []
    raw = prompts.view(pa.binary() if pa.types.is_string(prompts.type) else pa.large_binary())
    rows = np.flatnonzero(np.asarray(pc.match_substring_regex(raw, MAYBE).fill_null(False)))
    return rows, _some(raw, rows).cast(pa.binary())


def _maybe(prompts: list[Any]) -> list[int]:
    """The rows of values of several types that may be conversations; most texts are none at a glance."""
    texts = [at for at, each in enumerate(prompts) if type(each) is str]
    other = [at for at, each in enumerate(prompts) if isinstance(each, bytes | dict | list)]
    try:
        raw = pa.array([prompts[at] for at in texts], pa.string()).view(pa.binary())
    except UnicodeEncodeError:  # halves of characters, one of which may stand before a conversation
        return sorted([*texts, *other])
    found = np.flatnonzero(np.asarray(pc.match_substring_regex(raw, MAYBE))).tolist()
    return sorted([*(texts[at] for at in found), *other])


def _read(value: Any, chosen: ConversationReading) -> Conversation | None:
    """The conversation of a value. One in a text is not hidden by a character that no text needs."""
    how: tuple[str, ...] = ()
    if isinstance(value, bytes):
        value, how = decoded(value)
    if isinstance(value, str):
        value, more = clean(value, prose=True)
        how += more
    found = conversation(value, chosen)
    if found is None or not how:
        return found
    return found._replace(cleaned=tuple(dict.fromkeys([*(("prompt", kind) for kind in how), *found.cleaned])))


def _at(values: pa.Array, rows: Sequence[int]) -> pa.Array:
    return values.take(pa.array(rows, pa.int64()))


def _some(values: pa.Array, rows: Places) -> pa.Array:
    return taken(values, rows, np.zeros(len(rows), bool))


class _Piece(NamedTuple):
    """What some of the rows say, as `SplitConversations` has it; `cleaned` by the place among these rows."""

    rows: Places
    columns: tuple[pa.Array, ...]
    cleaned: Sequence[tuple[int, str, str]] = ()


GROUPS = (rb"^\[", rb'"(?:content|parts)" ?: ?\[')
"""What parts conversations that no column holds together: a list of messages or a body, contents that are
texts or lists."""
TRIES = 4
"""Texts of a group that are left out, one after the other, as they are no JSON or unlike the others."""


def _usual_pieces(raw: pa.Array) -> tuple[list[_Piece], Places]:
    """The usual conversations of texts, given as bytes, and which texts are left."""
    every, left = np.arange(len(raw)), np.ones(len(raw), bool)
    pieces = [_usual_piece(*_values(raw, every, 1))]
    if pieces[0] is None:
        kind = np.zeros(len(raw), np.int64)
        for pattern in GROUPS:
            kind = kind * 2 + np.asarray(pc.match_substring_regex(raw, pattern))
        groups = [np.flatnonzero(kind == number) for number in np.unique(kind).tolist()]
        pieces = [_usual_piece(*_values(raw, group, TRIES)) for group in groups]
    found = [each for each in pieces if each is not None]
    for each in found:
        left[each.rows] = False
    return found, np.flatnonzero(left)


def _values(raw: pa.Array, rows: Places, tries: int) -> tuple[Places, pa.Array | None]:
    """The values of the texts in these rows, without those that are left out."""
    for _ in range(tries):
        try:
            texts = _some(raw, rows).cast(pa.string())
            return rows, arrow_json.values(texts)
        except arrow_json.Odd as odd:
            if odd.row is None or not odd.row < len(rows):
                break
            rows = np.delete(rows, odd.row)
        except pa.ArrowInvalid:  # no UTF-8
            break
    return rows, None


def _usual_piece(rows: Places, values: pa.Array | None) -> _Piece | None:
    found = None if values is None else usual(values)
    if found is None:
        return None
    known, size = np.flatnonzero(found.known), int(found.known.sum())
    zeros = pa.array(np.zeros(size, np.int64))
    earlier, response = _some(found.earlier, known), _some(found.response, known)
    parents = np.asarray(pc.list_parent_indices(earlier))[with_controls(earlier.flatten())]
    answered = np.flatnonzero(with_controls(response))
    unclean = (("context_sha256", np.unique(parents)), ("response_sha256", answered))
    hashed = pa.ListArray.from_arrays(_offsets(earlier), _hashes(earlier.flatten()))
    nobody = pa.ListArray.from_arrays(pa.array(np.zeros(size + 1), pa.int32()), pa.array([], pa.string()))
    return _Piece(
        rows[found.known],
        (
            _some(found.prompt, known),
            _some(found.system_prompt, known),
            hashed,
            _hashes(response),
            nobody,
            pa.array(found.turns[found.known], pa.int64()),
            zeros,
            zeros,
        ),
        [(row, name, CONTROL) for name, rows_of in unclean for row in rows_of.tolist()],
    )


def _offsets(lists: pa.Array) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(np.asarray(pc.list_value_length(lists)))]), pa.int32())


def _hashes(texts: pa.Array) -> pa.Array:
    """The hash of each text; of texts that are alike it is made once."""
    codes = texts.dictionary_encode()
    hashed = [text_hash(each) for each in codes.dictionary.to_pylist()]
    return pa.array(hashed, pa.string()).take(codes.indices)


def _piece(rows: Places, read: "list[Conversation | None]") -> _Piece:
    each = [one for one in read if one is not None]
    text, texts, count = pa.string(), pa.list_(pa.string()), pa.int64()
    answers = [None if one.response is None else text_hash(one.response) for one in each]
    return _Piece(
        rows[[one is not None for one in read]],
        (
            pa.array([one.prompt for one in each], text),
            pa.array([one.system_prompt for one in each], text),
            pa.array([[text_hash(turn) for turn in one.earlier] for one in each], texts),
            pa.array(answers, text),
            pa.array([list(one.tools) for one in each], texts),
            pa.array([one.turns for one in each], count),
            pa.array([one.images for one in each], count),
            pa.array([one.other_parts for one in each], count),
        ),
        [(at, *cleaned) for at, one in enumerate(each) for cleaned in one.cleaned],
    )


def _joined(size: int, pieces: "list[_Piece]") -> SplitConversations:
    rows = np.concatenate([each.rows for each in pieces])
    found, places = np.zeros(size, bool), np.zeros(size, np.int64)
    found[rows], places[rows] = True, np.arange(len(rows))
    # A null place takes a null from whatever column, so a row that is no conversation has nothing in any.
    columns = [pa.concat_arrays(each) for each in zip(*(each.columns for each in pieces), strict=True)]
    cleaned: dict[str, dict[int, tuple[str, ...]]] = {}
    for piece in pieces:
        for at, name, kind in piece.cleaned:
            held = cleaned.setdefault(name, {})
            held[int(piece.rows[at])] = (*held.get(int(piece.rows[at]), ()), kind)
    result = SplitConversations(pa.array(found), *(taken(each, places, ~found) for each in columns))
    return replace(result, cleaned=cleaned)
