"""Each broken NDJSON line ends under its own name, and the lines around it are used."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import reasons
from linkage.ingest.formats import ndjson as reader
from linkage.ingest.formats.streams import TextFile
from linkage.ingest.sniffing import Written
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.conftest import Put
from tests.ingest.made import LENIENT, load

GOOD = b'{"account":"a1","at":"2026-01-02T03:04:05Z"}\n'


def line(**more: object) -> bytes:
    return json.dumps({"account": "a2", "at": "2026-01-02T03:04:05Z", **more}).encode() + b"\n"


BROKEN = {
    "not utf-8": (b'{"account":"a\xff","at":1767323045}\n', reasons.NOT_UTF8),
    "encoded surrogate": (b'{"account":"a\xed\xa0\x80","at":1767323045}\n', reasons.NOT_UTF8),
    "not JSON": (b'{"account":"a2","at":\n', reasons.NOT_JSON),
    "two values": (GOOD.strip() + GOOD, reasons.NOT_JSON),
    "list": (b'["a2", 1767323045]\n', reasons.NOT_AN_OBJECT),
    "null": (b"null\n", reasons.NOT_AN_OBJECT),
    "duplicate key": (b'{"account":"a2","account":"a3","at":1767323045}\n', reasons.DUPLICATE_KEY),
    "duplicate key apart from its colon": (
        b'{"account":"a2","account" :"a3","at":1767323045}\n',
        reasons.DUPLICATE_KEY,
    ),
    "duplicate key behind an escaped colon": (
        b'{"account":"a2","account":"a\\u003ab","at":1767323045}\n',
        reasons.DUPLICATE_KEY,
    ),
    "duplicate key beside a text like a key": (
        b'{"account":"\\":","account":"a3","at":1767323045}\n',
        reasons.DUPLICATE_KEY,
    ),
    "duplicate key, escaped": (b'{"account":"a2","acc\\u006funt":"a3","at":17}\n', reasons.DUPLICATE_KEY),
    "duplicate key inside": (b'{"account":"a2","at":1767323045,"x":{"y":1,"y":2}}\n', reasons.DUPLICATE_KEY),
    "duplicate key but for blanks": (
        b'{"account":"a2"," account":"a3","at":1767323045}\n',
        reasons.DUPLICATE_KEY,
    ),
    "deep": (b'{"account":"a2","at":1767323045,"x":' + b"[" * 80 + b"]" * 80 + b"}\n", reasons.TOO_DEEP),
    "very deep": (b"[" * 100_000 + b"]" * 100_000 + b"\n", reasons.TOO_DEEP),
    "account of 2^64": (line(account=2**64), reasons.OUT_OF_RANGE),
    "fraction for a text": (line(account=1.5), reasons.WRONG_TYPE),
    "true for a time": (line(at=True), reasons.WRONG_TYPE),
    "no account": (b'{"at":1767323045}\n', reasons.NO_ACCOUNT),
    "empty account": (line(account=" \t"), reasons.NO_ACCOUNT),
    "null account": (line(account=None), reasons.NO_ACCOUNT),
    "no time": (b'{"account":"a2"}\n', reasons.NO_TIME),
    "unreadable time": (line(at="yesterday"), reasons.UNREADABLE_TIME),
    "thirtieth of February": (line(at="2026-02-30T00:00:00Z"), reasons.UNREADABLE_TIME),
    "year 0": (line(at="0000-01-01T00:00:00Z"), reasons.UNREADABLE_TIME),
    "year 9999": (line(at="9999-12-31T23:59:59Z"), reasons.TIME_OUT_OF_RANGE),
    "year 9999 west of UTC": (line(at="9999-12-31T23:59:59-23:59"), reasons.TIME_OUT_OF_RANGE),
    "epoch 0": (line(at=0), reasons.TIME_OUT_OF_RANGE),
    "an enormous epoch": (line(at=1e30), reasons.TIME_OUT_OF_RANGE),
    "the smallest integer as a time": (line(at=-(2**63)), reasons.TIME_OUT_OF_RANGE),
    "too long": (line(prompt="x" * 3_000), reasons.TOO_LONG),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_line_has_its_reason_and_its_neighbours_are_used(name: str, put: Put) -> None:
    text, reason = BROKEN[name]
    limit = 2_500 if reason == reasons.TOO_LONG else 8 * 2**20
    source = put("interactions.ndjson", GOOD + text + GOOD)

    result = load(source, reading=IngestSettings(max_quarantined=1, max_line_bytes=limit))

    assert result.receipt().quarantined == {reason: 1}
    assert result.table()["line"].to_pylist() == [1, 3]
    (entry,) = result.put_away()
    assert (entry["table"], entry["file"], entry["row"]) == ("interactions", "interactions.ndjson", 2)
    assert len(entry["raw"]) <= 2048


LOST = {
    "NaN": (b'{"account":"a2","at":1767323045,"input_tokens":NaN}\n', "input_tokens", reasons.NOT_FINITE),
    "million digits": (
        b'{"account":"a2","at":1767323045,"input_tokens":' + b"9" * 10**6 + b"}\n",
        "input_tokens",
        reasons.OUT_OF_RANGE,
    ),
    "huge exponent": (
        b'{"account":"a2","at":1767323045,"input_tokens":1e999}\n',
        "input_tokens",
        reasons.OUT_OF_RANGE,
    ),
    "int64 + 1": (line(input_tokens=2**63), "input_tokens", reasons.OUT_OF_RANGE),
    "2^64": (line(input_tokens=2**64), "input_tokens", reasons.OUT_OF_RANGE),
    "list for a text": (line(user_agent=["x"]), "user_agent", reasons.WRONG_TYPE),
    "object for a text": (line(user_agent={"x": 1}), "user_agent", reasons.WRONG_TYPE),
    "true for a text": (line(model=True), "model", reasons.WRONG_TYPE),
    "text for a count": (line(input_tokens="many"), "input_tokens", reasons.WRONG_TYPE),
    "true for a count": (line(input_tokens=True), "input_tokens", reasons.WRONG_TYPE),
    "fraction of a token": (line(input_tokens=1.5), "input_tokens", reasons.NOT_WHOLE),
    "negative count": (line(output_tokens=-1), "output_tokens", reasons.NEGATIVE),
    "number among hashes": (line(context_sha256=["x", 1]), "context_sha256", reasons.WRONG_TYPE),
    "nothing among hashes": (line(context_sha256=["x", None]), "context_sha256", reasons.WRONG_TYPE),
    "text in a vector": (line(embedding=[0.5, "x"]), "embedding", reasons.WRONG_TYPE),
    "true in a vector": (line(embedding=[0.5, True]), "embedding", reasons.WRONG_TYPE),
    "vector beyond floats": (line(embedding=[1e300, 0.0]), "embedding", reasons.OUT_OF_RANGE),
}


@pytest.mark.parametrize("name", LOST)
def test_a_cell_that_cannot_be_used_costs_the_cell_alone(name: str, put: Put) -> None:
    text, column, reason = LOST[name]

    result = load(put("interactions.ndjson", GOOD + text + GOOD))

    receipt = result.receipt()
    assert (receipt.used, receipt.quarantined) == (3, {})
    assert receipt.dropped_cells == {column: {reason: 1}}
    assert receipt.dropped_examples == {column: {reason: (2,)}}
    assert result.table()[column].to_pylist() == [None] * 3


CLEANED = {
    "lone surrogate": (b'{"account":"a\\ud800","at":1767323045}\n', "account", "a\ufffd", "lone surrogates"),
    "NUL escape": (b'{"account":"a\\u0000b","at":1767323045}\n', "account", "a\ufffdb", "control characters"),
    "NUL byte": (b'{"account":"a\0b","at":1767323045}\n', "account", "a\ufffdb", "control characters"),
    "not utf-8": (
        b'{"account":"a2","at":1767323045,"user_agent":"caf\xe9"}\n',
        "user_agent",
        "caf\ufffd",
        "invalid UTF-8",
    ),
    "prompt not utf-8": (
        b'{"account":"a2","at":1767323045,"prompt":"caf\xe9 \xc3\xa9"}\n',
        "prompt",
        "caf\ufffd é",
        "invalid UTF-8",
    ),
    "NUL in a prompt": (line(prompt="x\0y\n\tz "), "prompt", "xy\n\tz ", "control characters"),
    "escape in a client": (line(user_agent="\x1b[2Jx\ty"), "user_agent", "[2Jxy", "control characters"),
}


@pytest.mark.parametrize("name", CLEANED)
def test_a_hostile_cell_is_cleaned_and_its_row_stays(name: str, put: Put) -> None:
    text, column, wanted, how = CLEANED[name]

    result = load(put("interactions.ndjson", GOOD + text + GOOD))

    assert result.receipt().cleaned_cells == {column: {how: 1}}
    assert result.receipt().dropped_cells == {}
    assert result.table()[column].to_pylist()[1] == wanted
    assert result.table()["cleaned"].to_pylist() == [None, [f"{column}: {how}"], None]


def test_what_stands_in_columns_that_nobody_reads_costs_nothing(put: Put) -> None:
    odd = b'{"account":"a","at":1767323045,"x":"\\udfff","y":-Infinity,"z":"\\u0000"}\n'
    receipt = load(put("interactions.ndjson", odd)).receipt()
    assert (receipt.used, receipt.dropped_cells, receipt.cleaned_cells) == (1, {}, {})


FINE = {
    "colons in texts": line(prompt='say {"a": 1, "a": 2} at 12:30'),
    "escaped colon": b'{"account":"a2","at":1767323045,"prompt":"a\\u003ab"}\n',
    "nested": line(metadata={"account": "x", "at": [{"account": 1}]}),
    "blanks before colons": b'{"account" : "a2", "at" : 1767323045, "prompt" : "x:y"}\n',
    "surrogate pair": b'{"account":"a2","at":1767323045,"prompt":"\\ud83d\\ude00"}\n',
    "whole float": line(input_tokens=12.0),
    "largest count": line(input_tokens=2**63 - 1),
    "300 digits in an unknown column": line(x=10**300),
    "64 levels": b'{"account":"a2","at":1767323045,"x":' + b"[" * 64 + b"]" * 64 + b"}\n",
    "many brackets, not nested": line(prompt="[{" * 200),
    "CRLF": line().replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("name", FINE)
def test_an_unusual_line_is_used(name: str, put: Put) -> None:
    result = load(put("interactions.ndjson", GOOD + FINE[name] + GOOD))

    assert result.receipt().used == 3, result.put_away()


def test_a_last_line_without_its_end_is_cut_short(put: Put) -> None:
    result = load(put("interactions.ndjson", GOOD + b'{"account":"a2","at":"2026'))

    assert result.receipt().quarantined == {reasons.CUT_SHORT: 1}


def test_a_whole_last_line_needs_no_line_end(put: Put) -> None:
    result = load(put("interactions.ndjson", GOOD + GOOD.strip()))

    assert result.receipt().used == 2


def test_blank_lines_are_filtered_and_counted(put: Put) -> None:
    result = load(put("interactions.ndjson", b"\n" + GOOD + b"  \r\n" + GOOD))

    assert result.receipt().filtered == {reasons.BLANK: 2}
    assert result.table()["line"].to_pylist() == [2, 4]


def test_a_byte_order_mark_is_no_part_of_the_first_key(put: Put) -> None:
    result = load(put("interactions.ndjson", b"\xef\xbb\xbf" + GOOD))

    assert result.receipt().used == 1


def test_an_empty_file_is_a_table_without_rows(put: Put) -> None:
    result = load(put("interactions.ndjson"))

    assert (result.receipt().rows, result.table().num_rows) == (0, 0)


def test_unknown_keys_are_kept_out_and_listed(put: Put) -> None:
    result = load(put("interactions.ndjson", GOOD + line(temperature=0.5, zone="x") + line(zone="y")))

    assert result.receipt().unknown_columns == ("temperature", "zone")


def test_thousands_of_unknown_keys_do_not_fill_the_receipt(put: Put) -> None:
    result = load(put("interactions.ndjson", line(**{f"k{i}": 1 for i in range(5_000)}, **{"x" * 9_000: 1})))

    listed = result.receipt().unknown_columns
    assert len(listed) == 201
    assert listed[-1] == "… and 4801 more"
    assert max(map(len, listed)) <= 201


def test_a_key_with_blanks_around_it_is_ours(put: Put) -> None:
    result = load(put("interactions.ndjson", b'{" account ":"a2","at\\t":1767323045}\n'))

    assert result.table()["account"].to_pylist() == ["a2"]


def test_what_the_quarantine_shows_is_harmless(put: Put) -> None:
    hostile = b'{"account":"\x1b[2J\xe2\x80\xae\xff' + b"x" * 5_000 + b'"}\n'
    folder: Path = put("interactions.ndjson", GOOD + hostile)
    result = load(folder)

    (entry,) = result.put_away()
    assert entry["raw"].isprintable()
    assert "\\x1b[2J\\u202e\\xff" in entry["raw"]
    assert len(entry["raw"]) == 2048


VALUES = st.recursive(
    st.sampled_from(["x", 'a":b', "[", "é", "\\", 1, 2.5, None, True, ":"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(st.sampled_from(["account", "at", "prompt", "other", " model", "model"]), VALUES)
ODD = [b"", b" ", b"[1]", b"7", b"{", b"{}", b"\xff", b'{"account":"\xff"}', b'{"a":NaN}']
ODD += [b'{"account":"a","account":"b"}', b'{"at" :1,"at" :2}', b'{"model":1," model":2}']
ODD += [b'{"a":' + b"[" * 70 + b"]" * 70 + b"}"]


@given(
    st.lists(
        OBJECTS.map(lambda row: json.dumps(row, ensure_ascii=False).encode()) | st.sampled_from(ODD),
        max_size=5,
    ),
    st.booleans(),
)
def test_plain_blocks_are_read_as_slowly_read_ones(lines: list[bytes], ended: bool) -> None:
    """Blocks without odd lines are read at once; the way that looks at each line says the same."""
    content = b"\n".join(lines) + b"\n" * ended
    with pytest.MonkeyPatch.context() as patch:
        seen = everything(content)
        patch.setattr(reader, "_plain_rows", lambda *_: None)
        assert repr(seen) == repr(everything(content))


@given(st.lists(OBJECTS, min_size=1, max_size=3))
def test_honest_lines_are_read_whatever_way(rows: list[dict[str, object]]) -> None:
    found, broken, _, _ = everything("".join(json.dumps(row) + "\n" for row in rows).encode())
    both = sum({"model", " model"} <= row.keys() for row in rows)
    assert (len(found), len(broken)) == (len(rows) - both, both)


def everything(content: bytes) -> tuple[list[object], list[object], int, set[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "interactions.ndjson"
        path.write_bytes(content)
        file = TextFile(path, path.name, Written("ndjson"), LENIENT)
        chunks = list(reader.chunks(file, frozenset({"account", "at", "prompt", "model"}), LENIENT))
        rows: list[object] = [
            (each.lines[i], each.raw(i), {name: column[i] for name, column in sorted(each.columns.items())})
            for each in chunks
            for i in range(len(each.lines))
        ]
        broken: list[object] = [(one.line, one.reason, one.raw) for each in chunks for one in each.broken]
        return (
            rows,
            broken,
            sum(each.blank for each in chunks),
            set().union(*(each.unknown for each in chunks)),
        )


def test_a_block_of_plain_lines_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader.strict_json, "reader", lambda *_: pytest.fail("read slowly"))
    assert len(everything(GOOD * 3)[0]) == 3
