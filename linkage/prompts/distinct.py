"""Distinct prompts from distinct texts, as columns: what each looks like, its sentences, how many use it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import Ints
from linkage.prompts import columns
from linkage.prompts.parallel import in_two_processes
from linkage.prompts.skeleton import skeletons
from linkage.prompts.waiting import Waiting
from linkage.schema import content_id
from linkage.settings.prompts import Prompts as PromptSettings

HASH_BYTES = 8

_MASKED = pa.schema(
    [
        ("prompt", pa.string()),
        ("skeleton", pa.large_string()),
        ("compared", pa.large_string()),
        ("segments", pa.large_list(pa.large_string())),
        ("cut", pa.int64()),
    ]
)
_ROWS = pa.schema(
    [
        *_MASKED,
        ("example", pa.large_string()),
        ("shortened", pa.bool_()),
        ("vector", pa.list_(pa.float64())),
        *[("text_id", pa.string()), ("accounts", pa.int64()), ("interactions", pa.int64())],
    ]
)
"""A text and what it looks like. `compared` is null where it is the skeleton itself, and skeleton and example
are null where the text was withheld."""

_LOOKS = (("skeleton", "compared"), ("example", "vector"), ("segments",))
"""What waits until it is known which texts stand for a prompt; what is read together waits together."""

_SHOWN = pa.schema([_ROWS.field(name) for name in ("prompt", *_LOOKS[0], *_LOOKS[1])])
_COUNTED = pa.schema(
    [
        *(
            _ROWS.field(name)
            for name in ("prompt", "text_id", "accounts", "interactions", "cut", "shortened")
        ),
        ("place", pa.int64()),
    ]
)
"""A text, how many use it, and its place among those that wait."""


@dataclass(frozen=True)
class Distinct:
    """Every distinct skeleton or withheld prompt, in the order of ids; a prompt's number is its place here.

    rows: prompt (id), skeleton, compared, example, vector (length 1, of withheld prompts), one row a prompt ·
    accounts, interactions: how many use each · segments: the distinct sentences, in order ·
    held, first: prompt `i` holds the segments `held[first[i] : first[i + 1]]`, in its own order ·
    prompt_of (text_id, prompt): one row a text, in the order of text ids · cut: what was left out, by name.
    """

    rows: pa.Table
    accounts: Ints
    interactions: Ints
    segments: pa.Array
    held: Ints
    first: Ints
    prompt_of: pa.Table
    cut: dict[str, int]

    @property
    def count(self) -> int:
        """How many prompts there are."""
        return len(self.accounts)

    @property
    def segment_counts(self) -> Ints:
        """How many segments each prompt holds."""
        return np.diff(self.first)

    def ids(self, places: Ints) -> pa.Array:
        """The ids of some prompts."""
        return columns.texts(self.rows["prompt"].take(pa.array(places)))

    @property
    def comparable(self) -> np.ndarray:
        """Whether there is any text of each prompt to compare by meaning."""
        own, whole = (pc.binary_length(self.rows[name]) for name in ("compared", "skeleton"))
        return np.asarray(pc.fill_null(pc.coalesce(own, whole), 0)) > 0

    def compared(self, places: Ints) -> pa.Array:
        """What of some prompts is compared by meaning: of one that is JSON only what is asked."""
        own, whole = (self.rows[name].take(pa.array(places)) for name in ("compared", "skeleton"))
        return columns.texts(pc.coalesce(own, whole))


def distinct(
    batches: Iterable[pa.RecordBatch], chosen: PromptSettings, folder: Path | None = None
) -> Distinct:
    """Texts by skeleton, withheld ones by the hash or vector that was given for them.

    `batches` have text_id (once each), text, sha, embedding, accounts, interactions, in any order. Of texts
    with one skeleton the one with the least `text_id` is the example and gives the segments. What texts look
    like waits in `folder` (without one: in memory) until it is known which of them stand for a prompt.
    """
    kept, new = _COUNTED.empty_table(), []
    looks = [Waiting(pa.schema([_ROWS.field(name) for name in some]), folder) for some in _LOOKS]
    prompt_of = []
    written = unusable = 0
    for batch in batches:
        made, bad = _looked_at(batch, chosen)
        unusable += bad
        prompt_of.append(made.select(["text_id", "prompt"]))
        made = _first_of_each(made)
        for each in looks:
            each.add(made)
        place = pa.array(np.arange(written, written + len(made)))
        new.append(made.append_column("place", place).select(_COUNTED.names))
        written += len(made)
        # Putting together what doubled keeps the work linear.
        if sum(each.num_rows for each in new) > kept.num_rows:
            kept, new = _first_of_each(pa.concat_tables([kept, *new])), []
    rows = _first_of_each(pa.concat_tables([kept, *new]))
    return _distinct(rows, looks, written, prompt_of, unusable)


def representatives(texts: pa.Array, chosen: PromptSettings) -> np.ndarray:
    """Places of the texts to compare, at most so many: near-duplicates are taken or left together.

    By the least hash over runs of a few words, which two texts share with the chance that is their
    resemblance (Broder, 1997).
    """
    most, run = chosen.max_representatives, chosen.shingle_words
    if len(texts) <= most:
        return np.arange(len(texts))
    hashes = columns.each(lambda text: _least_hash(text, run), texts, pa.binary(HASH_BYTES))
    keys = pa.table({"hash": hashes, "text": texts})
    order = pc.sort_indices(keys, sort_keys=[("hash", "ascending"), ("text", "ascending")])
    return np.sort(np.asarray(order[:most], np.int64))


def _distinct(
    rows: pa.Table, looks: Sequence[Waiting], written: int, prompt_of: list[pa.Table], unusable: int
) -> Distinct:
    """From one row a prompt, what the texts look like of which so many were `written`, and the prompt of each
    text."""
    place = rows["place"].to_numpy()
    stands = np.zeros(written, dtype=bool)
    stands[place] = True
    order = (np.cumsum(stands) - 1)[place]
    texts, examples, sentences = looks
    segments, held, first = _held(sentences.rows(stands)["segments"], order)
    shown = [each.mapped(order, stands).columns for each in (texts, examples)]
    return Distinct(
        pa.Table.from_arrays([rows["prompt"], *chain(*shown)], schema=_SHOWN),
        rows["accounts"].to_numpy(),
        rows["interactions"].to_numpy(),
        segments,
        held,
        first,
        pa.concat_tables([_PROMPT_OF.empty_table(), *prompt_of]).sort_by("text_id"),
        {
            "segments beyond the most kept of a prompt": pc.sum(rows["cut"]).as_py() or 0,
            "examples cut short": pc.sum(rows["shortened"]).as_py() or 0,
            "unusable embeddings": unusable,
        },
    )


def _held(given: pa.ChunkedArray, order: Ints) -> tuple[pa.Array, Ints, Ints]:
    """The distinct segments in order, and by number those that each prompt holds, in the order of prompts,
    with where those of each begin."""
    flat = pc.list_flatten(given)
    segments = pc.unique(flat)
    segments = segments.take(pc.sort_indices(segments))
    number = np.asarray(pc.index_in(flat, segments))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(given), 0), np.int64)
    begins, counts = (np.cumsum(lengths) - lengths)[order], lengths[order]
    first = np.append(0, np.cumsum(counts))
    at = np.arange(int(first[-1])) + np.repeat(begins - first[:-1], counts)
    return segments, number[at].astype(np.int64), first


_PROMPT_OF = pa.schema([("text_id", pa.string()), ("prompt", pa.string())])


def _first_of_each(rows: pa.Table) -> pa.Table:
    """One row a prompt, in the order of ids: the text with the least id, and how many use all of them."""
    order = pc.sort_indices(rows, sort_keys=[("prompt", "ascending"), ("text_id", "ascending")])
    ids = rows["prompt"].take(order)
    first = np.flatnonzero(
        np.concatenate([[True], np.asarray(pc.not_equal(ids[1:], ids[:-1]))]) if len(ids) else []
    )
    made = rows.take(order.take(pa.array(first)))
    for name in ("accounts", "interactions") if len(first) else ():
        total = np.add.reduceat(rows[name].to_numpy()[order.to_numpy()], first)
        made = made.set_column(made.schema.get_field_index(name), name, pa.array(total))
    return made


def _looked_at(batch: pa.RecordBatch, chosen: PromptSettings) -> tuple[pa.Table, int]:
    """The rows of a batch as `_ROWS`, known texts before withheld ones; and the embeddings without use."""
    given = pa.Table.from_batches([batch])
    known = given.filter(pc.is_valid(given["text"]))
    withheld = given.filter(pc.is_null(given["text"]))
    named = _withheld(withheld, chosen)
    unusable = named["vector"].null_count - withheld["embedding"].null_count
    return pa.concat_tables([_known(known, chosen), named]), unusable


def _known(texts: pa.Table, chosen: PromptSettings) -> pa.Table:
    most = chosen.skeletons.compared_characters
    parts = in_two_processes(masked, columns.texts(texts["text"]), chosen=chosen)
    made = pa.Table.from_batches(parts, _MASKED)
    example = pc.utf8_slice_codeunits(texts["text"], 0, most)
    made = made.append_column("example", example.cast(pa.large_string()))
    made = made.append_column("shortened", pc.greater(pc.utf8_length(texts["text"]), most))
    return _with_counts(made, texts)


def masked(texts: pa.Array, *, chosen: PromptSettings) -> list[pa.RecordBatch]:
    """What texts look like, in the order given: batches with prompt, skeleton, compared, segments, cut."""
    return [_masked(some, chosen) for some in columns.pieces(texts)]


def _masked(texts: list[str], chosen: PromptSettings) -> pa.RecordBatch:
    made = skeletons(texts, chosen=chosen)
    values = [
        [one.id for one in made],
        [one.text for one in made],
        [None if one.compared == one.text else one.compared for one in made],
        [one.segments for one in made],
        [one.cut for one in made],
    ]
    arrays = [pa.array(column, field.type) for column, field in zip(values, _MASKED, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_MASKED)


def _withheld(rows: pa.Table, chosen: PromptSettings) -> pa.Table:
    """Prompts of which only a hash or a vector is known. A vector is some hundred numbers of Python's own."""
    named = pa.schema([_ROWS.field("prompt"), _ROWS.field("vector")])
    some = (rows.slice(low, columns.SOME) for low in range(0, len(rows), columns.SOME))
    parts = [_named(each, named, chosen) for each in some]
    return _with_counts(pa.concat_tables([named.empty_table(), *parts]), rows)


def _named(rows: pa.Table, named: pa.Schema, chosen: PromptSettings) -> pa.Table:
    vectors = [_usable(each) for each in rows["embedding"].to_pylist()]
    given = zip(*(rows[name].to_pylist() for name in ("text_id", "sha")), vectors, strict=True)
    ids = [_name(text_id, sha, vector, chosen.vector_decimals) for text_id, sha, vector in given]
    return pa.table({"prompt": ids, "vector": vectors}, named)


def _name(text_id: str, sha: str | None, vector: list[float] | None, decimals: int) -> str:
    if sha is None and vector is not None:
        return content_id(["embedding", [round(one, decimals) for one in vector]])
    return content_id(["sha256", str(sha or text_id).lower()])


def _with_counts(made: pa.Table, given: pa.Table) -> pa.Table:
    """With the text's own columns, and nulls for those that the text has not."""
    for name in ("text_id", "accounts", "interactions"):
        made = made.append_column(name, given[name])
    filled = [
        made[field.name].cast(field.type) if field.name in made.column_names
        else pa.nulls(len(given), field.type)
        for field in _ROWS
    ]  # fmt: skip
    return pa.Table.from_arrays(filled, schema=_ROWS)


def _usable(given: list[float | None] | None) -> list[float] | None:
    """The vector at length 1, if it has numbers only and any length."""
    numbers = [one for one in given or () if one is not None and math.isfinite(one)]
    if not numbers or given is None or len(numbers) < len(given):
        return None
    length = math.sqrt(math.fsum(one * one for one in numbers))
    return [one / length for one in numbers] if 0 < length < math.inf else None


def _least_hash(text: str, length: int) -> bytes:
    parts = text.split()
    runs = [" ".join(parts[at : at + length]) for at in range(max(1, len(parts) - length + 1))]
    return min(blake2b(run.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest() for run in runs)
