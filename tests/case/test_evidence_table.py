"""How a row of evidence is worded, and how numbers become names."""

from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from linkage.case import evidence_table
from linkage.case.evidence_lookup import Names
from linkage.engines import Engine
from linkage.settings.evidence import Evidence


@pytest.mark.parametrize(
    ("raw", "bits", "counted"),
    [
        (3.9, 2.6, "; 3.9 bits; counted as 2.6, because it overlaps other network evidence"),
        (3.9, 3.9, ""),
        (3.90, 3.88, ""),
        (-1.5, -1.5, ""),
    ],
)
def test_a_row_says_how_many_of_its_bits_count(engine: Engine, raw: float, bits: float, counted: str) -> None:
    weighing: Any = SimpleNamespace(names=["a"] * 60, chosen=Evidence(), signals=())
    row = {"signal": 0, "family": "network", "degree": 3, "gap": 0, "raw": raw, "bits": bits}
    rows = engine.table(pa.Table.from_pylist([row]))
    worded = engine.collect(rows.select(text=evidence_table.detail_of(rows, weighing)), at_most=1)
    assert worded["text"].to_pylist() == [f"held by 3 of 60 accounts{counted}"]


def test_places_become_names_in_batches() -> None:
    names = Names(sides=["a", "b", "op-1"], signals=["card", "group bin"])
    batch = pa.RecordBatch.from_pydict(
        {"left": [0, 1], "right": [1, 2], "signal": [0, 1], "bits": [1.0, 2.0]}
    )
    (found,) = names.in_words(iter([batch]))
    assert found.to_pydict() == {
        "left": ["a", "b"], "right": ["b", "op-1"], "signal": ["card", "group bin"], "bits": [1.0, 2.0],
    }  # fmt: skip


def test_all_that_evidence_can_name_is_in_order() -> None:
    weighing: Any = SimpleNamespace(names=["b", "a"], signals=[SimpleNamespace(name="card")])
    judged: Any = SimpleNamespace(enrichments=[SimpleNamespace(trait="bin")])
    found = evidence_table.names_of(weighing, [("op-1", judged)])
    assert (found.sides, found.signals) == (["a", "b", "op-1"], ["card", "group bin"])


def test_the_network_of_coincidences_is_read_from_the_sentences() -> None:
    rows = [
        {"left": "a", "right": "b", "signal": "same object in a window", "detail": "once on this object"},
        {
            "left": "a",
            "right": "b",
            "signal": "same object in a window",
            "detail": "3 times on this object, x",
        },
        {"left": "a", "right": "c", "signal": "card", "detail": "held by 3 of 60 accounts"},
    ]
    found = evidence_table.coordination(pa.Table.from_pylist(rows))
    assert found.to_pylist() == [{"left": "a", "right": "b", "weight": 4}]
