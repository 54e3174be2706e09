"""From a file's columns to ours: renamed where they are plain, asked row by row where they are not."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import mapping, reasons
from linkage.ingest.cells import limits
from linkage.ingest.chunk import Chunk
from linkage.ingest.mapping import Plan
from linkage.ingest.projection import TRAIT, projected, projected_plan
from linkage.ingest.row_projection import elements
from linkage.schema import SOURCES
from linkage.settings import TableMapping
from linkage.settings.ingest import Ingest

LIMITS = limits(Ingest())


def plan(**more: Any) -> Plan:
    given = TableMapping(**{"file": "*", "columns": {"account": "who", "at": "when"}} | more)
    return mapping.plan("sessions", given, LIMITS)


def chunk(*rows: dict[str, Any], arrow: bool = False) -> Chunk:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lists = {name: [row.get(name) for row in rows] for name in names}
    columns = {name: pa.array(each) if arrow else each for name, each in lists.items()}
    return Chunk(
        dict(columns), range(2, len(rows) + 2), lambda i: f"raw {i}", objects=None if arrow else rows
    )


def shown(made: Chunk) -> dict[str, list[Any]]:
    return {name: each if isinstance(each, list) else each.to_pylist() for name, each in made.columns.items()}


@pytest.mark.parametrize("arrow", [False, True])
def test_plain_columns_are_renamed_and_nothing_else(arrow: bool) -> None:
    given = chunk({"who": "a", "when": 1, "x": 2}, {"who": "b", "when": 3, "x": 4}, arrow=arrow)
    made = projected(plan(), given)
    assert shown(made) == {"account": ["a", "b"], "at": [1, 3]}
    assert made.columns["account"] is given.columns["who"]
    assert (made.lines, made.objects) == (given.lines, None)


@pytest.mark.parametrize("arrow", [False, True])
def test_values_inside_are_looked_up_row_by_row(arrow: bool) -> None:
    made = projected(
        plan(columns={"account": "u.id | who", "at": "when"}),
        chunk(
            {"u": {"id": "a"}, "who": None, "when": 1}, {"u": {"id": "-"}, "who": "b", "when": 2}, arrow=arrow
        ),
    )
    assert shown(made) == {"account": ["a", "b"], "at": [1, 2]}


def test_rows_left_out_and_opened_keep_their_line_and_text() -> None:
    made = projected(
        plan(explode="in[]", where="ok"),
        chunk(
            {"in": [{"who": "a", "ok": True}, {"who": "b", "ok": False}], "when": 1},
            {"in": [], "when": 2},
            {"when": 3},
            {"in": [{"who": "c", "ok": 1}], "when": 4},
        ),
    )
    assert shown(made) == {"account": ["a", "c"], "at": [1, 4]}
    assert list(made.lines) == [2, 5]
    assert [made.raw(0), made.raw(1)] == ["raw 0", "raw 3"]
    assert made.filtered == {reasons.NOT_WANTED: 1, reasons.NOTHING_INSIDE: 2}


def test_an_element_comes_before_what_surrounds_it() -> None:
    (row,) = elements([("in",)], {"in": [{"a": 1}], "a": 2, "b": 3})
    assert row == {"a": 1, "b": 3}
    assert list(elements([("in",), ()], {"a": 1})) == [{"a": 1}]
    assert list(elements([("in",)], {"in": {"a": 1}})) == []


def test_a_tolerant_plan_leaves_out_who_is_not_named() -> None:
    given = chunk({"who": "a", "when": 1}, {"who": "-", "when": 2}, {"who": None, "when": 3})
    made = projected(Plan(**vars(plan()) | {"tolerant": True}), given)
    assert shown(made) == {"account": ["a"], "at": [1]}
    assert (list(made.lines), made.raw(0)) == ([2], "raw 0")
    assert made.filtered == {reasons.NO_ACCOUNT_NAMED: 2}
    nobody = projected(Plan(**vars(plan()) | {"tolerant": True}), chunk({"when": 1}))
    assert (nobody.rows, nobody.filtered) == (1, {reasons.NO_ACCOUNT_NAMED: 1})


def test_folders_give_columns_that_the_file_has_not() -> None:
    given = Plan(**vars(plan()) | {"partitions": {"who": "t1", "when": "2026", "unasked": "x"}})
    assert shown(projected(given, chunk({"when": 1}))) == {"account": ["t1"], "at": [1]}


def test_traits_of_an_unpivoted_file_have_columns_of_their_own() -> None:
    given = mapping.plan(
        "observations",
        TableMapping(file="*", columns={"account": "who"}, unpivot={"mail": "m.x", "name": "n"}),
        LIMITS,
    )
    made = projected(given, chunk({"who": "a", "m": {"x": 1}, "n": "b"}))
    assert shown(made) == {"account": ["a"], TRAIT + "mail": [1], TRAIT + "name": ["b"]}
    assert {each.text for each in projected_plan(given).unpivot.values()} == {TRAIT + "mail", TRAIT + "name"}


VALUES = st.none() | st.integers(0, 3) | st.sampled_from(["a", "-", ""])
ROWS = st.fixed_dictionaries({"who": VALUES, "when": VALUES, "in": st.lists(
    st.fixed_dictionaries({"who": VALUES}) | VALUES, max_size=3) | VALUES})  # fmt: skip


@given(st.lists(ROWS, max_size=4), st.sampled_from(["", "in[]", "in[] | @"]), st.booleans(), st.booleans())
def test_every_row_comes_out_or_is_counted(
    rows: list[dict[str, Any]], explode: str, kept: bool, tolerant: bool
) -> None:
    wanted = plan(explode=explode, where="" if kept else "when == `1`")
    made = projected(Plan(**vars(wanted) | {"tolerant": tolerant}), chunk(*rows))
    opened = sum(max(len(list(elements(wanted.explode, row))), 1) if wanted.explode else 1 for row in rows)
    assert made.rows == opened
    assert all(len(column) == len(made.lines) for column in made.columns.values())
    assert all(rows[line - 2] for line in made.lines)
    assert [made.raw(i) for i in range(len(made.lines))] == [f"raw {line - 2}" for line in made.lines]


def test_a_table_of_ours_needs_no_mapping() -> None:
    assert shown(projected(mapping.native(SOURCES["sessions"]), chunk({"account": "a", "x": 1}))) == {
        "account": ["a"]
    }
