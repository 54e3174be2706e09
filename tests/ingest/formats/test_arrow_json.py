"""Lines of JSON read by Arrow: what they say one by one, or nothing; and nothing in them ends the program."""

import json
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest.formats import arrow_json
from linkage.ingest.formats.arrow_json import Odd

TEXTS = st.sampled_from(["", "x", "é", "\0", "\x7f", "\u2028", "{}", '":', "null", "2026-01-02", "a\nb", "𝄞"])
NUMBERS = st.sampled_from([0, -1, 7, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 0.5, 1e300])
LEAVES = TEXTS | NUMBERS | st.booleans() | st.none()
NAMES = st.sampled_from(["a", "b", "a.b", "", "é"])
MIXED = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
HOSTILE = st.sampled_from(
    [
        '{"a":NaN}', '{"a":-Infinity}', '{"a":[NaN]}', '{"a":{"b":NaN}}', '{"a":1e999}', '{"a":1,"a":2}',
        '{"b":{"a":1,"a":2}}', '{"a":1,"\\u0061":2}', '{"a":"\\ud800"}', '{"a":"\\udc00"}', '{"a":01}',
        '{"a":1}{"a":2}', '{"a":1,}', '{a:1}', "{'a':1}", '{"a":tru}', '{"a":"\\x"}', '{"a":/**/1}', "{}",
        '{"a":-0}', '{"a":1.0}', '{"a":1e2}', '{"a":{}}', '{"a":[]}', '{"a":[{}]}', '{"a":[null]}',
        '{"a":"2026-01-02T03:04:05Z"}', '{"a" : 1}',
    ]
)  # fmt: skip


def data_of(*lines: str) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def bare(value: Any) -> Any:
    """A value without names whose value is null, which columns do not tell from names that are missing."""
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    # One type holds 5 and 5.0; who reads it refuses numbers of that type.
    return float(value) if type(value) is int else value


LINES = st.lists(st.dictionaries(NAMES, MIXED, max_size=3).map(json.dumps) | HOSTILE, min_size=1, max_size=4)


@settings(max_examples=500)
@given(LINES, st.sampled_from([1, 2, arrow_json.SAMPLE]), st.booleans())
def test_lines_are_read_as_they_are_one_by_one_or_not_at_all(
    lines: list[str], sample: int, again: bool
) -> None:
    known = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_json, "SAMPLE", sample)
        for _ in range(1 + again):
            try:
                table = arrow_json.read(data_of(*lines), len(lines), known)
            except Odd as odd:
                assert odd.row is None or 0 <= odd.row < len(lines)
                return
            known = pa.struct(list(table.schema))
            assert bare(table.to_pylist()) == [bare(orjson.loads(line)) for line in lines]


ALIKE = st.fixed_dictionaries(
    {"a": TEXTS},
    optional={
        "n": st.integers(-(2**63), 2**63 - 1) | st.none(),
        "o": st.fixed_dictionaries({}, optional={"x": TEXTS, "y": st.booleans()}),
        "l": st.lists(st.fixed_dictionaries({"key": TEXTS, "value": TEXTS}), max_size=3),
    },
)


@settings(max_examples=200)
@given(st.lists(ALIKE, min_size=1, max_size=6))
def test_rows_that_are_alike_are_read(rows: list[Any]) -> None:
    table = arrow_json.read(data_of(*map(json.dumps, rows)), len(rows))

    assert bare(table.to_pylist()) == bare(rows)


@settings(max_examples=300)
@given(st.lists(MIXED.map(json.dumps) | HOSTILE | st.text(max_size=8), min_size=1, max_size=4))
def test_texts_are_read_as_the_values_they_hold_or_not_at_all(texts: list[str]) -> None:
    try:
        found = arrow_json.values(pa.array(texts, pa.string()))
    except Odd:
        return
    assert [bare(each) for each in found.to_pylist()] == [bare(orjson.loads(text)) for text in texts]


@pytest.mark.parametrize(
    "texts", [['1}\n{"v":2', ""], ['1,"v":2'], ['1,"w":2'], ['{"a":1}}\n{"v":{"a":2}', "{}"], ["[1", "2]"]]
)
def test_a_text_cannot_end_the_object_it_is_put_into(texts: list[str]) -> None:
    with pytest.raises(Odd):
        arrow_json.values(pa.array(texts))


def test_a_text_over_several_lines_is_one_record() -> None:
    texts = pa.array(["x", json.dumps({"a": [1, 2]}, indent=2), '{\r\n"a": [3]}']).slice(1)

    assert arrow_json.values(texts).to_pylist() == [{"a": [1, 2]}, {"a": [3]}]


@pytest.mark.parametrize("depth", [arrow_json.MOST_DEEP + 2, 1_500, 100_000])
@pytest.mark.parametrize("ends", [("[", "]"), ('{"a":', "}"), ("[\n", "]")], ids=["list", "object", "lines"])
def test_what_is_too_deep_is_left_to_readers_of_single_rows(depth: int, ends: tuple[str, str]) -> None:
    """Arrow's parser calls itself for each level: at 20,000 the stack is full and the program ends."""
    text = ends[0] * depth + "1" + ends[1] * depth

    with pytest.raises(Odd) as odd:
        arrow_json.values(pa.array(["{}", text]))
    assert odd.value.row == 1


def test_brackets_that_do_not_stand_inside_one_another_are_not_deep() -> None:
    rows = [{"a": "[" * 200}, {"a": "x", "l": [{"b": 1}] * 200}]

    assert bare(arrow_json.read(data_of(*map(json.dumps, rows)), 2).to_pylist()) == bare(rows)
    assert arrow_json.values(pa.array(["[" * 30 + "1" + "]" * 30])).type != pa.null()


def test_rows_with_names_of_their_own_are_left_to_readers_of_single_rows() -> None:
    """Arrow makes a cell for each name in each row: of 5,000 such rows 25 million."""
    rows = [json.dumps({f"key{n}": n}) for n in range(arrow_json.MOST_NAMES + 1)]

    with pytest.raises(Odd):
        arrow_json.read(data_of(*rows), len(rows))
    with pytest.raises(Odd):
        arrow_json.read(data_of(json.dumps(dict.fromkeys(rows, 1))), 1)
    assert arrow_json.read(data_of(*rows[:50]), 50).num_columns == 50


def test_names_times_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ['{"a":1,"b":{"c":2}}'] * 4  # three names

    monkeypatch.setattr(arrow_json, "MOST_CELLS", 12)
    assert arrow_json.read(data_of(*rows), 4).num_rows == 4
    monkeypatch.setattr(arrow_json, "MOST_CELLS", 11)
    with pytest.raises(Odd):
        arrow_json.read(data_of(*rows), 4)


@pytest.mark.parametrize("line", ['{"a":NaN}', '{"a":-Infinity}', '{"b":{"c":[NaN]}}'])
def test_what_is_no_number_in_json_is_not_read_as_one(line: str) -> None:
    lines = ['{"a":1.5,"b":{"c":[0.5]}}'] * (arrow_json.SAMPLE + 1)

    assert arrow_json.read(data_of(*lines), len(lines)).num_rows == len(lines)
    with pytest.raises(Odd):
        arrow_json.read(data_of(*lines, line), len(lines) + 1)


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (['{"a":1}'] * 3 + ['{"a":"x"}'], 3),
        (['{"a":[1]}'] + ['{"a":{}}'] * 3, 1),
        (['{"a":1}'] * 200 + ['{"a":']  + ['{"a":1}'], 200),
    ],
)  # fmt: skip
def test_the_odd_line_is_named(lines: list[str], row: int) -> None:
    with pytest.raises(Odd) as odd:
        arrow_json.read(data_of(*lines), len(lines))
    assert odd.value.row == row


def test_of_two_that_differ_one_is_named() -> None:
    with pytest.raises(Odd) as odd:
        arrow_json.read(data_of('{"a":"x"}', *['{"a":1}'] * 3), 4)
    assert odd.value.row in (0, 1)


def test_fewer_or_more_lines_than_were_said_are_odd() -> None:
    for count in (1, 3):
        with pytest.raises(Odd):
            arrow_json.read(data_of('{"a":1}', '{"a":2}'), count)


def test_types_of_earlier_lines_are_kept_and_widened() -> None:
    known = pa.struct([("a", pa.int64()), ("gone", pa.string())])

    same = arrow_json.read(data_of('{"a":1}'), 1, known)
    assert same.to_pylist() == [{"a": 1, "gone": None}]
    wider = arrow_json.read(data_of('{"a":1,"b":{"c":true}}'), 1, known)
    assert wider.to_pylist() == [{"a": 1, "gone": None, "b": {"c": True}}]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (pa.null(), pa.string(), pa.string()),
        (pa.int64(), pa.float64(), pa.float64()),
        (pa.int64(), pa.string(), None),
        (pa.list_(pa.null()), pa.list_(pa.int64()), pa.list_(pa.int64())),
        (pa.struct([("a", pa.int64())]), pa.list_(pa.int64()), None),
    ],
)
def test_a_type_for_two(one: pa.DataType, other: pa.DataType, both: pa.DataType | None) -> None:
    assert arrow_json.merged(one, other) == both
    assert arrow_json.merged(other, one) == both


def test_names_and_depth_of_a_type() -> None:
    kind = pa.struct([("a", pa.list_(pa.struct([("b", pa.int64()), ("c", pa.string())]))), ("d", pa.bool_())])

    assert arrow_json.names_in(kind) == 4
    assert arrow_json.depth(kind) == 3
    assert arrow_json.names_of(b'{"a":1}\n{"b":null}\n') == {"a", "b"}
    assert arrow_json.first_lines(b"{}\n" * 200).count(b"{}") == arrow_json.SAMPLE
