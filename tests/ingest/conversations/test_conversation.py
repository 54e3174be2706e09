import json
import time
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.conversations.conversation import Conversation, conversation, text_hash
from linkage.settings.ingest import ConversationReading

ASKED, BEFORE, SAID = "how do tides work", "name the moons of mars", "phobos and deimos"
SYSTEM = "you are a teacher"
PIXEL = "data:image/png;base64,iVBORw0KGgo="

OPENAI_CHAT = {
    "model": "m",
    "messages": [
        {"role": "developer", "content": SYSTEM},
        {"role": "user", "content": BEFORE},
        {"role": "assistant", "content": SAID, "tool_calls": None},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": ASKED},
                {"type": "image_url", "image_url": {"url": PIXEL}},
                {"type": "input_audio", "input_audio": {"data": "", "format": "wav"}},
            ],
        },
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": {}}}],
}
OPENAI_RESPONSES = {
    "model": "m",
    "instructions": SYSTEM,
    "input": [
        {"role": "user", "content": BEFORE},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SAID}]},
        {"type": "reasoning", "summary": []},
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": ASKED},
                {"type": "input_image", "image_url": PIXEL},
            ],
        },
    ],
    "tools": [{"type": "function", "name": "weather", "parameters": {}}],
}
ANTHROPIC = {
    "model": "m",
    "max_tokens": 10,
    "system": [{"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": BEFORE},
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "x"}, {"type": "text", "text": SAID}],
        },
        {
            "role": "user",
            "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": ""}},
                {"type": "text", "text": ASKED},
            ],
        },
    ],
    "tools": [{"name": "weather", "input_schema": {}}],
}
GEMINI = {
    "systemInstruction": {"parts": [{"text": SYSTEM}]},
    "contents": [
        {"role": "user", "parts": [{"text": BEFORE}]},
        {"role": "model", "parts": [{"text": "hidden", "thought": True}, {"text": SAID}]},
        {"role": "user", "parts": [{"text": ASKED}, {"inlineData": {"mimeType": "image/png", "data": ""}}]},
    ],
    "tools": [{"functionDeclarations": [{"name": "weather"}]}],
}
CONVERSE = {
    "modelId": "m",
    "system": [{"text": SYSTEM}],
    "messages": [
        {"role": "user", "content": [{"text": BEFORE}]},
        {"role": "assistant", "content": [{"text": SAID}]},
        {
            "role": "user",
            "content": [
                {"image": {"format": "png", "source": {"bytes": ""}}},
                {"document": {"name": "d", "format": "pdf", "source": {}}},
                {"text": ASKED},
            ],
        },
    ],
    "toolConfig": {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {}}}]},
}
OTEL = [
    {"role": "system", "parts": [{"type": "text", "content": SYSTEM}]},
    {"role": "user", "parts": [{"type": "text", "content": BEFORE}]},
    {"role": "assistant", "parts": [{"type": "text", "content": SAID}], "finish_reason": "stop"},
    {
        "role": "user",
        "parts": [
            {"type": "text", "content": ASKED},
            {"type": "blob", "mime_type": "image/png", "content": ""},
        ],
    },
    {"role": "assistant", "parts": [{"type": "tool_call", "id": "1", "name": "weather", "arguments": {}}]},
]
LANGCHAIN = [
    {"type": "system", "content": SYSTEM},
    {"type": "human", "content": BEFORE},
    {"type": "ai", "content": SAID, "tool_calls": []},
    {
        "type": "human",
        "content": [{"type": "text", "text": ASKED}, {"type": "image_url", "image_url": PIXEL}],
    },
    {"type": "ai", "content": "", "tool_calls": [{"name": "weather", "args": {}, "id": "1"}]},
]


def lc(name: str, **kwargs: Any) -> dict[str, Any]:
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", name], "kwargs": kwargs}


LANGCHAIN_SERIALISED = {
    "messages": [
        [
            lc("SystemMessage", content=SYSTEM),
            lc("HumanMessage", content=BEFORE),
            lc("AIMessage", content=SAID),
            lc(
                "HumanMessage",
                content=[{"type": "text", "text": ASKED}, {"type": "image_url", "image_url": PIXEL}],
            ),
            lc("AIMessageChunk", content="", tool_calls=[{"name": "weather", "args": {}}]),
        ]
    ]
}
VERCEL = {
    "id": "chat",
    "messages": [
        {"id": "0", "role": "system", "parts": [{"type": "text", "text": SYSTEM}]},
        {"id": "1", "role": "user", "content": BEFORE, "parts": [{"type": "text", "text": BEFORE}]},
        {"id": "2", "role": "assistant", "parts": [{"type": "step-start"}, {"type": "text", "text": SAID}]},
        {
            "id": "3",
            "role": "user",
            "parts": [
                {"type": "text", "text": ASKED},
                {"type": "file", "mediaType": "image/png", "url": PIXEL},
            ],
        },
        {"id": "4", "role": "assistant", "parts": [{"type": "tool-weather", "state": "output-available"}]},
    ],
}
WITH_ALL = {
    "OpenAI Chat Completions API reference": OPENAI_CHAT,
    "OpenAI Responses API reference": OPENAI_RESPONSES,
    "Anthropic Messages API reference": ANTHROPIC,
    "Gemini API generateContent reference": GEMINI,
    "Amazon Bedrock Converse API reference": CONVERSE,
    "Amazon Bedrock model parameters, Anthropic Claude Messages": {
        **ANTHROPIC,
        "anthropic_version": "bedrock",
    },
    "OpenTelemetry GenAI semantic conventions, input messages schema": OTEL,
    "LangChain messages, message_to_dict": LANGCHAIN,
    "LangChain serialisation, dumpd": LANGCHAIN_SERIALISED,
    "Vercel AI SDK UIMessage reference": VERCEL,
}


@pytest.mark.parametrize("schema", WITH_ALL)
@pytest.mark.parametrize("form", ["value", "JSON", "Python"])
def test_requests_with_every_kind_of_part(schema: str, form: str) -> None:
    value = WITH_ALL[schema]
    found = conversation(value if form == "value" else json.dumps(value) if form == "JSON" else repr(value))
    assert found is not None
    assert (found.prompt, found.system_prompt, found.earlier) == (ASKED, SYSTEM, (SAID,))
    assert (found.response, found.tools, found.images) == (None, ("weather",), 1)
    assert found.turns in (3, 4)


PLAIN = {
    "ShareGPT": {
        "id": "x",
        "conversations": [
            {"from": "system", "value": SYSTEM},
            {"from": "human", "value": BEFORE},
            {"from": "gpt", "value": SAID},
            {"from": "human", "value": ASKED},
        ],
    },
    "ShareGPT, the list alone": [
        {"from": "system", "value": SYSTEM},
        {"from": "human", "value": BEFORE},
        {"from": "gpt", "value": SAID},
        {"from": "human", "value": ASKED},
    ],
    "Cohere Chat API v1 reference": {
        "message": ASKED,
        "preamble": SYSTEM,
        "chat_history": [{"role": "USER", "message": BEFORE}, {"role": "CHATBOT", "message": SAID}],
    },
    "Parquet list of structs, with the fields of other rows": [
        {"role": "system", "content": SYSTEM, "name": None, "tool_calls": None},
        {"role": "user", "content": BEFORE, "name": None, "tool_calls": None},
        {"role": "assistant", "content": SAID, "name": None, "tool_calls": None},
        {"role": "user", "content": ASKED, "name": None, "tool_calls": None},
    ],
    "WildChat": [
        {"role": "system", "content": SYSTEM, "language": "English", "redacted": False, "toxic": False},
        {"role": "user", "content": BEFORE, "country": "X", "hashed_ip": "y", "turn_identifier": 1},
        {"role": "assistant", "content": SAID, "timestamp": None, "turn_identifier": 1},
        {"role": "user", "content": ASKED, "toxic": False, "turn_identifier": 2},
    ],
    "OpenAI Batch API, one line": {
        "custom_id": "1",
        "method": "POST",
        "body": {
            "messages": [
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": BEFORE},
                {"role": "assistant", "content": SAID},
                {"role": "user", "content": ASKED},
            ]
        },
    },
    "ChatML": (
        f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{BEFORE}<|im_end|>\n<|im_start|>assistant\n"
        f"{SAID}<|im_end|>\n<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\n"
    ),
    "Llama 3 model card": (
        f"<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n{SYSTEM}<|eot_id|><|start_header_id|>user"
        f"<|end_header_id|>\n\n{BEFORE}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n{SAID}<|eot_id|>"
        f"<|start_header_id|>user<|end_header_id|>\n\n{ASKED}<|eot_id|>"
    ),
    "Llama 2 model card": (
        f"<s>[INST] <<SYS>>\n{SYSTEM}\n<</SYS>>\n\n{BEFORE} [/INST] {SAID} </s><s>[INST] {ASKED} [/INST]"
    ),
    "Harmony response format": (
        f"<|start|>system<|message|>{SYSTEM}<|end|><|start|>user<|message|>{BEFORE}<|end|><|start|>assistant"
        f"<|channel|>final<|message|>{SAID}<|end|><|start|>user<|message|>{ASKED}<|end|><|start|>assistant"
    ),
    "Phi-3 and Zephyr chat templates": (
        f"<|system|>\n{SYSTEM}</s>\n<|user|>\n{BEFORE}</s>\n<|assistant|>\n{SAID}</s>\n<|user|>\n{ASKED}</s>\n"
    ),
    "Amazon Bedrock model parameters, Meta Llama": {
        "prompt": f"<s>[INST] <<SYS>>\n{SYSTEM}\n<</SYS>>\n\n{BEFORE} [/INST] {SAID} </s>"
        f"<s>[INST] {ASKED} [/INST]",
        "max_gen_len": 9,
    },
    "an array of dictionaries, as NumPy prints it": (
        f"[{{'role': 'system', 'content': '{SYSTEM}'}}\n {{'role': 'user', 'content': '{BEFORE}'}}\n"
        f" {{'role': 'assistant', 'content': '{SAID}'}}\n {{'role': 'user', 'content': '{ASKED}'}}]"
    ),
}


@pytest.mark.parametrize("schema", PLAIN)
def test_conversations_of_texts(schema: str) -> None:
    assert conversation(PLAIN[schema]) == Conversation(ASKED, SYSTEM, (SAID,), None, (), 3, 0, 0)


ALONE = {
    "OpenAI Completions API reference (legacy)": {
        "model": "m",
        "prompt": ASKED,
        "max_tokens": 5,
        "stop": None,
    },
    "OpenAI Completions, a list of prompts": {"prompt": [ASKED]},
    "OpenAI Responses API, input as a text": {"model": "m", "input": ASKED, "temperature": 1},
    "Amazon Bedrock model parameters, Amazon Titan": {
        "inputText": ASKED,
        "textGenerationConfig": {"topP": 1},
    },
    "Amazon Bedrock model parameters, Claude Text Completions": {
        "prompt": f"\n\nHuman: {ASKED}\n\nAssistant:",
        "max_tokens_to_sample": 9,
    },
    "Gemini, nobody named": {"contents": [{"parts": [{"text": ASKED}]}]},
    "Gemini, contents not a list": {"contents": {"role": "user", "parts": [{"text": ASKED}]}},
    "Cohere Chat API v1, first message": {"model": "m", "message": ASKED},
    "a single message": {"role": "user", "content": ASKED},
    "a single LangChain message": {"type": "human", "data": {"content": ASKED, "additional_kwargs": {}}},
    "a message of an export": {
        "author": {"role": "user"},
        "content": {"content_type": "text", "parts": [ASKED]},
    },
    "Amazon Bedrock model invocation logging": {
        "input": {"inputContentType": "application/json", "inputBodyJson": {"inputText": ASKED}}
    },
    "JSON in a text in a record": {"request": json.dumps({"messages": [{"role": "user", "content": ASKED}]})},
}


@pytest.mark.parametrize("schema", ALONE)
def test_a_prompt_without_anything_before(schema: str) -> None:
    assert conversation(ALONE[schema]) == Conversation(ASKED, None, (), None, (), 1, 0, 0)


@pytest.mark.parametrize(
    "value",
    [
        "how do tides work", "", " ", "Human: how?\n\nAssistant:", "{broken", "[1, 2]", "<|",
        "<|im_start|>",
        "<b>bold</b>", '{"task": "answer", "input": "how do tides work"}', '{"message": "disk full"}', [], {},
        None, 3, 2.5, b"{}", {"role": "user"}, {"role": "admin", "content": "x"}, [{"name": "x"}],
        {"messages": []},
        {"messages": "how"}, {"prompt": "x", "answer": "y"}, {"prompt": 3},
        {"type": "system", "message": "full"}, {"messages": [None]}, [[[]]], "[INST] how",
        "{'a': __import__('os')}", {"from": "a", "value": 3},
    ],
)  # fmt: skip
def test_ordinary_texts_and_other_json_are_no_conversation(value: object) -> None:
    assert conversation(value) is None


def said(*turns: tuple[str, str]) -> Conversation:
    found = conversation([{"role": role, "content": text} for role, text in turns])
    assert found is not None
    return found


def test_the_answer_is_the_turn_after_the_last_prompt() -> None:
    found = said(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
    assert (found.prompt, found.earlier, found.response) == ("c", ("b",), "d")


def test_while_a_tool_has_the_word_every_turn_of_the_model_is_earlier() -> None:
    found = said(("user", "a"), ("assistant", "b"), ("tool", "c"))
    assert (found.prompt, found.earlier, found.response) == ("a", ("b",), None)
    found = said(("user", "a"), ("assistant", "b"), ("tool", "c"), ("assistant", "d"))
    assert (found.earlier, found.response) == (("b",), "d")


def test_a_result_of_a_tool_is_not_what_the_user_asks() -> None:
    result = {"type": "tool_result", "tool_use_id": "1", "content": "rain"}
    call = {"type": "tool_use", "id": "1", "name": "weather", "input": {}}
    found = conversation(
        [
            {"role": "user", "content": ASKED},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ]
    )
    assert found == Conversation(ASKED, None, (), None, ("weather",), 2, 0, 2)


def test_a_picture_after_the_question_leaves_the_question() -> None:
    picture = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PIXEL}}]}
    found = conversation([{"role": "user", "content": ASKED}, picture])
    assert found is not None and (found.prompt, found.images) == (ASKED, 1)
    found = conversation(
        [{"role": "user", "content": ASKED}, {"role": "assistant", "content": SAID}, picture]
    )
    assert found is not None and found.prompt is None


def test_parts_stand_on_lines_of_their_own() -> None:
    found = conversation(
        [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]
    )
    assert found is not None and found.prompt == "a\nb"


def test_odd_items_are_counted() -> None:
    found = conversation([{"role": "user", "content": [3, {"type": "new"}, "a", None]}, 7, {"x": 1}, None])
    assert found is not None and (found.prompt, found.other_parts) == ("a", 4)


def test_half_a_surrogate_pair_is_replaced_and_told() -> None:
    found = conversation('[{"role": "user", "content": "a\\ud800b"}]')
    assert found is not None and found.prompt == "a\ufffdb"
    assert found.cleaned == (("prompt", "lone surrogates"),)


def test_what_an_answers_hash_leaves_out_is_told_by_column() -> None:
    turns = [
        ("system", "s\0"),
        ("user", "a"),
        ("assistant", "b\x07"),
        ("user", "c"),
        ("assistant", "d\ud800"),
    ]
    found = conversation([{"role": role, "content": text} for role, text in turns])
    assert found is not None
    assert found.cleaned == (("context_sha256", "control characters"), ("response_sha256", "lone surrogates"))
    assert (found.system_prompt, found.response) == ("s\0", "d\ufffd")


@pytest.mark.parametrize("odd", ["\0", "\x07", "\x7f", "\x80", "\x9f"])
@pytest.mark.parametrize("text", ["an answer", "Ünï\tcode\r\n", "한글"])
def test_a_control_character_makes_no_other_answer(odd: str, text: str) -> None:
    assert text_hash(odd + text) == text_hash(text[:2] + odd + text[2:]) == text_hash(text)


def test_half_a_character_counts_as_one_that_is_unknown() -> None:
    assert text_hash("a\ud800") == text_hash("a\ufffd") != text_hash("a")


# --- hostile -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000, "[" * 500_000 + "]" * 500_000, '{"body":' * 200_000 + "1" + "}" * 200_000,
        "{'a':" * 20_000 + "1" + "}" * 20_000, "<|im_start|>user" * 100_000, "<|im_start|>user\n" * 100_000,
        "<|user|>" * 200_000, "[INST]" * 200_000, "[INST] [/INST]" * 100_000, "<|start|>" * 200_000,
        " " * 1_000_000 + "{", "[" + "-" * 199_000 + "'1'" + "]", "{'" + "x" * 1_000_000 + "'}",
        "[{'" * 30_000 + "]",
    ],
    ids=range(14),
)  # fmt: skip
def test_no_text_takes_long_or_raises(text: str) -> None:
    begun = time.perf_counter()
    found = conversation(text)
    assert time.perf_counter() - begun < 5
    assert found is None or found.turns > 0


def test_bodies_inside_bodies_are_looked_into_so_far() -> None:
    value: object = [{"role": "user", "content": ASKED}]
    for _ in range(3):
        value = {"body": value}
    assert conversation(value, ConversationReading(max_wrappers=4)) is not None
    assert conversation(value, ConversationReading(max_wrappers=3)) is None


def test_what_python_prints_is_read_to_a_length() -> None:
    text = repr([{"role": "user", "content": ASKED}])
    assert conversation(text, ConversationReading(max_python_characters=len(text))) is not None
    assert conversation(text, ConversationReading(max_python_characters=len(text) - 1)) is None


KEYS = st.sampled_from(
    [
        "role",
        "content",
        "parts",
        "type",
        "text",
        "messages",
        "contents",
        "input",
        "prompt",
        "from",
        "value",
        "id",
    ]
) | st.sampled_from(
    ["tools", "body", "kwargs", "data", "author", "function", "name", "tool_calls", "system", "image"]
)
WORDS = (
    st.sampled_from(["user", "assistant", "human", "tool", "text", "image", "tool_use", "x", ""]) | st.text()
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
ODD = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@given(ODD)
def test_any_value_is_taken_and_a_hash_can_be_made_of_what_is_found(value: object) -> None:
    found = conversation(value)
    for text in (found.prompt, found.response, *found.earlier) if found else ():
        assert text is None or len(text_hash(text)) == 64


@given(ODD)
def test_json_and_python_texts_of_a_value_are_read_as_the_value(value: object) -> None:
    if isinstance(value, dict | list):
        written = json.dumps(value)
        assert conversation(written) == conversation(json.loads(written))


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant", "system"]), st.text(min_size=1)), min_size=1))
def test_no_turn_of_the_model_is_lost(turns: list[tuple[str, str]]) -> None:
    found = said(*turns)
    spoken = [text for role, text in turns if role == "assistant" and text.strip()]
    assert [*found.earlier, *([found.response] if found.response is not None else [])] == spoken


@given(st.text())
def test_an_answer_is_known_again_when_it_is_sent_on(text: str) -> None:
    for sent in (unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text), f" {text}\n"):
        assert text_hash(sent) == text_hash(text)


def test_the_hash_is_sha256_of_the_text() -> None:
    assert text_hash(" caf\u0065\u0301\n") == sha256("café".encode()).hexdigest()


# --- the samples ---------------------------------------------------------------------------------


@pytest.mark.optional
@pytest.mark.parametrize("form", ["json", "repr", "gemini", "chatml", "plain"])
def test_six_questions_stay_six_prompts(form: str, shared_data: Path) -> None:
    path = shared_data / "formats" / "faults" / f"messages_{form}" / "interactions.ndjson"
    if not path.exists():
        pytest.skip("the samples of logs are not among the real data")
    prompts = [json.loads(line)["prompt"] for line in path.read_text("utf-8").splitlines()]
    found = [conversation(each) for each in prompts]
    if form == "plain":
        assert found == [None] * 6
    else:
        assert len({each.prompt for each in found if each is not None}) == 6


def test_parts_in_lists_inside_one_another_are_read_as_one_list() -> None:
    image = {"type": "image_url", "image_url": {"url": PIXEL}}
    message = {"role": "user", "content": [[{"type": "text", "text": ASKED}, [image]], []]}
    found = conversation([message])
    assert found is not None
    assert (found.prompt, found.images, found.other_parts) == (ASKED, 1, 0)
