"""Distinct prompts: one for each skeleton or withheld text, whatever the order of rows."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.prompts.distinct import Distinct, representatives
from linkage.prompts.distinct import distinct as distinct_of_batches
from linkage.settings.prompts import Prompts, Skeletons

CHOSEN = Prompts()
SCHEMA = pa.schema(
    [
        ("text_id", pa.string()),
        ("text", pa.string()),
        ("sha", pa.string()),
        ("embedding", pa.list_(pa.float32())),
        ("accounts", pa.int64()),
        ("interactions", pa.int64()),
    ]
)


def table(*rows: dict[str, Any]) -> pa.Table:
    filled = [{"text_id": f"t{n:03d}", "accounts": 1, "interactions": 1, **row} for n, row in enumerate(rows)]
    return pa.Table.from_pylist(filled, SCHEMA)


def distinct(rows: pa.Table, chosen: Prompts, *, batch: int = 250_000) -> Distinct:
    return distinct_of_batches(rows.to_batches(max_chunksize=batch), chosen)


def same(one: Distinct, other: Distinct) -> bool:
    arrays = zip(vars(one).values(), vars(other).values(), strict=True)
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in arrays)


TEXTS = st.sampled_from(["Add 1 and 2", "add 3 and 4", "Take one away now", "", "say hello to them all"])


@pytest.mark.parametrize("batch", [1, 250_000])
@given(texts=st.lists(TEXTS, min_size=1, max_size=8), seed=st.integers(0, 9))
def test_neither_order_nor_batches_change_anything(batch: int, texts: list[str], seed: int) -> None:
    rows = table(*({"text": text, "accounts": n, "interactions": 2 * n} for n, text in enumerate(texts, 1)))
    order = random.Random(seed).sample(range(len(texts)), len(texts))
    found = distinct(rows.take(order), CHOSEN, batch=batch)
    assert same(found, distinct(rows, CHOSEN))
    ids = found.rows["prompt"].to_pylist()
    assert ids == sorted(set(ids)) and found.count == len(ids)
    assert found.accounts.sum() == sum(range(1, len(texts) + 1)) == found.interactions.sum() // 2
    assert found.prompt_of["text_id"].to_pylist() == rows["text_id"].to_pylist()
    assert set(found.prompt_of["prompt"].to_pylist()) == set(ids)


def test_where_texts_wait_changes_nothing(tmp_path: Path) -> None:
    texts = ["Add 1 and 2", "add 3 and 4", "Take one away now. Say hello to them all", "", "add 5 and 6"]
    rows = table(*({"text": text} for text in texts), {"sha": "ab", "embedding": [3.0, 4.0]})
    some = rows.to_batches(max_chunksize=2)
    assert same(distinct_of_batches(some, CHOSEN, tmp_path), distinct_of_batches(some, CHOSEN))
    assert [*tmp_path.iterdir()] == []


def test_the_text_with_the_least_id_is_the_example() -> None:
    rows = table({"text": "Add 1 and 2", "text_id": "b"}, {"text": "ADD 3 and 4", "text_id": "a"})
    (one,) = distinct(rows, CHOSEN).rows.to_pylist()
    assert (one["example"], one["skeleton"]) == ("ADD 3 and 4", "add <n> and <n>")


def test_segments_are_held_by_number_in_the_order_of_the_text() -> None:
    rows = table(
        {"text": "Take the other one away now. Say hello to them all"}, {"text": "say hello to them all"}
    )
    found = distinct(rows, CHOSEN)
    segments = found.segments.to_pylist()
    assert segments == ["say hello to them all", "take the other one away now"]
    held = [found.held[found.first[at] : found.first[at + 1]].tolist() for at in range(found.count)]
    assert sorted(held) == [[0], [1, 0]] and found.segment_counts.tolist() == [len(each) for each in held]


def test_of_json_only_what_is_asked_is_compared() -> None:
    asked = "take the other one away now please"
    rows = table({"text": f'{{"task": "{asked}", "id": 7}}'}, {"text": "say hello to them all"})
    found = distinct(rows, CHOSEN)
    compared = dict(
        zip(found.rows["skeleton"].to_pylist(), found.compared(np.arange(2)).to_pylist(), strict=True)
    )
    assert compared.pop("say hello to them all") == "say hello to them all"
    assert list(compared.values()) == [asked] and list(compared) != [asked]
    assert found.comparable.tolist() == [True, True]


def test_no_texts_are_no_prompts() -> None:
    for found in (distinct(table(), CHOSEN), distinct_of_batches([], CHOSEN)):
        assert found.count == len(found.segments) == found.prompt_of.num_rows == 0
        assert found.first.tolist() == [0]


def test_withheld_texts_go_by_their_hash_and_without_one_by_their_vector() -> None:
    vector = [3.0, 4.0]
    rows = table(
        {"sha": "AB"}, {"sha": "ab"}, {"sha": "ab", "embedding": vector},
        {"embedding": vector}, {"embedding": [0.60001, 0.80001]}, {"embedding": [4.0, 3.0]},
    )  # fmt: skip
    found = distinct(rows, CHOSEN)
    of = dict(zip(*(found.prompt_of[name].to_pylist() for name in ("text_id", "prompt")), strict=True))
    assert of["t000"] == of["t001"] == of["t002"]
    # Another length, or other last digits, are the same direction.
    assert of["t003"] == of["t004"] != of["t005"]
    (one,) = [each for each in found.rows.to_pylist() if each["prompt"] == of["t003"]]
    assert one["vector"] == pytest.approx((0.6, 0.8)) and one["skeleton"] is one["example"] is None
    assert not found.comparable.any()


@pytest.mark.parametrize("vector", [[], [0.0, 0.0], [float("nan"), 1.0], [None, 1.0], [float("inf")]])
def test_a_vector_without_a_direction_is_counted(vector: list[float | None]) -> None:
    found = distinct(table({"sha": "ab", "embedding": vector}), CHOSEN)
    assert found.cut["unusable embeddings"] == 1 and found.rows["vector"].to_pylist() == [None]


def test_the_vector_of_a_known_text_is_not_looked_at() -> None:
    found = distinct(table({"text": "say hello", "embedding": [3.0, 4.0]}, {"embedding": [1.0]}), CHOSEN)
    assert found.cut["unusable embeddings"] == 0


def test_what_was_cut_is_counted_once_for_each_prompt() -> None:
    text = ". ".join(f"sentence of kind {letter * 3}" for letter in "abcdef")
    chosen = Prompts(max_segments=4, skeletons=Skeletons(compared_characters=20))
    found = distinct(table({"text": text}, {"text": text.upper()}), chosen)
    assert found.segment_counts.tolist() == [4] and found.rows["example"].to_pylist() == [text[:20]]
    assert found.cut["segments beyond the most kept of a prompt"] == 2
    assert found.cut["examples cut short"] == 1


def test_near_duplicates_are_chosen_together() -> None:
    rng = random.Random(3)
    words = [f"w{number}" for number in range(500)]
    bases = [rng.sample(words, 40) for _ in range(60)]
    texts = [" ".join([*base[:39], rng.choice(words)]) for base in bases for _ in range(5)]
    some = representatives(pa.array(texts), Prompts(max_representatives=100))
    assert len(some) == 100 and len({int(at) // 5 for at in some}) < 35  # by chance about 54
    assert representatives(pa.array(texts), Prompts(max_representatives=300)).tolist() == list(range(300))
