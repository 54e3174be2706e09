"""Rows that wait in a file come back as they were given, and leave nothing behind."""

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.prompts import waiting
from linkage.prompts.waiting import Waiting

SCHEMA = pa.schema([("text", pa.large_string()), ("parts", pa.large_list(pa.large_string()))])


def rows(texts: list[str | None]) -> pa.Table:
    return pa.table({"text": texts, "parts": [[each] if each else None for each in texts]}, SCHEMA)


Some = list[list[str | None]]
TEXTS = st.lists(st.lists(st.none() | st.text(max_size=5), max_size=6), max_size=4)


@pytest.mark.parametrize("on_disk", [True, False])
@given(given=TEXTS, drawn=st.randoms(use_true_random=False))
def test_rows_come_back_kept_and_in_any_order(
    tmp_path_factory: pytest.TempPathFactory,
    on_disk: bool,
    given: list[list[str | None]],
    drawn: random.Random,
) -> None:
    folder = tmp_path_factory.getbasetemp() if on_disk else None
    every = [each for some in given for each in some]
    kept = np.array([drawn.random() < 0.6 for _ in every], dtype=bool)
    own = [each for each, stays in zip(every, kept, strict=True) if stays]
    order = drawn.sample(range(len(own)), len(own))
    one, other = Waiting(SCHEMA, folder), Waiting(SCHEMA, folder)
    for some in given:
        for each in (one, other):
            each.add(rows(some).append_column("more", pa.nulls(len(some))))
    assert one.rows(kept).equals(rows(own))
    assert other.mapped(np.array(order, np.int64), kept).equals(rows([own[at] for at in order]))


def test_more_rows_than_are_ordered_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "ROWS", 3)
    held = Waiting(SCHEMA, tmp_path)
    held.add(rows([str(number) for number in range(8)]))
    found = held.mapped(np.arange(7, -1, -1), np.ones(8, dtype=bool))
    assert found["text"].to_pylist() == [*"76543210"]


def test_no_file_is_left_behind(tmp_path: Path) -> None:
    held = Waiting(SCHEMA, tmp_path)
    held.add(rows(["a secret"]))
    assert [*tmp_path.iterdir()] == []
    table = held.mapped(np.arange(1), np.ones(1, dtype=bool))
    assert [*tmp_path.iterdir()] == [] and table["text"].to_pylist() == ["a secret"]
