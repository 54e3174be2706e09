"""Expressions: which value of a row is meant, and which texts are no expressions."""

from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import UsageError
from linkage.ingest.expressions import compiled

OTLP = [
    {"key": "enduser.id", "value": {"stringValue": "ada"}},
    {"key": "count", "value": {"intValue": "3"}},
    {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "x"}]}}},
    {"key": "map", "value": {"kvlistValue": {"values": [{"key": "k", "value": {"boolValue": True}}]}}},
]


@pytest.mark.parametrize(
    ("text", "row", "value"),
    [
        ("user", {"user": "ada"}, "ada"),
        ("user", {}, None),
        ("Created date (UTC)", {"Created date (UTC)": "x"}, "x"),
        ("a.b", {"a": {"b": 1}}, 1),
        ("a.b", {"a.b": 1}, 1),
        ("a.b.c", {"a": {"b.c": 1}}, 1),
        ("a.b", {"a": {"b": 1}, "a.b": 2}, 2),  # the column of that name
        ("$.resource.attributes['service.name']", {"resource": {"attributes": {"service.name": "x"}}}, "x"),
        ("$['a b'].c", {"a b": {"c": 1}}, 1),
        ("messages[-1].content", {"messages": [{"content": "x"}, {"content": "y"}]}, "y"),
        ("messages[5].content", {"messages": []}, None),
        ("attributes['enduser.id']", {"attributes": OTLP}, "ada"),
        ("attributes.enduser.id", {"attributes": OTLP}, "ada"),
        ("attributes.count", {"attributes": OTLP}, "3"),
        ("attributes.list", {"attributes": OTLP}, ["x"]),
        ("attributes.map.k", {"attributes": OTLP}, True),
        ("attributes.k", {"attributes": [("k", "v")]}, "v"),
        ("attributes.k", {"attributes": [{"key": "k", "value": {"arrayValue": {"values": True}}}]}, []),
        ("attributes.k", {"attributes": [{"key": "k", "value": {"kvlistValue": {"values": 5}}}]}, {}),
        ("json(body).messages[0]", {"body": '{"messages": [1]}'}, 1),
        ("json(body).messages[0]", {"body": "no JSON"}, None),
        ("a | b | c", {"a": "-", "b": "null", "c": "x"}, "x"),
        ("a | b", {"a": "", "b": None}, None),
        ("a | 'none of the two'", {}, "none of the two"),
        ("'gpt-4o'", {}, "gpt-4o"),
        ("split(arn, '/', `-1`)", {"arn": "x/y/z"}, "z"),
        ("domain(email)", {"email": "Ada <ada@Example.org>"}, "example.org"),
        ("a || b", {"a": "", "b": "x"}, "x"),
        ("length(a)", {"a": [1, 2]}, 2),
        ("length(a)", {"a": 5}, None),
        ("to_number(a) > `3`", {"a": "4"}, True),
        ("a[?b == `1`].c | [0]", {"a": [{"b": 1, "c": 2}]}, [2]),  # a bar parts alternatives
        ("(a[?b == `1`].c)[0]", {"a": [{"b": 1, "c": 2}]}, 2),
        ("a|b", {"a|b": 7}, 7),
    ],
)
def test_what_an_expression_gives(text: str, row: dict[str, Any], value: Any) -> None:
    assert compiled(text).value(row) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "an expression is empty"),
        ("  ", "an expression is empty"),
        ("a | ", "an alternative is empty"),
        ("| a", "an alternative is empty"),
        ("split(a", "cannot be read as an expression"),
        ("nosuch(a)", "there is no function nosuch"),
        ("a | nosuch(b)", "there is no function nosuch"),
    ],
)
def test_what_can_be_meant_as_no_expression(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        compiled(text)


@pytest.mark.parametrize(
    ("text", "roots", "inside", "rootless"),
    [
        ("a", {"a"}, False, False),
        ("a b", {"a b"}, False, False),
        ("a.b", {"a.b", "a"}, True, False),
        ("a | b", {"a | b", "a", "b"}, True, False),
        ("'x'", {"'x'"}, True, True),
        ("a | 'x'", {"a | 'x'", "a"}, True, True),
        ("split(a, '/', `0`)", {"split(a, '/', `0`)", "a"}, True, False),
        ("messages[0].role", {"messages[0].role", "messages"}, True, False),
    ],
)
def test_which_columns_an_expression_may_need(
    text: str, roots: set[str], inside: bool, rootless: bool
) -> None:
    found = compiled(text)
    assert (found.roots, found.inside, found.rootless) == (roots, inside, rootless)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab-", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abk"), inner, max_size=3),
    max_leaves=8,
)
PATHS = ["a", "a.b", "a.b.k", "a[0]", "a[-1].b", "a[0].b[1]", "b.a[0]"]


@given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2))
def test_a_plain_path_gives_what_the_library_gives(path: str, row: dict[str, Any]) -> None:
    """Where no list of keys and values, and no flattened name, is looked into."""
    assert compiled(path).value(row) == jmespath.search(path, row)


@given(
    st.sampled_from(
        [
            *PATHS,
            *("json(a).b", "split(a, 'a', `0`)", "domain(a)", "sha256(a)", "answer(a)", "text_hash(a)"),
            *("length(a)", "a | b", "a[?b].k", "a == b", "!a && b", "sort_by(a, &b)", "attributes['a']"),
        ]
    ),
    st.dictionaries(st.sampled_from(["a", "b", "attributes"]), VALUES, max_size=3),
)
def test_no_row_makes_an_expression_fail(text: str, row: dict[str, Any]) -> None:
    compiled(text).value(row)


@pytest.mark.filterwarnings("ignore:deprecated string literal:PendingDeprecationWarning")
@given(st.text(alphabet="ab.|[]'\"`()&@ *$-,", max_size=12))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        found = compiled(text)
    except UsageError:
        return
    found.value({"a": {"b": [1]}, "b": "x"})
