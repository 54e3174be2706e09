"""A column at a time: the same values and faults as cell by cell."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage import schema
from linkage.ingest import cells, columns, reasons
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest

LIMITS = cells.limits(Ingest())

CELLS = st.one_of(
    st.none(),
    st.integers(-(2**64), 2**64),
    st.sampled_from([0, 10**11, 10**14 - 1, 10**17 - 1, 10**17, 17 * 10**17, 1767323045, 1767323045123]),
    st.floats(),
    st.floats(6e8, 4.2e9),
    st.booleans(),
    st.text(max_size=6),
    st.integers(0, 2**70).map(str),
    st.floats().map(str),
    st.floats(6e8, 4.2e9).map(lambda value: f"{value:.6f}"),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.from_regex(columns.ZONED, fullmatch=True, alphabet=st.characters(codec="ascii")),
    st.from_regex(columns.NAIVE, fullmatch=True, alphabet=st.characters(codec="ascii")),
    st.lists(st.text(max_size=3) | st.integers() | st.floats() | st.none() | st.booleans(), max_size=3),
    st.lists(st.floats(width=32), max_size=3),
    st.lists(st.text(max_size=3), max_size=3),
)


@pytest.mark.parametrize("kind", list(schema.ARROW))
@settings(max_examples=150)
@given(values=st.lists(CELLS, max_size=4) | CELLS.map(lambda cell: [cell]))
def test_a_column_reads_as_its_cells_do(kind: str, values: list[Any]) -> None:
    found: list[Any] = []
    faults: dict[int, str] = {}
    for index, value in enumerate(values):
        try:
            found.append(None if value is None else cells.READ[kind](value, LIMITS))
        except Refused as refused:
            faults[index] = refused.reason
            found.append(None)
    naive = [isinstance(each, cells.Moment) and each.naive for each in found]
    plain = [each.at if isinstance(each, cells.Moment) else each for each in found]

    normal = columns.read_column("account", kind, values, LIMITS)

    assert normal.values.type == schema.ARROW[kind]
    assert normal.values.equals(pa.array(plain, schema.ARROW[kind]))
    assert normal.faults == faults
    if normal.naive is not None:
        assert [bool(n) for n, v in zip(normal.naive, plain, strict=True) if v is not None] == [
            n for n, v in zip(naive, plain, strict=True) if v is not None
        ]


def test_the_smallest_integer_is_no_time_however_early_times_may_be() -> None:
    early = cells.limits(Ingest(earliest="1900-01-01", max_line_bytes=100))

    normal = columns.read_column("at", schema.TIME, [-(2**63), 0], early)

    assert normal.values.to_pylist() == [None, 0]
    assert normal.faults == {0: reasons.TIME_OUT_OF_RANGE}
