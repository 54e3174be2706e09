"""Expressions asked of columns: what they give in each row, or nothing; usual ones are asked so."""

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest.column_expressions import column_of, truths
from linkage.ingest.column_texts import NotPlain
from linkage.ingest.column_values import Rows
from linkage.ingest.expression_steps import forget_maps
from linkage.ingest.expressions import compiled
from linkage.ingest.formats import arrow_json
from linkage.ingest.formats.arrow_json import Odd

TEXTS = st.sampled_from(
    ["", "-", "x", "a/b", "A@B.example", " null ", "\0", "é", "\x1c-", '{"a":"x"}', '{"a":{"b":1}}',
     '{"a":null}', '{"a":["x","y"]}', '[{"a":"x"}]', "[", '"x"', "{}", '{"a":NaN}',
     '{"a":1.5}', '{"b":"y","a.b":"z"}']
)  # fmt: skip
INNER = st.fixed_dictionaries({}, optional={"a": TEXTS, "b": st.integers(0, 2) | st.none(), "a.b": TEXTS})
PAIR = st.fixed_dictionaries(
    {"key": st.sampled_from(["a", "b", "a.b"]), "value": TEXTS | st.just({"intValue": "7"})}
)
PAIRS = st.lists(PAIR, max_size=3)
VALUES = {
    "t": TEXTS | st.none(),
    "u": TEXTS,
    "n": st.sampled_from([0, 1, 7, None, 2**63]),
    "b": st.booleans(),
    "f": st.sampled_from([0.5, 1.0]),
    "o": INNER | st.none(),
    "l": st.lists(TEXTS, max_size=2) | st.lists(INNER, max_size=2),
    "p": PAIRS,
    "m": TEXTS | st.integers(0, 2) | INNER | st.lists(TEXTS, max_size=1),
    "o.a": TEXTS,
    "t | u": TEXTS,
}
ROWS = st.lists(st.fixed_dictionaries({}, optional=VALUES), min_size=1, max_size=5)
REST = {name: values for name, values in VALUES.items() if name not in ("t", "u")}
ALIKE = st.lists(st.fixed_dictionaries({"t": TEXTS, "u": TEXTS}, optional=REST), min_size=1, max_size=5)

PATHS = [
    "join(' ', [t, u])",
    "join(' ', [t, o.a, u, x][?@])",
    "join('', [x][?@])",
    "t && sha256(join('-', [t, n, u][?@]))",
    "join(t, [u][?@])",
    "t",
    "u",
    "n",
    "b",
    "f",
    "o",
    "l",
    "p",
    "m",
    "o.a",
    "o.b",
    "o.a.b",
    "p.a",
    "p['a.b']",
    "t.a",
    "gone.a",
]
ATOMS = [*PATHS, "l[0]", "l[-1].a", "p.b[0]", "json(t).a", "json(t).a.b", "json(u).a[0]", "json(t)[0].a",
         "json(o).a", "'x'", "`7`", "`null`", "`1.5`"]  # fmt: skip
CALLS = ["split({}, '/', `-1`)", "domain({})", "sha256({})", "text_hash(answer({}))", "json({}).a",
         "chain({}, u)", "masked_network({})", "length({})", "{}[?a == 'x']", "starts_with({}, 'a')",
         "join('-', [{}, u][?@])", "join('', [{}])"]  # fmt: skip
JOINED = ["{} | {}", "{} || {}", "{} && {}", "{} && {} || `null`", "!({}) && {}", "{} == 'x' && {}",
          "{} != {}", "{} != 'x' && {}", "{} == `7` || {}", "{} == `null` && {}"]  # fmt: skip


@st.composite
def expressions(draw: st.DrawFn) -> str:
    def atom() -> str:
        found = draw(st.sampled_from(ATOMS))
        return draw(st.sampled_from(CALLS)).format(found) if draw(st.integers(0, 3)) == 0 else found

    return draw(st.sampled_from(JOINED)).format(atom(), atom()) if draw(st.booleans()) else atom()


def as_columns(rows: list[Any]) -> Rows:
    """The rows as a reader of lines has them; raises Odd where it would leave them to rows."""
    data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    table = arrow_json.read(data, len(rows))
    columns = {each: arrow_json.one_array(table.column(each)) for each in table.column_names}
    return Rows(columns, len(rows), lambda: b"null" in data)


@settings(max_examples=1_500, deadline=None)
@given(expressions(), ROWS | ALIKE)
def test_an_expression_gives_what_it_gives_in_each_row(text: str, rows: list[Any]) -> None:
    asked = compiled(text)
    try:
        found = column_of(asked, as_columns(rows))
    except (Odd, NotPlain):
        return
    assert [repr(each) for each in found.to_pylist()] == [repr(asked.value(row)) for row in rows]
    forget_maps()


@settings(max_examples=500, deadline=None)
@given(expressions(), ROWS | ALIKE)
def test_a_condition_holds_where_it_holds_in_each_row(text: str, rows: list[Any]) -> None:
    asked = compiled(text)
    try:
        found = truths(asked, as_columns(rows))
    except (Odd, NotPlain):
        return
    assert found.tolist() == [bool(asked.value(row)) for row in rows]
    forget_maps()


PLAIN = [
    {"t": '{"a":"x"}', "u": "a/b", "n": 7, "o": {"a": "x", "b": 1}, "l": ["x", "y"],
     "p": [{"key": "a", "value": "x"}]},
    {"t": "-", "u": "A@B.example", "n": 0, "o": {"b": 2}, "l": [], "p": []},
    {"t": '{"a":"y"}', "u": "", "o": {"a": "-"}, "l": ["z"], "p": [{"key": "b", "value": "y"}]},
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "t", "o.a", "o.a | u", "l[0]", "l[-1]", "p.a", "$.p['a'] | u", "json(t).a", "json(t).a | u", "'x'",
        "gone", "split(u, '/', `-1`)", "domain(u)", "sha256(u)", "text_hash(answer(json(t)))", "o.a || u",
        "starts_with(u, 'a')", "o.a && u", "u != 'a/b' && u || `null`", "n == `7`", "!(o.a)",
        "chain(u, o.a)", "t == 'x' || u == ''",
    ],
)  # fmt: skip
def test_usual_expressions_are_asked_of_columns(text: str) -> None:
    """Otherwise the properties above would compare nothing."""
    asked = compiled(text)

    try:
        found = column_of(asked, as_columns(PLAIN)).to_pylist()
    except NotPlain:
        pytest.fail(f"{text} is asked row by row")
    assert found == [asked.value(row) for row in PLAIN]


@pytest.mark.parametrize("text", ["o", "f", "m", "l[?a == 'x']", "length(l)", "`1.5`", "n > `1`", "o.*"])
def test_what_columns_do_not_hold_exactly_is_for_rows(text: str) -> None:
    rows = [{**row, "f": 1.5, "m": {"a": 1}} for row in PLAIN]

    with pytest.raises(NotPlain):
        column_of(compiled(text), as_columns(rows))


def test_a_part_that_says_something_of_nothing_is_for_rows() -> None:
    rows = [{}, {"t": "x"}]

    with pytest.raises(NotPlain):
        column_of(compiled("t != t"), as_columns(rows))
    assert [compiled("t != t").value(row) for row in rows] == [False, False]


def test_a_column_is_taken_by_its_name_before_anything_else() -> None:
    rows = as_columns([{"o.a": "flat", "t | u": "named", "t": "x"}])

    assert column_of(compiled("t | u"), rows).to_pylist() == ["named"]
    assert column_of(compiled("o.a"), rows).to_pylist() == ["flat"]


def test_texts_of_json_are_read_once_for_all_expressions() -> None:
    rows = as_columns(PLAIN)
    column_of(compiled("json(t).a"), rows)
    kept = len(rows._kept)
    column_of(compiled("json(t).a"), rows)

    assert len(rows._kept) == kept
    assert pa.types.is_string(rows.columns["t"].type)
