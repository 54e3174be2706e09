"""Langfuse's Blob storage export field reference, and the Observation of its public API."""

import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import write

MESSAGES = [{"role": "user", "content": "Why is the sky blue?"}]
ANSWER = {"role": "assistant", "content": "Rayleigh."}


def exported(**changed: Any) -> dict[str, Any]:
    row = {
        "id": "o-1", "trace_id": "t-1", "project_id": "p", "environment": "default", "type": "GENERATION",
        "start_time": "2026-05-04 08:00:00.250000", "end_time": "2026-05-04 08:00:02.000000", "name": "chat",
        "metadata": {"client_ip": "192.0.2.7", "user_agent": "curl/8.5.0"}, "level": "DEFAULT",
        "input": MESSAGES, "output": ANSWER, "provided_model_name": "gpt-4o-mini",
        "usage_details": {"input": 12, "output": 7, "input_cached_tokens": 5, "total": 19},
        "user_id": "ada@example.org", "session_id": "s-1",
    }  # fmt: skip
    return row | changed


FROM_API = {
    "id": "o-2", "traceId": "t-2", "type": "GENERATION", "startTime": "2026-05-04T08:00:00.250Z",
    "level": "DEFAULT", "model": "gpt-4o", "input": json.dumps({"messages": MESSAGES}), "output": "Rayleigh.",
    "usage": {"input": 3, "output": 4}, "userId": "bob@example.org", "metadata": None,
}  # fmt: skip

SPAN = exported(id="o-3", type="SPAN", provided_model_name=None)
UNNAMED = exported(id="o-4", user_id=None, metadata={})
HOSTILE = exported(
    id="o-5", input=7, output=[None], usage_details="{cut", metadata="none", start_time={"a": 1}
)

FILES = {
    "proj/observations_v2/2026-05-04T08-00-00-000Z.jsonl": "".join(
        json.dumps(row) + "\n" for row in (exported(), SPAN, UNNAMED, HOSTILE)
    ),
    "page.json": json.dumps({"data": [FROM_API], "meta": {"page": 1}}),
}
TRACE = {
    "id": "t-1", "timestamp": "2026-05-04T08:00:00.000Z", "name": "chat", "userId": "ada@example.org",
    "sessionId": "s-1", "release": None, "version": None, "metadata": {"ip": "192.0.2.7"}, "tags": [],
    "public": False, "environment": "default", "input": {"messages": MESSAGES}, "output": ANSWER,
    "htmlPath": "/project/p/traces/t-1", "latency": 1.75, "totalCost": 0.0, "observations": ["o-1"],
    "scores": [],
}  # fmt: skip
FULL = TRACE | {
    "id": "t-2", "userId": "bob@example.org", "input": "Why?", "metadata": None,
    "observations": [{"id": "o-2", "type": "GENERATION", "traceId": "t-2", "model": "gpt-4o"}],
}  # fmt: skip
OF_TABLE = {
    "id": "t-3", "timestamp": "2026-05-04 08:00:01.000", "name": "chat", "user_id": "cy@example.org",
    "metadata": '{"user_agent":"curl/8.5.0"}', "project_id": "p", "session_id": "", "tags": [],
    "input": json.dumps(MESSAGES), "output": "Rayleigh.", "bookmarked": False, "release": "",
}  # fmt: skip
ODD_TRACE = OF_TABLE | {"id": "t-4", "user_id": [1], "metadata": 7, "output": {"a": [None]}}
TRACES = {
    "traces.json": json.dumps({"data": [TRACE, FULL], "meta": {"page": 1, "totalItems": 2}}),
    "proj/traces/2026-05-04.jsonl": "".join(json.dumps(each) + "\n" for each in (OF_TABLE, ODD_TRACE)),
}
SAMPLES = {"langfuse": FILES, "langfuse-traces": TRACES}


def test_a_trace_is_an_interaction_of_its_user(tmp_path: Path) -> None:
    folder = write(tmp_path, TRACES)

    rows = {row["interaction"]: row for row in read_rows(folder)["interactions"]}

    assert {name: row["account"] for name, row in rows.items()} == {
        "t-1": "ada@example.org", "t-2": "bob@example.org", "t-3": "cy@example.org"
    }  # fmt: skip
    assert rows["t-1"]["at"] == rows["t-2"]["at"] == 1777881600000000 == rows["t-3"]["at"] - 1_000_000
    assert (rows["t-1"]["ip"], rows["t-3"]["user_agent"]) == ("192.0.2.7", "curl/8.5.0")
    assert rows["t-2"]["model"] == "gpt-4o"
    assert {row["prompt"] for row in rows.values()} == {"Why is the sky blue?", "Why?"}
    assert rows["t-1"]["response_sha256"] == rows["t-3"]["response_sha256"]


def test_a_generation_is_an_interaction_and_a_span_is_none(tmp_path: Path) -> None:
    exported_only = dict(list(FILES.items())[:1])

    rows = mapped_rows(write(tmp_path, exported_only))["interactions"]

    assert rows[0] == {
        "account": "ada@example.org",
        "at": "2026-05-04 08:00:00.250000",
        "interaction": "o-1",
        "prompt": MESSAGES,
        "model": "gpt-4o-mini",
        "input_tokens": 12,
        "output_tokens": 7,
        "ip": "192.0.2.7",
        "user_agent": "curl/8.5.0",
        "answer": ANSWER,
    }
    assert [row["interaction"] for row in rows] == ["o-1", "o-5"]


def test_a_page_of_the_api_spells_its_fields_in_other_ways(tmp_path: Path) -> None:
    folder = write(tmp_path, {"page.json": FILES["page.json"]})

    (row,) = read_rows(folder)["interactions"]

    assert (row["account"], row["at"], row["interaction"]) == ("bob@example.org", 1777881600250000, "o-2")
    assert (row["model"], row["input_tokens"], row["output_tokens"]) == ("gpt-4o", 3, 4)
    (found,) = mapped_rows(folder)["interactions"]
    assert (found["prompt"], found["answer"]) == (FROM_API["input"], "Rayleigh.")


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions"} == set(read_rows(write(tmp_path, FILES)))


def test_each_request_of_the_shared_exports_is_a_row(shared_data: Path) -> None:
    rows = mapped_rows(shared_data / "formats" / "samples" / "langfuse")["interactions"]

    assert len(rows) == 2 * 24
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
