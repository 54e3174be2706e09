"""No stage of the main job makes an object of Python for each row: memory has room for millions of rows."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage import Settings, investigate
from tests.guards.objects import LiveObjects

ROWS = 200_000
"""Interactions; each has a text, a time and an answer of its own."""

MOST = ROWS // 2
"""Objects that may live in a stage beyond those at its beginning: what libraries load and expressions need is
up to two thirds of that, one column as a list of texts twice as many."""

ACCOUNTS = 500
DAY = 86_400_000_000


def population(folder: Path, rows: int) -> Path:
    """The tables of 500 accounts with so many interactions."""
    folder.mkdir()
    number = np.arange(rows)
    account, texts = pa.array(number % ACCOUNTS).cast(pa.string()), pa.array(number).cast(pa.string())
    named = pc.binary_join_element_wise("account ", account, "")
    agent = pc.binary_join_element_wise("agent/", pa.array(number % 7).cast(pa.string()), "")
    at = pa.array(1_700_000_000_000_000 + number * (45 * DAY // rows))
    interactions = {
        "account": named,
        "at": at,
        "prompt": pc.binary_join_element_wise("please sum up the order ", texts, " for our team", ""),
        "model": pa.array(["large"] * rows),
        "input_tokens": pa.array(300 + number % 900),
        "ip": pc.binary_join_element_wise(
            "10.",
            pa.array(number % ACCOUNTS // 250).cast(pa.string()),
            ".",
            pa.array(number % 250).cast(pa.string()),
            ".7",
            "",
        ),
        "user_agent": agent,
        "response_sha256": pc.binary_join_element_wise("answer ", texts, ""),
    }
    pq.write_table(pa.table(interactions), folder / "interactions.parquet")
    seen = pa.table({"account": named, "at": at, "ip": interactions["ip"], "user_agent": agent})
    pq.write_table(seen.slice(0, rows // 4), folder / "sessions.parquet")
    return folder


def looked_at(source: Path, case: Path) -> dict[str, int]:
    """The most objects that lived in each stage, beyond those at its beginning."""
    stage = ["load"]

    def progress(name: str, rows: int, total: int | None) -> None:
        del rows, total
        stage[0] = name

    with LiveObjects(lambda: stage[0]) as objects:
        investigate(source, case=case, settings=Settings(), progress=progress)
    return objects.most


def test_no_stage_makes_an_object_for_each_row(tmp_path: Path) -> None:
    found = looked_at(population(tmp_path / "source", ROWS), tmp_path / "case")
    assert found.keys() >= {"read", "rows", "prompts", "observations", "evidence", "groups", "write"}
    assert {stage: objects for stage, objects in found.items() if objects > MOST} == {}, found
