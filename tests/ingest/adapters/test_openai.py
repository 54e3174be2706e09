"""OpenAI API: request input and output objects of a Batch, and the audit log object."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, write

BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Why?"}], "user": "ada"}
ANSWER = {
    "id": "resp_1", "created_at": 1777881600, "status": "completed", "model": "gpt-4o", "user": None,
    "safety_identifier": "bob", "usage": {"input_tokens": 12, "output_tokens": 7}, "output": [],
}  # fmt: skip
CHAT = {
    "created": 1777881600, "model": "gpt-4o", "usage": {"prompt_tokens": 3, "completion_tokens": 4},
    "choices": [{"finish_reason": "stop", "message": {"content": "Rayleigh."}}],
}  # fmt: skip


def asked(name: str, body: Any) -> dict[str, Any]:
    return {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}


def answered(name: str, body: Any) -> dict[str, Any]:
    response = {"status_code": 200, "request_id": "q", "body": body}
    return {"id": "batch_req_1", "custom_id": name, "response": response, "error": None}


def event(actor: Any, **changed: Any) -> dict[str, Any]:
    row = {"object": "organization.audit_log", "id": "audit_1", "type": "login.succeeded", "actor": actor}
    return row | {"effective_at": 1777881600} | changed


SESSION = {
    "type": "session",
    "session": {
        "user": {"id": "user-ada", "email": "Ada@Example.org"}, "ip_address": "192.0.2.7",
        "user_agent": "Mozilla/5.0", "ja3": "x", "ja4": "t13d1516h2_8daaf6152771_02713d6af862",
        "ip_address_details": {"country": "FI", "asn": "64496"},
    },
}  # fmt: skip
BY_KEY = {"type": "api_key", "api_key": {"id": "key_1", "type": "user", "user": {"id": "user-bob"}}}
BY_SERVICE = {"type": "api_key", "api_key": {"id": "key_2", "service_account": {"id": "svc-1"}}}
EVENTS = [event(SESSION), event(BY_KEY, type="project.created"), event(BY_SERVICE), event(None)]
STRANGE = [event([SESSION]), event({"session": "none"}), event({"session": {"user": {"id": {"a": 1}}}})]

INPUT = lines(
    asked("r-1", BODY),
    asked("r-2", BODY | {"user": None, "safety_identifier": "eve"}),
    asked("r-3", {"model": "gpt-4o-mini", "messages": []}),
    asked("r-4", {"model": ["gpt"], "messages": 7, "user": {"id": 1}}),
)
OUTPUT = lines(answered("r-1", ANSWER), answered("r-2", CHAT), answered("r-3", [None]))
PAGE = json.dumps({"object": "list", "data": EVENTS + STRANGE, "has_more": False})

SAMPLES = {
    "openai-audit": {"audit_logs.jsonl": lines(*EVENTS), "audit_logs_page.json": PAGE},
    "openai-batch": {"batch_input.jsonl": INPUT, "batch_abc_output.jsonl": OUTPUT},
}

FILES = {name: text for files in SAMPLES.values() for name, text in files.items()}


def test_a_line_of_a_batch_is_asked_by_its_user(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"batch_input.jsonl": INPUT}))["interactions"]

    assert rows[0] == {"account": "ada", "interaction": "r-1", "prompt": BODY, "model": "gpt-4o-mini"}
    assert [row["account"] for row in rows[:2]] == ["ada", "eve"]
    assert [row["interaction"] for row in rows] == ["r-1", "r-2", "r-4"]


def test_an_answer_that_repeats_its_user_is_of_that_account(tmp_path: Path) -> None:
    folder = write(tmp_path, {"batch_abc_output.jsonl": OUTPUT})

    (row,) = read_rows(folder)["interactions"]

    said = {"account": "bob", "at": 1777881600000000, "interaction": "r-1", "model": "gpt-4o"}
    said |= {"input_tokens": 12, "output_tokens": 7, "finish_reason": "completed"}
    assert {name: row[name] for name in said} == said
    (found,) = mapped_rows(folder)["interactions"]
    assert found["answer"] == ANSWER


def test_the_audit_log_gives_sessions(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, {"audit_logs.jsonl": lines(*EVENTS)}))

    at = 1777881600000000
    assert rows["sessions"] == [
        {
            "account": "user-ada",
            "at": at,
            "ip": "192.0.2.7",
            "user_agent": "Mozilla/5.0",
            "ja4": "t13d1516h2_8daaf6152771_02713d6af862",
            "asn": "64496",
        },
        {"account": "user-bob", "at": at},
        {"account": "svc-1", "at": at},
    ]
    digest = hashlib.sha256(b"ada@example.org").hexdigest()
    assert {(row["account"], row["trait"], row["value"]) for row in rows["observations"]} == {
        ("user-ada", "email_domain", "example.org"),
        ("user-ada", "email_hash", digest),
        ("user-bob", "api_key", "key_1"),
        ("svc-1", "api_key", "key_2"),
    }


def test_a_page_of_the_audit_log_is_opened(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, {"audit_logs_page.json": PAGE}))

    assert [row["account"] for row in rows["sessions"]] == ["user-ada", "user-bob", "svc-1"]


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions", "sessions", "observations"} == set(read_rows(write(tmp_path, FILES)))


def test_each_line_of_the_shared_files_is_a_row(shared_data: Path) -> None:
    rows = mapped_rows(shared_data / "formats" / "samples" / "openai_batch")

    assert len(rows["interactions"]) == 24
    assert all({"account", "interaction", "prompt", "model"} <= row.keys() for row in rows["interactions"])
    assert len(rows["sessions"]) == 24
    wanted = {"account", "at", "ip", "user_agent", "ja4", "asn"}
    assert all(wanted <= row.keys() for row in rows["sessions"])
