"""Rows of one chunk: used, or quarantined with the first fault in the contract's order, or filtered."""

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import cells, reasons
from linkage.ingest.chunk import Chunk
from linkage.ingest.mapping import Plan, plans
from linkage.ingest.normalise import Rows, normalise_rows
from linkage.schema import SOURCES
from linkage.settings import TableMapping
from linkage.settings.ingest import Ingest

LIMITS = cells.limits(Ingest())
WHEN = 1_767_323_045


def chunk(**columns: list[Any]) -> Chunk:
    rows = len(next(iter(columns.values())))
    return Chunk(dict(columns), list(range(1, rows + 1)), str)


def plan(key: str = "sessions", mapping: TableMapping | None = None) -> Plan:
    made = plans({key: mapping} if mapping else {}, LIMITS)
    return made[f"[sources.{key}]" if mapping else key]


def of(found: Rows, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(found.used[name].to_pylist() for name in names), strict=True))


ACCOUNTS = st.sampled_from(["a1", " a2 ", "", None, "a\0", 7, 1.5])
ACCOUNT_FAULTS = {
    "": reasons.NO_ACCOUNT,
    None: reasons.NO_ACCOUNT,
    1.5: reasons.WRONG_TYPE,
}
TIME_FAULTS = {"soon": reasons.UNREADABLE_TIME, None: reasons.NO_TIME, 0: reasons.TIME_OUT_OF_RANGE}
TIMES = st.sampled_from([WHEN, str(WHEN), "soon", None, 0])


@given(st.lists(st.tuples(ACCOUNTS, TIMES), min_size=1, max_size=8))
def test_each_row_is_used_or_has_one_reason(rows: list[tuple[Any, Any]]) -> None:
    accounts, times = (list(column) for column in zip(*rows, strict=True))
    found = normalise_rows(plan(), chunk(account=accounts, at=times), LIMITS)
    assert found.rows == len(rows) == found.used.num_rows + len(found.faults)
    lines = [*found.used["line"].to_pylist(), *(fault.place + 1 for fault in found.faults)]
    assert sorted(lines) == list(range(1, len(rows) + 1))
    for index, reason, column in found.faults:
        assert column == ("account" if accounts[index] in ACCOUNT_FAULTS else "at")
        assert reason == ACCOUNT_FAULTS.get(accounts[index], TIME_FAULTS.get(times[index]))
    assert found.used.schema.equals(SOURCES["sessions"].schema)


def test_a_required_column_that_is_not_there_is_missing_in_every_row() -> None:
    found = normalise_rows(plan(), chunk(account=["a", "b"]), LIMITS)
    assert found.faults == [(0, reasons.NO_TIME, "at"), (1, reasons.NO_TIME, "at")]


def test_addresses_are_spelt_one_way_as_a_column_and_as_a_value() -> None:
    found = normalise_rows(plan(), chunk(account=["a"], at=[WHEN], ip=["2001:DB8::0:1"]), LIMITS)
    assert of(found, "ip") == [("2001:db8::1",)]
    given_value = chunk(account=["a", "a"], trait=["ip", "device"], value=["A::1", "A::1"])
    found = normalise_rows(plan("observations"), given_value, LIMITS)
    assert of(found, "trait", "value") == [("ip", "a::1"), ("device", "A::1")]


def test_times_without_a_zone_are_counted_of_used_rows_only() -> None:
    at = ["2026-01-02T03:04:05", "2026-01-02T03:04:05Z", "2026-01-02"]
    found = normalise_rows(plan(), chunk(account=["a", "b", None], at=at), LIMITS)
    assert (found.used.num_rows, found.naive) == (2, 1)


def test_an_unpivoted_row_is_one_row_for_each_cell_and_none_without() -> None:
    mapping = TableMapping(file="p.csv", columns={"account": "who"}, unpivot={"town": "City", "name": "Name"})
    wide = chunk(who=["a", "b", "c"], Name=["Julia", None, 1.5], City=["London", "", None])
    found = normalise_rows(plan("observations", mapping), wide, LIMITS)
    assert of(found, "account", "trait", "value") == [("a", "name", "Julia"), ("a", "town", "London")]
    assert found.faults == [(2, reasons.WRONG_TYPE, "value")]
    assert found.filtered == {reasons.NO_VALUE: 1}
    assert found.rows == 4


def test_what_one_row_says_does_not_depend_on_its_neighbours() -> None:
    together = normalise_rows(plan(), chunk(account=["a", 7], at=[WHEN, "2026-01-02"]), LIMITS).used
    alone = [
        normalise_rows(plan(), chunk(account=[account], at=[at]), LIMITS).used
        for account, at in (("a", WHEN), (7, "2026-01-02"))
    ]
    assert together.drop_columns("line").equals(pa.concat_tables(alone).drop_columns("line"))


def test_a_cell_that_cannot_be_used_costs_the_row_only_where_the_table_needs_it() -> None:
    given_cells = chunk(account=["a", None, "c", "d"], at=[WHEN] * 4, ip=[True, True, "010.0.0.1", "-"])
    found = normalise_rows(plan(), given_cells, LIMITS, 1)
    assert of(found, "account", "ip") == [("a", None), ("c", None), ("d", None)]
    assert found.faults == [(1, reasons.NO_ACCOUNT, "account")]
    assert found.losses.dropped == {"ip": {reasons.WRONG_TYPE: 1, reasons.LEADING_ZEROS: 1}}
    assert found.losses.examples == {"ip": {reasons.WRONG_TYPE: [1], reasons.LEADING_ZEROS: [3]}}
    assert found.losses.meaningless == {"ip": 1}


def test_a_value_that_means_nothing_is_filtered_not_quarantined() -> None:
    long = chunk(account=["a"] * 4, trait=["ip", "ip", "shoe", "shoe"], value=["0.0.0.0", "1", "-", "44"])
    found = normalise_rows(plan("observations"), long, LIMITS)
    assert of(found, "trait", "value") == [("shoe", "44")]
    assert found.filtered == {reasons.NO_VALUE: 2}
    assert found.faults == [(1, reasons.NOT_AN_ADDRESS, "value")]
    assert found.losses.meaningless == {"value": 2}


def test_what_was_cleaned_is_stated_with_its_row() -> None:
    given_cells = chunk(account=["a\0", "b", "\0"], at=[WHEN] * 3, device=["x\x1b\ud800", "y", "z"])
    found = normalise_rows(plan(), given_cells, LIMITS)
    wanted = ["account: control characters", "device: lone surrogates", "device: control characters"]
    assert of(found, "account", "device", "cleaned") == [
        ("a\ufffd", "x\ufffd", wanted),
        ("b", "y", None),
    ]
    assert found.faults == [(2, reasons.NO_ACCOUNT, "account")]
    assert found.losses.cleaned["account"] == {"control characters": 1}


def test_countries_domains_and_digests_are_spelt_one_way() -> None:
    given_cells = chunk(
        account=["caf\u00e9", "cafe\u0301"],
        email_domain=["Acme.Example", "acme.example."],
        email_hash=["ABCDEF12", "abcdef12"],
        country=["fi", "FI"],
    )
    found = normalise_rows(plan("accounts"), given_cells, LIMITS)
    for name, value in {
        "account": "caf\u00e9", "email_domain": "acme.example", "email_hash": "abcdef12", "country": "FI"
    }.items():  # fmt: skip
        assert found.used[name].to_pylist() == [value] * 2
