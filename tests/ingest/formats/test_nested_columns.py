"""Nested columns of Parquet are written out in plain types, or given as they are where these have none."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.formats.nested_columns import written_out

PLAIN = pa.list_(pa.struct([("role", pa.string()), ("n", pa.int32()), ("tags", pa.list_(pa.string()))]))
OTHERWISE = pa.large_list(
    pa.struct(
        [
            ("role", pa.dictionary(pa.int32(), pa.string())),
            ("n", pa.int32()),
            ("tags", pa.list_(pa.large_string())),
        ]
    )
)
TEXT = st.text(max_size=3) | st.none()
VALUES = st.lists(
    st.none()
    | st.lists(
        st.fixed_dictionaries(
            {"role": TEXT, "n": st.integers(-5, 5), "tags": st.none() | st.lists(TEXT, max_size=2)}
        ),
        max_size=2,
    ),
    max_size=4,
)


@given(VALUES)
def test_the_same_values_come_out_in_plain_types(values: list[Any]) -> None:
    for kind in (PLAIN, OTHERWISE):
        found = written_out(pa.array(values, kind))
        assert isinstance(found, pa.Array)
        assert found.type.equals(PLAIN)
        assert found.to_pylist() == values


def test_times_and_truths_stay() -> None:
    kind = pa.struct([("at", pa.timestamp("us", "UTC")), ("ok", pa.bool_()), ("none", pa.null())])
    values = [{"at": datetime(2026, 5, 4, tzinfo=UTC), "ok": True, "none": None}]
    found = written_out(pa.array(values, kind))
    assert isinstance(found, pa.Array) and found.type.equals(kind) and found.to_pylist() == values


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.map_(pa.string(), pa.string()), [("a", "b")]),
        (pa.binary(), b"x"),
        (pa.decimal128(5, 2), Decimal("1.5")),
    ],
    ids=str,
)
def test_a_type_that_columns_do_not_know_gives_values(kind: pa.DataType, value: Any) -> None:
    assert written_out(pa.array([value, None], kind)) == [value, None]
    assert written_out(pa.array([[{"v": value}]], pa.list_(pa.struct([("v", kind)])))) == [[{"v": value}]]


def test_a_text_that_is_no_utf_8_is_not_passed_on() -> None:
    odd = pa.array([b"\xff"]).cast(pa.binary()).view(pa.string())
    with pytest.raises(ValueError, match="UTF8"):
        written_out(pa.StructArray.from_arrays([odd], ["text"]))
