"""Vertex AI: Log requests and responses, the columns of its BigQuery table."""

import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import write

REQUEST = {"contents": [{"role": "user", "parts": [{"text": "Why?"}]}], "labels": {"user_id": "ada"}}
USED = {"promptTokenCount": 12, "candidatesTokenCount": 7, "cachedContentTokenCount": 5}
ANSWER = {
    "candidates": [{"content": {"parts": [{"text": "Rayleigh."}]}, "finishReason": "STOP"}],
    "usageMetadata": USED,
}


def logged(**changed: Any) -> dict[str, Any]:
    row = {
        "endpoint": "projects/p/locations/global/publishers/google/models/gemini-2.5-flash",
        "deployed_model_id": "1", "logging_time": "2026-05-04T08:00:00.250000Z", "request_id": "42",
        "request_payload": [json.dumps(REQUEST)], "response_payload": [json.dumps(ANSWER)],
        "model": "gemini-2.5-flash", "model_version": "1", "api_method": "generateContent",
        "full_request": json.dumps(REQUEST), "full_response": json.dumps(ANSWER), "metadata": "{}",
    }  # fmt: skip
    return row | changed


CLAUDE = {"messages": [{"role": "user", "content": "Why?"}], "metadata": {"user_id": "bob"}}
STREAMED = [{"candidates": []}, ANSWER]
UNNAMED = logged(request_id="44", full_request=json.dumps({"contents": []}), request_payload=[])
HOSTILE = logged(request_id="45", full_response="[1", request_payload={"a": 1}, model=[None])

FILES = {
    "request_response_logging-000000000000.json": "".join(
        json.dumps(row) + "\n"
        for row in (logged(), logged(request_id="43", full_request=CLAUDE), UNNAMED, HOSTILE)
    )
}
SAMPLES = {"vertex": FILES}


def test_a_label_of_the_request_names_the_account(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, FILES))["interactions"]

    assert rows[0] == {
        "account": "ada",
        "at": "2026-05-04T08:00:00.250000Z",
        "interaction": "42",
        "prompt": json.dumps(REQUEST),
        "model": "gemini-2.5-flash",
        "input_tokens": 12,
        "output_tokens": 7,
        "finish_reason": "STOP",
        "answer": ANSWER,
    }
    assert [row["account"] for row in rows] == ["ada", "bob", "ada"]
    assert rows[1]["prompt"] == CLAUDE


def test_the_last_part_of_a_streamed_answer_counts(tmp_path: Path) -> None:
    row = logged(full_response=json.dumps(STREAMED), model=None)

    (found,) = read_rows(write(tmp_path, {"a.json": json.dumps(row) + "\n"}))["interactions"]

    assert (found["input_tokens"], found["output_tokens"], found["finish_reason"]) == (12, 7, "STOP")
    assert (found["at"], found["model"]) == (1777881600250000, "gemini-2.5-flash")


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions"} == set(read_rows(write(tmp_path, FILES)))
