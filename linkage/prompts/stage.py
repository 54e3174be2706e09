"""The stage: distinct texts in; prompts, near-duplicates, templates and segment clusters out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.model import CASE, content_id
from linkage.prompts.asked import Prompt, asked, chosen
from linkage.prompts.encoder import Encoder
from linkage.prompts.shapes import shapes
from linkage.prompts.skeleton import words
from linkage.prompts.templates import Clusters, Judge, Limits, cluster


@dataclass(frozen=True)
class Options:
    """The settings of this stage, under the names they have there."""

    same: float
    maybe: float
    judged_same: float
    max_judged: int
    neighbours: int
    max_representatives: int
    min_segment_words: int
    max_segments: int
    seed: int = 0


@dataclass(frozen=True)
class PromptTables:
    """What the stage found.

    skeletons (text_id, prompt) · prompts (prompt, skeleton, example) · near as in the case folder ·
    membership (prompt, template, similarity) · templates (template, medoid: a prompt) ·
    segments (prompt, segment, position, similarity) · clusters (segment, example, segments) ·
    counts: what was read by the judge, and what each cap left out.
    """

    skeletons: pa.Table
    prompts: pa.Table
    near: pa.Table
    membership: pa.Table
    templates: pa.Table
    segments: pa.Table
    clusters: pa.Table
    counts: dict[str, int]


Near = tuple[str, str, float, str]
Place = tuple[str, float]  # a template's id and how close the prompt is to it


def templates(
    texts: pa.Table, *, encoder: Encoder, judge: Callable[[], Encoder] | None, options: Options
) -> PromptTables:
    """Templates of the texts: by shared segments, by meaning where segments say too little, by given vectors.

    `texts` has text_id, text, sha, embedding, accounts, interactions; `judge` is called only if there is
    something to judge. The result does not depend on the order of the rows.
    """
    known = asked(texts, min_segment_words=options.min_segment_words, max_segments=options.max_segments)
    work = _Work(encoder, judge, options)
    parts = _segments(known.prompts, work)
    places, near = _by_segments(known.prompts, parts)
    rest = [one for one in known.prompts if one.skeleton and (one.id not in places or len(one.segments) > 1)]
    vectors = work.vectors([one.skeleton or "" for one in rest])
    found = work.clusters(rest, vectors, [one.skeleton or "" for one in rest])
    _add(rest, found, places, near, "static")
    _given(known.prompts, work, places, near)
    return _tables(known.prompts, known.prompt_of, parts, places, near, {**known.cut, **work.counts})
