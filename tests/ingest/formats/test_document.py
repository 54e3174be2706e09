"""JSON that is not by lines: any cut into blocks gives the same rows, and broken text is refused."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_ROWS, Chunk
from linkage.ingest.formats import document
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.conftest import Put
from tests.ingest.made import load

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


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 1]), st.booleans(), st.data())
def test_any_cut_of_the_text_into_blocks_gives_the_same_rows(
    values: list[Any], indent: int | None, array: bool, data: st.DataObject
) -> None:
    written = [json.dumps(each, indent=indent, ensure_ascii=data.draw(st.booleans())) for each in values]
    text = f"[{','.join(written)}]" if array else " ".join(written)
    if not array and text.startswith("["):
        text = "{}" + text
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]

    whole = read(text)

    assert read(*pieces) == whole
    assert read(*text) == whole
    assert len(whole) == len(values) + (not array and text.startswith("{}["))


@given(st.text(alphabet='[]{},:"1ae. \\n\\u', max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except InputError as error:
        assert str(error).startswith("file.json: ")


def test_from_a_file(put: Put) -> None:
    result = load(put("sessions.json", json.dumps([ROW, OTHER | {"ip": "192.0.2.1"}, 7], indent=2)))

    assert result.table("sessions")["line"].to_pylist() == [1, 2]
    assert result.receipt("sessions").quarantined == {reasons.NOT_AN_OBJECT: 1}
    assert result.receipt("sessions").unknown_columns == ("more",)


def test_a_file_that_is_no_text_is_refused(put: Put, tmp_path: Path) -> None:
    source = put("sessions.json", b'[{"account": "\xff", "at": 1777881600}]')
    with pytest.raises(InputError, match=r"sessions\.json: not UTF-8 at byte 14 of a block"):
        load(source)
