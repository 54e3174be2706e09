"""What is left out for all rows of one shape is what says nothing in each of them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest.adapters.registry import ADAPTERS
from linkage.ingest.cells import limits
from linkage.ingest.expression_shapes import mark_of, shape_of
from linkage.ingest.expressions import Expression, compiled
from tests.ingest.made import LENIENT

WRITTEN = [
    "a", "a | b", "a.b", "a.b | b.a", "a.b.c", "a['b.c']", "a[0]", "a.b[0].c | b", "json(a).b | b", "'x'",
    "a | 'x'", "a != 'x' && a || `null`", "a == 'x' && b || `null`", "a == 'x' && b", "a || b",
    "(a || b) && c", "!a", "!a && b", "a != 'x' && a != 'y' && b != 'z' && c", "a != 'x'",
    "a == `null` && b", "a == `false` && 'x' || `null`", "split(a, ',', `0`)", "split('x,y', ',', `0`)",
    "chain(a, b)", "chain('x', a)", "text_hash(answer(json(a) || b))", "a[?key == 'b'].value | [0]",
    "join(',', a)", "a.b && join(',', c) || `null`", "`7`", "a.b == 'x' && a.c || `null`",
    "sha256(a) | domain(b)", "a >= `1` && b", "a[*].b | [0]",
]  # fmt: skip
ALL = [compiled(text) for text in WRITTEN] + [
    each
    for adapter in ADAPTERS.values()
    for plan in adapter.plans(limits(LENIENT)).values()
    for each in plan.expressions
]
NAMES = sorted({part for each in ALL for path in each.paths for part in (*path, ".".join(path))})
LEAVES = st.sampled_from(
    ["x", "y", "a,b", "-", "", None, True, False, 1, 2.5, '{"b": "x"}', "user@x.example"]
)
NAMED = st.sampled_from([*"abc", "a.b", "b.c", "a.b.c"])
PAIRS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"key": NAMED, "value": LEAVES | st.fixed_dictionaries({"stringValue": LEAVES})}
        ),
        st.tuples(NAMED, LEAVES),
        LEAVES,
    ),
    max_size=4,
)
VALUES = st.recursive(
    LEAVES | PAIRS, lambda inner: st.dictionaries(NAMED, inner, max_size=3) | st.lists(inner, max_size=2)
)


def value(expression: Expression, row: dict[str, Any]) -> Any:
    """The value as it is read where all rows of one shape are asked alike."""
    lists = sorted({path[0] for path in expression.paths if len(path) > 1})
    read = expression.reader(shape_of(mark_of(row, lists), lists))
    return None if read is None else read(row)


@settings(max_examples=300)
@given(st.dictionaries(NAMED, VALUES, max_size=4))
def test_a_reader_for_a_shape_gives_what_the_expression_gives(row: dict[str, Any]) -> None:
    for each in ALL[: len(WRITTEN)]:
        assert repr(value(each, row)) == repr(each.value(row)), each.text


@settings(max_examples=200)
@given(st.data())
def test_so_do_those_of_all_formats(data: st.DataObject) -> None:
    names = st.sampled_from(NAMES)
    listed = st.lists(
        st.fixed_dictionaries({"key": names, "value": st.fixed_dictionaries({"stringValue": LEAVES})})
    )
    row = data.draw(st.dictionaries(names, LEAVES | listed | st.dictionaries(names, LEAVES, max_size=3)))
    for each in ALL[len(WRITTEN) :]:
        assert repr(value(each, row)) == repr(each.value(row)), each.text


@pytest.mark.parametrize(
    ("text", "row", "left"),
    [
        ("a | b.c", {"d": 1}, False),
        ("a['k'] | b", {"a": [{"key": "other", "value": 1}]}, False),
        ("a['k'] | b", {"a": [{"key": "k", "value": 1}]}, True),
        ("a['k'] == 'x' && a['j'] || `null`", {"a": [{"key": "j", "value": 1}]}, False),
        ("text_hash(answer(json(a)))", {"b": 1}, False),
        ("a.b", {"a.b": 1}, True),
        ("a.b.c", {"a": [{"key": "b.c", "value": 1}]}, True),
        ("a == `null` && b || `null`", {"b": 1}, True),
        ("a | a.b", {"a": [{"key": "c", "value": 1}]}, True),
    ],
)
def test_what_cannot_be_there_is_not_looked_up(text: str, row: dict[str, Any], left: bool) -> None:
    expression = compiled(text)
    lists = sorted({path[0] for path in expression.paths if len(path) > 1})
    assert (expression.reader(shape_of(mark_of(row, lists), lists)) is not None) == left
