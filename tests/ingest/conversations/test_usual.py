"""Usual conversations taken apart all at once: what is said of them is what each of them says by itself."""

import json
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest.conversations.columns import split_conversations
from linkage.ingest.conversations.conversation import conversation, text_hash
from linkage.ingest.conversations.usual import usual

TEXTS = st.sampled_from(["a", "b\nc", "é", "你好", "", " ", "\x1c", "\u3000", '"x"', "[INST]", "1", "🙂"])
ROLES = st.sampled_from(
    ["user", "assistant", "system", "user", "assistant", "tool", "developer", "User", "x"]
)
PARTS = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from(["text", "input_text"]), "text": TEXTS})
    | st.fixed_dictionaries({"type": st.just("text"), "content": TEXTS})
    | st.fixed_dictionaries({}, optional={"type": st.sampled_from(["image", None, "text"]), "text": TEXTS}),
    max_size=2,
)
PLAIN = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": st.sampled_from(["a", "é", "你"])}
)
MESSAGES = [
    PLAIN,
    st.fixed_dictionaries({"role": ROLES, "content": TEXTS}),
    st.fixed_dictionaries({"role": ROLES, "content": PARTS}),
    st.fixed_dictionaries({"role": ROLES, "parts": PARTS}),
    st.fixed_dictionaries({"role": ROLES}, optional={"content": TEXTS | st.none(), "parts": PARTS}),
    st.fixed_dictionaries(
        {"role": ROLES, "content": TEXTS},
        optional={"name": st.none() | TEXTS, "tool_calls": st.none() | st.just([{"name": "f"}])},
    ),
]
BESIDE: dict[str, st.SearchStrategy[Any]] = {
    "model": TEXTS,
    "system": TEXTS | st.none(),
    "tools": st.none() | st.just([{"name": "f"}]),
    "input": TEXTS | st.just([{"role": "user", "content": "i"}]),
    "message": TEXTS,
    "metadata": st.just({}) | st.just({"a": None}),
    "temperature": st.sampled_from([1, 0.5]),
}


@st.composite
def columns(draw: st.DrawFn) -> list[str | None]:
    """Texts that are mostly conversations of one kind."""
    message = draw(st.sampled_from(MESSAGES))
    messages = st.lists(message, min_size=draw(st.integers(0, 1)), max_size=4)
    name = draw(st.sampled_from(["messages", "contents", "input", "conversation", "chat_history"]))
    names = draw(st.lists(st.sampled_from(sorted(BESIDE)), max_size=2))
    body = st.fixed_dictionaries(
        {name: messages}, optional={each: BESIDE[each] for each in names if each != name}
    )
    kinds = [messages, body, messages | body]
    value = draw(st.sampled_from(kinds))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    written = value.map(lambda each: json.dumps(each, ensure_ascii=False, separators=separators))
    odd = st.sampled_from([None, "plain", "[1]", "{", '{"a":', "[INST] x [/INST]", '{"messages":[]}', " []"])
    odd |= value.map(lambda each: " " + json.dumps(each, indent=1))
    return draw(st.lists(st.one_of(*[written] * 7, odd), min_size=1, max_size=6))


@settings(max_examples=400, deadline=None)
@given(columns())
def test_together_they_say_what_each_says(texts: list[str | None]) -> None:
    found = split_conversations(pa.array(texts, pa.string()))
    each = [None if text is None else conversation(text) for text in texts]

    if found is None:
        assert each == [None] * len(texts)
        return
    assert found.found.to_pylist() == [one is not None for one in each]
    wanted = [
        (None,) * 8
        if one is None
        else (
            one.prompt,
            one.system_prompt,
            [text_hash(text) for text in one.earlier],
            None if one.response is None else text_hash(one.response),
            list(one.tools),
            one.turns,
            one.images,
            one.other_parts,
        )
        for one in each
    ]
    parts = [
        found.prompt, found.system_prompt, found.context_sha256, found.response_sha256, found.tools,
        found.turns, found.images, found.other_parts,
    ]  # fmt: skip
    assert list(zip(*(part.to_pylist() for part in parts), strict=True)) == wanted


def test_conversations_of_texts_are_usual() -> None:
    """Otherwise the property above would compare the slow way with itself."""
    user, model = {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}
    found = usual(pa.array([[user, model], [{"role": "system", "content": "s"}, user, model, user], None]))

    assert found is not None
    assert found.known.tolist() == [True, True, False]
    assert found.prompt.to_pylist() == ["a", "a", None]
    assert found.response.to_pylist() == ["b", None, None]
    assert found.system_prompt.to_pylist() == [None, "s", None]
    assert found.earlier.to_pylist()[:2] == [[], ["b"]]
    assert found.turns.tolist()[:2] == [2, 3]


def test_parts_and_bodies_are_usual_too() -> None:
    part = {"role": "user", "parts": [{"type": "text", "content": "a"}]}
    assert usual(pa.array([[part]])).prompt.to_pylist() == ["a"]  # type: ignore[union-attr]
    body = {"model": "m", "messages": [{"role": "user", "content": "a"}], "tools": None}
    declared = {**body, "tools": [{"name": "f"}]}
    found = usual(pa.array([body, declared]))
    assert found is not None
    assert found.known.tolist() == [True, False]


def test_a_column_without_messages_has_none() -> None:
    for values in ([{"a": 1}], [[1]], [[{"a": 1}]], [[{"role": 1, "content": "a"}]], [[]]):
        assert usual(pa.array(values)) is None
