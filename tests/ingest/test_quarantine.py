"""Rows that are not used, as harmless text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.quarantine import Quarantine, printable_row


@given(st.text(st.characters(), max_size=60) | st.binary(max_size=60), st.integers(1, 40))
def test_any_row_is_printable_and_short(raw: str | bytes, most: int) -> None:
    shown = printable_row(raw, most)
    assert shown.isprintable() and len(shown) <= most
    shown.encode("utf-8")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert printable_row(text, 60) == text
    assert printable_row(text.encode(), 60) == text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("a\nb", "a\\nb"), ("\u202etxt", "\\u202etxt"), (b"\xff!", "\\xff!"), ("\ud800", "\\ud800"), ("é", "é")],
)
def test_what_is_not_printable_is_escaped(raw: str | bytes, shown: str) -> None:
    assert printable_row(raw, 100) == shown


def test_each_row_is_one_line_with_file_row_and_reason(tmp_path: Path) -> None:
    with Quarantine(tmp_path / "quarantine.ndjson", 4) as out:
        out.add("sessions", "s.csv", 7, reason="no time", raw="a1,\n,x", column="at")
        out.add("sessions", "ü.csv", 8, reason="no time", raw=b"")
    lines = (tmp_path / "quarantine.ndjson").read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"table": "sessions", "file": "s.csv", "row": 7, "reason": "no time", "column": "at", "raw": "a1,\\"},
        {"table": "sessions", "file": "ü.csv", "row": 8, "reason": "no time", "column": None, "raw": ""},
    ]
    assert all(line.isascii() for line in lines)
