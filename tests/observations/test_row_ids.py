"""Content ids of rows: those of Python, whatever the row's place; and rows that a source repeats."""

from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.observations.row_ids import add_row_ids, drop_repeats, hashed_id, json_list, repeated_ids
from linkage.schema import SOURCES, content_id
from tests.evidence.made import START
from tests.observations.made import identified, rows_of, staged

ordinary = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs",), exclude_characters="\x7f"))


@settings(max_examples=40)
@given(st.lists(ordinary, min_size=1, max_size=4))
def test_ids_of_the_engine_are_those_of_python(engine: Engine, parts: list[str]) -> None:
    columns = {f"c{i}": pa.array([part], pa.string()) for i, part in enumerate(parts)}
    rows = engine.table(pa.table(columns))
    found = rows_of(engine, rows.select(id=hashed_id([rows[name] for name in columns])))
    assert found == [{"id": content_id(parts)}]


def test_parts_that_read_alike_when_joined_have_different_ids(engine: Engine) -> None:
    pairs = [('a","b', "c"), ("a", 'b","c'), ("a\\", "b"), ("a", "\\b"), ("", "ab"), ("ab", ""), ('a"', "b")]
    rows = engine.table(pa.table({"x": [x for x, _ in pairs], "y": [y for _, y in pairs]}))
    ids = engine.collect(rows.select(id=hashed_id([rows.x, rows.y])), at_most=engine.max_rows)[
        "id"
    ].to_pylist()
    assert len(set(ids)) == len(pairs)


ROW = {"account": "a", "at": START, "ip": "192.0.2.1", "context_sha256": ["h1"], "embedding": [0.5, 1.0]}


def test_a_row_s_id_does_not_say_where_it_stands(engine: Engine) -> None:
    one, other = identified(engine, ROW, {**ROW, "file": "g.csv", "line": 99})
    assert one["row"] == other["row"]


@pytest.mark.parametrize(
    "change",
    [
        {"account": "b"},
        {"at": START + 1},
        {"ip": None},
        {"ip": "192.0.2.2"},
        {"context_sha256": ["h2"]},
        {"context_sha256": ["h1", "h1"]},
        {"embedding": [0.5, 1.5]},
        {"input_tokens": 1},
        {"ja4": "192.0.2.1", "ip": None},
    ],
    ids=str,
)
def test_each_column_changes_a_row_s_id(engine: Engine, change: dict[str, Any]) -> None:
    one, other = identified(engine, ROW, {**ROW, **change})
    assert one["row"] != other["row"]


def test_the_same_columns_in_another_table_are_another_row(engine: Engine) -> None:
    (session,) = identified(engine, {"account": "a", "at": START}, table="sessions")
    (interaction,) = identified(engine, {"account": "a", "at": START})
    assert session["row"] != interaction["row"]


@pytest.mark.parametrize("table", sorted(SOURCES))
def test_every_table_has_ids(engine: Engine, table: str) -> None:
    (row,) = identified(engine, {name: None for name in SOURCES[table].columns}, table=table)
    assert len(row["row"]) == 32


def test_of_repeated_rows_the_first_in_file_and_line_stays(engine: Engine) -> None:
    rows = staged(
        engine,
        "sessions",
        {"account": "a", "at": START, "file": "g.csv", "line": 2},
        {"account": "a", "at": START, "file": "f.csv", "line": 9},
        {"account": "b", "at": START, "file": "g.csv", "line": 3},
        {"account": "a", "at": START, "file": "f.csv", "line": 7},
    )
    known = engine.keep(add_row_ids(rows, "sessions"))
    repeated = engine.keep(repeated_ids(known))
    assert [row["times"] for row in rows_of(engine, repeated)] == [3]
    left = rows_of(engine, drop_repeats(known, repeated), "account")
    assert [(row["account"], row["file"], row["line"]) for row in left] == [
        ("a", "f.csv", 7),
        ("b", "g.csv", 3),
    ]


def test_without_repeats_every_row_stays(engine: Engine) -> None:
    rows = [{"account": f"a{i}", "at": START} for i in range(5)]
    known = engine.keep(add_row_ids(staged(engine, "sessions", *rows), "sessions"))
    repeated = engine.keep(repeated_ids(known))
    assert rows_of(engine, repeated) == []
    assert len(rows_of(engine, drop_repeats(known, repeated))) == 5


def test_null_reads_as_an_empty_text_in_ids(engine: Engine) -> None:
    rows = engine.table(pa.table({"x": pa.array([None], pa.string())}))
    text = json_list([rows.x, ibis.literal("y")])
    assert rows_of(engine, rows.select(text=text)) == [{"text": '["","y"]'}]
