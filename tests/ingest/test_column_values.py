"""Values of many rows at once: each is what one row alone would give."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest import column_values, expression_steps
from linkage.ingest.column_texts import NotPlain
from linkage.ingest.column_values import Rows
from linkage.ingest.expression_functions import says_nothing
from linkage.ingest.expressions import compiled
from linkage.ingest.formats import arrow_json
from linkage.ingest.formats.arrow_json import Odd

WORDS = st.sampled_from(
    ["", "-", " - ", "None", "NULL", "nan", "N/A", "unknown", "un\u212anown", "undefined", "{}", "[]",
     "\x1c-", "\u2028null", "\u3000", "\xa0-\xa0", "\ufb01ne", "\u0130", "-" * 20, "no\xe9", "0", "x", "\0"]
)  # fmt: skip
TEXTS = WORDS | st.text(max_size=4)


def column(rows: list[Any], name: str = "v") -> tuple[Rows, pa.Array]:
    """The values of one name as a reader of lines has them; raises Odd where it would leave them to rows."""
    data = b"".join(json.dumps({name: each} if each is not ... else {}).encode() + b"\n" for each in rows)
    table = arrow_json.read(data, len(rows))
    columns = {each: arrow_json.one_array(table.column(each)) for each in table.column_names}
    found = Rows(columns, len(rows), lambda: b"null" in data)
    return found, columns.get(name, pa.nulls(len(rows)))


def plain(rows: list[Any]) -> list[Any]:
    return [None if each is ... else each for each in rows]


@given(st.lists(TEXTS | st.none(), min_size=1))
def test_texts_say_nothing_where_one_alone_says_nothing(texts: list[str | None]) -> None:
    found = column_values.says_nothing(pa.array(texts, pa.string()), nulls=lambda: True)

    assert found.tolist() == [says_nothing(each) for each in texts]


OTHERS = st.sampled_from([0, 1, True, False, None, ...]) | st.lists(TEXTS, max_size=2)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b"]), TEXTS | st.none(), max_size=2)


@settings(max_examples=300)
@given(st.lists(OTHERS | OBJECTS, min_size=1, max_size=4))
def test_values_say_nothing_and_hold_as_one_alone_does(values: list[Any]) -> None:
    try:
        rows, given_values = column(values)
        nothing = column_values.says_nothing(given_values, nulls=rows.nulls)
        holds = column_values.holds(given_values, nulls=rows.nulls)
    except (Odd, NotPlain):
        return
    assert nothing.tolist() == [says_nothing(each) for each in plain(values)]
    assert holds.tolist() == [each is not False and not says_nothing(each) for each in plain(values)]


@pytest.mark.parametrize("nulls", [False, True])
def test_an_object_whose_names_are_null_is_not_taken_for_an_empty_one(nulls: bool) -> None:
    value = pa.array([{"a": None}, {"a": "x"}], pa.struct([("a", pa.string())]))

    if nulls:
        with pytest.raises(NotPlain):
            column_values.says_nothing(value, nulls=lambda: nulls)
    else:
        assert column_values.says_nothing(value, nulls=lambda: nulls).tolist() == [True, False]


TYPED = st.sampled_from([(TEXTS, pa.string()), (st.integers(-5, 5), pa.int64()), (st.none(), pa.null())])


@given(st.data())
def test_of_two_columns_each_row_has_its_own(draw: st.DataObject) -> None:
    size = draw.draw(st.integers(1, 5))
    sides = []
    for _ in range(2):
        values, kind = draw.draw(TYPED)
        sides.append(pa.array(draw.draw(st.lists(values | st.none(), min_size=size, max_size=size)), kind))
    first = np.array(draw.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    one, other = sides
    pairs = list(zip(first, one.to_pylist(), other.to_pylist(), strict=True))
    try:
        found = column_values.chosen(first, one, other)
    except NotPlain:
        assert one.type != other.type
        assert one.null_count < size and other.null_count < size
        return
    assert found.to_pylist() == [a if mine else b for mine, a, b in pairs]


@given(st.lists(st.lists(st.integers(0, 9), max_size=3) | st.none(), min_size=1), st.integers(-4, 4))
def test_an_element_of_each_list(lists: list[list[int] | None], index: int) -> None:
    read = compiled(f"v[{index}]").value
    given_lists = pa.array([None, *lists], pa.list_(pa.int64())).slice(1)

    assert column_values.element(given_lists, index).to_pylist() == [read({"v": each}) for each in lists]
    assert column_values.element(pa.array(["x"]), index).to_pylist() == [None]


KEYS = st.sampled_from(["a", "b", "a.b", ""])


def _stringed(text: str) -> dict[str, str]:
    return {"stringValue": text}


WRAPPED = st.one_of(
    TEXTS,
    st.fixed_dictionaries({"stringValue": TEXTS}),
    st.fixed_dictionaries({}, optional={"stringValue": TEXTS | st.none(), "intValue": TEXTS}),
    st.fixed_dictionaries({"boolValue": st.booleans()}),
    st.fixed_dictionaries({"other": TEXTS}),
    st.fixed_dictionaries(
        {"arrayValue": st.fixed_dictionaries({}, optional={"values": st.lists(TEXTS.map(_stringed))})}
    ),
)
PAIRS = st.lists(
    st.fixed_dictionaries({"key": KEYS, "value": WRAPPED})
    | st.fixed_dictionaries({}, optional={"key": KEYS}),
    max_size=4,
)


def the_same(found: pa.Array, expected: list[Any]) -> None:
    """Columns have a null for a name that an object lacks; who takes an object for a value refuses it."""
    if not pa.types.is_nested(found.type):
        assert [repr(each) for each in found.to_pylist()] == [repr(each) for each in expected]


@settings(max_examples=500)
@given(st.lists(PAIRS | st.sampled_from([None, ...]), min_size=1, max_size=4), KEYS)
def test_a_key_of_lists_of_pairs_is_what_one_row_has(lists: list[Any], key: str) -> None:
    try:
        rows, given_lists = column(lists)
        if not pa.types.is_list(given_lists.type):
            return
        found = column_values.looked_up(rows, given_lists, key)
    except (Odd, NotPlain):
        return
    the_same(found, [expression_steps.looked_up(each, key) for each in plain(lists)])
    expression_steps.forget_maps()


@settings(max_examples=300)
@given(st.lists(WRAPPED | st.none(), min_size=1, max_size=4))
def test_what_a_wrapped_value_holds(values: list[Any]) -> None:
    try:
        rows, given_values = column(values)
        found = column_values.unwrapped(given_values, nulls=rows.nulls)
    except (Odd, NotPlain):
        return
    expected = [expression_steps.unwrapped(each) for each in plain(values)]
    the_same(found, expected)
    if pa.types.is_list(found.type):
        assert found.to_pylist() == expected


@pytest.mark.parametrize(
    "pairs",
    [
        [[{"key": "a", "value": {"stringValue": "x"}}, {"key": "b", "value": {"stringValue": "y"}}], []],
        [[{"key": "a", "value": {"intValue": "7"}}]],
        [[{"key": "b", "value": "y"}, {"key": "a", "value": "x"}, {"key": "a", "value": "z"}], None],
        [[{"key": "a", "value": {"arrayValue": {"values": [{"stringValue": "x"}]}}}], []],
    ],
)
def test_usual_attributes_are_read_as_columns(pairs: list[Any]) -> None:
    """Otherwise the properties above would compare nothing."""
    rows, lists = column(pairs)

    expected = [expression_steps.looked_up(each, "a") for each in pairs]
    assert column_values.looked_up(rows, lists, "a").to_pylist() == expected


NESTED = st.recursive(
    TEXTS | st.integers(0, 3),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "a.b", "b.a"]), inner, max_size=2) | PAIRS,
    max_leaves=5,
)


@settings(max_examples=500)
@given(
    st.lists(NESTED | st.just(...), min_size=1, max_size=4),
    st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3),
)
def test_a_path_leads_where_it_leads_in_one_row(values: list[Any], names: list[str]) -> None:
    path = ["v", *names]
    read = compiled("$." + ".".join(path)).value
    try:
        rows, _ = column(values)
        found = column_values.path(rows, rows, path)
    except (Odd, NotPlain):
        return
    the_same(found, [read({} if each is ... else {"v": each}) for each in values])
    expression_steps.forget_maps()


def test_a_path_through_objects_is_read_as_a_column() -> None:
    rows, _ = column([{"a": {"b": "x"}}, {"a": {}}, {}, ...])

    assert column_values.path(rows, rows, ["v", "a", "b"]).to_pylist() == ["x", None, None, None]
    assert column_values.path(rows, rows, ["gone", "a"]).to_pylist() == [None] * 4


def test_a_name_that_is_flattened_in_some_rows_alone_is_for_rows() -> None:
    rows, _ = column([{"a": {"b": "x"}}, {"a.b": "y"}])

    with pytest.raises(NotPlain):
        column_values.path(rows, rows, ["v", "a", "b"])
