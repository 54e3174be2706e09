import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.prompts.json_layout import Kind, json_layout

DEEP = 64

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def parts(text: str, kind: Kind) -> list[str]:
    return [each for which, each in json_layout(text, DEEP) or [] if which == kind]


def test_keys_numbers_and_texts_are_kept_apart() -> None:
    text = '{"task": "answer", "input": "how do tides work", "options": {"n": 3, "on": [true, null]}}'
    assert parts(text, Kind.KEY) == ["task", "input", "options", "n", "on"]
    assert parts(text, Kind.TEXT) == ["answer", "how do tides work"]
    assert parts(text, Kind.NUMBER) == ["3"]
    assert "".join(parts(text, Kind.SIGN)) == "{: , : , : {: , : [true, null]}}"


def test_a_key_that_occurs_twice_hides_nothing() -> None:
    assert parts('{"input": "first", "input": "second"}', Kind.TEXT) == ["first", "second"]


def test_json_in_a_text_is_taken_apart_too() -> None:
    inner = json.dumps({"messages": [json.dumps({"input": "how do tides work"})]})
    assert parts(json.dumps({"body": inner}), Kind.TEXT) == ["how do tides work"]


@pytest.mark.parametrize(
    "text", ["", " ", "{", "}", "{}x", "how {a} works", "[1, 2", "{'a': 1}", '"text"', "12", "{]", "[}"]
)
def test_an_ordinary_text_has_no_layout(text: str) -> None:
    assert json_layout(text, DEEP) is None


def test_white_space_and_raw_line_breaks_are_allowed() -> None:
    assert parts('\ufeff \n{"a": "one\ntwo"}\r\n', Kind.TEXT) == ["one\ntwo"]


@pytest.mark.parametrize(
    "text", ["[" * 65 + "]" * 65, "[" * 10**6 + "]" * 10**6, '{"a":' * 10**5 + "1" + "}" * 10**5]
)
def test_what_is_too_deep_is_an_ordinary_text(text: str) -> None:
    assert json_layout(text, DEEP) is None


def test_depth_is_counted_through_json_in_texts() -> None:
    text = '["a"]'
    for _ in range(3):
        text = json.dumps([text])
    assert json_layout(text, 9) is not None
    assert json_layout(text, 4) is None


@pytest.mark.parametrize("digits", ["9" * 10**5, "1e999999", "-0", "NaN", "1.5e-3"])
def test_odd_numbers_are_numbers(digits: str) -> None:
    assert parts(f"[{digits}]", Kind.NUMBER) == [digits]


@pytest.mark.parametrize("unit", ['{"a":"', "[", '"', "\\", "[[],", "{{", '[" ', "{}", '["[\\"'])
def test_time_is_linear_whatever_the_text(unit: str) -> None:
    text = "{" + unit * (2_000_000 // len(unit)) + "}"
    begun = time.perf_counter()
    json_layout(text, DEEP)
    assert time.perf_counter() - begun < 2


@given(st.lists(values) | st.dictionaries(st.text(), values))
def test_every_text_and_key_of_a_document_is_found(value: object) -> None:
    def leaves(each: object) -> list[str]:
        if isinstance(each, str):
            return [each]
        held = [*each, *each.values()] if isinstance(each, dict) else each if isinstance(each, list) else []
        return [leaf for one in held for leaf in leaves(one)]

    found = json_layout(json.dumps(value), DEEP)
    assert found is not None
    texts = [each for kind, each in found if kind in (Kind.KEY, Kind.TEXT)]
    plain = [leaf for leaf in leaves(value) if leaf.strip()[:1] not in ("{", "[")]
    assert set(plain) <= set(texts)


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    json_layout(text, DEEP)
    json_layout("{" + text + "}", DEEP)
    json_layout('["' + text + '"]', DEEP)
