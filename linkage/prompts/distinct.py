"""Distinct prompts from distinct texts: each with its id, what it looks like, and how many use it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.prompts.parallel import in_two_processes
from linkage.prompts.skeleton import Skeleton, skeletons
from linkage.schema import content_id
from linkage.settings.prompts import Prompts as PromptSettings

BATCH = 250_000  # texts in memory as Python's own at once
HASH_BYTES = 8


@dataclass
class Prompt:
    """One distinct skeleton, or one withheld prompt. `example` is None where the text was withheld.

    `compared` is the part of the skeleton that is compared by meaning.
    """

    id: str
    skeleton: str | None
    example: str | None
    segments: tuple[str, ...]
    accounts: int = 0
    interactions: int = 0
    vector: tuple[float, ...] | None = None
    compared: str = ""


@dataclass(frozen=True)
class Distinct:
    """Every prompt in the order of ids; which prompt each text is; what was left out, by name."""

    prompts: list[Prompt]
    prompt_of: dict[str, str]
    cut: dict[str, int]


def distinct(texts: pa.Table, chosen: PromptSettings) -> Distinct:
    """Texts by skeleton, withheld ones by the hash or vector that was given for them.

    Of texts with one skeleton the one with the least `text_id` is the example and gives the segments.
    """
    found: dict[str, Prompt] = {}
    prompt_of: dict[str, str] = {}
    most = chosen.skeletons.compared_characters
    cut = {"segments beyond the most kept of a prompt": 0, "examples cut short": 0, "unusable embeddings": 0}
    for batch in texts.sort_by("text_id").to_batches(max_chunksize=BATCH):
        for row, masked in _with_skeletons(batch, chosen):
            if masked is None:
                made = _withheld(row, chosen.vector_decimals)
                cut["unusable embeddings"] += row["embedding"] is not None and made.vector is None
            else:
                made = Prompt(masked.id, masked.text, row["text"][:most], masked.segments)
                made.compared = masked.compared
                cut["segments beyond the most kept of a prompt"] += 0 if made.id in found else masked.cut
                cut["examples cut short"] += made.id not in found and len(row["text"]) > most
            one = found.setdefault(made.id, made)
            one.accounts += row["accounts"]
            one.interactions += row["interactions"]
            prompt_of[row["text_id"]] = made.id
    return Distinct([found[each] for each in sorted(found)], prompt_of, cut)


def representatives(texts: Sequence[str], chosen: PromptSettings) -> np.ndarray:
    """Places of the texts to compare, at most so many: near-duplicates are taken or left together.

    By the least hash over runs of a few words, which two texts share with the chance that is their
    resemblance (Broder, 1997).
    """
    most, run = chosen.max_representatives, chosen.shingle_words
    if len(texts) <= most:
        return np.arange(len(texts))
    order = sorted(range(len(texts)), key=lambda at: (_least_hash(texts[at], run), texts[at]))
    return np.sort(np.array(order[:most], np.int64))


def _with_skeletons(
    batch: pa.RecordBatch, chosen: PromptSettings
) -> Iterator[tuple[dict[str, Any], Skeleton | None]]:
    """Rows, and the skeletons of those whose text is there."""
    rows = batch.to_pylist()
    texts = [row["text"] for row in rows if row["text"] is not None]
    made = iter(in_two_processes(skeletons, texts, chosen=chosen))
    return ((row, None if row["text"] is None else next(made)) for row in rows)


def _withheld(row: dict[str, Any], decimals: int) -> Prompt:
    vector = _usable(row["embedding"])
    if row["sha"] is None and vector is not None:
        name = content_id(["embedding", [round(one, decimals) for one in vector]])
    else:
        name = content_id(["sha256", str(row["sha"] or row["text_id"]).lower()])
    return Prompt(name, None, None, (), vector=vector)


def _usable(given: object) -> tuple[float, ...] | None:
    """The vector at length 1, if it has numbers only and any length."""
    if (
        not isinstance(given, list)
        or not given
        or any(one is None or not math.isfinite(one) for one in given)
    ):
        return None
    length = math.sqrt(math.fsum(one * one for one in given))
    return tuple(one / length for one in given) if 0 < length < math.inf else None


def _least_hash(text: str, length: int) -> bytes:
    parts = text.split()
    runs = [" ".join(parts[at : at + length]) for at in range(max(1, len(parts) - length + 1))]
    return min(blake2b(run.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest() for run in runs)
