"""OpenTelemetry's conventions for GenAI spans and events, of today and to v1.36, and OpenLLMetry's."""

import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import write

MESSAGES = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "Why?"}]}])
ANSWER = [{"role": "assistant", "parts": [{"type": "text", "content": "Rayleigh."}], "finish_reason": "stop"}]
SYSTEM = json.dumps([{"type": "text", "content": "Be brief."}, {"type": "text", "content": "Be kind."}])
START = "1777881600250000000"


def any_value(value: Any) -> dict[str, Any]:
    """A value as OTLP writes it; whole numbers are texts."""
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(each) for each in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": attributes(value)}}
    return {"stringValue": value}


def attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": any_value(value)} for key, value in values.items()]


def span(number: str, values: Any, **more: Any) -> dict[str, Any]:
    named = {"traceId": "0" * 32, "spanId": number, "name": "chat gpt-4o", "startTimeUnixNano": START}
    return named | {"attributes": attributes(values) if isinstance(values, dict) else values} | more


def traces(*spans: dict[str, Any]) -> dict[str, Any]:
    scoped = [{"scope": {"name": "gateway"}, "spans": list(spans)}]
    resource = {"attributes": attributes({"service.name": "gateway"})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": scoped}]}


TODAY = {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 7, "enduser.id": "ada",
    "gen_ai.response.finish_reasons": ["stop"], "client.address": "192.0.2.7",
    "user_agent.original": "curl/8.5.0", "gen_ai.system_instructions": SYSTEM,
    "gen_ai.input.messages": MESSAGES, "gen_ai.output.messages": json.dumps(ANSWER),
}  # fmt: skip
FORMER = {
    "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "user.id": "bob", "llm.request.type": "chat",
    "gen_ai.usage.prompt_tokens": 3, "gen_ai.usage.completion_tokens": 4,
    "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be brief.",
    "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": "Why?",
    "gen_ai.completion.0.content": "Rayleigh.", "gen_ai.completion.0.finish_reason": "length",
}  # fmt: skip
AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "gpt-4o", "enduser.id": "ada"}
EMBEDDED = {"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "small", "enduser.id": "ada"}
HTTP = {"http.request.method": "POST", "enduser.id": "ada"}

UNNAMED = {name: value for name, value in TODAY.items() if name != "enduser.id"}
HOSTILE = [
    span("h1", None),
    span("h2", [7, None, {"key": ["gen_ai.request.model"], "value": "x"}, {"key": "enduser.id"}]),
    span("h3", TODAY | {"gen_ai.input.messages": {"a": [1]}, "gen_ai.system_instructions": "[{cut"}),
    span("h4", TODAY, startTimeUnixNano={"a": 1}, events="none"),
]

DOCUMENT = traces(
    span("s1", TODAY), span("s2", FORMER), span("s3", AGENT), span("s4", EMBEDDED), span("s5", HTTP),
    span("s6", UNNAMED),
)  # fmt: skip

EVENT = {
    "timeUnixNano": START, "eventName": "gen_ai.client.inference.operation.details", "spanId": "e1",
    "attributes": attributes(TODAY | {"gen_ai.input.messages": json.loads(MESSAGES)}),
}  # fmt: skip
MESSAGE_EVENT = {
    "timeUnixNano": START, "eventName": "gen_ai.user.message",
    "attributes": attributes({"gen_ai.system": "openai"}), "body": any_value({"content": "Why?"}),
}  # fmt: skip
LOGS = {
    "resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {}, "logRecords": [EVENT, MESSAGE_EVENT]}]}]
}

FILES = {
    "traces.json": json.dumps(DOCUMENT),
    "traces.jsonl": json.dumps(DOCUMENT) + "\n" + json.dumps(traces(*HOSTILE)) + "\n",
    "logs.jsonl": json.dumps(LOGS) + "\n",
}
SAMPLES = {"otlp": FILES}

FIRST = {
    "account": "ada",
    "interaction": "s1",
    "prompt": MESSAGES,
    "system_prompt": "Be brief.\nBe kind.",
    "model": "gpt-4o",
    "finish_reason": "stop",
    "ip": "192.0.2.7",
    "user_agent": "curl/8.5.0",
}


def test_a_span_of_today_is_an_interaction(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"traces.json": FILES["traces.json"]}))["interactions"]

    counted = {"input_tokens": "12", "output_tokens": "7", "at": START, "answer": ANSWER}
    assert rows[0] == FIRST | counted


def test_agents_embeddings_and_other_spans_are_no_requests_to_a_model(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"traces.json": FILES["traces.json"]}))["interactions"]

    assert [row["interaction"] for row in rows] == ["s1", "s2"]


def test_a_former_span_has_its_messages_one_by_one(tmp_path: Path) -> None:
    folder = write(tmp_path, {"traces.json": json.dumps(traces(span("s2", FORMER)))})

    (row,) = read_rows(folder)["interactions"]

    said = {
        "account": "bob",
        "at": 1777881600250000,
        "interaction": "s2",
        "prompt": "Why?",
        "system_prompt": "Be brief.",
        "model": "gpt-4o",
        "input_tokens": 3,
        "output_tokens": 4,
        "finish_reason": "length",
    }
    assert {name: row[name] for name in said} == said
    (found,) = mapped_rows(folder)["interactions"]
    assert found["answer"] == "Rayleigh."


def test_a_first_message_of_the_user_is_no_system_prompt(tmp_path: Path) -> None:
    values = FORMER | {"gen_ai.prompt.0.role": "user"}

    (row,) = mapped_rows(write(tmp_path, {"a.json": json.dumps(traces(span("s", values)))}))["interactions"]

    assert "system_prompt" not in row


def test_a_prompt_may_stand_in_an_event_of_the_span(tmp_path: Path) -> None:
    values = {"gen_ai.request.model": "gpt-4o", "enduser.id": "ada"}
    event = {"name": "gen_ai.content.prompt", "attributes": attributes({"gen_ai.prompt": MESSAGES})}
    document = traces(span("s1", values, events=[{"name": "start"}, event]))

    (row,) = mapped_rows(write(tmp_path, {"a.json": json.dumps(document, indent=1)}))["interactions"]

    assert row["prompt"] == MESSAGES


def test_an_event_with_the_details_of_a_request_is_an_interaction(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, {"logs.jsonl": FILES["logs.jsonl"]}))["interactions"]

    assert [row["interaction"] for row in rows] == ["e1"]
    assert rows[0]["prompt"] == json.loads(MESSAGES)
    assert (rows[0]["account"], rows[0]["at"]) == ("ada", START)


def test_attributes_may_be_an_object(tmp_path: Path) -> None:
    document = traces(span("s1", None), span("s2", None), span("s3", None))
    spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    for each, values in zip(spans, (TODAY, AGENT, HTTP), strict=True):
        each["attributes"] = values

    (row,) = mapped_rows(write(tmp_path, {"a.json": json.dumps(document)}))["interactions"]

    assert {name: row[name] for name in ("account", "model", "ip", "prompt", "finish_reason")} == {
        "account": "ada",
        "model": "gpt-4o",
        "ip": "192.0.2.7",
        "prompt": MESSAGES,
        "finish_reason": "stop",
    }


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions"} == set(read_rows(write(tmp_path, FILES)))


def test_each_span_of_the_shared_documents_is_a_row(shared_data: Path) -> None:
    rows = read_rows(shared_data / "formats" / "samples" / "otlp")["interactions"]

    assert len(rows) == 4 + 24
    wanted = {"account", "at", "interaction", "prompt", "model", "input_tokens", "output_tokens", "ip"}
    assert all(wanted <= row.keys() for row in rows)
