"""OpenAI API: Responses, the response object and the events of a stream."""

from pathlib import Path
from typing import Any

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import Files, lines, write


def response(**changed: Any) -> dict[str, Any]:
    return {
        "id": "resp_1", "object": "response", "created_at": 1777881600, "status": "completed", "error": None,
        "incomplete_details": None, "instructions": "Be brief.", "max_output_tokens": None, "model": "gpt-4o",
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
             "content": [{"type": "output_text", "text": "Rayleigh.", "annotations": []}]},
        ],
        "parallel_tool_calls": True, "previous_response_id": None, "store": True, "temperature": 1.0,
        "usage": {"input_tokens": 36, "output_tokens": 87, "total_tokens": 123}, "user": None,
        "safety_identifier": "user-1", "metadata": {}, **changed,
    }  # fmt: skip


ITEMS = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Good day."}]},
    {"type": "function_call_output", "call_id": "c-1", "output": "{}"},
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Why is the sky blue?"}]},
]
CUT = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
STREAMED: dict[str, Any] = {"status": "in_progress", "output": [], "usage": None}


def event(number: int, kind: str, **given: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "sequence_number": number, **given}


SAMPLES: dict[str, Files] = {
    "openai-responses": {
        "responses.jsonl": lines(
            response(input=ITEMS),
            response(
                id="resp_2",
                safety_identifier=None,
                user="user-2",
                input="Why?",
                created_at=1777881601.0,
                **CUT,
            ),
            response(id="resp_3", safety_identifier=None, metadata={"user_id": "user-3"}),
            response(id="resp_4", safety_identifier=None),
            response(id="resp_5", safety_identifier=[1], usage=[], input={"a": []}, output=[{"type": 7}]),
        ),
    },
    "openai-responses-stream": {
        "events.jsonl": lines(
            event(0, "created", response=response(**STREAMED)),
            event(1, "output_text.delta", item_id="msg_1", output_index=0, delta="Rayl"),
            event(2, "output_text.delta", item_id="msg_1", output_index=0, delta="eigh."),
            event(3, "completed", response=response()),
            event(0, "created", response=response(id="resp_2", **STREAMED)),
            event(1, "incomplete", response=response(id="resp_2", safety_identifier="user-2", **CUT)),
            event(2, "completed", response=response(id={"a": 1}, safety_identifier={"b": 2}, output="x")),
        )
    },
}


def test_responses_with_what_was_asked_beside_them(tmp_path: Path) -> None:
    first, second, third = read_rows(write(tmp_path, SAMPLES["openai-responses"]))["interactions"]

    assert (first["account"], first["at"], first["interaction"]) == ("user-1", 1777881600000000, "resp_1")
    assert (first["prompt"], first["system_prompt"]) == ("Why is the sky blue?", "Be brief.")
    assert (first["model"], first["input_tokens"], first["output_tokens"]) == ("gpt-4o", 36, 87)
    assert first["finish_reason"] == "completed"
    assert (second["account"], second["prompt"]) == ("user-2", "Why?")
    assert second["finish_reason"] == "max_output_tokens"
    assert third["account"] == "user-3" and "prompt" not in third
    assert first["response_sha256"] == third["response_sha256"]


def test_of_a_stream_the_last_event_is_the_interaction(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, SAMPLES["openai-responses-stream"]))["interactions"]
    whole = read_rows(write(tmp_path / "whole", {"r.jsonl": lines(response())}))["interactions"]

    assert [(row["account"], row["interaction"], row["finish_reason"]) for row in rows] == [
        ("user-1", "resp_1", "completed"),
        ("user-2", "resp_2", "max_output_tokens"),
    ]
    assert rows[:1] == whole
