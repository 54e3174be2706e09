"""Templates: which prompts are made from one text, by shared segments, by meaning, or by given vectors."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import DECIMALS
from linkage.prompts.clusterer import Clusterer, Clustering, NearPairs
from linkage.prompts.distinct import Prompt, distinct
from linkage.prompts.encoder import Encoder
from linkage.prompts.segment_templates import segment_templates
from linkage.schema import CASE, content_id
from linkage.settings.prompts import Prompts as PromptSettings

MANY, SAMPLE = 5_000, 2_000
"""Texts from which a few are looked at first, and these few."""

_NONE = np.zeros(0, np.int64)

Place = tuple[str, float]
"""The id of a template, and how close a prompt is to it."""


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
    texts: pa.Table,
    chosen: PromptSettings,
    *,
    encoder: Encoder,
    judge: Callable[[], Encoder] | None,
    seed: int,
) -> PromptTables:
    """Templates of the texts: by shared segments, by meaning where these say too little, by given vectors.

    `texts` has text_id, text, sha, embedding, accounts, interactions; `judge` is called only if there is
    something to judge. The result does not depend on the order of the rows. A template by segments is
    named by its leading set of segment clusters, one by meaning by its medoid: unrelated prompts that
    come along change neither.
    """
    with _collector_off():
        return _templates(texts, Clusterer(encoder, judge, chosen, seed=seed), chosen)


def _look_ahead(texts: pa.Table, clusterer: Clusterer, chosen: PromptSettings) -> None:
    """Where some of many texts leave doubts, the judge will be needed: it loads while the rest is read."""
    if texts.num_rows >= MANY:
        # Ids are hashes: those that come first are a sample of all.
        some = texts.take(pc.select_k_unstable(texts, SAMPLE, [("text_id", "ascending")]))
        known = distinct(some, chosen)
        clusterer.expect(sorted({text for one in known.prompts for text in one.segments}))


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


def _templates(texts: pa.Table, clusterer: Clusterer, chosen: PromptSettings) -> PromptTables:
    _look_ahead(texts, clusterer, chosen)
    known = distinct(texts, chosen)
    parts = _segments(known.prompts, clusterer)
    places, skipped = _by_segments(known.prompts, parts, chosen)
    medoids = _medoids(known.prompts, places)
    near = [_near_single(known.prompts, parts), _near_medoids(known.prompts, places, medoids, chosen.same)]
    near.append(_by_meaning(known.prompts, _whole(known.prompts, places, medoids), places, clusterer))
    near.append(_by_given_vector(known.prompts, places, clusterer))
    counts = {**known.cut, **clusterer.counts, "leading shapes not looked at": skipped}
    return PromptTables(
        skeletons=_table(sorted(known.prompt_of.items()), text_id=pa.string(), prompt=pa.string()),
        prompts=_prompts(known.prompts),
        near=_near(known.prompts, near),
        **_memberships(known.prompts, places),
        **_parts(known.prompts, parts),
        counts=counts,
    )


@dataclass(frozen=True)
class _Parts:
    """Distinct segments in order; for each the place of its cluster's medoid, id and similarity to it."""

    texts: list[str]
    place: dict[str, int]
    found: Clustering
    ids: dict[int, str]


def _segments(prompts: list[Prompt], clusterer: Clusterer) -> _Parts:
    weight: Counter[str] = Counter()
    for one in prompts:
        weight.update(dict.fromkeys(one.segments, one.accounts))
    texts = sorted(weight)
    found = clusterer.find(texts, [weight[text] for text in texts], texts)
    medoids = np.unique(found.centre).tolist()
    ids = {at: content_id(["segment", texts[at]]) for at in medoids}
    return _Parts(texts, {text: at for at, text in enumerate(texts)}, found, ids)


def _by_segments(
    prompts: list[Prompt], parts: _Parts, chosen: PromptSettings
) -> tuple[dict[int, Place], int]:
    """Places of the prompts whose segments say which template they are built on."""
    centre, similarity = parts.found.centre.tolist(), parts.found.similarity.tolist()
    held = [[centre[parts.place[text]] for text in one.segments] for one in prompts]
    lengths = [len(text.split()) for text in parts.texts]
    weights = [one.accounts for one in prompts]
    made = segment_templates(held, lengths, weights, chosen.segment_templates)
    names: dict[tuple[int, ...], str] = {}
    places = {}
    for at, (leader, alike) in enumerate(zip(made.leader, made.similarity, strict=True)):
        if leader is not None:
            if leader not in names:
                names[leader] = content_id(["template", *sorted(parts.ids[one] for one in leader)])
            close = [similarity[parts.place[text]] for text in prompts[at].segments]
            places[at] = (names[leader], min(alike, sum(close) / len(close)))
    return places, made.skipped


def _near_single(prompts: list[Prompt], parts: _Parts) -> NearPairs:
    """Near-duplicate prompts of one segment each; the first prompt stands for those of the same segment."""
    prompt = np.full(len(parts.texts), -1, np.int64)
    for at in range(len(prompts) - 1, -1, -1):
        if len(prompts[at].segments) == 1:
            prompt[parts.place[prompts[at].segments[0]]] = at
    pairs = parts.found.pairs
    left, right = prompt[pairs.left], prompt[pairs.right]
    both = (left >= 0) & (right >= 0)
    return NearPairs(left[both], right[both], pairs.similarity[both], pairs.method[both])


def _medoids(prompts: list[Prompt], places: dict[int, Place]) -> dict[str, int]:
    """Of each template the prompt that is closest to it and most used."""
    best: dict[str, tuple[float, int, int]] = {}
    for at, (template, similarity) in places.items():
        rank = (-round(similarity, DECIMALS), -prompts[at].accounts, at)
        best[template] = min(best.get(template, rank), rank)
    return {template: rank[2] for template, rank in best.items()}


def _near_medoids(
    prompts: list[Prompt], places: dict[int, Place], medoids: dict[str, int], same: float
) -> NearPairs:
    """Prompts of several segments with the prompt that stands for their template."""
    rows = [
        (at, medoids[template], similarity)
        for at, (template, similarity) in places.items()
        if len(prompts[at].segments) > 1 and similarity >= same and medoids[template] != at
    ]
    left, right, similarity = (
        (np.array(column) for column in zip(*rows, strict=True))
        if rows
        else [_NONE] * len(("left", "right", "similarity"))
    )
    methods = np.full(len(rows), "segments", dtype=object)
    return NearPairs(left, right, similarity.astype(np.float32), methods)


def _whole(prompts: list[Prompt], places: dict[int, Place], medoids: dict[str, int]) -> list[int]:
    """Prompts to compare as a whole: those whose segments say too little, with those they could belong to."""
    left = [at for at, one in enumerate(prompts) if one.compared and at not in places]
    stand = [at for at in medoids.values() if left and len(prompts[at].segments) > 1]
    return sorted(left + stand)


def _by_meaning(
    prompts: list[Prompt], whole: list[int], places: dict[int, Place], clusterer: Clusterer
) -> NearPairs:
    """Whole prompts by their vectors; one that has a place keeps it, and gives it to those it stands for."""
    texts = [prompts[at].compared for at in whole]
    ids = [prompts[at].id for at in whole]
    found = clusterer.find(texts, [prompts[at].accounts for at in whole], ids)
    _place(prompts, whole, found, places)
    return found.pairs.named(np.array(whole, np.int64))


def _by_given_vector(prompts: list[Prompt], places: dict[int, Place], clusterer: Clusterer) -> NearPairs:
    """Withheld prompts by the vectors that came with them, as far as these have the commonest length."""
    lengths = Counter(len(one.vector) for one in prompts if one.vector)
    usual = max(lengths, key=lambda length: (lengths[length], length), default=0)
    given = [at for at, one in enumerate(prompts) if one.vector and len(one.vector) == usual]
    clusterer.counts["embeddings of another length"] = sum(lengths.values()) - len(given)
    vectors = np.array([prompts[at].vector for at in given], np.float32).reshape(len(given), usual)
    found = clusterer.find_vectors(
        vectors, [prompts[at].accounts for at in given], [prompts[at].id for at in given]
    )
    _place(prompts, given, found, places)
    return found.pairs.named(np.array(given, np.int64))


def _place(prompts: list[Prompt], items: list[int], found: Clustering, places: dict[int, Place]) -> None:
    had = dict(places)
    for at, centre, similarity in zip(items, found.centre.tolist(), found.similarity.tolist(), strict=True):
        medoid = items[centre]
        if at not in had:
            own = content_id(["template", prompts[medoid].id])
            places[at] = (had[medoid][0] if medoid in had else own, similarity)


# --- to tables -----------------------------------------------------------------------------------


def _prompts(prompts: list[Prompt]) -> pa.Table:
    rows = [(one.id, one.skeleton, one.example) for one in prompts]
    return _table(rows, prompt=pa.string(), skeleton=pa.string(), example=pa.string())


def _near(prompts: list[Prompt], parts: list[NearPairs]) -> pa.Table:
    """As in the case folder: prompts are in the order of ids, so a smaller place is a smaller id."""
    left, right = np.concatenate([one.left for one in parts]), np.concatenate([one.right for one in parts])
    low, high = np.minimum(left, right), np.maximum(left, right)
    similarity = np.concatenate([one.similarity for one in parts]).astype(np.float64).round(DECIMALS)
    method = np.concatenate([one.method for one in parts])
    order = np.lexsort((method, high, low))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    order = order[new & (low[order] != high[order])]
    ids = pa.array([one.id for one in prompts], pa.string())
    sides = [ids.take(pa.array(side[order])) for side in (low, high)]
    columns = [*sides, pa.array(similarity[order]), pa.array(method[order].astype(object), pa.string())]
    return pa.Table.from_arrays(columns, schema=CASE["near"].schema)


def _memberships(prompts: list[Prompt], places: dict[int, Place]) -> dict[str, pa.Table]:
    """A prompt that is near nothing is a template of its own. The medoid is the closest, most used prompt."""
    every = {at: places.get(at) or (content_id(["template", one.id]), 1.0) for at, one in enumerate(prompts)}
    rows = [(prompts[at].id, template, round(close, DECIMALS)) for at, (template, close) in every.items()]
    medoids = [(template, prompts[at].id) for template, at in sorted(_medoids(prompts, every).items())]
    return {
        "membership": _table(rows, prompt=pa.string(), template=pa.string(), similarity=pa.float64()),
        "templates": _table(medoids, template=pa.string(), medoid=pa.string()),
    }


def _parts(prompts: list[Prompt], parts: _Parts) -> dict[str, pa.Table]:
    lengths = np.array([len(one.segments) for one in prompts], np.int64)
    first = np.cumsum(lengths) - lengths
    at = np.array([parts.place[text] for one in prompts for text in one.segments], np.int64)
    medoids = np.array(sorted(parts.ids), np.int64)
    names = pa.array([parts.ids[each] for each in medoids.tolist()], pa.string())
    columns = [
        pa.array([one.id for one in prompts], pa.string()).take(
            pa.array(np.repeat(np.arange(len(prompts)), lengths))
        ),
        names.take(pa.array(np.searchsorted(medoids, parts.found.centre[at]))),
        pa.array(np.arange(len(at)) - np.repeat(first, lengths)),
        pa.array(parts.found.similarity[at].astype(np.float64).round(DECIMALS)),
    ]
    sizes = Counter(parts.found.centre.tolist())
    clusters = sorted((name, parts.texts[at], sizes[at]) for at, name in parts.ids.items())
    return {
        "segments": pa.table(columns, ["prompt", "segment", "position", "similarity"]),
        "clusters": _table(clusters, segment=pa.string(), example=pa.string(), segments=pa.int64()),
    }


def _table(rows: Sequence[tuple[object, ...]], **types: pa.DataType) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types.values(), strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(types.items())))
