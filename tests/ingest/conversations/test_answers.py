import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.conversations.answers import answer, finish_reason, usage
from linkage.ingest.conversations.conversation import conversation, text_hash

SAID = "phobos and deimos"

BODIES = {
    "OpenAI Chat Completions API reference": (
        {
            "choices": [
                {"index": 0, "message": {"role": "assistant", "content": SAID}, "finish_reason": "stop"}
            ],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
        },
        "stop",
        (7, 3),
    ),
    "OpenAI Completions API reference (legacy)": (
        {
            "choices": [{"text": SAID, "finish_reason": "length"}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3},
        },
        "length",
        (7, 3),
    ),
    "OpenAI Responses API reference": (
        {
            "status": "completed",
            "output": [
                {"type": "reasoning", "summary": []},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SAID}]},
            ],
            "usage": {"input_tokens": 7, "output_tokens": 3},
        },
        "completed",
        (7, 3),
    ),
    "Anthropic Messages API reference": (
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": SAID}, {"type": "tool_use", "name": "x", "input": {}}],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 7, "output_tokens": 3},
        },
        "tool_use",
        (7, 3),
    ),
    "Gemini API generateContent reference": (
        {
            "candidates": [{"content": {"role": "model", "parts": [{"text": SAID}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3},
        },
        "STOP",
        (7, 3),
    ),
    "Amazon Bedrock Converse API reference": (
        {
            "output": {"message": {"role": "assistant", "content": [{"text": SAID}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 7, "outputTokens": 3},
        },
        "end_turn",
        (7, 3),
    ),
    "Amazon Bedrock model parameters, Amazon Titan": (
        {
            "inputTextTokenCount": 7,
            "results": [{"tokenCount": 3, "outputText": SAID, "completionReason": "FINISH"}],
        },
        "FINISH",
        (7, 3),
    ),
    "Amazon Bedrock model parameters, Meta Llama": (
        {"generation": SAID, "prompt_token_count": 7, "generation_token_count": 3, "stop_reason": "stop"},
        "stop",
        (7, 3),
    ),
    "a record around a body": (
        {"status": 200, "response": {"body": {"choices": [{"message": {"content": SAID}}]}}},
        None,
        (None, None),
    ),
    "OpenTelemetry GenAI semantic conventions, output messages schema": (
        [{"role": "assistant", "parts": [{"type": "text", "content": SAID}], "finish_reason": "stop"}],
        None,
        (None, None),
    ),
    "a message": ({"role": "assistant", "content": SAID}, None, (None, None)),
    "content blocks": ([{"type": "text", "text": SAID}], None, (None, None)),
}


@pytest.mark.parametrize("schema", BODIES)
@pytest.mark.parametrize("form", ["value", "JSON"])
def test_bodies_of_answers(schema: str, form: str) -> None:
    body, reason, tokens = BODIES[schema]
    given = body if form == "value" else json.dumps(body)
    assert answer(given) == SAID
    assert finish_reason(given) == reason
    assert usage(given) == tokens


@pytest.mark.parametrize("text", [SAID, '{"moons": ["phobos", "deimos"]}', "[1, 2]", "{broken"])
def test_a_plain_text_is_the_answer_itself(text: str) -> None:
    assert answer(text) == text


@pytest.mark.parametrize(
    "value", ["", " ", None, 3, [], {}, {"choices": []}, {"choices": 3}, [1], [None], b"x"]
)
def test_where_there_is_no_answer(value: object) -> None:
    assert answer(value) is None
    assert finish_reason(value) is None
    assert usage(value) == (None, None)


@pytest.mark.parametrize("count", [True, -1, "7", 7.5, None, float("nan"), [7]])
def test_counts_that_are_none_are_not_taken(count: object) -> None:
    assert usage({"usage": {"prompt_tokens": count, "completion_tokens": 3.0}}) == (None, 3)


def test_an_answer_sent_on_has_the_hash_of_the_answer() -> None:
    body = BODIES["Anthropic Messages API reference"][0]
    sent = [{"role": "user", "content": "a"}, body, {"role": "user", "content": "b"}]
    found, given = conversation(sent), answer(body)
    assert found is not None and given is not None
    assert [text_hash(each) for each in found.earlier] == [text_hash(given)]


KEYS = [
    "choices",
    "message",
    "content",
    "text",
    "output",
    "usage",
    "response",
    "body",
    "parts",
    "role",
    "type",
]
ODD = st.recursive(
    st.none() | st.integers() | st.floats() | st.text() | st.sampled_from(["assistant", "text"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=25,
)


@given(ODD)
def test_any_value_is_taken(value: object) -> None:
    said = answer(value)
    assert said is None or said.strip()
    assert finish_reason(value) is None or isinstance(finish_reason(value), str)
    assert all(each is None or each >= 0 for each in usage(value))
