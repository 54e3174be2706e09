"""Rows of evidence: declared columns, and nothing that stands for something else."""

import numpy as np
import pytest

from linkage.evidence.kinds import Kind
from linkage.evidence.rows import ROWS, evidence_rows, informative, pair_numbers, starts, value_numbers

ENDS = {"left": np.array([0, 0, 2]), "right": np.array([1, 3, 3])}


def test_what_a_signal_does_not_measure_is_null() -> None:
    rows = evidence_rows(7, **ENDS, bits=np.array([1.0, 2.0, 3.0]), count=np.array([4, 5, 6]))
    assert rows.schema == ROWS
    assert rows["signal"].to_pylist() == [7, 7, 7]
    assert rows["kind"].to_pylist() == [Kind.VALUE] * 3
    assert rows["count"].to_pylist() == [4, 5, 6]
    for name in ("value", "gap", "expected", "scale"):
        assert rows[name].null_count == 3


def test_a_comparison_has_a_kind_and_no_value() -> None:
    rows = evidence_rows(1, kind=Kind.THEMES, **ENDS, bits=np.ones(3))
    assert rows["kind"].to_pylist() == [Kind.THEMES] * 3
    assert value_numbers(rows).tolist() == [0, 0, 0]


def test_a_column_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(ValueError, match="often"):
        evidence_rows(1, **ENDS, bits=np.ones(3), often=np.ones(3))


def test_rows_below_the_least_bits_are_not_informative() -> None:
    rows = evidence_rows(1, **ENDS, bits=np.array([0.49, 0.5, -3.0]))
    assert informative(rows, 0.5)["bits"].to_pylist() == [0.5]


def test_runs_start_where_any_key_changes() -> None:
    assert starts(np.array([1, 1, 2, 2]), np.array([5, 5, 5, 6])).tolist() == [0, 2, 3]


def test_a_pair_has_a_number_of_its_own() -> None:
    rows = evidence_rows(1, **ENDS, bits=np.ones(3))
    assert pair_numbers(rows, 10).tolist() == [1, 3, 23]
