"""What is asked inside prompts that are conversations: their columns put in the place of the raw text.

A prompt that holds the messages of a request becomes the last user turn; the system prompt, the hashes of
earlier answers and that of the answer are taken from it where the source has no columns of its own.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest.chunk import Chunk, Exact
from linkage.ingest.column_values import Mask
from linkage.ingest.conversations.columns import SplitConversations, is_nested, split_conversations
from linkage.ingest.mapping import Plan
from linkage.settings.ingest import ConversationReading

PROMPT = "prompt"
BESIDE = ("system_prompt", "context_sha256", "response_sha256")


def with_what_is_asked(chunk: Chunk, chosen: ConversationReading) -> tuple[Chunk, Counter[str]]:
    """The chunk, whose columns go by our names, with its conversations taken apart; and what was met in them.

    The counts are of conversations, turns, images and parts without text.
    """
    given = chunk.columns.get(PROMPT)
    if given is None:
        return chunk, Counter()
    given, exact = _as_array(given), chunk.exact.get(PROMPT)
    split = split_conversations(given, chosen, exact)
    texts = _as_texts(given, exact, None if split is None else np.asarray(split.found))
    if split is None:
        return replace(chunk, columns={**chunk.columns, PROMPT: texts}), Counter()
    columns = {**chunk.columns, PROMPT: _replaced(texts, split.prompt, split.found)}
    for name in BESIDE:
        inside = getattr(split, name)
        if inside.null_count < len(inside):
            columns[name] = _filled(columns.get(name), inside)
    return replace(chunk, columns=columns, cleaned=split.cleaned), _counted(split)


def taken_apart(plan: Plan, chunk: Chunk, chosen: ConversationReading) -> tuple[Plan, Chunk, Counter[str]]:
    """The plan and chunk of interactions with conversations taken apart; of other tables as they are."""
    if plan.table.name != "interactions":
        return plan, chunk, Counter()
    chunk, inside = with_what_is_asked(chunk, chosen)
    return plan.with_columns(chunk.columns), chunk, inside


def _as_array(given: "list[Any] | pa.Array") -> "list[Any] | pa.Array":
    """Texts alone as an array, of which one look tells the conversations."""
    if not isinstance(given, list) or not set(map(type, given)) <= {str, type(None)}:
        return given
    try:
        return pa.array(given, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):  # halves of characters, which the cells replace
        return given


def _counted(split: SplitConversations) -> Counter[str]:
    counts = {
        "conversations": split.found,
        "turns": split.turns,
        "images": split.images,
        "parts without text": split.other_parts,
    }
    return Counter({name: int(pc.sum(each).as_py() or 0) for name, each in counts.items()})


def _as_texts(
    given: "list[Any] | pa.Array", exact: Exact | None, found: Mask | None
) -> "list[Any] | pa.Array":
    """The column with nested values, which are JSON that nobody declared, as the texts they were. Of an array
    of them those that are `found` to be conversations may be null."""
    if isinstance(given, pa.Array) and is_nested(given):
        there = np.asarray(pc.is_valid(given))
        rows = np.flatnonzero(there if found is None else there & ~found)
        if not len(rows):
            return pa.nulls(len(given), pa.string())
        values: list[Any] = [None] * len(given)
        held = exact(rows.tolist()) if exact else given.take(pa.array(rows)).to_pylist()
        for row, value in zip(rows.tolist(), held, strict=True):
            values[row] = value
        given = values
    if not isinstance(given, list) or not any(isinstance(each, dict | list) for each in given):
        return given
    return [_text(each) if isinstance(each, dict | list) else each for each in given]


def _text(value: Any) -> Any:
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):  # what JSON cannot hold is for the cells to refuse
        return value


def _replaced(
    given: "list[Any] | pa.Array", inside: pa.Array, found: pa.BooleanArray
) -> "list[Any] | pa.Array":
    if isinstance(given, list):
        rows, result = np.flatnonzero(np.asarray(found)).tolist(), list(given)
        for row, value in zip(rows, inside.filter(found).to_pylist(), strict=True):
            result[row] = value
        return result
    return pc.if_else(found, inside, given)


def _filled(given: "list[Any] | pa.Array | None", inside: pa.Array) -> "list[Any] | pa.Array":
    """The source's own column, with what conversations say where it says nothing."""
    if given is None:
        return inside
    own = given if isinstance(given, list) else given.to_pylist()
    return [
        said if value in (None, "", []) else value
        for value, said in zip(own, inside.to_pylist(), strict=True)
    ]
