"""Kong documentation: log format of the File Log and HTTP Log plugins, AI Gateway audit log reference."""

from pathlib import Path
from typing import Any

import pytest

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write

START = 1777881600000
META = {"request_model": "gpt-4o-mini", "response_model": "gpt-4o-mini-2024-07-18", "provider_name": "openai"}
BODY = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"name three rivers"}]}'
ANSWER = '{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"Ob, Lena, Don"}}]}'
CONSUMER = {"id": "c-uuid", "username": "one", "custom_id": "acct-1"}


def entry(at: int, **given: Any) -> dict[str, Any]:
    return {
        "request": {
            "id": f"r-{at - START}",
            "method": "POST",
            "uri": "/v1/chat/completions",
            "headers": {"user-agent": "python-httpx/0.27.0", "host": "api.example.org"},
        },
        "response": {"status": 200},
        "latencies": {"request": 515, "kong": 58, "proxy": 457},
        "client_ip": "192.0.2.8",
        "started_at": at,
        **given,
    }


def statistics(prompt: str, completion: str) -> dict[str, Any]:
    return {
        "usage": {prompt: 28, "total_tokens": 48, completion: 20},
        "meta": META,
        "payload": {"response": ANSWER},
    }


SAMPLES = {
    "kong": {
        "kong-file.log": lines(
            entry(
                START,
                consumer=CONSUMER,
                authenticated_entity={"id": "cred-1"},
                ai={
                    "proxy": {
                        **statistics("prompt_tokens", "completion_tokens"),
                        "payload": {"request": BODY, "response": ANSWER},
                    }
                },
            ),
            entry(
                START + 1,
                consumer={"username": "two"},
                ai={"payload": {"request": "x"}, "ai-proxy": statistics("prompt_token", "completion_token")},
            ),
            entry(START + 2, consumer={"username": "three", "custom_id": None}),
            entry(START + 3, ai={"proxy": {"meta": META}}),
            entry(START + 4, consumer=["c"], ai="none", request={"headers": [], "method": "GET"}),
        )
    }
}


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    return read_rows(write(tmp_path, SAMPLES["kong"]))


def test_entries_with_statistics_are_interactions(tables: dict[str, list[dict[str, Any]]]) -> None:
    today, former = tables["interactions"]
    assert {name: value for name, value in today.items() if name not in ("prompt", "response_sha256")} == {
        "account": "acct-1",
        "at": micros("2026-05-04T08:00:00Z"),
        "interaction": "r-0",
        "model": "gpt-4o-mini",
        "input_tokens": 28,
        "output_tokens": 20,
        "finish_reason": "stop",
        "ip": "192.0.2.8",
        "user_agent": "python-httpx/0.27.0",
        "api_key": "cred-1",
    }
    assert "name three rivers" in today["prompt"]
    assert (former["account"], former["input_tokens"], former["output_tokens"]) == ("two", 28, 20)


def test_entries_without_are_sessions(tables: dict[str, list[dict[str, Any]]]) -> None:
    assert tables["sessions"] == [
        {
            "account": "three",
            "at": micros("2026-05-04T08:00:00.002Z"),
            "ip": "192.0.2.8",
            "user_agent": "python-httpx/0.27.0",
        }
    ]
