"""Texts of a column, and the JSON in them: what a rule makes of each is what it makes of one."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest.column_texts import LOOKED_AT, Json, NotPlain, each_text, places_of
from linkage.ingest.expression_functions import RULES, parsed
from tests.ingest.formats.test_arrow_json import HOSTILE, MIXED, bare

TEXTS = (
    MIXED.map(json.dumps) | HOSTILE | st.text(max_size=6) | st.sampled_from(["", " {} ", "[", "null", '"x"'])
)
COLUMNS = st.lists(TEXTS | st.none(), min_size=1, max_size=5)
REPEATED = COLUMNS.map(lambda texts: texts * 3)
ALIKE = st.fixed_dictionaries({"a": st.integers(0, 9)}, optional={"b": st.sampled_from(["x", "é"])})


@settings(max_examples=400)
@given(COLUMNS | REPEATED)
def test_json_is_what_each_text_holds_or_is_not_told(texts: list[str | None]) -> None:
    try:
        found = Json(pa.array(texts, pa.string())).values
    except NotPlain:
        return
    assert [bare(each) for each in found.to_pylist()] == [bare(parsed(text)) for text in texts]


@given(st.lists(ALIKE.map(json.dumps) | st.none() | st.sampled_from(["", "-", "no {json}"]), min_size=1))
def test_texts_that_hold_objects_alike_are_told(texts: list[str | None]) -> None:
    found = Json(pa.array(texts, pa.string()))

    assert len(found) == len(texts)
    assert [bare(each) for each in found.values.to_pylist()] == [bare(parsed(text)) for text in texts]


@pytest.mark.parametrize("name", ["answer", "domain", "sha256", "text_hash", "masked_network"])
def test_a_rule_makes_of_each_text_what_it_makes_of_one(name: str) -> None:
    rule = RULES[name]

    @given(COLUMNS | REPEATED)
    def compared(texts: list[str | None]) -> None:
        expected = [None if text is None else rule(text) for text in texts]
        assert each_text(pa.array(texts, pa.string()), rule).to_pylist() == expected

    compared()


@settings(max_examples=200)
@given(COLUMNS | REPEATED)
def test_a_rule_is_asked_about_what_a_text_holds(texts: list[str | None]) -> None:
    rule = RULES["answer"]
    try:
        found = Json(pa.array(texts, pa.string())).applied(rule)
    except NotPlain:
        return
    assert found.to_pylist() == [None if text is None else rule(parsed(text)) for text in texts]


@pytest.mark.parametrize(
    "values",
    [(1, "x"), (True, 1), (1.5, 2.5), (2**70, 1), ("\ud800", "x")],
    ids=["texts and numbers", "truths and numbers", "fractions", "beyond 64 bits", "half a character"],
)
def test_what_no_column_holds_exactly_is_not_told(values: tuple[Any, Any]) -> None:
    with pytest.raises(NotPlain):
        each_text(pa.array(["a", "b"]), dict(zip("ab", values, strict=True)).__getitem__)


def test_texts_that_are_few_are_asked_about_once_each() -> None:
    asked: list[str] = []

    def rule(text: str) -> str:
        asked.append(text)
        return text.upper()

    found = each_text(pa.array(["x", "y", None, "x"] * LOOKED_AT), rule)

    assert asked == ["x", "y"]
    assert found.to_pylist() == ["X", "Y", None, "X"] * LOOKED_AT


def test_a_text_too_deep_for_columns_is_for_rows() -> None:
    deep = "[" * 100_000 + "]" * 100_000

    with pytest.raises(NotPlain):
        _ = Json(pa.array(["{}", deep])).values


def test_places_of_rows_that_are_there() -> None:
    assert places_of(np.array([True, False, True])).to_pylist() == [0, None, 1]
