"""Finds texts that are known from elsewhere among the prompts and segments of this run.

They are compared with what the run has already put together, and change none of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.prompts.encoder import Encoder
from linkage.prompts.neighbours import nearest
from linkage.prompts.skeleton import skeleton, words
from linkage.schema import content_id
from linkage.settings.prompts import Prompts as PromptSettings


@dataclass(frozen=True)
class KnownPrompt:
    """A text as a prompt of this program would be: its id, and its segments by their own ids."""

    prompt: str
    segments: dict[str, str]


def known_prompt(text: str, chosen: PromptSettings) -> KnownPrompt:
    """The prompt that a text is; a segment's id is that of the cluster of which it is the centre."""
    made = skeleton(text, chosen)
    return KnownPrompt(made.id, {segment_id(each): each for each in made.segments})


def segment_id(text: str) -> str:
    """What a cluster of segments is called whose centre is this text."""
    return content_id(["segment", text])


def nearest_segments(
    texts: Iterable[str], clusters: pa.Table, *, encoder: Encoder, same: float
) -> dict[str, str]:
    """The segment cluster of this run that each text belongs to, for those that belong to one.

    `clusters` has segment (its id) and example (its centre). A text belongs to the cluster whose centre is
    nearest, if it is as near as the segments of one cluster are.
    """
    wanted = sorted(set(texts))
    ids, centres = (clusters[name].to_pylist() for name in ("segment", "example"))
    if not wanted or not ids:
        return {}
    at, similarity = nearest(_vectors(wanted, encoder), _vectors(centres, encoder))
    rows = zip(wanted, at.tolist(), similarity.tolist(), strict=True)
    return {text: ids[place] for text, place, close in rows if close >= same}


def _vectors(texts: Sequence[str], encoder: Encoder) -> np.ndarray:
    return encoder.encode([words(text) for text in texts])
