"""What rules make of columns is what they make of each value; where a column cannot tell, it says so."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.column_rules import answers, array_of, chained, exact, joined, ruled, ruled_all
from linkage.ingest.column_texts import Json, NotPlain
from linkage.ingest.expression_functions import (
    answer_of,
    chain_of,
    digest_of,
    domain_of,
    hash_of,
    masked_network,
    part_of,
)

TEXTS = (
    st.sampled_from(["", "-", " null ", "x", "a/b", "A@B.example", "203.0.113.***", "é", "\0"]) | st.none()
)
COLUMN = st.lists(TEXTS, min_size=1, max_size=6)
ROWS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6)


def texts(values: Any) -> pa.Array:
    return pa.array(list(values), pa.string())


@pytest.mark.parametrize("rule", [domain_of, digest_of, hash_of, masked_network])
@given(COLUMN)
def test_a_rule_is_asked_of_each_text(rule: Callable[[Any], Any], given_texts: list[str | None]) -> None:
    assert ruled(rule, texts(given_texts)).to_pylist() == [rule(each) for each in given_texts]


@given(ROWS)
def test_addresses_are_chained_as_row_by_row(rows: list[tuple[str | None, ...]]) -> None:
    columns = [texts(each) for each in list(zip(*rows, strict=True))[:2]]
    assert chained(columns).to_pylist() == [chain_of(one, other) for one, other, _ in rows]


@given(ROWS, st.sampled_from(["", " ", ", "]))
def test_texts_are_joined_without_those_that_are_empty(rows: list[tuple[str | None, ...]], glue: str) -> None:
    columns = [texts(each) for each in zip(*rows, strict=True)]
    assert joined(glue, columns, len(rows)).to_pylist() == [glue.join(filter(None, row)) for row in rows]


def test_of_no_texts_an_empty_one_is_joined() -> None:
    assert joined("-", [], 3).to_pylist() == ["", "", ""]


@given(ROWS)
def test_a_rule_of_several_values_is_asked_of_each_row(rows: list[tuple[str | None, ...]]) -> None:
    def rule(*values: Any) -> str | None:
        return part_of(values[0], "/", 0) if values[1] else values[2]

    columns: list[pa.Array | Json] = [texts(each) for each in zip(*rows, strict=True)]
    assert ruled_all(rule, columns).to_pylist() == [rule(*row) for row in rows]


def test_a_rule_makes_nothing_of_nothing_and_is_not_asked_of_numbers() -> None:
    assert ruled(digest_of, pa.nulls(2)).to_pylist() == [None, None]
    assert ruled(digest_of, pa.nulls(2, pa.int64())).to_pylist() == [None, None]
    with pytest.raises(NotPlain):
        ruled(digest_of, pa.array([1, 2]))


ANSWER = '{"choices":[{"message":{"role":"assistant","content":"yes"}}]}'


@pytest.mark.parametrize(
    "values", [[ANSWER], [ANSWER, None], [ANSWER, '{"x":1}'], ["no JSON", ANSWER], [None]]
)
def test_answers_are_those_of_each_text(values: list[str | None]) -> None:
    found = answers(answer_of, Json(texts(values)))
    assert found.to_pylist() == ["yes" if each == ANSWER else None for each in values]


@pytest.mark.parametrize(
    "value", [pa.array([1.5]), pa.array([{"a": 1}]), pa.array([[1.5]]), pa.array([1], pa.uint64())], ids=str
)
def test_what_a_column_may_not_hold_exactly_is_refused(value: pa.Array) -> None:
    with pytest.raises(NotPlain):
        exact(value)
    with pytest.raises(NotPlain):
        exact(Json(texts(["{}"])))
    with pytest.raises(NotPlain):
        ruled_all(print, [value])


@pytest.mark.parametrize(
    "value", [texts(["a"]), pa.array([1]), pa.array([True]), pa.array([["a"]]), pa.nulls(1)]
)
def test_what_it_holds_exactly_is_given(value: pa.Array) -> None:
    assert exact(value) is array_of(value) is value


def test_texts_of_json_of_several_types_have_no_array() -> None:
    with pytest.raises(NotPlain):
        array_of(Json(texts(['{"a":1}', "[1]"])))
