"""Templates: which prompts are made from one text, by shared segments, by meaning, or by given vectors."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import DECIMALS, Ints
from linkage.prompts import columns
from linkage.prompts.clusterer import Clusterer, Clustering, NearPairs
from linkage.prompts.distinct import Distinct, distinct
from linkage.prompts.encoder import Encoder
from linkage.prompts.places import Places
from linkage.prompts.segment_templates import Shapes, segment_templates
from linkage.prompts.waiting import ROWS, in_file
from linkage.runs.memory import give_back
from linkage.schema import CASE, content_id
from linkage.settings.prompts import Prompts as PromptSettings

MANY, SAMPLE = 5_000, 2_000
"""Texts from which a few are looked at first, and these few."""


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


def templates(
    batches: Iterable[pa.RecordBatch],
    chosen: PromptSettings,
    *,
    encoder: Encoder,
    judge: Callable[[], Encoder] | None,
    seed: int,
    folder: Path | None = None,
) -> PromptTables:
    """Templates of the texts: by shared segments, by meaning where these say too little, by given vectors.

    `batches` have text_id, text, sha, embedding, accounts, interactions; `judge` is called only if there is
    something to judge; texts may wait in `folder`. The result does not depend on the order of the rows. A
    template by segments is named by its leading set of segment clusters, one by meaning by its medoid:
    unrelated prompts that come along change neither.
    """
    with _collector_off():
        clusterer = Clusterer(encoder, judge, chosen, seed=seed)
        known = distinct(_looking_ahead(batches, clusterer, chosen), chosen, folder)
        give_back()
        return _templates(known, clusterer, chosen, folder)


def _looking_ahead(
    batches: Iterable[pa.RecordBatch], clusterer: Clusterer, chosen: PromptSettings
) -> Iterator[pa.RecordBatch]:
    """The batches. Where some of many texts leave doubts, the judge will be needed: it loads meanwhile."""
    rest = iter(batches)
    first: list[pa.RecordBatch] = []
    while sum(each.num_rows for each in first) < MANY and (batch := next(rest, None)) is not None:
        first.append(batch)
    if sum(each.num_rows for each in first) >= MANY:
        texts = pa.Table.from_batches(first)
        # Ids are hashes: those that come first are a sample of all.
        some = texts.take(pc.select_k_unstable(texts, SAMPLE, [("text_id", "ascending")]))
        clusterer.expect(distinct(some.to_batches(), chosen).segments)
    yield from chain(first, rest)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Millions of small objects and no cycle among them: looking for one is a sixth of the stage's time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _templates(
    known: Distinct, clusterer: Clusterer, chosen: PromptSettings, folder: Path | None
) -> PromptTables:
    parts = _segments(known, clusterer)
    places = Places(known)
    skipped = _by_segments(known, parts, places, chosen)
    near = [_near_single(known, parts), _near_medoids(known, places, chosen.same)]
    near.append(_by_meaning(known, _whole(known, places), places, clusterer))
    near.append(_by_given_vector(known, places, clusterer))
    places.give_rest()
    ids = known.rows["prompt"]
    # In one piece: what is taken from many pieces is taken from a copy of all of them, each time.
    own = ids.cast(pa.large_string()).combine_chunks()
    return PromptTables(
        skeletons=known.prompt_of,
        prompts=known.rows.select(["prompt", "skeleton", "example"]),
        near=_near(own, near, folder),
        membership=places.membership(ids),
        templates=places.medoid_table(ids),
        **_parts(known, parts, own, folder),
        counts={**known.cut, **clusterer.counts, "leading shapes not looked at": skipped},
    )


@dataclass(frozen=True)
class _Parts:
    """Distinct segments in order; for each the place of its cluster's medoid, and similarity to it; the
    places of the medoids, in order, and the ids of their clusters."""

    texts: pa.Array
    found: Clustering
    medoids: Ints
    ids: pa.Array

    def names(self, clusters: Ints) -> list[str]:
        """The ids of the clusters with these medoids."""
        found: list[str] = self.ids.take(pa.array(np.searchsorted(self.medoids, clusters))).to_pylist()
        return found


def _segments(known: Distinct, clusterer: Clusterer) -> _Parts:
    users = np.repeat(known.accounts, known.segment_counts)
    weight = np.bincount(known.held, users, minlength=len(known.segments)).astype(np.int64)
    texts = columns.texts(known.segments)
    found = clusterer.find(texts, weight, texts)
    medoids = np.unique(found.centre)
    ids = columns.each(
        lambda text: content_id(["segment", text]), columns.chosen(texts, medoids), pa.string()
    )
    return _Parts(texts, found, medoids, ids)


def _by_segments(known: Distinct, parts: _Parts, places: Places, chosen: PromptSettings) -> int:
    """Gives places to the prompts whose segments say which template they are built on.

    Returns the number of leading shapes not looked at.
    """
    lengths = columns.each(lambda text: len(text.split()), parts.texts, pa.int64()).to_numpy()
    held = parts.found.centre[known.held]
    made = segment_templates(held, known.first, lengths, known.accounts, chosen.segment_templates)
    placed = np.flatnonzero(made.leader >= 0)
    leaders, which = np.unique(made.leader[placed], return_inverse=True)
    names = _template_names(parts, made.shapes, leaders)
    prompt = np.repeat(np.arange(known.count), known.segment_counts)
    close = np.bincount(prompt, parts.found.similarity[known.held], minlength=known.count)[placed]
    mean = close / known.segment_counts[placed]
    places.give(placed, places.named(names)[which], np.minimum(made.similarity[placed], mean))
    return made.skipped


def _template_names(parts: _Parts, shapes: Shapes, leaders: Ints) -> pa.Array:
    """The ids of the templates that these shapes lead: by the ids of their segment clusters, in order."""
    made = [pa.array([], pa.string())]
    for low in range(0, len(leaders), columns.SOME):
        held, starts = shapes.of(leaders[low : low + columns.SOME])
        ids = parts.names(held)
        ends = pairwise([*starts.tolist(), len(held)])
        made.append(pa.array([content_id(["template", *sorted(ids[begin:end])]) for begin, end in ends]))
    return pa.concat_arrays(made)


def _near_single(known: Distinct, parts: _Parts) -> NearPairs:
    """Near-duplicate prompts of one segment each; the first prompt stands for those of the same segment."""
    prompt = np.full(len(parts.texts), -1, np.int64)
    single = np.flatnonzero(known.segment_counts == 1)[::-1]
    prompt[known.held[known.first[single]]] = single
    pairs = parts.found.pairs
    left, right = prompt[pairs.left], prompt[pairs.right]
    both = (left >= 0) & (right >= 0)
    return NearPairs(left[both], right[both], pairs.similarity[both], pairs.method[both])


def _near_medoids(known: Distinct, places: Places, same: float) -> NearPairs:
    """Prompts of several segments with the prompt that stands for their template."""
    several = np.flatnonzero(
        (places.template >= 0) & (known.segment_counts > 1) & (places.similarity >= same)
    )
    medoid = places.medoids()[places.template[several]]
    apart = medoid != several
    left, right = several[apart], medoid[apart]
    similarity = places.similarity[left].astype(np.float32)
    return NearPairs(left, right, similarity, np.full(len(left), "segments", dtype=object))


def _whole(known: Distinct, places: Places) -> Ints:
    """Prompts to compare as a whole: those whose segments say too little, with those they could belong to."""
    left = np.flatnonzero(known.comparable & (places.template < 0))
    if not len(left):
        return left
    stand = places.medoids()
    return np.sort(np.concatenate([left, stand[known.segment_counts[stand] > 1]]))


def _by_meaning(known: Distinct, whole: Ints, places: Places, clusterer: Clusterer) -> NearPairs:
    """Whole prompts by their vectors; one that has a place keeps it, and gives it to those it stands for."""
    found = clusterer.find(known.compared(whole), known.accounts[whole], known.ids(whole))
    places.give_around(whole, found)
    return found.pairs.named(whole)


def _by_given_vector(known: Distinct, places: Places, clusterer: Clusterer) -> NearPairs:
    """Withheld prompts by the vectors that came with them, as far as these have the commonest length."""
    length = np.asarray(pc.fill_null(pc.list_value_length(known.rows["vector"]), 0), np.int64)
    lengths, counts = np.unique(length[length > 0], return_counts=True)
    usual = int(lengths[counts == counts.max()].max()) if len(counts) else 0
    given = np.flatnonzero((length == usual) & (length > 0))
    clusterer.counts["embeddings of another length"] = int(counts.sum()) - len(given)
    flat = pc.list_flatten(known.rows["vector"].take(pa.array(given)))
    vectors = np.asarray(flat).astype(np.float32).reshape(len(given), usual)
    found = clusterer.find_vectors(vectors, known.accounts[given], known.ids(given))
    places.give_around(given, found)
    return found.pairs.named(given)


# --- to tables -----------------------------------------------------------------------------------


def _near(ids: pa.Array, parts: list[NearPairs], folder: Path | None) -> pa.Table:
    """As in the case folder: prompts are in the order of ids, so a smaller place is a smaller id."""
    left, right = np.concatenate([one.left for one in parts]), np.concatenate([one.right for one in parts])
    low, high = np.minimum(left, right), np.maximum(left, right)
    similarity = np.concatenate([one.similarity for one in parts]).astype(np.float64).round(DECIMALS)
    method = np.concatenate([one.method for one in parts])
    parts.clear()
    order = np.lexsort((method, high, low))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    order = order[new & (low[order] != high[order])]
    pieces = (
        [
            ids.take(pa.array(low[some])).cast(pa.string()),
            ids.take(pa.array(high[some])).cast(pa.string()),
            pa.array(similarity[some]),
            pa.array(method[some].astype(object), pa.string()),
        ]
        for some in _some_of(order)
    )
    return in_file(CASE["near"].schema, pieces, folder)


_SEGMENTS = pa.schema(
    [
        ("prompt", pa.string()),
        ("segment", pa.string()),
        ("position", pa.int64()),
        ("similarity", pa.float64()),
    ]
)


def _parts(known: Distinct, parts: _Parts, ids: pa.Array, folder: Path | None) -> dict[str, pa.Table]:
    cluster = np.searchsorted(parts.medoids, parts.found.centre)
    prompt = np.repeat(np.arange(known.count), known.segment_counts)
    similarity = parts.found.similarity.astype(np.float64).round(DECIMALS)
    pieces = (
        [
            ids.take(pa.array(prompt[some])).cast(pa.string()),
            parts.ids.take(pa.array(cluster[known.held[some]])),
            pa.array(some - known.first[prompt[some]]),
            pa.array(similarity[known.held[some]]),
        ]
        for some in _some_of(np.arange(len(known.held)))
    )
    clusters = {
        "segment": parts.ids,
        "example": columns.chosen(parts.texts, parts.medoids).cast(pa.string()),
        "segments": pa.array(np.bincount(cluster, minlength=len(parts.medoids)).astype(np.int64)),
    }
    return {
        "segments": in_file(_SEGMENTS, pieces, folder),
        "clusters": pa.table(clusters).sort_by("segment"),
    }


def _some_of(places: Ints) -> Iterator[Ints]:
    """The places, in order, as many at a time as rows are made at once."""
    return (places[low : low + ROWS] for low in range(0, len(places), ROWS))
