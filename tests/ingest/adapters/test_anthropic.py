"""Anthropic API: Create a Message Batch, and Retrieve Message Batch results."""

import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import formats, mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, write

PARAMS = {
    "model": "claude-sonnet-4", "max_tokens": 100, "system": "Be brief.", "metadata": {"user_id": "ada"},
    "messages": [{"role": "user", "content": "Why?"}],
}  # fmt: skip
MESSAGE = {
    "model": "claude-sonnet-4", "content": [{"type": "text", "text": "Rayleigh."}], "stop_reason": "end_turn",
    "usage": {"input_tokens": 12, "output_tokens": 7},
}  # fmt: skip


def asked(name: str, **changed: Any) -> dict[str, Any]:
    return {"custom_id": name, "params": PARAMS | changed}


REQUESTS = [
    asked("r-1"),
    asked("r-2", metadata={}),
    asked("r-3", metadata=["ada"], messages=None, model={"name": 1}),
    asked("r-4", metadata={"user_id": "bob"}, messages={"role": "user"}, system=7),
]
RESULTS = [
    {"custom_id": "r-1", "result": {"type": "succeeded", "message": MESSAGE}},
    {"custom_id": "r-2", "result": {"type": "expired"}},
]

FILES = {
    "requests.jsonl": lines(*REQUESTS),
    "msgbatch_01_results.jsonl": lines(*RESULTS),
    "create.json": json.dumps({"requests": REQUESTS}),
}
SAMPLES = {"anthropic-batch": FILES}


def test_a_request_is_of_the_user_in_its_metadata(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"requests.jsonl": FILES["requests.jsonl"]}))["interactions"]

    assert rows[0] == {"account": "ada", "interaction": "r-1", "prompt": PARAMS, "model": "claude-sonnet-4"}
    assert [row["interaction"] for row in rows] == ["r-1", "r-4"]


def test_the_body_that_creates_a_batch_is_opened(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"create.json": FILES["create.json"]}))["interactions"]

    assert [row["account"] for row in rows] == ["ada", "bob"]


def test_results_are_recognised_and_about_no_account(tmp_path: Path) -> None:
    name = "msgbatch_01_results.jsonl"
    folder = write(tmp_path, {name: FILES[name]})

    assert formats(folder) == {name: {"anthropic-batch"}}
    assert mapped_rows(folder) == {"interactions": []}


def test_results_to_which_the_operator_adds_user_and_time_are_whole_rows(tmp_path: Path) -> None:
    row = RESULTS[0] | {"params": PARAMS, "created_at": "2026-05-04T08:00:00Z"}

    (found,) = mapped_rows(write(tmp_path, {"joined.jsonl": lines(row)}))["interactions"]

    assert (found["account"], found["at"], found["finish_reason"]) == (
        "ada",
        "2026-05-04T08:00:00Z",
        "end_turn",
    )
    assert (found["input_tokens"], found["output_tokens"], found["answer"]) == (12, 7, MESSAGE)


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions"} == set(read_rows(write(tmp_path, FILES)))


def test_each_request_of_the_shared_batch_is_a_row(shared_data: Path) -> None:
    rows = mapped_rows(shared_data / "formats" / "samples" / "anthropic_batch")["interactions"]

    assert len(rows) == 24
    assert all({"account", "interaction", "prompt", "model"} <= row.keys() for row in rows)
