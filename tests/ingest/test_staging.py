"""Staged rows on disk, and the length of vectors that a table keeps."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import staging
from linkage.ingest.staging import Stage, common_length, drop_other_lengths

SCHEMA = pa.schema(
    [
        ("account", pa.string()),
        ("embedding", pa.list_(pa.float32())),
        ("file", pa.string()),
        ("line", pa.int64()),
    ]
)


def rows(*lengths: int | None) -> pa.Table:
    vectors = [None if n is None else [0.5] * n for n in lengths]
    columns = {"account": [f"a{i}" for i in range(len(lengths))], "embedding": vectors}
    places = {"file": ["f.csv"] * len(lengths), "line": list(range(1, len(lengths) + 1))}
    return pa.table(columns | places, SCHEMA)


def staged(path: Path, *tables: pa.Table) -> Stage:
    stage = Stage(path, SCHEMA)
    for table in tables:
        stage.add(table)
    stage.close()
    return stage


@pytest.mark.parametrize("group", [1, 2, 1000])
def test_rows_are_written_in_the_order_they_came(
    group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "GROUP_ROWS", group)
    stage = staged(tmp_path / "t" / "0.parquet", rows(2), rows(3, None), rows())
    assert stage.used == 3 and stage.lengths == Counter({2: 1, 3: 1})
    assert pq.read_table(stage.path).equals(pa.concat_tables([rows(2), rows(3, None)]))


@given(st.lists(st.lists(st.integers(1, 4), max_size=6), min_size=1, max_size=4))
def test_the_common_length_does_not_depend_on_how_rows_are_split(parts: list[list[int]]) -> None:
    class Part(Stage):
        def __init__(self, lengths: list[int]) -> None:
            self.lengths = Counter(lengths)

    every = [length for part in parts for length in part]
    found = common_length([Part(part) for part in parts])
    assert found == common_length([Part(every[::-1])])
    counts = Counter(every)
    if len(counts) < 2:
        assert found is None
    else:
        assert found is not None
        assert all((counts[found], found) >= (counts[other], other) for other in counts)


def test_vectors_of_another_length_are_emptied_and_their_rows_stay(tmp_path: Path) -> None:
    stage = staged(tmp_path / "0.parquet", rows(3, 2, None, 3, 1))
    assert drop_other_lengths(stage, 3) == [2, 5]
    kept = pq.read_table(stage.path)
    assert kept.schema.equals(SCHEMA)
    assert kept["line"].to_pylist() == [1, 2, 3, 4, 5]
    assert kept["embedding"].to_pylist() == [[0.5] * 3, None, None, [0.5] * 3, None]
    assert [path.name for path in tmp_path.glob("*.mixed")] == []


def test_a_part_with_vectors_of_that_length_only_is_left_alone(tmp_path: Path) -> None:
    stage = staged(tmp_path / "0.parquet", rows(3, None))
    before = stage.path.read_bytes()
    assert drop_other_lengths(stage, 3) == []
    assert stage.path.read_bytes() == before
