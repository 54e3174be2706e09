"""CSV: what its shape can get wrong, and what is merely unusual."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.ingest import mapping, reasons
from linkage.ingest.chunk import Chunk
from linkage.ingest.formats import csv, streams
from linkage.ingest.formats.streams import TextFile
from linkage.ingest.sniffing import Written
from linkage.schema import SOURCES
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.conftest import Put
from tests.ingest.made import LENIENT, load

HEAD = b"account,at,prompt,input_tokens\n"
GOOD = b"a1,2026-01-02T03:04:05Z,hello,1\n"

BROKEN = {
    "too few cells": (b"a2,2026-01-02T03:04:05Z\n", reasons.CELLS),
    "too long": (b"a2,2026-01-02T03:04:05Z," + b"x" * 2**21 + b",1\n", reasons.TOO_LONG),
    "too many cells": (b"a2,2026-01-02T03:04:05Z,x,1,2\n", reasons.CELLS),
    "text after a quoted cell": (b'a2,2026-01-02T03:04:05Z,"x"y,1\n', reasons.QUOTES),
    "an id that is not utf-8": (b"a\xff,2026-01-02T03:04:05Z,x,1\n", reasons.NOT_UTF8),
    "two records between carriage returns": (
        b"a2,2026-01-02T03:04:05Z,x,1\ra3,2026-01-02T03:04:05Z,x,1\n",
        reasons.RETURN,
    ),
    "a quote that a carriage return follows": (b'a2,2026-01-02T03:04:05Z,"x"\ry,1\n', reasons.QUOTES),
    "no account": (b",2026-01-02T03:04:05Z,x,1\n", reasons.NO_ACCOUNT),
    "no time": (b"a2,,x,1\n", reasons.NO_TIME),
    "unreadable time": (b"a2,2 January,x,1\n", reasons.UNREADABLE_TIME),
    "day or month first": (b"a2,02/01/2026,x,1\n", reasons.DATE_ORDER),
    "year 9999": (b"a2,9999-12-31,x,1\n", reasons.TIME_OUT_OF_RANGE),
}
LOST = {
    "negative": (b"a2,2026-01-02T03:04:05Z,x,-1\n", reasons.NEGATIVE),
    "fraction": (b"a2,2026-01-02T03:04:05Z,x,1.5\n", reasons.NOT_WHOLE),
    "word": (b"a2,2026-01-02T03:04:05Z,x,many\n", reasons.WRONG_TYPE),
    "hexadecimal": (b"a2,2026-01-02T03:04:05Z,x,0x10\n", reasons.WRONG_TYPE),
    "infinity": (b"a2,2026-01-02T03:04:05Z,x,inf\n", reasons.NOT_FINITE),
    "thousands": (b'a2,2026-01-02T03:04:05Z,x,"1,234"\n', reasons.WRONG_TYPE),
    "million digits": (b"a2,2026-01-02T03:04:05Z,x," + b"9" * 10**6 + b"\n", reasons.OUT_OF_RANGE),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_record_has_its_reason_and_its_neighbours_are_used(name: str, put: Put) -> None:
    text, reason = BROKEN[name]
    source = put("interactions.csv", HEAD + GOOD + text + GOOD)

    result = load(source, reading=IngestSettings(max_quarantined=1, max_line_bytes=2**21))

    assert result.receipt().quarantined == {reason: 1}
    assert result.table()["line"].to_pylist() == [2, 4]
    assert result.put_away()[0]["row"] == 3


@pytest.mark.parametrize("name", LOST)
def test_a_cell_that_cannot_be_used_costs_the_cell_alone(name: str, put: Put) -> None:
    text, reason = LOST[name]
    result = load(put("interactions.csv", HEAD + GOOD + text + GOOD))

    assert result.lost() == {"input_tokens": {reason: 1}}
    assert result.receipt().dropped_examples == {"input_tokens": {reason: (3,)}}
    assert result.table()["input_tokens"].to_pylist() == [1, None, 1]


def test_a_nul_in_a_prompt_does_not_hide_its_row(put: Put) -> None:
    result = load(put("interactions.csv", HEAD + GOOD + b"a2,2026-01-02T03:04:05Z,x\0y,1\n"))

    assert result.table()["prompt"].to_pylist() == ["hello", "xy"]
    assert result.table()["cleaned"].to_pylist() == [None, ["prompt: control characters"]]


def test_a_cell_that_is_no_utf8_is_cleaned_and_its_row_stays(put: Put) -> None:
    result = load(
        put("interactions.csv", HEAD + GOOD + b"a2,2026-01-02T03:04:05Z,caf\xe9 \xc3\xa9,1\n" + GOOD)
    )

    assert result.table()["prompt"].to_pylist() == ["hello", "caf\ufffd é", "hello"]
    assert result.table()["cleaned"].to_pylist() == [None, ["prompt: invalid UTF-8"], None]
    assert result.receipt().cleaned_cells == {"prompt": {"invalid UTF-8": 1}}


def test_a_conversation_that_is_no_utf8_is_taken_apart_all_the_same(put: Put) -> None:
    prompt = b'[{""role"": ""user"", ""content"": ""caf\xe9?""}]'
    result = load(put("interactions.csv", HEAD + b'a2,2026-01-02T03:04:05Z,"' + prompt + b'",1\n'))

    assert result.table()["prompt"].to_pylist() == ["caf\ufffd?"]


def test_an_id_that_is_no_utf8_does_not_become_another_id(put: Put) -> None:
    rows = b"a\xff,2026-01-02,x,1\n,2026-01-02,x,1\na\xfe,2026-01-02,x,1\n"
    result = load(put("interactions.csv", HEAD + GOOD + rows))

    assert result.receipt().quarantined == {reasons.NO_ACCOUNT: 1, reasons.NOT_UTF8: 2}
    assert result.put_away()[0]["raw"] == "a\\xff,2026-01-02,x,1\\n"


def test_quoted_line_breaks_are_text_and_lines_are_counted_by_the_file(put: Put) -> None:
    result = load(put("interactions.csv", HEAD + b'a1,1767323045,"one\r\ntwo, ""three""\n",1\n' + GOOD))

    assert result.table()["prompt"].to_pylist() == ['one\r\ntwo, "three"\n', "hello"]
    assert result.table()["line"].to_pylist() == [2, 5]


def test_a_quote_that_never_closes_counts_every_line_it_swallowed(put: Put) -> None:
    result = load(put("interactions.csv", HEAD + GOOD + b'a2,1767323045,"x,1\n' + GOOD * 5))

    assert result.receipt().quarantined == {reasons.QUOTES: 6}
    assert result.receipt().rows == 7


def test_an_open_quote_stops_swallowing_at_the_limit(put: Put) -> None:
    source = put("interactions.csv", HEAD + b'a2,1767323045,"x,1\n' + GOOD * 100)

    result = load(source, reading=IngestSettings(max_quarantined=1, max_line_bytes=1_000))

    assert result.receipt().rows == 101
    assert result.receipt().used > 60
    assert set(result.receipt().quarantined) == {reasons.TOO_LONG}


def test_a_long_line_inside_a_record_takes_the_record_with_it(put: Put) -> None:
    long = b'a2,1767323045,"x\n' + b"y" * 5_000 + b'\nz",1\n'
    source = put("interactions.csv", HEAD + GOOD + long + GOOD)

    result = load(source, reading=IngestSettings(max_quarantined=1, max_line_bytes=1_000))

    # The record's beginning, the long line, and what then stands alone until the quote closes elsewhere.
    assert result.receipt().quarantined[reasons.TOO_LONG] == 2
    assert result.receipt().rows == 5


def test_a_record_cut_short_at_the_end(put: Put) -> None:
    result = load(put("interactions.csv", HEAD + GOOD + b"a2,1767323"))

    assert result.receipt().quarantined == {reasons.CUT_SHORT: 1}


def test_an_open_quote_at_the_end_is_cut_short(put: Put) -> None:
    result = load(put("interactions.csv", HEAD + GOOD + b'a2,1767323045,"x'))

    assert result.receipt().quarantined == {reasons.CUT_SHORT: 1}


def test_marks_blanks_and_carriage_returns_are_no_part_of_names_or_cells(put: Put) -> None:
    text = b"\xef\xbb\xbf account, at, prompt\r\n\r\na1, 1767323045, x\r\n"

    result = load(put("interactions.csv", text))

    assert result.table().to_pylist()[0] | {"line": 0} == result.table().to_pylist()[0] | {
        "account": "a1",
        "prompt": "x",
        "line": 0,
    }
    assert result.receipt().filtered == {reasons.BLANK: 1}
    assert result.table()["line"].to_pylist() == [3]


def test_a_header_alone_is_a_table_without_rows(put: Put) -> None:
    result = load(put("interactions.csv", b"account,at,zone\n"))

    assert (result.receipt().rows, result.table().num_rows) == (0, 0)
    assert result.receipt().unknown_columns == ("zone",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"account,prompt\na1,x\n", "needs the column at, which is missing"),
        (b"\n,\n", "interactions.csv: no header in line 1"),
        (b"Account,at\na1,1\n", "needs the column account, which is missing; it has Account"),
        (b"account,at,at\na1,1,2\n", "interactions.csv: more than one column is called at"),
        (b"account,at,\xff\n", "interactions.csv: the header in line 1 is not UTF-8"),
        (b'"account,at\n', "interactions.csv: line 1 cannot be read as a CSV header"),
    ],
)
def test_a_header_that_will_not_do_is_an_error_that_names_it(text: bytes, message: str, put: Put) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load(put("interactions.csv", text))

    assert caught.value.exit_code == 3
    assert message.startswith("interactions.csv: line 1") or caught.value.hint


def test_lists_in_cells(put: Put) -> None:
    cells = ["", "h1", "h1 h2", "h1;h2 ; h3", '"[""h1"", ""h2""]"', '"[""h1"", 2]"', '"[""h1"""']
    rows = "".join(f"a1,1767323045,{cell},\n" for cell in cells)
    source = put("interactions.csv", "account,at,context_sha256,embedding\n" + rows)

    result = load(source)

    expected = [None, ["h1"], ["h1", "h2"], ["h1", "h2", "h3"], ["h1", "h2"], None, None]
    assert result.table()["context_sha256"].to_pylist() == expected
    assert result.lost() == {"context_sha256": {reasons.WRONG_TYPE: 2}}


def test_vectors_in_cells(put: Put) -> None:
    cells = ['"[0.5, 1]"', '"[0.5, NaN]"', '"[0.5, 1e400]"', '"{}"', "half"]
    rows = "".join(f"a1,1767323045,{cell}\n" for cell in cells)

    result = load(put("interactions.csv", "account,at,embedding\n" + rows), reading=LENIENT)

    assert result.table()["embedding"].to_pylist() == [[0.5, 1.0], *[None] * 4]
    assert result.receipt().meaningless == {"embedding": 1}
    assert result.lost() == {
        "embedding": {reasons.NOT_FINITE: 1, reasons.OUT_OF_RANGE: 1, reasons.WRONG_TYPE: 1}
    }


PIECES = ["a1", "2026-01-02", "x", "", ",", ",", ",", "\n", "\n", '"', '"', '""', "\r\n", " ", "\0", "é", ";"]
CELLS = st.lists(st.sampled_from(["x", " ", ",", '""', "\n", "\r\n", "é", "a", ""]), max_size=5).map("".join)
QUOTED = st.lists(CELLS, min_size=4, max_size=4).map(lambda cells: '"' + '","'.join(cells) + '"\n')
RECORDS = st.one_of(
    QUOTED.map(str.encode),
    QUOTED.map(lambda text: text.encode()[:-1] + b"\r\n"),
    st.sampled_from([GOOD, GOOD, b"a1,2026-01-02,\xff,1\n", b'a1,2026-01-02,"a\nb",1\n', b"\n", b"\r\n"]),
    st.sampled_from([b"a, b,c,d\n", b" a,b,c,d\n", b'"a, b"," c",d,e\n', b'a, "b",c,d\n', b'"a"b,c,d,e\n']),
    st.sampled_from([b"a,b\rc,d,e\n", b'"a\rb",c,d,e\n', b'a,b,c,"d"\r,e\n', b"a,b,c,d,\n", b",,,\n"]),
)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(RECORDS, max_size=8),
    st.sampled_from([1, 20, 80, 2**20]),
)
def test_plain_blocks_are_read_as_slowly_read_ones(text: str, rows: list[bytes], size: int) -> None:
    """Blocks without odd lines are read at once; the way that looks at each record says the same."""
    content = HEAD + b"".join(rows) + text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv._Plain, "chunk", lambda _: None)
        slow = everything(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "PIECE", size)
        patch.setattr(streams, "CHUNK_BYTES", size)
        assert everything(content) == slow


def everything(content: bytes) -> tuple[object, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source" / "interactions.csv"
        path.parent.mkdir()
        path.write_bytes(content)
        plan = mapping.native(SOURCES["interactions"])
        file = TextFile(path, path.name, Written("csv"), LENIENT)
        found: list[Chunk] = list(csv.chunks(file, plan, Written("csv"), LENIENT))
        rows = [
            # What is kept of a row goes on to the next one that is used: its first line alone is its own.
            (
                each.lines[i],
                str(each.raw(i)).partition("\\n" if isinstance(each.raw(i), bytes) else "\n")[0],
                [column[i] for _, column in sorted(python(each).items())],
            )
            for each in found
            for i in range(len(each.lines))
        ]
        broken = [(one.line, one.reason, one.raw) for each in found for one in each.broken]
        return rows, broken, sum(each.blank for each in found), found[0].unknown


def python(chunk: Chunk) -> dict[str, list[object]]:
    return {
        name: column.to_pylist() if isinstance(column, pa.Array) else column
        for name, column in chunk.columns.items()
    }


@pytest.mark.parametrize(
    "text",
    [GOOD * 3, GOOD + b'"a,""1""",1767323045,"one\r\ntwo",1\r\n' + GOOD, b'"","","\n","x"\n' + GOOD * 2],
)
def test_a_block_of_plain_rows_is_read_at_once(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the property above would compare the slow way with itself."""
    monkeypatch.setattr(csv, "_gather", lambda *_, **__: csv._Batch(0, [], 0, last=True))
    assert len(everything(HEAD + text)[0]) == 3


def test_a_spreadsheets_line_about_the_delimiter_is_no_header(put: Put) -> None:
    source = put("sessions.csv", b'sep=;\r\naccount;at\r\na1;1767323045\r\n"a;2";1767323045\r\n')
    rows = load(source).table("sessions").to_pylist()
    assert [(each["account"], each["line"]) for each in rows] == [("a1", 3), ("a;2", 4)]


def test_marks_of_the_encoding_before_the_header_are_no_part_of_it(put: Put) -> None:
    source = put("sessions.csv", b"\xef\xbb\xbf\xef\xbb\xbfaccount,at\na1,1767323045\n")
    assert load(source).table("sessions")["account"].to_pylist() == ["a1"]
