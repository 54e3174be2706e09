"""How a table becomes a Parquet file and is read back."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.case import Case, parquet
from linkage.errors import CaseError, IntegrityError
from linkage.schema import CASE
from tests import made_case
from tests.made_case import arrow


def link(left: str, right: str, log_odds: float = 1.0) -> dict[str, Any]:
    return {"left": left, "right": right, "log_odds": log_odds, "families": ["payment"], "verdict": None}


def write_links(folder: Path, rows: list[dict[str, Any]]) -> Path:
    return made_case.write(folder, {"links": rows})


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)


pairs = st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]).map(sorted).map(tuple)


@settings(max_examples=40, deadline=None)
@given(st.sets(pairs, max_size=30), st.randoms(use_true_random=False))
def test_equal_tables_are_equal_bytes_whatever_the_row_order_and_chunks(
    tmp_path_factory: pytest.TempPathFactory, keys: set[tuple[str, str]], random: Any
) -> None:
    rows = [link(left, right, number / 7) for number, (left, right) in enumerate(sorted(keys))]
    shuffled = random.sample(rows, len(rows))
    cut = random.randint(0, len(rows))
    chunked = pa.concat_tables([arrow("links", shuffled[:cut]), arrow("links", shuffled[cut:])])
    folder = tmp_path_factory.mktemp("bytes")
    parquet.write(folder / "a", "links", parquet.prepare("links", arrow("links", rows)))
    parquet.write(folder / "b", "links", parquet.prepare("links", chunked))
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    back = parquet.read(folder / "a").to_pylist()
    # Arrow orders text by its UTF-8 bytes, Python by code point: the same order.
    assert back == rows


@settings(max_examples=40, deadline=None)
@given(st.sets(pairs, max_size=30), st.data())
def test_rows_written_as_they_come_are_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, keys: set[tuple[str, str]], data: st.DataObject
) -> None:
    table = arrow(
        "links", [link(left, right, number / 7) for number, (left, right) in enumerate(sorted(keys))]
    )
    folder = tmp_path_factory.mktemp("bytes")
    ready = parquet.prepare("links", table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "ROW_GROUP", 4)
        parquet.write(folder / "a", "links", ready)
        pieces = ready.to_batches(max_chunksize=data.draw(st.integers(1, 9)))
        assert parquet.write_ordered(folder / "b", "links", pieces) == len(keys)
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()


@pytest.mark.parametrize("border", [1, 2, 3])
def test_rows_out_of_order_or_twice_are_refused_wherever_the_pieces_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, border: int
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", border)
    for rows, told in (
        ([link("a", "b"), link("c", "d"), link("b", "c")], "out of order"),
        ([link("a", "b"), link("c", "d"), link("c", "d")], "more than one row has the key"),
    ):
        with pytest.raises(IntegrityError, match=told):
            parquet.write_ordered(tmp_path / "x", "links", arrow("links", rows).to_batches(max_chunksize=1))


def test_microseconds_become_moments_and_columns_find_their_place(tmp_path: Path) -> None:
    given = pa.table(
        {
            "shared": [2],
            "at": [1_000_000],
            "kind": ["kept"],
            "was": ["a"],
            "group": pa.array(["a"], pa.large_string()),
        }
    )
    row = parquet.prepare("lineage", given).to_pylist()[0]
    assert row["at"].isoformat() == "1970-01-01T00:00:01+00:00"
    assert list(row) == CASE["lineage"].schema.names


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([link("b", "a")], "left does not sort before right"),
        ([link("a", "a")], "left does not sort before right"),
        ([link("a", "b"), link("c", "d"), link("a", "b", 2.0)], "more than one row has the key"),
        ([link("a", "b", float("nan"))], "not a finite number"),
        ([link("a", "b", float("inf"))], "not a finite number"),
        ([{**link("a", "b"), "right": None}], "right is empty"),
    ],
)
def test_a_table_that_breaks_its_promises_is_refused(rows: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(IntegrityError, match=told):
        parquet.prepare("links", arrow("links", rows))


def test_undeclared_columns_types_and_tables_are_refused() -> None:
    table = arrow("links", [link("a", "b")])
    with pytest.raises(IntegrityError, match="not declared: shoe"):
        parquet.prepare("links", table.append_column("shoe", pa.array([1])))
    with pytest.raises(IntegrityError, match="log_odds is string"):
        parquet.prepare("links", table.set_column(2, "log_odds", pa.array(["1"])))
    with pytest.raises(IntegrityError, match="no such table"):
        parquet.prepare("shoes", table)


def test_filtered_reads_find_what_whole_reads_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 7)
    rows = [link(f"a{i:02d}", f"b{j:02d}", i + j / 10) for i in range(12) for j in range(5)]
    case = Case(write_links(tmp_path / "case", rows))
    for where in (
        {"left": {"a03", "a11"}},
        {"left": {"a03"}, "right": {"b04"}},
        {"right": {"b00"}},
        {"left": {"zz"}},
    ):
        wanted = [row for row in rows if all(row[column] in values for column, values in where.items())]
        assert case.table("links", where).to_pylist() == wanted
    assert pq.ParquetFile(tmp_path / "case" / "links.parquet").metadata.num_row_groups == 9


def test_a_damaged_table_is_an_integrity_error(made: Path) -> None:
    (made / "links.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(IntegrityError, match=r"links\.parquet"):
        Case(made).table("links")
    (made / "run.json").write_text("{")
    with pytest.raises(IntegrityError, match=r"run\.json"):
        _ = Case(made).run
    with pytest.raises(CaseError, match="no such table"):
        Case(made).table("shoes")


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 5, 9])
def test_a_table_that_lies_in_a_file_is_written_and_checked_some_rows_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """The same file as without, and the same refusal where a key stands twice, wherever the pieces end."""
    columns = [[f"s{i}" for i in range(rows)], ["x"] * rows, [2] * rows]
    made = pa.table(columns, schema=CASE["segments"].schema)
    with pa.ipc.new_file(tmp_path / "rows.arrow", made.schema) as out:
        out.write_table(made)
    mapped = pa.ipc.open_file(pa.memory_map(str(tmp_path / "rows.arrow"))).read_all()
    parquet.write(tmp_path / "whole", "segments", parquet.prepare("segments", made))
    monkeypatch.setattr(parquet, "MAPPED", 4)
    taken = []
    monkeypatch.setattr(parquet, "let_go", lambda table: taken.append(table.num_rows))
    parquet.write(tmp_path / "pieces", "segments", parquet.prepare("segments", mapped))
    assert (tmp_path / "pieces").read_bytes() == (tmp_path / "whole").read_bytes()
    assert len(taken) >= (rows > 5)
    twice = pa.concat_tables([made, made.slice(max(rows - 1, 0))])
    if rows:
        with pytest.raises(IntegrityError, match="more than one row has the key"):
            parquet.prepare("segments", twice)
