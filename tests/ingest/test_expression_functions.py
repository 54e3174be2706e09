"""Functions of expressions: each gives what it says, or nothing, whatever it is given."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import expression_functions as functions
from linkage.ingest.conversations.conversation import text_hash
from linkage.ingest.expressions import compiled

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("value", ["", "-", " None ", "NULL", "n/a", "undefined", "Unknown", "{}", "[]"])
def test_words_of_logs_that_say_nothing(value: str) -> None:
    assert functions.says_nothing(value)


@pytest.mark.parametrize("value", ["0", "none of these", "unknown user", 0, False, [None], {"a": None}, "--"])
def test_what_says_something(value: Any) -> None:
    assert not functions.says_nothing(value)


@pytest.mark.parametrize(
    ("value", "separator", "index", "part"),
    [
        ("a/b/c", "/", 0, "a"),
        ("a/b/c", "/", -1, "c"),
        ("a, b", ",", 1, "b"),
        ("a/b", "/", 2, None),
        ("a/b", "/", -3, None),
        ("a", "", 0, None),
        (5, "/", 0, None),
        ("a", "/", True, None),
        ("a", "/", "0", None),
    ],
)
def test_one_part_of_a_text(value: Any, separator: Any, index: Any, part: str | None) -> None:
    assert functions.part_of(value, separator, index) == part


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("ada@X.org", "x.org"),
        ('"a@b"@x.org', "x.org"),
        ("<ada@x.org.>", "x.org"),
        ("ada", None),
        ("a@", None),
    ],
)
def test_the_domain_of_an_address(value: str, domain: str | None) -> None:
    assert functions.domain_of(value) == domain


def test_a_digest_is_of_the_text_without_blanks_and_case() -> None:
    assert functions.digest_of(" Ada@X.org ") == hashlib.sha256(b"ada@x.org").hexdigest()
    assert functions.digest_of("-") is None


def test_hashes_are_those_under_which_answers_are_known() -> None:
    assert functions.hash_of("Because.") == text_hash("Because.")
    assert functions.hash_of("  ") is functions.hash_of(None) is None


def test_json_is_read_anew_for_each_text() -> None:
    assert [functions.parsed(text) for text in ('{"a": 1}', "[2]", "x", '{"a": 1}')] == [
        {"a": 1}, [2], None, {"a": 1},
    ]  # fmt: skip
    assert functions.parsed({"a": 1}) == {"a": 1}


@given(st.sampled_from(sorted(functions.RULES)), st.data())
def test_a_function_gives_something_or_nothing_for_anything(name: str, data: st.DataObject) -> None:
    arguments = ", ".join("abc"[: functions.RULES[name].__code__.co_argcount])
    row = {each: data.draw(ANYTHING) for each in "abc"}
    compiled(f"{name}({arguments})").value(row)


@given(ANYTHING)
def test_inside_an_expression_a_function_gives_what_it_gives_alone(value: Any) -> None:
    for name in ("domain", "sha256", "text_hash", "answer"):
        assert compiled(f"{name}(a)").value({"a": value}) == functions.RULES[name](value)
        # The library's interpreter, which does what is rare, asks the same function.
        assert compiled(f"[{name}(a)]").value({"a": value}) == [functions.RULES[name](value)]


def test_half_a_character_in_a_text_of_json_costs_nothing_else() -> None:
    body = r'{"choices":[{"message":{"role":"assistant","content":"a \ud800"}}],"id":"\udfff"}'
    assert functions.parsed(body)["id"] == "\udfff"
    assert functions.hash_of(functions.answer_of(functions.parsed(body))) == functions.hash_of("a \ufffd")
    assert functions.parsed(r'{"a":"\ud83d\ude42"}') == {"a": "🙂"}
    assert functions.parsed(r'{"a":"\ud800"') is None
    assert functions.parsed(r'"\ud800"' + "[" * 100_000) is None
