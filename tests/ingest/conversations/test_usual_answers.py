"""Usual answers found all at once: what is said of them is what each of them says by itself."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest.conversations.answers import answer
from linkage.ingest.conversations.usual_answers import usual_answers

TEXTS = st.sampled_from(["a", "b\nc", "é", "你好", "", " ", "\u3000", "🙂", '{"text": "x"}'])
PART = st.fixed_dictionaries(
    {"text": TEXTS},
    optional={
        "type": st.sampled_from(["text", "output_text", "image", None]),
        "thought": st.sampled_from([True, False, None]),
        "role": st.sampled_from(["user", None]),
    },
)
CONTENT = st.none() | TEXTS
PARTS = st.none() | st.lists(PART, max_size=2)
MESSAGE = st.fixed_dictionaries(
    {}, optional={"role": st.just("assistant"), "content": CONTENT, "parts": PARTS}
)
PARTED = st.fixed_dictionaries({}, optional={"role": st.just("assistant"), "content": PARTS})
CHOICE = st.fixed_dictionaries({}, optional={"message": st.none() | MESSAGE, "text": TEXTS})
BESIDE: dict[str, st.SearchStrategy[Any]] = {
    "choices": st.none() | st.lists(CHOICE, max_size=2),
    "candidates": st.none() | st.lists(st.fixed_dictionaries({"content": st.none() | PARTED}), max_size=2),
    "content": PARTS,
    "role": st.sampled_from(["assistant", "user", None]),
    "message": st.none() | MESSAGE,
    "completion": CONTENT,
    "response": CONTENT,
    "text": CONTENT,
    "parts": PARTS,
    "stop_reason": st.just("end"),
    "data": st.none() | st.fixed_dictionaries({"content": TEXTS}),
}


@st.composite
def columns(draw: st.DrawFn) -> list[Any]:
    """Bodies that are mostly of one kind."""
    names = draw(st.lists(st.sampled_from(sorted(BESIDE)), min_size=1, max_size=4, unique=True))
    body = st.fixed_dictionaries({}, optional={name: BESIDE[name] for name in names})
    return draw(st.lists(st.none() | body, min_size=1, max_size=5))


@settings(max_examples=400, deadline=None)
@given(columns())
def test_together_they_say_what_each_says(bodies: list[Any]) -> None:
    found = usual_answers(pa.array(bodies))
    if found is None:
        return
    for body, known, text in zip(bodies, found.known.tolist(), found.texts.to_pylist(), strict=True):
        assert text == (answer(body) if known else None)


@pytest.mark.parametrize(
    "body",
    [
        {
            "choices": [{"message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}],
            "model": "m",
        },
        {"candidates": [{"content": {"parts": [{"text": "a"}], "role": "model"}, "finishReason": "STOP"}]},
        {"content": [{"type": "text", "text": "a"}], "role": "assistant", "stop_reason": "end_turn"},
        {"content": [{"type": "text", "text": "a"}]},
        {"choices": [{"message": {"content": [{"type": "text", "text": "a"}]}}], "response": "b"},
    ],
)
def test_answers_of_the_large_interfaces_are_usual(body: Any) -> None:
    """Otherwise the property above would compare nothing."""
    found = usual_answers(pa.array([body, None, body]))
    assert found is not None
    assert found.known.all()
    assert found.texts.to_pylist() == ["a", None, "a"]


def test_what_may_be_said_elsewhere_is_not_usual() -> None:
    bodies = [
        {"content": [{"type": "text", "text": "a"}], "completion": "b"},
        {"choices": [], "content": None},
    ]
    found = usual_answers(pa.array(bodies))
    assert found is not None
    assert found.known.tolist() == [False, False]
    assert usual_answers(pa.array([[1]])) is None
