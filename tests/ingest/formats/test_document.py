"""JSON that is not by lines: any cut into blocks gives the same rows, and broken text is refused."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_ROWS, Chunk
from linkage.ingest.formats import document
from linkage.ingest.formats.plain_json import PlainJson
from linkage.ingest.mapping import native
from linkage.ingest.row_projection import python_column
from linkage.schema import SOURCES
from linkage.settings.ingest import Ingest as IngestSettings

CHOSEN = IngestSettings(max_json_depth=8)
ROW = {"account": "a", "at": "2026-05-04T08:00:00Z"}
OTHER = {"account": "b", "at": "2026-05-04T09:00:00Z", "more": {"x": [1, 2]}}


class Blocks:
    """Stands for a text file whose text comes in these blocks."""

    name = "file.json"

    def __init__(self, blocks: Sequence[str]) -> None:
        self.blocks = blocks

    def texts(self) -> Iterator[str]:
        yield from self.blocks


def chunks(blocks: Sequence[str], chosen: IngestSettings = CHOSEN) -> list[Chunk]:
    return list(document.chunks(Blocks(blocks), frozenset({"account", "at"}), chosen))


def read(*blocks: str) -> list[tuple[int, Any]]:
    """Each row's number with its object, or with the reason why it is none."""
    return [
        pair
        for each in chunks(blocks)
        for pair in sorted(
            [
                *zip(each.lines, each.objects or (), strict=True),
                *((one.line, one.reason) for one in each.broken),
            ],
            key=lambda pair: pair[0],
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ROW, OTHER]),
        json.dumps([ROW, OTHER], indent=2),
        json.dumps(ROW) + json.dumps(OTHER),
        json.dumps(ROW, indent=1) + "\n\n" + json.dumps(OTHER, indent="\t") + "\n",
        "\ufeff [ " + json.dumps(ROW) + " , " + json.dumps(OTHER) + " ] \r\n",
        "[" + json.dumps(ROW) + "," + json.dumps(OTHER) + ",]",
    ],
)
def test_arrays_and_objects_in_a_row_over_any_lines(text: str) -> None:
    assert read(text) == [(1, ROW), (2, OTHER)]


@pytest.mark.parametrize("text", ["[]", " [ ] ", "", " \n"])
def test_an_empty_document_has_no_rows(text: str) -> None:
    (only,) = chunks([text])
    assert (only.rows, only.columns) == (0, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"account": "a"}, {"account": "b"', "not JSON after row 1"),
        ('[{"account": "a"}', "the array has no end after row 1"),
        ('[{"account": "a"},', "the array has no end after row 1"),
        ("[", "the array has no end after row 0"),
        ('{"account": "a"} {"account"', "not JSON after row 1"),
        ('[{"account": "a"}] {"account": "b"}', 'something follows the array after row 1: \'{"account"'),
        ('[{"account": "a"}] ]', "something follows the array"),
        ("[{'account': 'a'}]", "not JSON after row 0"),
        ("[nonsense]", "not JSON after row 0"),
        ('[{"account": ' + "[" * 100_000, "row 1 is nested too deep"),
    ],
)
def test_a_document_that_breaks_off_or_goes_on_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text)
    assert f"file.json: {says}" in str(refused.value)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7", reasons.NOT_AN_OBJECT),
        ('"text"', reasons.NOT_AN_OBJECT),
        ("[1]", reasons.NOT_AN_OBJECT),
        ("null", reasons.NOT_AN_OBJECT),
        ('{"a": 1, "a": 2}', reasons.DUPLICATE_KEY),
        ('{"a": [{"b": 1, "b": 1}]}', reasons.DUPLICATE_KEY),
        ('{"a": ' + "[" * 9 + "]" * 9 + "}", reasons.TOO_DEEP),
    ],
)
def test_a_row_that_is_none_has_its_reason_and_its_neighbours_are_used(row: str, reason: str) -> None:
    assert read(f"[{json.dumps(ROW)}, {row}, {json.dumps(OTHER)}]") == [(1, ROW), (2, reason), (3, OTHER)]


def test_a_row_that_is_none_is_kept_as_its_text() -> None:
    (only,) = chunks(['[{"a": 1e999, "a": ' + "9" * 5_000 + "}, " + json.dumps(ROW) + "]"])
    assert only.broken[0].raw.startswith(b'{"a":')
    assert json.loads(only.raw(0)) == ROW


def test_what_one_holds_is_bounded() -> None:
    small = IngestSettings(max_bundle_bytes=1_000)
    with pytest.raises(InputError, match="not JSON after row 1"):
        chunks([json.dumps([ROW, {"account": "x" * 5_000}])], small) and chunks(
            [json.dumps(ROW), '{"account": "', *["x" * 500] * 10, '"}'], small
        )


def test_rows_come_some_at_a_time() -> None:
    found = chunks(["[", ",".join('{"account":"a"}' for _ in range(CHUNK_ROWS + 1)), "]"])
    assert [len(each.lines) for each in found] == [CHUNK_ROWS, 1]
    assert list(found[1].lines) == [CHUNK_ROWS + 1]


LEAVES = st.sampled_from([None, True, -3, 2**64, "a", "é", "b\nc", "\u2028", 1.5, ""])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.just(ROW) | st.dictionaries(st.sampled_from(["account", "at", "x", " at"]), VALUES)
ODD = ['{"account":"a","account":"b"}', '{"account":NaN}', '{"account":"\\ud800"}', "[" * 9 + "]" * 9]


@given(
    rows=st.lists(OBJECTS | VALUES, max_size=6),
    indent=st.sampled_from([None, 1, "\t"]),
    odd=st.sampled_from([None, *ODD]),
    ascii_=st.booleans(),
)
def test_columns_give_what_values_give(rows: list[Any], indent: Any, odd: str | None, ascii_: bool) -> None:
    written = [json.dumps(each, indent=indent, ensure_ascii=ascii_) for each in rows]
    text = "[" + " ,\r\n".join([*written, *([odd] if odd else []), *written]) + "]"
    made = native(SOURCES["sessions"])

    def shown(plain: PlainJson | None) -> Any:
        found, unknown = dict[int, Any](), set[str]()
        for each in document.chunks(Blocks([text]), made.wanted, CHOSEN, plain):  # type: ignore[arg-type]
            columns = {name: python_column(column) for name, column in each.columns.items()}
            for at, line in enumerate(each.lines):
                cells = {name: repr(column[at]) for name, column in columns.items() if column[at] is not None}
                found[line] = (each.raw(at), cells)
            found |= {one.line: one for one in each.broken}
            unknown |= each.unknown
        return sorted(found.items()), unknown

    assert shown(PlainJson(made, CHOSEN)) == shown(None)


def test_an_array_of_rows_that_are_alike_is_read_as_columns() -> None:
    """Otherwise the property above would compare the slow way with itself."""
    made = native(SOURCES["sessions"])
    text = json.dumps([ROW, ROW], indent=2)
    (found,) = document.chunks(Blocks([text]), made.wanted, CHOSEN, PlainJson(made, CHOSEN))  # type: ignore[arg-type]
    assert isinstance(found.columns["account"], pa.Array)
    assert (list(found.lines), found.raw(1)) == ([1, 2], json.dumps(ROW, separators=(",", ":")).encode())
