"""LiteLLM's schema of the table LiteLLM_SpendLogs, and its StandardLoggingPayload Specification."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import write

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why is the sky blue?"}]
ANSWER = {"choices": [{"finish_reason": "length", "message": {"role": "assistant", "content": "Rayleigh."}}]}
KEY = "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b"


def spend(**changed: Any) -> dict[str, Any]:
    row = {
        "request_id": "chatcmpl-1", "call_type": "acompletion", "api_key": KEY, "spend": 0.0002,
        "total_tokens": 19, "prompt_tokens": 12, "completion_tokens": 7,
        "startTime": "2026-05-04T08:00:00.000Z", "endTime": "2026-05-04T08:00:02.000Z",
        "model": "gpt-4o-mini", "model_group": "small", "user": "default", "end_user": "ada@example.org",
        "metadata": json.dumps({"user_api_key": KEY, "usage_object": {"prompt_tokens": 12}}),
        "request_tags": json.dumps(["User-Agent: python-httpx", "User-Agent: python-httpx/0.27.0"]),
        "requester_ip_address": "192.0.2.7", "messages": json.dumps(MESSAGES), "response": json.dumps(ANSWER),
        "proxy_server_request": "{}",
    }  # fmt: skip
    return row | changed


def payload(**changed: Any) -> dict[str, Any]:
    row = {
        "id": "chatcmpl-9", "trace_id": "t-1", "call_type": "acompletion", "status": "success",
        "prompt_tokens": 3, "completion_tokens": 4, "startTime": 1777881600.5, "endTime": 1777881601.25,
        "model": "claude-sonnet-4", "model_group": "claude", "end_user": None, "requester_ip_address": None,
        "metadata": {
            "user_api_key_hash": KEY, "user_api_key_user_id": "team-bot",
            "requester_ip_address": "2001:db8::7", "user_agent": "curl/8.5.0",
        },
        "messages": MESSAGES, "response": {"stop_reason": "end_turn", "content": [{"text": "Rayleigh."}]},
    }  # fmt: skip
    return row | changed


UNNAMED = dict(api_key="", user="", end_user="", metadata="{}")
"""A health check of the proxy."""

HOSTILE = dict(metadata=["no", "object"], response="{cut", request_tags=[1, None], prompt_tokens={"a": 1})

TABLE = [spend(), spend(request_id="chatcmpl-2", end_user="", user="", messages="{}"), spend(**UNNAMED)]
PAYLOADS = [payload(), payload(end_user="ada@example.org"), payload(metadata={}), payload(**HOSTILE)]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


FILES = {"LiteLLM_SpendLogs.csv": table(TABLE), "logs/standard_logging_payload.jsonl": lines(PAYLOADS)}
SAMPLES = {"litellm": FILES}

FIRST = {
    "account": "ada@example.org",
    "interaction": "chatcmpl-1",
    "model": "gpt-4o-mini",
    "finish_reason": "length",
    "ip": "192.0.2.7",
    "user_agent": "python-httpx/0.27.0",
    "api_key": KEY,
}


def test_a_spend_log_names_the_end_user_then_the_user_then_the_key(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"LiteLLM_SpendLogs.csv": table(TABLE)}))["interactions"]

    counted = {"input_tokens": "12", "output_tokens": "7"}
    said = {"prompt": json.dumps(MESSAGES), "answer": ANSWER, "at": "2026-05-04T08:00:00.000Z"}
    assert rows[0] == FIRST | counted | said
    assert rows[1]["account"] == KEY
    assert "prompt" not in rows[1], "a proxy that is not to store prompts writes an empty object"
    assert len(rows) == 2, "the health check is about no account"


def test_a_table_exported_as_lines_says_the_same(tmp_path: Path) -> None:
    (first, second) = read_rows(write(tmp_path, {"spend.jsonl": lines(TABLE)}))["interactions"]

    assert first.items() >= (FIRST | {"input_tokens": 12, "output_tokens": 7}).items()
    assert first["at"] == 1777881600000000
    assert second["account"] == KEY


def test_a_payload_of_a_callback_has_its_facts_in_the_metadata(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"payload.jsonl": lines(PAYLOADS)}))["interactions"]

    assert rows[0] == {
        "account": "team-bot",
        "at": 1777881600.5,
        "interaction": "chatcmpl-9",
        "prompt": MESSAGES,
        "model": "claude-sonnet-4",
        "input_tokens": 3,
        "output_tokens": 4,
        "finish_reason": "end_turn",
        "ip": "2001:db8::7",
        "user_agent": "curl/8.5.0",
        "api_key": KEY,
        "answer": {"stop_reason": "end_turn", "content": [{"text": "Rayleigh."}]},
    }
    assert [row["account"] for row in rows] == ["team-bot", "ada@example.org"]


def test_keys_that_the_administrator_made_are_accounts_of_their_own(tmp_path: Path) -> None:
    of_admin = json.dumps({"user_api_key_user_id": "default_user_id"})
    rows = [
        spend(end_user="", user="default_user_id", metadata=of_admin, api_key=key) for key in ("k1", "k2")
    ]

    found = read_rows(write(tmp_path, {"spend.jsonl": lines(rows)}))["interactions"]

    assert [row["account"] for row in found] == ["k1", "k2"]


def test_the_body_of_the_request_stands_in_for_messages_that_are_not_kept(tmp_path: Path) -> None:
    body = json.dumps({"model": "gpt-4o-mini", "messages": MESSAGES})
    row = spend(messages="{}", proxy_server_request=body)

    (found,) = mapped_rows(write(tmp_path, {"spend.jsonl": lines([row])}))["interactions"]

    assert found["prompt"] == body


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    strange = [
        spend(),
        spend(),
        spend(**HOSTILE),
        spend(account=1, user={"a": []}, end_user=[[]], startTime=None),
    ]

    rows = read_rows(write(tmp_path, {"spend.jsonl": lines(strange)}))["interactions"]

    assert [row["account"] for row in rows][:2] == ["ada@example.org"] * 2


def test_each_request_of_the_shared_logs_is_a_row(shared_data: Path) -> None:
    rows = mapped_rows(shared_data / "formats" / "samples" / "litellm")["interactions"]

    assert len(rows) == 3 * 24
    wanted = {
        "account",
        "at",
        "interaction",
        "prompt",
        "model",
        "input_tokens",
        "output_tokens",
        "ip",
        "answer",
    }
    assert all(wanted <= row.keys() for row in rows)
