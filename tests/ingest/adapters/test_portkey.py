"""Portkey's Logs Export and its available export fields."""

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
        "id": "l-1", "trace_id": "t-1", "created_at": "2026-05-04T08:00:00.250Z", "request": BODY,
        "response": ANSWER, "ai_org": "openai", "ai_model": "gpt-4o-mini", "req_units": 12, "res_units": 7,
        "total_units": 19, "response_status_code": 200,
        "metadata": {"_user": "ada@example.org", "client_ip": "192.0.2.7", "user_agent": "curl/8.5.0"},
    }  # fmt: skip
    return row | changed


AS_TEXT = exported(
    id="l-2", request=json.dumps(BODY), response=json.dumps(ANSWER), metadata='{"_user": "bob"}'
)
UNNAMED = exported(id="l-3", metadata={"environment": "test"})
HOSTILE = exported(id="l-4", request=[[]], response={"choices": "none"}, ai_model=None, req_units="many")

FILES = {"export.jsonl": "".join(json.dumps(row) + "\n" for row in (exported(), AS_TEXT, UNNAMED, HOSTILE))}
SAMPLES = {"portkey": FILES}


def test_a_log_is_an_interaction_of_its_user(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, FILES))["interactions"]

    assert rows[0] == {
        "account": "ada@example.org",
        "at": "2026-05-04T08:00:00.250Z",
        "interaction": "l-1",
        "prompt": BODY,
        "model": "gpt-4o-mini",
        "input_tokens": 12,
        "output_tokens": 7,
        "finish_reason": "stop",
        "ip": "192.0.2.7",
        "user_agent": "curl/8.5.0",
        "answer": ANSWER,
    }
    assert [row["interaction"] for row in rows] == ["l-1", "l-2", "l-4"]


def test_bodies_and_metadata_may_be_texts(tmp_path: Path) -> None:
    (row,) = read_rows(write(tmp_path, {"export.jsonl": json.dumps(AS_TEXT) + "\n"}))["interactions"]

    assert (row["account"], row["at"], row["finish_reason"]) == ("bob", 1777881600250000, "stop")


def test_the_body_is_found_inside_a_request_that_holds_its_headers_too(tmp_path: Path) -> None:
    whole = exported(
        request={"body": BODY, "headers": {"user-agent": "curl/8.6.0"}}, metadata={"_user": "ada"}
    )

    (row,) = mapped_rows(write(tmp_path, {"export.jsonl": json.dumps(whole) + "\n"}))["interactions"]

    assert (row["prompt"], row["user_agent"]) == (BODY, "curl/8.6.0")


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions"} == set(read_rows(write(tmp_path, FILES)))


def test_each_request_of_the_shared_export_is_a_row(shared_data: Path) -> None:
    rows = mapped_rows(shared_data / "formats" / "samples" / "portkey")["interactions"]

    assert len(rows) == 24
    wanted = {"account", "at", "interaction", "prompt", "model", "input_tokens", "output_tokens", "answer"}
    assert all(wanted <= row.keys() for row in rows)
