"""What numbers in rows of evidence stand for, and how the rows are taken some at a time."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.case import evidence_lookup
from linkage.case.evidence_lookup import Column, Lookup, pieces, places
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import evidence_rows


@given(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(-1, 41)))
def test_a_row_is_found_by_its_key_and_nothing_by_one_that_none_has(
    keys: list[int], asked: list[int]
) -> None:
    texts = pa.table({"text": pa.array([f"of {key}" for key in keys], pa.string())})
    found = Column.of(np.array(keys, dtype=np.int64), texts).at(np.array(asked, dtype=np.int64))
    assert found["text"].to_pylist() == [f"of {key}" if key in keys else None for key in asked]


def test_a_name_has_its_place_among_all() -> None:
    assert places(["b", "a"], ["a", "b", "op-1"]).tolist() == [1, 0]


@given(st.lists(st.lists(st.integers(0, 9)).map(sorted), max_size=4), st.integers(1, 6))
def test_pieces_hold_every_row_once_in_ranges_that_follow_one_another(
    runs: list[list[int]], size: int
) -> None:
    left = np.array([place for run in runs for place in run], dtype=np.int64)
    rows = pa.table({"left": left, "row": np.arange(len(left))})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence_lookup, "PIECE", size)
        found = list(pieces(rows, left, 10))
    assert [place for each, _ in found for place in each] == list(range(10))
    assert sorted(row for _, some in found for row in some["row"].to_pylist()) == list(range(len(left)))
    for each, some in found:
        lefts = some["left"].to_pylist()
        assert all(place in each for place in lefts)
        # No account is divided: beyond the size a piece holds what the last of its accounts adds.
        assert len(lefts) < size + max(map(lefts.count, lefts), default=0)


def test_rows_get_the_texts_and_observations_of_their_numbers() -> None:
    """Three accounts and two values; the second row is explained, and shown by the value; the third compares
    hours; of the fourth nothing was observed."""
    lookup = Lookup(
        np.array([0, 2, 3]),
        pa.table({"family": ["network", "context", "timing"], "signal_place": [5, 6, 7]}),
        Column.of(
            np.array([0, 1, Kind.EXPLAINED * 2]),
            pa.table({"text": ["192.0.2.1", "192.0.2.2", "a household"], "degree": [2, 9, 0]}),
        ),
        Column.of(
            np.array([0 * 2 + 1, 1 * 2 + 1, (Kind.HOURS * 3 + 0) * 2, (Kind.HOURS * 3 + 2) * 2]),
            pa.table({"observation": ["first's", "second's", "first's hours", "third's hours"]}),
        ),
        2,
    )
    kind = np.array([Kind.VALUE, Kind.EXPLAINED, Kind.HOURS, Kind.VALUE], dtype=np.int8)
    value = pa.array([1, 0, None, 0], pa.int64())
    rows = evidence_rows(
        np.array([0, 1, 2, 0]), left=np.array([0, 0, 0, 1]), right=np.array([1, 1, 2, 2]),
        value=value, bits=np.ones(4),
    ).set_column(3, "kind", pa.array(kind))  # fmt: skip
    shown = rows.append_column("shown_kind", pa.array(np.where(kind == Kind.EXPLAINED, Kind.VALUE, kind)))
    found = lookup.named(shown.append_column("shown_value", pa.array([1, 1, None, 0], pa.int64())))
    assert found["text"].to_pylist() == ["192.0.2.2", "a household", None, "192.0.2.1"]
    assert found["degree"].to_pylist() == [9, 0, None, 2]
    assert found["family"].to_pylist() == ["network", "context", "timing", "network"]
    assert found["signal_place"].to_pylist() == [5, 6, 7, 5]
    assert found["left_place"].to_pylist() == [0, 0, 0, 2]
    assert found["right_place"].to_pylist() == [2, 2, 3, 3]
    assert found["left_observation"].to_pylist() == ["first's", "first's", "first's hours", None]
    assert found["right_observation"].to_pylist() == ["second's", "second's", "third's hours", None]
