"""Text columns as numbers: the same as a look at every cell."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from linkage.case.column_codes import coded, distinct

CELLS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.one_of(st.none(), st.sampled_from("xyz"))), max_size=40
)


def written(path: Path, cells: list[tuple[str, str | None]]) -> Path:
    columns = {name: [row[i] for row in cells] for i, name in enumerate(("left", "right"))}
    pq.write_table(
        pa.table(columns, schema=pa.schema([("left", pa.string()), ("right", pa.string())])),
        path,
        row_group_size=7,
    )
    return path


@given(CELLS, st.lists(st.sampled_from("abcdef"), unique=True))
def test_codes_are_places_in_the_wanted_lists(
    tmp_path_factory: object, cells: list[tuple[str, str | None]], left: list[str]
) -> None:
    path = written(tmp_path_factory.mktemp("codes") / "t.parquet", cells)  # type: ignore[attr-defined]
    found = coded(path, "right", {"left": left})
    kept = [(a, b) for a, b in cells if a in left and b is not None]
    assert found.names == sorted({b for _, b in kept})
    assert [found.names[i] for i in found.own.tolist()] == [b for _, b in kept]
    assert found.codes["left"].tolist() == [left.index(a) for a, _ in kept]


@given(CELLS)
def test_every_named_column_must_have_a_wanted_text(
    tmp_path_factory: object, cells: list[tuple[str, str | None]]
) -> None:
    path = written(tmp_path_factory.mktemp("codes") / "t.parquet", cells)  # type: ignore[attr-defined]
    found = coded(path, "left", {"right": ["z", "x"]})
    kept = [(a, b) for a, b in cells if b in ("z", "x")]
    assert [(found.names[i], "zx"[j]) for i, j in zip(found.own, found.codes["right"], strict=True)] == kept


@given(CELLS)
def test_distinct_texts_of_all_rows_and_of_some(
    tmp_path_factory: object, cells: list[tuple[str, str | None]]
) -> None:
    path = written(tmp_path_factory.mktemp("codes") / "t.parquet", cells)  # type: ignore[attr-defined]
    assert distinct(path, "right") == sorted({b for _, b in cells if b is not None})
    wanted = {"left": {"a", "b"}}
    assert distinct(path, "right", wanted) == sorted({b for a, b in cells if a in "ab" and b is not None})
    assert distinct(path, "left", {"left": {"a"}}) == sorted({a for a, _ in cells if a == "a"})
