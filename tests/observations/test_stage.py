"""The stage of observations: repeats are dropped and counted, and each account has its facts and numbers."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.engines import Engine
from linkage.ingest.read import Sources
from linkage.observations.stage import Content, Population, Rows, population, rows
from linkage.schema import OTHER, SOURCES, Receipt
from linkage.settings import Settings
from tests.evidence.made import START

NOTHING = Content(None, None, None)


def read(engine: Engine, folder: Path, **tables: list[dict[str, Any]]) -> Rows:
    """Rows as the reader stages them: a file for each table, or for each that a row names."""
    staged, receipts = {}, []
    for name, given in tables.items():
        filled = [{"file": f"{name}.csv", "line": n, **row} for n, row in enumerate(given, 2)]
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(filled, SOURCES[name].schema), path)
        staged[name] = (path,)
        for file in sorted({row["file"] for row in filled}):
            used = sum(row["file"] == file for row in filled)
            receipts.append(Receipt(name, file, 0, "", used, used))
    return rows(engine, Sources(staged, tuple(receipts), folder / "quarantine.ndjson"))


WEIGHED = {"pager": "device"}


def people(engine: Engine, folder: Path, settings: Settings, **tables: list[dict[str, Any]]) -> Population:
    return population(engine, read(engine, folder, **tables).tables, NOTHING, settings, weighed=WEIGHED)


def test_repeats_are_dropped_and_counted_in_the_receipt_of_their_file(engine: Engine, tmp_path: Path) -> None:
    same = {"account": "a", "at": START}
    found = read(engine, tmp_path, sessions=[same, same, {**same, "file": "z.csv"}, {**same, "account": "b"}])
    assert [(r.file, r.rows, r.used, r.filtered) for r in found.receipts] == [
        ("sessions.csv", 3, 2, {"repeated row": 1}),
        ("z.csv", 1, 0, {"repeated row": 1}),
    ]
    assert engine.collect(found.tables["sessions"], at_most=9)["line"].to_pylist() in ([2, 5], [5, 2])


def test_every_account_is_numbered_with_its_opening_and_its_activity(engine: Engine, tmp_path: Path) -> None:
    found = people(
        engine,
        tmp_path,
        Settings(),
        accounts=[{"account": "b", "created_at": START}, {"account": "c"}],
        interactions=[{"account": "a", "at": START + n} for n in (2, 1)] + [{"account": "b", "at": START}],
    )
    assert found.names == ["a", "b", "c"]
    assert found.interactions.tolist() == [2, 1, 0]
    assert found.created.tolist() == pytest.approx([float("nan"), START, float("nan")], nan_ok=True)
    assert found.events.to_pydict() == {"a": [0, 0, 1], "at": [START + 1, START + 2, START]}
    assert found.theme_counts is None


def test_sessions_are_the_activity_where_there_are_no_interactions(engine: Engine, tmp_path: Path) -> None:
    found = people(engine, tmp_path, Settings(), sessions=[{"account": "a", "at": START, "ip": "192.0.2.1"}])
    assert found.events.to_pydict() == {"a": [0], "at": [START]}
    observed = engine.collect(found.observations.order_by("trait"), at_most=9)
    assert observed["trait"].to_pylist() == ["ip", "prefix"]
    assert (found.count, found.last_at) == (2, START)


def test_foreign_traits_have_the_declared_family_or_the_usual_agreement(
    engine: Engine, tmp_path: Path
) -> None:
    traits = ("wallet", "shoe size", "ip", "pager")
    given = [{"account": "a", "trait": trait, "value": "v"} for trait in traits]
    settings = Settings(
        traits={"wallet": {"family": "payment", "agreement": 0.7}},  # type: ignore[dict-item]
        observations={"undeclared_agreement": 0.4},  # type: ignore[arg-type]
    )
    found = people(engine, tmp_path, settings, observations=given)
    assert found.foreign == {"wallet": ("payment", 0.7), "shoe size": (OTHER, 0.4)}
    assert found.undeclared == ("shoe size",)
    rows = engine.collect(found.observations, at_most=9).to_pylist()
    assert {row["trait"]: row["family"] for row in rows}["pager"] == "device"


def test_benign_values_are_observed_and_not_weighed(engine: Engine, tmp_path: Path) -> None:
    sessions = [{"account": "a", "at": START, "ip": ip} for ip in ("192.0.2.1", "192.0.2.2")]
    tables = read(engine, tmp_path, sessions=sessions).tables
    benign = engine.table(pa.table({"trait": ["ip"], "value": ["192.0.2.1"]}))
    found = population(engine, tables, Content(None, None, benign), Settings(), weighed={})
    every, weighed = (
        {(row["trait"], row["value"]) for row in engine.collect(rows, at_most=9).to_pylist()}
        for rows in (found.observations, found.weighable)
    )
    assert every - weighed == {("ip", "192.0.2.1")}
