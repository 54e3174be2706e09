import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage.prompts import templates as stage
from linkage.prompts.encoder import Encoder, HashingEncoder
from linkage.prompts.templates import PromptTables
from linkage.schema import CASE, content_id
from linkage.settings.prompts import Prompts

OPTIONS = Prompts(
    same=0.8,
    maybe=0.7,
    judged_same=0.75,
    max_judged=0,
    neighbours=8,
    max_representatives=10_000,
    min_segment_words=3,
    max_segments=16,
)
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
FRAME = (
    "You are a careful examiner of physics. Think step by step before you answer. Return only strict json."
)
FILLING = ["why is the sky blue", "how do magnets hold", "where does rain go", "who first split an atom"]
STRANGERS = ["Play some music please", "What is on my calendar for friday", "Change the oil of my car today"]


def row(text: str | None, **given: Any) -> dict[str, Any]:
    text_id = hashlib.sha256((text or str(sorted(given.items()))).encode()).hexdigest()
    return {
        "text_id": text_id,
        "text": text,
        "sha": None,
        "embedding": None,
        "accounts": 1,
        "interactions": 1,
    } | given


def table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), SCHEMA)


def changed(chosen: Prompts, **values: Any) -> Prompts:
    return chosen.model_copy(update=values)


def templates(texts: pa.Table, chosen: Prompts, **given: Any) -> PromptTables:
    return stage.templates(texts.to_batches(), chosen, seed=0, **given)


def run(rows: Sequence[dict[str, Any]], options: Prompts = OPTIONS, **given: Any) -> PromptTables:
    return templates(table(rows), options, encoder=HashingEncoder(), judge=given.get("judge"))


def grouped(found: PromptTables, rows: Sequence[dict[str, Any]]) -> set[frozenset[int]]:
    """Places of the rows, by template."""
    prompt_of = dict(zip(*(found.skeletons[name].to_pylist() for name in ("text_id", "prompt")), strict=True))
    template_of = dict(
        zip(*(found.membership[name].to_pylist() for name in ("prompt", "template")), strict=True)
    )
    groups = defaultdict(set)
    for at, each in enumerate(rows):
        groups[template_of[prompt_of[each["text_id"]]]].add(at)
    return {frozenset(group) for group in groups.values()}


ROWS = [row(f"{FRAME} Task: {text} {number}") for number, text in enumerate(FILLING)] + [
    row(t) for t in STRANGERS
]
ROWS += [row(f"Add {number} to 7 for me\nand tell me why") for number in range(5)]


def digest(found: PromptTables) -> list[bytes]:
    tables = (value for value in vars(found).values() if isinstance(value, pa.Table))
    return [each.to_pandas().to_csv().encode() for each in tables] + [
        repr(sorted(found.counts.items())).encode()
    ]


@pytest.mark.parametrize("on_disk", [True, False])
def test_tables_do_not_depend_on_how_many_rows_are_made_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, on_disk: bool
) -> None:
    whole, folder = run(ROWS), tmp_path if on_disk else None
    assert whole.near.num_rows > 1 < whole.segments.num_rows
    monkeypatch.setattr(stage, "ROWS", 1)
    pieces = templates(table(ROWS), OPTIONS, encoder=HashingEncoder(), judge=None, folder=folder)
    assert digest(pieces) == digest(whole)
    assert pieces.segments.column("prompt").num_chunks == whole.segments.num_rows
    assert not list(tmp_path.iterdir())


def test_a_frame_around_different_slots_is_one_template() -> None:
    assert grouped(run(ROWS), ROWS) == {frozenset(one) for one in (range(4), [4], [5], [6], range(7, 12))}


def test_sentences_in_another_order_with_filler_are_still_the_template() -> None:
    first, second, third = FRAME.rstrip(".").split(". ")
    rows = [*ROWS, row(f"{third}. {first}. I hope that you are well. {second}. Task: explain tides to me")]
    assert frozenset({0, 1, 2, 3, len(ROWS)}) in grouped(run(rows), rows)


def test_tables_hold_together_and_are_sorted() -> None:
    found = run(ROWS)
    prompts = found.prompts["prompt"].to_pylist()
    assert prompts == sorted(set(prompts)) == found.membership["prompt"].to_pylist()
    assert set(found.skeletons["prompt"].to_pylist()) == set(prompts)
    assert found.near.schema == CASE["near"].schema
    assert all(one["left"] < one["right"] and one["left"] in prompts for one in found.near.to_pylist())
    assert set(found.templates["template"].to_pylist()) == set(found.membership["template"].to_pylist())
    assert set(found.templates["medoid"].to_pylist()) <= set(prompts)
    assert set(found.segments["segment"].to_pylist()) == set(found.clusters["segment"].to_pylist())
    assert all(0 <= one <= 1 for one in found.membership["similarity"].to_pylist())


def test_row_order_and_batches_change_nothing() -> None:
    shuffled = random.Random(5).sample(ROWS, len(ROWS))
    halves = pa.concat_tables([table(shuffled[:3]), table(shuffled[3:])])
    again = templates(halves, OPTIONS, encoder=HashingEncoder(), judge=None)
    assert digest(again) == digest(run(ROWS))


def test_unrelated_prompts_that_come_along_change_no_id() -> None:
    before = run(ROWS).membership.to_pylist()
    after = run([*ROWS, *(row(f"nothing like {word} anywhere here") for word in ("abc", "xyzzy"))])
    assert {tuple(one.items()) for one in before} <= {
        tuple(one.items()) for one in after.membership.to_pylist()
    }


def test_texts_of_one_skeleton_are_one_prompt_and_add_up() -> None:
    rows = [row("Add 1 to 22 for me", accounts=2), row("add 7 to 5 for me", accounts=3)]
    found = run(rows)
    assert found.prompts.num_rows == 1 and found.prompts["skeleton"].to_pylist() == ["add <n> to <n> for me"]
    assert found.prompts["example"].to_pylist() == [min(rows, key=lambda one: one["text_id"])["text"]]


def test_withheld_prompts_match_by_their_hash_only() -> None:
    rows = [row(None, sha="AB" * 32), row(None, sha="ab" * 32), row(None, sha="cd" * 32)]
    found = run(rows)
    assert found.prompts["prompt"].to_pylist() == sorted(
        content_id(["sha256", one * 32]) for one in ("ab", "cd")
    )
    assert grouped(found, rows) == {frozenset({0, 1}), frozenset({2})}
    assert found.near.num_rows == found.segments.num_rows == 0
    assert found.prompts["skeleton"].null_count == 2


def test_given_vectors_are_compared_with_each_other() -> None:
    rows = [row(None, embedding=[1.0, 0.0, 0.1], sha="00"), row(None, embedding=[3.0, 0.1, 0.0])]
    rows += [row(None, embedding=[0.0, 1.0, 0.0]), row(None, embedding=[1.0, 2.0])]
    rows += [
        row(None, embedding=[float("nan"), 1.0, 0.0], sha="11"),
        row(None, embedding=[0.0, 0.0, 0.0], sha="22"),
    ]
    found = run(rows)
    assert frozenset({0, 1}) in grouped(found, rows) and len(grouped(found, rows)) == 5
    assert found.near["method"].to_pylist() == ["embedding"]
    assert found.counts["embeddings of another length"] == 1 and found.counts["unusable embeddings"] == 2


class Transformer:
    """Says that everything is alike."""

    revision = "alike-1"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.tile(np.array([1, 0], np.float32), (len(texts), 1))


def test_the_judge_is_made_only_if_there_is_something_to_judge() -> None:
    def never() -> Encoder:
        raise AssertionError("nothing to judge")

    run(ROWS, judge=never)  # no budget
    run([row(text, accounts=5) for text in STRANGERS], changed(OPTIONS, max_judged=10), judge=never)


def test_of_many_texts_a_few_tell_early_that_the_judge_will_be_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "MANY", 3)
    happened: list[str] = []

    class Watched(HashingEncoder):
        def encode(self, texts: Sequence[str]) -> np.ndarray:
            happened.append("encoded")
            return super().encode(texts)

    def judge() -> Encoder:
        happened.append("judge")
        return Transformer()

    texts = ("write one poem about the sea", "write one poem about cold lakes", "who is the king of siam")
    rows = table([row(text, accounts=5) for text in texts])
    options = changed(OPTIONS, same=0.97, maybe=0.4, max_judged=2)
    found = templates(rows, options, encoder=Watched(), judge=judge)
    assert happened[:3] == ["encoded", "judge", "encoded"] and happened.count("judge") == 1
    monkeypatch.setattr(stage, "MANY", 4)
    assert templates(rows, options, encoder=Watched(), judge=judge) == found
    strangers = [row(text, accounts=5) for text in STRANGERS]
    happened.clear()
    templates(table(strangers), changed(OPTIONS, max_judged=2), encoder=Watched(), judge=judge)
    assert "judge" not in happened


def test_the_judge_joins_within_its_budget() -> None:
    rows = [
        row(text, accounts=5) for text in ("write one poem about the sea", "write one poem about cold lakes")
    ]
    doubtful = changed(OPTIONS, same=0.97, maybe=0.4, max_judged=2)
    assert len(grouped(run(rows, doubtful), rows)) == 2
    found = run(rows, doubtful, judge=Transformer)
    assert grouped(found, rows) == {frozenset({0, 1})} and found.near["method"].to_pylist() == ["transformer"]
    assert found.counts["texts judged"] == 2
    short = run(rows, changed(doubtful, max_judged=1), judge=Transformer)
    assert short.counts["texts judged"] == 0 and short.counts["pairs not judged"] == 1


def test_segments_and_whole_prompts_share_one_budget() -> None:
    pairs = [("write one poem about the sea", "write one poem about cold lakes")]
    pairs += [("tell me. of old ships", "tell me. of old boats"), ("old ships", "old boats")]
    rows = [row(text, accounts=5) for pair in pairs for text in pair]
    doubtful = changed(OPTIONS, same=0.97, maybe=0.3)
    ample = run(rows, changed(doubtful, max_judged=20), judge=Transformer).counts["texts judged"]
    assert run(rows, changed(doubtful, max_judged=3), judge=Transformer).counts["texts judged"] <= 3 < ample


def test_every_cap_is_counted() -> None:
    rows = [*ROWS, row(". ".join(f"sentence of kind {chr(97 + at)}{chr(97 + at)}" for at in range(20)))]
    found = run(rows, changed(OPTIONS, max_representatives=5, neighbours=1))
    assert found.counts["texts not compared"] > 0
    assert found.counts["segments beyond the most kept of a prompt"] == 4
    assert run(rows, changed(OPTIONS, neighbours=1)).counts["searches that reached the cap"] > 0
    assert run([row("long " * 3000)]).counts["examples cut short"] == 1


@pytest.mark.parametrize("rows", [[], [row("")], [row("\u200b \x00")], [row("a"), row("?!")]])
def test_nothing_to_compare(rows: list[dict[str, Any]]) -> None:
    found = run(rows)
    assert found.near.num_rows == 0 and found.membership.num_rows == len(
        {r["prompt"] for r in found.skeletons.to_pylist()}
    )
