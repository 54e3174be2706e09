"""Envoy AI Gateway documentation: Access Logs With AI/LLM/MCP Metadata."""

from pathlib import Path

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write

BASE = {
    ":authority": "api.example.org",
    "connection_termination_details": None,
    "downstream_remote_address": "192.0.2.5:64484",
    "method": "POST",
    "response_code": 200,
    "response_flags": "-",
    "route_name": "httproute/default/gateway/rule/0/match/0/*",
    "user-agent": "python-httpx/0.27.0",
    "x-envoy-origin-path": "/v1/chat/completions",
}
FORMER = {"genai_model_name": "gpt-4o-mini", "genai_tokens_input": 15, "genai_tokens_output": 7}
TODAY = {
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 8,
    "gen_ai.usage.output_tokens": 9,
    "gen_ai.usage.total_tokens": 17,
}

SAMPLES = {
    "envoy-ai-gateway": {
        "access.log": lines(
            {
                **BASE,
                **FORMER,
                "start_time": "2026-05-04T08:00:00.000Z",
                "x-account-id": "acct-1",
                "x-request-id": "r-1",
                # A proxy of the house, so the client is the one before it.
                "downstream_remote_address": "10.0.0.3:40112",
                "x-forwarded-for": "203.0.113.9",
            },
            {
                **BASE,
                **TODAY,
                "start_time": "2026-05-04T08:00:01.500Z",
                "x-user-id": "acct-2",
                # Written by the client itself, which the server saw directly.
                "x-forwarded-for": "198.51.100.1",
            },
            {**BASE, **FORMER, "start_time": "2026-05-04T08:00:02.000Z", "x-account-id": "-"},
            {
                **BASE,
                "start_time": "2026-05-04T08:00:03.000Z",
                "x-account-id": "acct-1",
                "mcp_method": "tools/call",
            },
            {
                **BASE,
                **FORMER,
                "start_time": {"s": 1},
                "x-account-id": ["acct"],
                "genai_tokens_input": "many",
            },
        )
    }
}


def test_requests_to_models_are_interactions(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, SAMPLES["envoy-ai-gateway"]))
    start = micros("2026-05-04T08:00:00Z")
    assert tables == {
        "interactions": [
            {
                "account": "acct-1",
                "at": start,
                "interaction": "r-1",
                "model": "gpt-4o-mini",
                "input_tokens": 15,
                "output_tokens": 7,
                "ip": "203.0.113.9",
                "user_agent": "python-httpx/0.27.0",
            },
            {
                "account": "acct-2",
                "at": start + 1_500_000,
                "model": "gpt-4o",
                "input_tokens": 8,
                "output_tokens": 9,
                "ip": "192.0.2.5",
                "user_agent": "python-httpx/0.27.0",
            },
        ]
    }
