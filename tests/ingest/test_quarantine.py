"""Rows that are not used, as harmless text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.ingest.quarantine import Quarantine, printable_row
from linkage.settings.ingest import Ingest
from tests.ingest.made import load


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


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        ('data: {"account": "a"}', "take away what a line has before it"),
        ('{"account": "a", "at": 46146.5}', "show days as dates"),
        ('{"account": {"id": "a"}, "at": "2026-05-04"}', 'account = "NAME.id"'),
        ('{"account": "1.2E+11", "at": "2026-05-04"}', "export the column of ids as text"),
        (
            '{"account": "a", "at": "2026-05-04", "prompt": "' + 2000 * "x" + '"}',
            "raise ingest.max_line_bytes",
        ),
    ],
    ids=["not JSON", "day number", "wrong type", "rounded", "long"],
)
def test_who_reads_that_rows_are_lost_reads_what_to_do(row: str, remedy: str, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "interactions.ndjson").write_text(row + "\n")
    with pytest.raises(InputError) as raised:
        load(tmp_path / "source", reading=Ingest(max_line_bytes=1000))
    assert remedy in (raised.value.hint or "")


def charges(folder: Path, *customers: object) -> Path:
    """Charges as Stripe lists them."""
    folder.mkdir()
    rows = [
        {"id": f"ch_{at}", "object": "charge", "created": 1777881600, "currency": "eur", "customer": each,
         "payment_method_details": {"type": "card", "card": {"fingerprint": "f-1"}}}
        for at, each in enumerate(customers)
    ]  # fmt: skip
    (folder / "charges.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_an_odd_account_of_a_foreign_log_costs_the_entry_and_not_the_run(tmp_path: Path) -> None:
    found = load(charges(tmp_path / "source", "cus_1", [1], "cus_2"), reading=Ingest())
    found.check_rows()
    receipt = found.receipt("payments")
    assert (receipt.used, receipt.filtered, receipt.quarantined) == (2, {"about no account": 1}, {})
    assert receipt.dropped_cells == {"account": {"wrong type": 1}}
    assert receipt.dropped_examples == {"account": {"wrong type": (2,)}}


def test_a_foreign_log_whose_accounts_are_nearly_all_odd_is_refused(tmp_path: Path) -> None:
    source = charges(tmp_path / "source", "cus_1", [1], [2])
    with pytest.raises(InputError, match=r"charges.jsonl, line 2, column account: wrong type") as raised:
        load(source, reading=Ingest())
    assert 'account = "NAME.id"' in (raised.value.hint or "")
    assert load(source).receipt("payments").used == 1  # where so much may be lost
