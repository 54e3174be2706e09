"""Blocks of NDJSON read by Arrow: whatever the bytes are, the same rows as line by line, or none at all."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest import mapping
from linkage.ingest.cells import limits
from linkage.ingest.chunk import Chunk
from linkage.ingest.formats import arrow_json, ndjson, plain_json, streams
from linkage.ingest.formats.plain_json import PlainJson
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.ingest.sniffing import Written
from linkage.schema import SOURCES
from linkage.settings import TableMapping
from tests.ingest.made import LENIENT, load

PLAN = mapping.native(SOURCES["interactions"])
ROW = {"account": "a1", "at": "2026-01-02T03:04:05Z", "prompt": 'é\n\\ "x": {[😀', "input_tokens": 5}

TEXTS = st.sampled_from(["x", "é", "", '\\":', "\ud83d\ude00", " - ", "\u2028", "\x7f", "{}", "a\nb", "\0"])
CELLS = {
    "account": TEXTS,
    "at": st.sampled_from(["2026-01-02T03:04:05Z", "2026-01-02 03:04", "", None]),
    "prompt": TEXTS | st.none(),
    "input_tokens": st.sampled_from([0, -1, 7, None, 2**63 - 1]),
    "context_sha256": st.lists(st.sampled_from(["x", "", None]), max_size=2) | st.none(),
    "other": st.fixed_dictionaries({}, optional={"b": TEXTS, "c": st.lists(st.integers(0, 3), max_size=2)}),
}
ALIKE = st.fixed_dictionaries(
    {"account": CELLS["account"]}, optional={k: v for k, v in CELLS.items() if k != "account"}
)
ODD = st.sampled_from(
    [
        b"", b" ", b"{}", b"[]", b"{", b"\xff", b"7", b'{"account":"a"}{"account":"b"}',
        b'{"account":"a","account":"b"}', b'{"account":"a","acc\\u006funt":"b"}', b'{"account" :"a"}',
        b'{"other":{"b":"x","b":"y"}}', b'{"account":"\\ud800"}', b'{"account":"\\udc00 \\ud800"}',
        b'{"account":"\xed\xa0\x80"}', b'{"account":"\xff"}', b'{"account":"a\tb"}', b'{"account":"a"}\r',
        b'{"input_tokens":1.0}', b'{"input_tokens":1e2}', b'{"input_tokens":-0}', b'{"input_tokens":01}',
        b'{"input_tokens":9223372036854775808}', b'{"input_tokens":NaN}', b'{"input_tokens":true}',
        b'{"account":7}', b'{"account":null}', b'{" account":"a"}', b'{" other":1}', b'{"other":[[[]]]}',
        b'{"account":"\\u0000"}', b'{"account":"\\x"}', b'{"account":"a",}', b"{'account':'a'}",
        b'{"account":"a"}//', b'{"at":1e999}', b'{"other":1e999}', b'{"model":"m"}', b'{"account":["a"]}',
    ]
)  # fmt: skip


@st.composite
def blocks(draw: st.DrawFn) -> bytes:
    """Lines that are mostly alike, of which some bytes may be changed."""
    ascii_only, apart = draw(st.booleans()), draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    rows = draw(st.lists(ALIKE, min_size=1, max_size=6))
    lines = [json.dumps(row, ensure_ascii=ascii_only, separators=apart) for row in rows]
    data = [line.encode("utf-8", "surrogatepass") for line in lines]
    for at, line in draw(st.lists(st.tuples(st.integers(0, 6), ODD), max_size=1)):
        data.insert(at, line)
    joined = b"\n".join(data) + b"\n" * draw(st.booleans())
    for at, byte in draw(st.lists(st.tuples(st.integers(0, len(joined)), st.binary(max_size=1)), max_size=1)):
        joined = joined[:at] + byte + joined[at + 1 :]
    return joined


@settings(max_examples=400)
@given(
    blocks(),
    st.sampled_from([60, 200, 2**20]),
    st.sampled_from([1, 2, arrow_json.SAMPLE]),
    st.sampled_from([1, 70, 2**16]),
)
def test_every_block_is_read_as_line_by_line(content: bytes, size: int, sample: int, part: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_json, "SAMPLE", sample)
        patch.setattr(streams, "PIECE", size)
        patch.setattr(streams, "CHUNK_BYTES", size)
        patch.setattr(plain_json, "PART_BYTES", part)
        assert everything(content, plain=True) == everything(content, plain=False)


@settings(max_examples=150)
@given(blocks().map(lambda content: json.dumps(ROW).encode() + b"\n" + content))
def test_tables_and_receipts_are_those_of_reading_line_by_line(content: bytes) -> None:
    found = []
    for plain in (True, False):
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            if not plain:
                patch.setattr(PlainJson, "chunks", lambda _, lines: [(lines, None)])
            source = Path(folder) / "source" / "interactions.ndjson"
            source.parent.mkdir()
            source.write_bytes(content)
            result = load(source, staging=Path(folder) / "staged")
            found.append((result.table().to_pylist(), result.sources.receipts, result.put_away()))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "content",
    [
        b'{"other":{}\n,"account":"a"}\n{"account":"b"}{"account":"c"}\n',
        b'{"account":"a"}\n{"account":"\\udc00"}\n',
        b'{"account":"a"}\n{"account":"b","model":"m"}\n',
        b'{"account":"a","at":1}\n{"account":"b","at":1.0}\n',
    ],
)
def test_what_only_looks_plain_is_read_line_by_line(content: bytes) -> None:
    assert everything(content, plain=True) == everything(content, plain=False)


def everything(content: bytes, *, plain: bool) -> tuple[object, ...]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "interactions.ndjson"
        path.write_bytes(content)
        file = TextFile(path, path.name, Written("ndjson"), LENIENT)
        reader = PlainJson(PLAN, LENIENT) if plain else None
        chunks = list(ndjson.chunks(file, PLAN.wanted, LENIENT, reader))
        broken = [(one.line, one.reason, one.raw) for each in chunks for one in each.broken]
        blank, unknown = sum(each.blank for each in chunks), set().union(*(each.unknown for each in chunks))
        seen = set().union(*(each.columns for each in chunks))
        return [*_rows(chunks)], broken, blank, unknown, seen


def _rows(chunks: list[Chunk]) -> Iterator[tuple[object, ...]]:
    for each in chunks:
        columns = {name: _python(column) for name, column in each.columns.items()}
        for i in range(len(each.lines)):
            cells = {name: column[i] for name, column in columns.items() if column[i] is not None}
            yield each.lines[i], each.raw(i), repr(sorted(cells.items()))


def _python(column: object) -> list[object]:
    return column.to_pylist() if isinstance(column, pa.Array) else list(column)  # type: ignore[call-overload]


def plain(*rows: object, plan: mapping.Plan = PLAN) -> Chunk | None:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    ((_, found),) = PlainJson(plan, LENIENT).chunks(Lines(1, data))
    return found


def test_lines_that_are_alike_become_columns() -> None:
    """Otherwise the properties above would compare the slow way with itself."""
    found = plain(ROW, {**ROW, "model": "m", "other": {"x": [1.5]}}, {**ROW, "input_tokens": None})

    assert found is not None
    assert found.columns["input_tokens"].to_pylist() == [5, 5, None]
    assert found.columns["prompt"].to_pylist() == [ROW["prompt"]] * 3
    assert found.unknown == {"other"}


@pytest.mark.parametrize(
    "odd", [{"at": 1.5}, {"prompt": [{"role": "user"}]}, {"input_tokens": "7"}, {"prompt": ["x"]}]
)
def test_a_value_that_a_type_would_change_is_not_read_so(odd: dict[str, object]) -> None:
    assert plain({**ROW, **odd}, ROW) is None
    assert plain(*[ROW] * (arrow_json.SAMPLE + 1), {**ROW, **odd}) is None


def test_a_plan_that_looks_into_rows_gets_columns_and_can_ask_for_objects() -> None:
    inside = mapping.plan(
        "interactions", TableMapping(file="*", columns={"account": "user.id", "at": "at"}), limits(LENIENT)
    )
    rows = [{"user": {"id": "a", "n": 1.5}, "at": 5}, {"user": {"id": "b"}, "at": 6}]
    found = plain(*rows, plan=inside)

    assert found is not None and callable(found.objects)
    assert found.objects() == rows
    assert found.columns["user"].field("id").to_pylist() == ["a", "b"]
    assert not found.nulls()


def test_names_of_earlier_blocks_are_not_taken_for_names_of_this_one() -> None:
    reader = PlainJson(PLAN, LENIENT)
    blocks = [{**ROW, "model": "m", "beside": 1}, ROW, {**ROW, "country": None}, {**ROW, "model": None}]
    found = [
        chunk for row in blocks for _, chunk in reader.chunks(Lines(1, json.dumps(row).encode() + b"\n"))
    ]

    assert [each is not None and "model" in each.columns for each in found] == [True, False, False, True]
    assert [each and each.unknown for each in found] == [{"beside"}, set(), {"country"}, set()]


LONG = {**ROW, "prompt": "x" * 500}


def parts(*odd: int, rows: int = 2_000, line: bytes = b'{"account": }') -> list[tuple[int, int, bool]]:
    """Of each part of a block with odd lines: its first line, how many, and whether it is plain."""
    lines = [json.dumps(LONG).encode()] * rows
    for at in odd:
        lines[at] = line
    given = PlainJson(PLAN, LENIENT).chunks(Lines(1, b"".join(each + b"\n" for each in lines)))
    return [(each.first, each.count, chunk is not None) for each, chunk in given]


@pytest.mark.parametrize(
    "line", [b'{"account": }', b"", b'{"a":"\t"}', b'{"a":"\xff"}', b'{"input_tokens":"7"}']
)
def test_an_odd_line_leaves_most_of_its_block_plain(line: bytes) -> None:
    found = parts(1_000, line=line)

    assert [plain for _, _, plain in found] == [True, False, True]
    assert found[0] == (1, 1_000, True)
    assert found[1][1] * len(json.dumps(LONG)) <= 2 * plain_json.PART_BYTES
    assert sum(count for _, count, _ in found) == 2_000


def test_a_line_that_nobody_can_point_to_is_found_by_halves() -> None:
    found = parts(700, line=json.dumps({**LONG, "input_tokens": 5.0}).encode())

    slow = [(first, count) for first, count, plain in found if not plain]
    assert len(slow) == 1
    assert slow[0][0] <= 701 < sum(slow[0])
    assert slow[0][1] < 200


def test_many_odd_lines_are_not_cut_out_one_by_one() -> None:
    found = parts(*range(0, 10_000, 200), rows=10_000)

    assert len(found) <= 2 * plain_json.CUTS + 2
    assert not found[-1][2]


def test_a_file_of_odd_blocks_is_tried_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def refused(*_: object) -> None:
        tried.append(1)
        raise arrow_json.Odd

    reader = PlainJson(PLAN, LENIENT)
    monkeypatch.setattr(arrow_json, "read", refused)
    for _ in range(10):
        ((_, found),) = reader.chunks(Lines(1, json.dumps(ROW).encode() + b"\n"))
        assert found is None
    assert len(tried) == plain_json.TRIES
