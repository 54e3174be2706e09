"""What conversations inside prompts say goes where the source says nothing itself."""

import json
from typing import Any

import pyarrow as pa
import pytest

from linkage.ingest.asked import with_what_is_asked
from linkage.ingest.chunk import Chunk
from linkage.ingest.conversations.conversation import text_hash
from linkage.settings.ingest import ConversationReading
from tests.ingest.conftest import Put
from tests.ingest.made import load, ndjson

ASKED = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Why?"},
    {"role": "assistant", "content": "Because."},
    {"role": "user", "content": "And how?"},
]


def taken_apart(**columns: "list[Any] | pa.Array") -> tuple[dict[str, list[Any]], dict[str, int]]:
    size = len(next(iter(columns.values())))
    chunk, inside = with_what_is_asked(Chunk(columns, range(size), str), ConversationReading())
    shown = {
        name: each if isinstance(each, list) else each.to_pylist() for name, each in chunk.columns.items()
    }
    return shown, dict(inside)


@pytest.mark.parametrize("given", [ASKED, json.dumps(ASKED)], ids=["nested", "text"])
def test_a_conversation_becomes_its_last_question_and_what_stands_beside_it(given: Any) -> None:
    columns, inside = taken_apart(prompt=[given, "plain"])

    assert columns["prompt"] == ["And how?", "plain"]
    assert columns["system_prompt"] == ["Be brief.", None]
    assert columns["context_sha256"] == [[text_hash("Because.")], None]
    assert inside["conversations"] == 1


def test_an_arrow_column_is_taken_apart_as_a_list_is() -> None:
    texts = [json.dumps(ASKED), "plain", None]
    assert taken_apart(prompt=pa.array(texts)) == taken_apart(prompt=texts)


@pytest.mark.parametrize("own", ["Own.", 5])
def test_what_the_source_says_itself_comes_before_a_conversation(own: Any) -> None:
    columns, _ = taken_apart(prompt=[ASKED] * 3, system_prompt=[own, "", None])
    assert columns["system_prompt"] == [own, "Be brief.", "Be brief."]


def test_an_own_arrow_column_keeps_what_it_says() -> None:
    hashes = pa.array([["x"], [], None], pa.list_(pa.string()))
    columns, _ = taken_apart(prompt=[ASKED] * 3, context_sha256=hashes)
    assert columns["context_sha256"] == [["x"], [text_hash("Because.")], [text_hash("Because.")]]


def test_nested_values_that_are_no_conversation_stay_as_the_texts_they_were() -> None:
    columns, inside = taken_apart(prompt=[{"x": 1}, ["y"], "z", None])
    assert columns == {"prompt": ['{"x":1}', '["y"]', "z", None]}
    assert inside == {} or not any(inside.values())


def test_without_prompts_nothing_changes() -> None:
    assert taken_apart(model=["m"]) == ({"model": ["m"]}, {})


def test_what_json_cannot_hold_is_left_for_the_cells() -> None:
    columns, _ = taken_apart(prompt=[{"x": 10**30}, "z"])
    assert columns["prompt"] == [{"x": 10**30}, "z"]


def test_what_was_cleaned_inside_a_conversation_is_told_of_the_row(put: Put) -> None:
    hidden = [{**each, "content": f"{each['content']}\0"} for each in ASKED]
    rows = [
        {"account": "a", "at": 1767323045, "prompt": each} for each in (ASKED, hidden, json.dumps(hidden))
    ]
    result = load(put("interactions.ndjson", ndjson(rows)))

    told = [f"{name}: control characters" for name in ("context_sha256", "prompt", "system_prompt")]
    assert result.table()["cleaned"].to_pylist() == [None, told, told]
    assert result.table()["context_sha256"].to_pylist() == [[text_hash("Because.")]] * 3
    assert result.receipt().cleaned_cells == {
        name: {"control characters": 2} for name in ("context_sha256", "prompt", "system_prompt")
    }
