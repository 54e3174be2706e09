"""Dated uses: what may coincide."""

from typing import Any

import pyarrow as pa

from linkage.engines import Engine
from linkage.evidence.stage_inputs import uses


def rows(engine: Engine, **columns: Any) -> Any:
    return engine.table(pa.table(columns))


def test_addresses_templates_and_declared_objects_are_dated_uses(engine: Engine) -> None:
    tables = {
        "sessions": rows(engine, account=["a", "b"], ip=["i", None], at=[1, 2]),
        "interactions": rows(engine, account=["a"], ip=["j"], at=[3]),
        "observations": rows(
            engine, account=["a", "a"], trait=["post", "colour"], value=["p", "red"], at=[4, 5]
        ),
    }
    asked = rows(engine, account=["b", "b"], template=["t", "t"], at=pa.array([6, None], pa.int64()))
    found = uses(tables, asked, ["post"])
    assert found is not None
    dated = engine.collect(found.order_by("at"), at_most=10).to_pylist()
    assert [tuple(row.values()) for row in dated] == [
        ("a", "ip", "i", 1),
        ("a", "ip", "j", 3),
        ("a", "post", "p", 4),
        ("b", "template", "t", 6),
    ]


def test_without_dated_tables_there_is_nothing(engine: Engine) -> None:
    assert uses({}, None, ["post"]) is None
