"""Small inputs that were once read wrongly: what becomes of each of their cells."""

from pathlib import Path
from typing import Any

import pytest

from linkage.ingest import reasons
from tests.ingest.made import Read, load


@pytest.fixture
def faults(shared_data: Path) -> Path:
    folder = shared_data / "formats" / "faults"
    if not folder.is_dir():
        pytest.skip("the inputs that were read wrongly are not beside the project")
    return folder


def read(faults: Path, name: str, tmp_path: Path) -> Read:
    return load(faults / name, staging=tmp_path / "staged")


def values(found: Read, table: str, *names: str) -> list[Any]:
    columns = [found.table(table)[name].to_pylist() for name in names]
    return columns[0] if len(names) == 1 else list(zip(*columns, strict=True))


def test_addresses(faults: Path, tmp_path: Path) -> None:
    found = read(faults, "addresses", tmp_path)
    assert found.receipt("sessions").used == 26
    assert values(found, "sessions", "ip") == [
        *["1.2.3.4"] * 8,
        *[None] * 2,
        *["2001:db8::1"] * 3,
        "fe80::ffff:ffff:fffe", "fe80::1%eth0", "64:ff9b::102:304", "2002:102:304::1",
        None, "1.2.3.4", "1.2.3.4",
        *[None] * 3,
        "127.0.0.1", "10.0.0.7", "::1",
    ]  # fmt: skip
    lost = [reasons.MASKED_ADDRESS, reasons.LEADING_ZEROS, reasons.NOT_AN_ADDRESS]
    assert found.lost("sessions") == {"ip": dict.fromkeys(lost, 1)}
    assert found.receipt("sessions").meaningless == {"ip": 3}


def test_one_id_has_one_spelling(faults: Path, tmp_path: Path) -> None:
    found = read(faults, "ids_json", tmp_path)
    assert values(found, "sessions", "account") == [
        "9007199254740993", "9007199254740992", "18446744073709551615", "5", "5", "005", "5",
        "café", "café", "cafe\u200b", "Bob@Example.org", "bob@example.org",
    ]  # fmt: skip
    (entry,) = found.put_away()
    assert (entry["row"], entry["column"], entry["reason"]) == (8, "account", reasons.WRONG_TYPE)


def test_case_of_values(faults: Path, tmp_path: Path) -> None:
    found = read(faults, "case_values", tmp_path)
    assert values(found, "accounts", "email_domain", "email_hash", "country") == [
        ("acme.example", "abcdef12", "FI"),
        ("acme.example", "abcdef12", "FI"),
        ("acme.example", "abcdef12", "Finland"),
    ]
    assert values(found, "sessions", "ja4") == ["t13d1516h2_8daaf6152771_02713d6af862"] * 2
    assert values(found, "sessions", "device") == ["ABCD-1", "abcd-1"]


def test_a_bad_optional_cell_costs_the_cell(faults: Path, tmp_path: Path) -> None:
    found = read(faults, "optional_bad", tmp_path)
    assert values(found, "interactions", "account") == list("abcdefgh")
    assert values(found, "interactions", "ip")[3] == "192.0.2.9"
    lost = found.lost()
    assert lost["input_tokens"] == {reasons.NEGATIVE: 1, reasons.NOT_WHOLE: 1, reasons.WRONG_TYPE: 1}
    assert lost["user_agent"] == lost["model"] == {reasons.WRONG_TYPE: 1}


def test_json_that_is_none(faults: Path, tmp_path: Path) -> None:
    found = read(faults, "json_nan", tmp_path)
    assert values(found, "interactions", "account", "input_tokens") == [("a", None), ("b", 5)]
    assert found.lost() == {"input_tokens": {reasons.NOT_FINITE: 1}}
    found = load(faults / "json_surrogate", staging=tmp_path / "surrogate")
    assert values(found, "interactions", "prompt") == [
        "cut emoji \ufffd", "nul  here", "fine and good here"
    ]  # fmt: skip
    assert values(found, "interactions", "cleaned") == [
        ["prompt: lone surrogates"], ["prompt: control characters"], None
    ]  # fmt: skip


def test_the_word_none_is_no_id(faults: Path, tmp_path: Path) -> None:
    found = read(faults, "dups", tmp_path)
    assert values(found, "interactions", "interaction") == [None, None, "r1", "r1"]
    assert found.receipt().meaningless == {"interaction": 2}


@pytest.mark.parametrize(
    ("name", "column", "wanted"),
    [
        ("pq_ip_binary4", "ip", ["192.0.2.1"] * 2),
        ("pq_ip_list", "ip", ["192.0.2.1"] * 2),
        ("pq_ip_bool", "ip", [None] * 2),
        ("pq_ip_null", "ip", [None] * 2),
        ("pq_float_ids", "account", ["1", "2"]),
        ("pq_decimal_ids", "account", ["9007199254740993", "5"]),
        ("pq_uint64", "account", ["18446744073709551615", "5"]),
        (
            "pq_binary16",
            "account",
            ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"],
        ),
    ],
)
def test_parquet_types_of_cells(
    name: str, column: str, wanted: list[str | None], faults: Path, tmp_path: Path
) -> None:
    assert values(read(faults, name, tmp_path), "sessions", column) == wanted


def test_decimal_counts(faults: Path, tmp_path: Path) -> None:
    found = read(faults, "pq_tokens_decimal", tmp_path)
    assert values(found, "interactions", "input_tokens") == [12, None]
