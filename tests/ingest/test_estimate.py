"""How much a source holds is told from the beginning of its files."""

import random
from pathlib import Path

import pytest

from linkage.errors import InputError
from linkage.ingest import estimate
from linkage.ingest.estimate import estimated_shape
from linkage.settings.ingest import Ingest
from tests.promised import FORMATS, PLAIN, Row, write


def shape(path: Path) -> estimate.Shape:
    return estimated_shape([path], Ingest(), {})


@pytest.mark.parametrize("ending", FORMATS)
def test_a_small_source_is_counted(tmp_path: Path, ending: str) -> None:
    tables = PLAIN.tables()
    found = shape(write(tables, tmp_path / "source", ending=ending, parts=2))
    assert found.rows == sum(map(len, tables.values()))
    assert found.interactions == len(tables["interactions"])
    assert found.accounts == len(tables["accounts"])
    assert found.texts == len({row["prompt"] for row in tables["interactions"]})


def made(rows: int, texts: int) -> dict[str, list[Row]]:
    """Interactions of a hundred accounts with so many distinct texts, some of them long."""
    draw = random.Random(1)
    return {
        "interactions": [
            {
                "account": f"acct_{draw.randrange(100)}",
                "at": "2026-01-01T00:00:00Z",
                "prompt": f"{draw.randrange(texts)} " + "word " * draw.randrange(80),
            }
            for _ in range(rows)
        ]
    }


@pytest.mark.parametrize("ending", FORMATS)
def test_a_source_of_which_a_part_is_looked_at_is_estimated(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "FILES", 2)
    found = shape(write(made(250_000, 10**9), tmp_path / "source", ending=ending, parts=6))
    for value in (found.rows, found.interactions, found.texts):
        assert 210_000 < value < 290_000
    assert 90 < found.accounts < 150


def test_few_texts_stay_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "FILES", 1)
    tables = made(60_000, 10**9)
    draw = random.Random(2)
    for row in tables["interactions"]:
        row["prompt"] = f"one of {draw.randrange(500)} texts"
    assert 450 < shape(write(tables, tmp_path / "source", parts=6)).texts < 700


def test_a_source_that_cannot_be_read_is_an_error_as_for_a_run(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        shape(tmp_path / "nowhere")
    (tmp_path / "interactions.parquet").write_bytes(b"PAR1 is all there is PAR1")
    with pytest.raises(InputError):
        shape(tmp_path)
