"""Whole columns at once: taken only where every cell is certain, and then as each cell by itself.

That bulk and cell by cell agree is a property in test_columns; here is what the bulk way must take on, since
a column that it passes on costs fifty times as much.
"""

import math
from typing import Any

import pyarrow as pa
import pytest

from linkage import schema
from linkage.ingest.bulk import BULK, all_true, any_true
from linkage.ingest.cells import limits
from linkage.settings.ingest import Ingest

LIMITS = limits(Ingest(max_line_bytes=20))
TEXTS, HASHES = pa.string(), pa.list_(pa.string())

TAKEN: list[tuple[str, pa.Array, list[Any]]] = [
    (schema.TEXT, pa.array([" a ", None, "", "-", "é"]), ["a", None, None, None, "é"]),
    (schema.TEXT, pa.array(["cafe\u0301"]), ["café"]),
    (schema.TEXT, pa.array([5, None]), ["5", None]),
    (schema.TEXT, pa.array([5.0, None]), ["5", None]),
    (schema.TEXT, pa.array([20_000], pa.date32()), ["2024-10-04"]),
    (schema.COUNT, pa.array(["12", " 007 ", None, "null"]), [12, 7, None, None]),
    (schema.COUNT, pa.array([0, 3]), [0, 3]),
    (schema.NUMBER, pa.array([0.5, None]), [0.5, None]),
    (schema.HASHES, pa.array([["a", " b"], [], None]), [["a", "b"], None, None]),
    (schema.VECTOR, pa.array([[0.5], [], None]), [[0.5], None, None]),
]
PASSED_ON: list[tuple[str, pa.Array]] = [
    (schema.TEXT, pa.array(["a\0"])),
    (schema.TEXT, pa.array(["x" * 21])),
    (schema.TEXT, pa.array([5.5])),
    (schema.TEXT, pa.array([2.0**53])),
    (schema.TEXT, pa.array([math.nan])),
    (schema.TEXT, pa.array([b"\xff"]).view(TEXTS)),
    (schema.TEXT, pa.array([True])),
    (schema.COUNT, pa.array(["1.5"])),
    (schema.COUNT, pa.array(["9" * 19])),
    (schema.COUNT, pa.array([-1])),
    (schema.COUNT, pa.array([1.0])),
    (schema.NUMBER, pa.array([math.inf])),
    (schema.NUMBER, pa.array([1])),
    (schema.HASHES, pa.array([["a", None]], HASHES)),
    (schema.HASHES, pa.array([["a", "-"]], HASHES)),
    (schema.HASHES, pa.array([[1]])),
    (schema.HASHES, pa.array(["a"])),
    (schema.VECTOR, pa.array([[0.5, None]])),
    (schema.VECTOR, pa.array([[1e300]])),
    (schema.VECTOR, pa.array([["a"]])),
]


@pytest.mark.parametrize(("kind", "given", "values"), TAKEN)
def test_a_clean_column_is_taken_whole(kind: str, given: pa.Array, values: list[Any]) -> None:
    found = BULK[kind](given, "model", LIMITS)
    assert found is not None
    assert found.values.type == schema.ARROW[kind]
    assert found.values.to_pylist() == values
    assert found.faults == {}


@pytest.mark.parametrize(("kind", "given"), PASSED_ON)
def test_a_column_with_one_doubtful_cell_is_passed_on(kind: str, given: pa.Array) -> None:
    assert BULK[kind](given, "model", LIMITS) is None


def test_words_that_mean_nothing_are_marked() -> None:
    found = BULK[schema.TEXT](pa.array(["a", "-", None, ""]), "model", LIMITS)
    assert found is not None and found.blank is not None
    assert found.blank.tolist() == [False, True, False, False]


def test_a_prompt_keeps_its_white_space() -> None:
    found = BULK[schema.TEXT](pa.array([" a\n"]), "prompt", LIMITS)
    assert found is not None and found.values.to_pylist() == [" a\n"]


@pytest.mark.parametrize(
    ("answers", "some", "every"),
    [([], False, True), ([None], False, True), ([True, None], True, True), ([False, True], True, False)],
)
def test_answers_of_a_column(answers: list[bool | None], some: bool, every: bool) -> None:
    given = pa.array(answers, pa.bool_())
    assert (any_true(given), all_true(given)) == (some, every)
