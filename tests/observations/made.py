"""Staged rows and interactions made for the tests of facts."""

from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from linkage.engines import Engine
from linkage.observations.row_ids import add_row_ids
from linkage.schema import SOURCES
from tests.evidence.made import START

SCHEMA = pa.schema(
    [
        ("row", pa.string()),
        ("account", pa.string()),
        ("at", pa.int64()),
        ("prompt_id", pa.string()),
        ("template", pa.string()),
        ("system_template", pa.string()),
        ("response_sha256", pa.string()),
        ("context_sha256", pa.list_(pa.string())),
    ]
)


def interactions(engine: Engine, *rows: dict[str, Any]) -> ir.Table:
    filled = [{"row": f"r{n}", "at": START + n, **row} for n, row in enumerate(rows)]
    return engine.table(pa.Table.from_pylist(filled, schema=SCHEMA))


def facts(engine: Engine, table: ir.Table) -> list[dict[str, Any]]:
    return sorted(
        engine.collect(table, at_most=engine.max_rows).to_pylist(),
        key=lambda r: (r["trait"], r["account"], r["value"]),
    )


def staged(engine: Engine, table: str, *rows: dict[str, Any]) -> ir.Table:
    """Rows as the reader stages them, from line 2 on."""
    filled = [{"file": "f.csv", "line": n, **row} for n, row in enumerate(rows, 2)]
    return engine.table(pa.Table.from_pylist(filled, schema=SOURCES[table].schema))


def rows_of(engine: Engine, table: ir.Table, *order: str) -> list[dict[str, Any]]:
    return (
        engine.collect(table.order_by(list(order)), at_most=engine.max_rows).to_pylist()
        if order
        else engine.collect(table, at_most=engine.max_rows).to_pylist()
    )


def identified(engine: Engine, *rows: dict[str, Any], table: str = "interactions") -> list[dict[str, Any]]:
    """Staged rows with their ids, by line."""
    return rows_of(engine, add_row_ids(staged(engine, table, *rows), table), "line")
