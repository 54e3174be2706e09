"""A column of prompts in which some or all are conversations."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest.conversations.conversation import DEFAULTS, Conversation, conversation, text_hash
from linkage.settings.ingest import ConversationReading

MAYBE = r"^(?:\xef\xbb\xbf)?\s*(?:[\[{]|<\||<s>)"
"""What a text begins with that may be a conversation, in bytes. Any other is an ordinary text at once."""


@dataclass(frozen=True)
class SplitConversations:
    """What the conversations of a column say, a row for each of its rows.

    `found` marks the rows that are conversations; all else is null in other rows. `prompt`, `system_prompt`,
    `response_sha256` are texts; `context_sha256` has the hashes of earlier answers and `tools` names, both
    lists; `turns`, `images`, `other_parts` are counts.
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


def split_conversations(
    prompts: "pa.Array | list[Any]", chosen: ConversationReading = DEFAULTS
) -> SplitConversations | None:
    """The conversations of a column of texts or of nested values; None if no row is one.

    One expression over a column of texts decides which rows are looked at one by one.
    """
    rows, values = _candidates(prompts)
    read = [conversation(each, chosen) for each in values]
    kept = [(int(row), each) for row, each in zip(rows, read, strict=True) if each is not None]
    return _split(len(prompts), kept) if kept else None


def _candidates(prompts: "pa.Array | list[Any]") -> tuple[np.ndarray[Any, Any], list[Any]]:
    """The rows that may be conversations, and their values."""
    if isinstance(prompts, list):
        maybe = [at for at, each in enumerate(prompts) if isinstance(each, str | bytes | dict | list)]
        return np.array(maybe, np.int64), [_text(prompts[at]) for at in maybe]
    if pa.types.is_dictionary(prompts.type):
        prompts = prompts.dictionary_decode()
    if (
        pa.types.is_struct(prompts.type)
        or pa.types.is_list(prompts.type)
        or pa.types.is_large_list(prompts.type)
    ):
        return np.arange(len(prompts)), prompts.to_pylist()
    if pa.types.is_string_view(prompts.type):
        prompts = prompts.cast(pa.large_string())
    if not (pa.types.is_string(prompts.type) or pa.types.is_large_string(prompts.type)):
        return np.zeros(0, np.int64), []
    raw = prompts.view(pa.binary() if pa.types.is_string(prompts.type) else pa.large_binary())
    rows = np.flatnonzero(np.asarray(pc.match_substring_regex(raw, MAYBE).fill_null(False)))
    return rows, [_text(each) for each in raw.take(pa.array(rows)).to_pylist()]


def _text(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _split(size: int, kept: list[tuple[int, Conversation]]) -> SplitConversations:
    found = np.zeros(size, bool)
    found[[row for row, _ in kept]] = True
    place = np.cumsum(found) - 1
    # A null place takes a null from whatever column, so a row that is no conversation has nothing in any.
    at = pa.array(place, mask=~found)
    each = [one for _, one in kept]
    text, texts, count = pa.string(), pa.list_(pa.string()), pa.int64()
    answers = [None if one.response is None else text_hash(one.response) for one in each]
    return SplitConversations(
        pa.array(found),
        pa.array([one.prompt for one in each], text).take(at),
        pa.array([one.system_prompt for one in each], text).take(at),
        pa.array([[text_hash(turn) for turn in one.earlier] for one in each], texts).take(at),
        pa.array(answers, text).take(at),
        pa.array([list(one.tools) for one in each], texts).take(at),
        pa.array([one.turns for one in each], count).take(at),
        pa.array([one.images for one in each], count).take(at),
        pa.array([one.other_parts for one in each], count).take(at),
    )
