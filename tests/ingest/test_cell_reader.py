"""One cell: cleaned, read, refused or known to say nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage import schema
from linkage.ingest import reasons
from linkage.ingest.cell_reader import IDS, Cell, read_cell, uuid_text
from linkage.ingest.cells import limits
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest

LIMITS = limits(Ingest(max_line_bytes=40))


@pytest.mark.parametrize(
    ("name", "kind", "value", "cell"),
    [
        ("model", schema.TEXT, None, Cell(None)),
        ("account", schema.TEXT, " 1000.0 ", Cell("1000")),
        *((name, schema.TEXT, "1000.0", Cell("1000")) for name in IDS),
        ("account", schema.TEXT, "0010.00", Cell("0010")),
        ("account", schema.TEXT, "1000.5", Cell("1000.5")),
        ("account", schema.TEXT, "1000.", Cell("1000.")),
        ("account", schema.TEXT, "12E10", Cell("12E10")),
        ("model", schema.TEXT, "1000.0", Cell("1000.0")),
        ("model", schema.TEXT, " gpt ", Cell("gpt")),
        ("model", schema.TEXT, "  ", Cell(None)),
        ("model", schema.TEXT, " NULL ", Cell(None, meaningless=True)),
        ("model", schema.TEXT, "a\0b", Cell("ab", ("control characters",))),
        ("model", schema.TEXT, "\0-", Cell(None, ("control characters",), meaningless=True)),
        ("model", schema.TEXT, b"caf\xe9", Cell("caf\ufffd", ("invalid UTF-8",))),
        ("model", schema.TEXT, b"caf\xe9\0", Cell("caf\ufffd", ("invalid UTF-8", "control characters"))),
        ("prompt", schema.TEXT, " a\n", Cell(" a\n")),
        ("prompt", schema.TEXT, "-", Cell("-")),
        ("prompt", schema.TEXT, " null ", Cell(None, meaningless=True)),
        ("prompt", schema.TEXT, "x" * 50, Cell("x" * 40, ("too long",))),
        ("prompt", schema.TEXT, "é" * 30 + "\0", Cell("é" * 20, ("control characters", "too long"))),
        ("input_tokens", schema.COUNT, " 12 ", Cell(12)),
        ("input_tokens", schema.COUNT, "n/a", Cell(None, meaningless=True)),
        ("ip", schema.TEXT, b"\xc0\x00\x02\x01", Cell("192.0.2.1")),
        ("ip", schema.TEXT, b"192.0.2.1", Cell("192.0.2.1")),
        ("ip", schema.TEXT, ["192.0.2.1", b"10.0.0.1"], Cell("192.0.2.1, 10.0.0.1")),
    ],
)
def test_what_a_cell_says(name: str, kind: str, value: Any, cell: Cell) -> None:
    assert read_cell(name, kind, value, LIMITS) == cell


@pytest.mark.parametrize(
    ("name", "kind", "value", "reason"),
    [
        ("model", schema.TEXT, "x" * 50, reasons.VALUE_TOO_LONG),
        ("model", schema.TEXT, True, reasons.WRONG_TYPE),
        ("model", schema.TEXT, ["a"], reasons.WRONG_TYPE),
        ("ip", schema.TEXT, ["192.0.2.1", 5], reasons.WRONG_TYPE),
        ("ip", schema.TEXT, [], reasons.WRONG_TYPE),
        ("at", schema.TIME, "soon", reasons.UNREADABLE_TIME),
        ("at", schema.TIME, {"a": 1}, reasons.WRONG_TYPE),
        ("input_tokens", schema.COUNT, "-1", reasons.NEGATIVE),
    ],
)
def test_what_cannot_be_used_has_its_reason(name: str, kind: str, value: Any, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_cell(name, kind, value, LIMITS)
    assert refused.value.reason == reason


def test_a_time_is_of_the_declared_epoch() -> None:
    read = read_cell("at", schema.TIME, 799_574_826, LIMITS, "cocoa")
    assert read.value.at == 1_777_882_026_000_000


def test_sixteen_bytes_are_an_id() -> None:
    assert uuid_text(bytes(15) + b"\x01") == "00000000-0000-0000-0000-000000000001"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50) | st.binary(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(["model", "prompt", "ip", "account"]), st.sampled_from(sorted(schema.ARROW)), ANYTHING)
def test_any_cell_says_something_or_is_refused(name: str, kind: str, value: Any) -> None:
    try:
        cell = read_cell(name, kind, value, LIMITS)
    except Refused as refused:
        assert refused.reason
        return
    assert not (cell.meaningless and cell.value is not None)
    if isinstance(cell.value, str):
        assert "\0" not in cell.value
        assert len(cell.value.encode()) <= LIMITS.max_bytes


@pytest.mark.parametrize("text", ["1.23457E+11", " 1e+15", "9.0E+20"])
@pytest.mark.parametrize("name", IDS)
def test_an_id_that_was_rounded_names_nobody(name: str, text: str) -> None:
    with pytest.raises(Refused, match=reasons.ROUNDED_ID):
        read_cell(name, schema.TEXT, text, LIMITS)
    assert read_cell("model", schema.TEXT, text, LIMITS) == Cell(text.strip())
