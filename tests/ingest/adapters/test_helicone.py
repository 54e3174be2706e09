"""Helicone's Export Data and Get Requests (HeliconeRequest), and its table request_response_rmt."""

import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import write

BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Why is the sky blue?"}]}
ANSWER = {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Rayleigh."}}]}


def exported(**changed: Any) -> dict[str, Any]:
    row = {
        "request_id": "r-1", "request_created_at": "2026-05-04T08:00:00.250Z", "request_body": BODY,
        "request_path": "/v1/chat/completions", "request_user_id": "ada@example.org",
        "request_properties": {"User-Agent": "curl/8.5.0"}, "request_model": "gpt-4o-mini",
        "response_id": "s-1", "response_created_at": "2026-05-04T08:00:02.000Z", "response_body": ANSWER,
        "response_status": 200, "response_model": "gpt-4o-mini-2024-07-18", "provider": "OPENAI",
        "helicone_user": None, "total_tokens": 19, "prompt_tokens": 12, "completion_tokens": 7,
    }  # fmt: skip
    return row | changed


STORED = {
    "request_id": "r-2", "request_created_at": "2026-05-04 08:00:00.250", "organization_id": "org",
    "user_id": "bob@example.org", "model": "gpt-4o", "prompt_tokens": 3, "completion_tokens": 4,
    "proxy_key_id": "key-1", "request_body": json.dumps(BODY), "response_body": json.dumps(ANSWER),
}  # fmt: skip

UNNAMED = exported(request_id="r-3", request_user_id=None, request_properties={})
HOSTILE = exported(request_id="r-4", request_body=[1, [2]], response_body="{cut", request_properties=3)

FILES = {
    "helicone-export.jsonl": "".join(json.dumps(row) + "\n" for row in (exported(), UNNAMED, HOSTILE)),
    "request_response_rmt.jsonl": json.dumps(STORED) + "\n",
    "query.json": json.dumps({"data": [exported(request_id="r-5")], "error": None}),
}
SAMPLES = {"helicone": FILES}


def test_a_request_of_the_export_is_an_interaction(tmp_path: Path) -> None:
    name = "helicone-export.jsonl"

    rows = mapped_rows(write(tmp_path, {name: FILES[name]}))["interactions"]

    assert rows[0] == {
        "account": "ada@example.org",
        "at": "2026-05-04T08:00:00.250Z",
        "interaction": "r-1",
        "prompt": BODY,
        "model": "gpt-4o-mini",
        "input_tokens": 12,
        "output_tokens": 7,
        "finish_reason": "stop",
        "user_agent": "curl/8.5.0",
        "answer": ANSWER,
    }
    assert [row["interaction"] for row in rows] == ["r-1", "r-4"]


def test_a_row_of_the_table_has_its_bodies_as_texts(tmp_path: Path) -> None:
    name = "request_response_rmt.jsonl"

    (row,) = read_rows(write(tmp_path, {name: FILES[name]}))["interactions"]

    assert (row["account"], row["at"], row["model"]) == ("bob@example.org", 1777881600250000, "gpt-4o")
    assert (row["input_tokens"], row["finish_reason"], row["api_key"]) == (3, "stop", "key-1")


def test_a_page_of_the_api_is_opened(tmp_path: Path) -> None:
    (row,) = mapped_rows(write(tmp_path, {"query.json": FILES["query.json"]}))["interactions"]

    assert (row["interaction"], row["prompt"]) == ("r-5", BODY)


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions"} == set(read_rows(write(tmp_path, FILES)))
