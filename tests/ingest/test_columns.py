"""A column at a time: the same values and faults as cell by cell."""

from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage import schema
from linkage.ingest import bulk_times, cells, columns, reasons
from linkage.ingest.bulk import Column
from linkage.ingest.cell_reader import read_cell
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest

LIMITS = cells.limits(Ingest())
ELSEWHERE = cells.limits(Ingest(timezone="America/New_York", date_order="mdy", max_line_bytes=30))

WORDS = ["-", "NULL", "none", "nan", "Redacted by x", "[redacted]", "***", "{}", "[]", "n/a", " - ", "redact"]
IDS = ["1000.0", " 7.00", "1000.5", "1.2E+11", "1e+9", "12E10", "5."]
ODD = ["a\0b", "\x07", "a\tb", "\ud800x", "cafe\u0301", "café", "\x85a", "a\u0085b", "\x7f", "é\nb"]
CELLS = st.one_of(
    st.none(),
    st.integers(-(2**64), 2**64),
    st.sampled_from([0, 10**11, 10**14 - 1, 10**17 - 1, 10**17, 17 * 10**17, 1767323045, 1767323045123]),
    st.floats(),
    st.floats(6e8, 4.2e9),
    st.integers(-(2**60), 2**60).map(float),
    st.booleans(),
    st.text(max_size=6),
    st.sampled_from(WORDS + ODD + IDS),
    st.binary(max_size=5),
    st.integers(0, 2**70).map(str),
    st.floats().map(str),
    st.floats(6e8, 4.2e9).map(lambda value: f"{value:.6f}"),
    st.datetimes().map(lambda moment: moment.isoformat()),
    *(
        st.from_regex(form, fullmatch=True, alphabet=st.characters(codec="ascii"))
        for form in (bulk_times.ZONED, bulk_times.NAIVE, bulk_times.FINE, bulk_times.ZONE_WORD)
    ),
    st.lists(st.text(max_size=3) | st.integers() | st.floats() | st.none() | st.booleans(), max_size=3),
    st.lists(st.floats(width=32), max_size=3),
    st.lists(st.text(max_size=3), max_size=3),
)
ALIKE = st.one_of(
    st.lists(st.sampled_from([*IDS, "a"]), max_size=4),
    st.lists(st.sampled_from([*WORDS, "a", "é"]), max_size=4),
    st.lists(st.sampled_from([*WORDS, "2026-05-04 08:00:00 UTC", "2026-05-04 08:00:00 GMT"]), max_size=4),
    st.lists(st.floats(-9, 9).map(round).map(float), max_size=4),
    st.lists(st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)).map(str), max_size=4),
)


def one_by_one(name: str, kind: str, values: list[Any], limits: cells.Limits) -> Column:
    read: list[Any] = []
    for value in values:
        try:
            read.append(read_cell(name, kind, value, limits))
        except Refused as refused:
            read.append(refused.reason)
    found = [None if isinstance(each, str) else each.value for each in read]
    plain = [each.at if isinstance(each, cells.Moment) else each for each in found]
    return Column(
        pa.array(plain, schema.ARROW[kind]),
        {index: each for index, each in enumerate(read) if isinstance(each, str)},
        np.array([isinstance(each, cells.Moment) and each.naive for each in found], bool),
        {i: each.cleaned for i, each in enumerate(read) if not isinstance(each, str) and each.cleaned},
        np.array([not isinstance(each, str) and each.meaningless for each in read], bool),
    )


@pytest.fixture(params=[1, 2, columns.PART_ROWS], ids=["single", "pairs", "whole"])
def part_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that are not all clean are read in parts of so many rows."""
    monkeypatch.setattr(columns, "PART_ROWS", request.param)


@pytest.mark.usefixtures("part_rows")
@pytest.mark.parametrize("limits", [LIMITS, ELSEWHERE], ids=["default", "elsewhere"])
@pytest.mark.parametrize("name", ["account", "prompt"])
@pytest.mark.parametrize("kind", list(schema.ARROW))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(CELLS, max_size=4) | CELLS.map(lambda cell: [cell]) | ALIKE)
def test_a_column_reads_as_its_cells_do(
    kind: str, name: str, limits: cells.Limits, values: list[Any]
) -> None:
    wanted = one_by_one(name, kind, values, limits)

    normal = columns.read_column(name, kind, values, limits)

    assert normal.values.type == schema.ARROW[kind]
    assert normal.values.equals(wanted.values)
    assert normal.faults == wanted.faults
    assert normal.cleaned == wanted.cleaned
    none = np.zeros(len(values), bool)
    assert (normal.blank if normal.blank is not None else none).tolist() == wanted.blank.tolist()
    there = np.asarray(normal.values.is_valid())
    assert (normal.naive if normal.naive is not None else none)[there].tolist() == wanted.naive[
        there
    ].tolist()


def test_the_smallest_integer_is_no_time_however_early_times_may_be() -> None:
    early = cells.limits(Ingest(earliest="1900-01-01", earliest_number="1900-01-01", max_line_bytes=100))

    normal = columns.read_column("at", schema.TIME, [-(2**63), 0], early)

    assert normal.values.to_pylist() == [None, 0]
    assert normal.faults == {0: reasons.TIME_OUT_OF_RANGE}


@pytest.mark.parametrize(
    ("epoch", "value"),
    [
        ("dotnet_ticks", 639134784000000000),
        ("windows_filetime", 134223552000000000),
        ("cocoa", 799574400),
        ("seconds", 1777881600),
        ("milliseconds", 1777881600000),
        ("microseconds", 1777881600000000),
        ("nanoseconds", 1777881600000000000),
    ],
)
def test_a_declared_epoch_is_that_of_every_number_of_the_column(epoch: str, value: int) -> None:
    wanted = [1777881600000000, None, 1777881600000000]
    for given_values in (
        [value, None, value],
        [str(value), "-", f" {value} "],
        pa.array([value, None, value]),
    ):
        found = columns.read_column("at", schema.TIME, given_values, LIMITS, epoch)
        assert (found.values.to_pylist(), found.faults) == (wanted, {})


def test_a_number_that_could_be_of_several_epochs_is_not_guessed() -> None:
    found = columns.read_column("at", schema.TIME, [639134784000000000, 799574400, 1777881600], LIMITS)
    assert found.values.to_pylist() == [None, None, 1777881600000000]
    assert found.faults == dict.fromkeys([0, 1], reasons.SEVERAL_EPOCHS)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_stamp_without_a_zone_is_of_the_zone_of_the_settings(unit: str) -> None:
    stamps = pa.array([datetime(2026, 5, 4, 8), None, datetime(2026, 11, 1, 1, 30)], pa.timestamp(unit))
    texts = ["2026-05-04T08:00:00", None, "2026-11-01T01:30:00"]
    for given_values in (stamps, texts, pa.array(texts)):
        found = columns.read_column("at", schema.TIME, given_values, ELSEWHERE)
        # 08:00 of New York in May is 12:00 UTC; of the two 01:30 of that November night the first counts.
        assert found.values.to_pylist() == [1777896000000000, None, 1793511000000000]
        assert found.naive is not None and found.naive.tolist() == [True, False, True]


def test_bytes_are_what_the_name_of_their_column_makes_of_them() -> None:
    packed = pa.array([b"\xc0\x00\x02\x01", b"\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x01", b"a::1", b"\xff" * 3])
    found = columns.read_column("ip", schema.TEXT, packed, LIMITS)
    assert found.values.to_pylist() == ["192.0.2.1", "2001:db8::1", "a::1", "\ufffd" * 3]
    ids = pa.array([b"\0" * 15 + b"\x01", None], pa.binary(16))
    found = columns.read_column("account", schema.TEXT, ids, LIMITS)
    assert found.values.to_pylist() == ["00000000-0000-0000-0000-000000000001", None]
    found = columns.read_column("account", schema.TEXT, pa.array([b"abc", b"a\xff"]), LIMITS)
    assert found.values.to_pylist() == ["abc", "a\ufffd"]
    assert found.cleaned == {1: ("invalid UTF-8",)}


def test_a_list_of_addresses_is_one_text_with_commas() -> None:
    lists = pa.array([["192.0.2.1"], ["192.0.2.1", "10.0.0.7"], None])
    for given_values in (lists, lists.to_pylist()):
        found = columns.read_column("ip", schema.TEXT, given_values, LIMITS)
        assert found.values.to_pylist() == ["192.0.2.1", "192.0.2.1, 10.0.0.7", None]


def test_a_prompt_that_is_too_long_is_cut_and_any_other_text_is_dropped() -> None:
    long = pa.array(["é" * 20, "x"])
    found = columns.read_column("prompt", schema.TEXT, long, ELSEWHERE)
    assert found.values.to_pylist() == ["é" * 15, "x"]
    assert found.cleaned == {0: ("too long",)}
    found = columns.read_column("model", schema.TEXT, long, ELSEWHERE)
    assert found.faults == {0: reasons.VALUE_TOO_LONG}
