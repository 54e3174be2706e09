"""The whole reading: rows add up whatever comes, formats agree, limits hold."""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkage import schema
from linkage.errors import InputError, UsageError
from linkage.ingest import addresses, cells, reasons, sniffing, spelling
from linkage.ingest.blanks import is_blank
from linkage.ingest.cells import WHITE
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.conftest import Put
from tests.ingest.made import LENIENT, in_every_format, load, ndjson

ROW = b'{"account":"a1","at":1767323045}\n'
BAD = b'{"account":"a1","at":"soon"}\n'
LIMITS = cells.limits(IngestSettings())

# --- limits and errors ------------------------------------------------------------------------------


def test_too_much_in_quarantine_stops_the_run_after_everything_was_read(put: Put) -> None:
    put("interactions/a.ndjson", ROW * 96 + BAD * 2 + b"[]\n" + b"{\n")
    source = put("sessions.ndjson", ROW + BAD)

    with pytest.raises(InputError) as caught:
        load(source, reading=IngestSettings())

    message = str(caught.value)
    assert caught.value.exit_code == 3
    assert "table interactions: 4 of 100 rows (4.00%) cannot be used, more than 1.00%" in message
    assert "unreadable time (2), not JSON (1), not an object (1)" in message
    assert "table sessions: 1 of 2 rows" in message
    written = source.parent / "source-staged" / "quarantine.ndjson"
    assert str(written) in message
    assert len(written.read_text().splitlines()) == 5


def test_a_hundredth_may_be_put_away(put: Put) -> None:
    result = load(put("interactions.ndjson", ROW * 99 + BAD), reading=IngestSettings())

    assert result.receipt().quarantined == {reasons.UNREADABLE_TIME: 1}


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
@pytest.mark.parametrize("cut", [1, 9, 40])
def test_a_compressed_file_cut_short_is_an_error_that_names_the_last_line(
    ending: str, pack: Any, cut: int, put: Put
) -> None:
    lines = ndjson([{"account": f"a{i * 7919}", "at": 1767323045 + i} for i in range(9_000)])
    source = put(f"interactions.ndjson{ending}", pack(lines)[:-cut])

    with pytest.raises(InputError, match=r"cut short; the last whole line read is \d+") as caught:
        load(source)

    assert f"interactions.ndjson{ending}" in str(caught.value)
    assert int(str(caught.value).rsplit(" ", 1)[1]) > 1_000
    assert caught.value.hint


def test_a_compressed_file_with_something_after_its_end(put: Put) -> None:
    with pytest.raises(InputError, match=r"interactions\.ndjson\.gz: not a gzip stream"):
        load(put("interactions.ndjson.gz", gzip.compress(ROW) + b"rest"))


@pytest.mark.parametrize("content", [b"", ROW], ids=["empty", "plain"])
def test_a_file_that_is_not_compressed_as_its_name_says_is_read_as_it_is(content: bytes, put: Put) -> None:
    assert load(put("interactions.ndjson.gz", content)).receipt().used == content.count(b"\n")


def test_members_of_a_compressed_file_are_one_text(put: Put) -> None:
    source = put("interactions.ndjson.gz", gzip.compress(ROW + ROW[:10]) + gzip.compress(ROW[10:]))

    assert load(source).receipt().used == 2


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
def test_a_bomb_is_refused(ending: str, pack: Any, put: Put) -> None:
    source = put(f"interactions.ndjson{ending}", pack(b"0" * (80 * 2**20)))

    with pytest.raises(InputError, match="more than 200 times its size"):
        load(source)
    with pytest.raises(InputError, match=r"more than 1,000,000 bytes once decompressed"):
        load(source, reading=IngestSettings(max_file_bytes=10**6))


def test_bounds_that_are_no_times(put: Put) -> None:
    with pytest.raises(UsageError, match=r"ingest\.latest = 'never': unreadable time"):
        load(put("interactions.ndjson", ROW), reading=IngestSettings(latest="never"))


def test_a_line_of_100_mb_is_passed_over_in_bounded_memory(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    with (source / "interactions.ndjson").open("wb") as out:
        out.write(ROW + b'{"account":"')
        for _ in range(100):
            out.write(b"x" * 2**20)
        out.write(b'"}\n' + ROW)
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from linkage.settings.ingest import Ingest as IngestSettings; from linkage.ingest.read import read\n"
        "kilobytes = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "read([Path(sys.argv[2])], Path(sys.argv[1]) / 'warm', chosen=IngestSettings(), mappings={})\n"
        "before = kilobytes()\n"
        "found = read([Path(sys.argv[1])/'source'], Path(sys.argv[1])/'out',"
        " chosen=IngestSettings(max_quarantined=1), mappings={})\n"
        "receipt = found.receipts[0]\n"
        "print(kilobytes() - before, receipt.used, receipt.quarantined)\n"
    )
    warm = tmp_path / "warm-source"
    warm.mkdir()
    (warm / "interactions.ndjson").write_bytes(ROW * 10)

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(warm)], capture_output=True, text=True, check=True
    )

    grown, rest = done.stdout.split(" ", 1)
    assert rest.strip() == "2 {'line too long': 1}"
    assert int(grown) * 1024 < 80 * 2**20


def test_progress_says_how_many_rows_of_a_table_were_read(put: Put) -> None:
    put("interactions/a.ndjson", ROW * 3)
    source = put("interactions/b.csv", b"account,at\na1,1767323045\n")
    said: list[tuple[str, int]] = []

    load(source, progress=lambda table, rows: said.append((table, rows)))

    assert said == [("interactions", 3), ("interactions", 4)]


def test_the_receipt_knows_the_file(put: Put) -> None:
    packed = gzip.compress(ROW)
    result = load(put("interactions.ndjson.gz", packed))

    receipt = result.receipt()
    assert receipt.bytes == len(packed)
    assert receipt.sha256 == hashlib.sha256(packed).hexdigest()


# --- vectors ----------------------------------------------------------------------------------------


def vectors(*lengths: int) -> bytes:
    rows = [{"account": f"a{i}", "at": 1767323045, "embedding": [0.5] * n} for i, n in enumerate(lengths)]
    return ndjson(rows)


@pytest.mark.parametrize("order", [1, -1])
def test_the_commonest_length_of_vectors_stays_wherever_it_comes_first(order: int, put: Put) -> None:
    put("interactions/a.ndjson", vectors(*[4, 3, 3][::order]))
    source = put("interactions/b.ndjson", vectors(*[3, 4, 0][::order]))

    result = load(source)

    assert sorted(result.table()["embedding"].to_pylist(), key=str) == [*[None] * 3, *[[0.5] * 3] * 3]
    lost = {"embedding": {reasons.OTHER_LENGTH: 1}}
    assert [each.dropped_cells for each in result.sources.receipts] == [lost] * 2


def test_of_equally_common_lengths_the_longer_stays(put: Put) -> None:
    result = load(put("interactions.ndjson", vectors(3, 4)))

    assert result.table()["embedding"].to_pylist() == [None, [0.5] * 4]


# --- formats agree ----------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: not is_blank(text.strip(WHITE), LIMITS.prose)
)
IDS = TEXTS.map(lambda text: unicodedata.normalize("NFC", text).strip(WHITE)).filter(
    lambda text: text and not is_blank(text, LIMITS.words)
)
SPELT = {name: IDS.map(spelling.spelling(name).rule) for name in spelling.TRAITS if name != "ip"} | {
    "ip": st.ip_addresses().map(str).map(addresses.address).filter(bool)
}
MOMENTS = st.integers(LIMITS.numbers_from, LIMITS.latest)
SINGLES = st.floats(-(2.0**99), 2.0**99, width=32)


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


KINDS = {
    schema.TEXT: IDS,
    schema.TIME: MOMENTS,
    schema.COUNT: st.integers(0, 2**63 - 1),
    schema.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    schema.HASHES: st.lists(IDS, min_size=1, max_size=3),
    schema.VECTOR: st.lists(SINGLES, min_size=2, max_size=2),
}


def rows_of(table: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    declared = schema.SOURCES[table]
    fields = {
        name: KINDS[kind]
        if name in declared.required
        else optional(TEXTS if "prompt" in name else SPELT.get(name, KINDS[kind]))
        for name, kind in declared.columns.items()
    }
    if "prompt_sha256" in fields:
        fields["prompt_sha256"] = optional(IDS)
    return st.lists(st.fixed_dictionaries(fields), min_size=1, max_size=6)


def spoken(rows: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    """The rows with their times in words."""
    times = [name for name, kind in schema.SOURCES[table].columns.items() if kind == schema.TIME]
    return [row | {name: iso(row[name]) for name in times if row[name] is not None} for row in rows]


def iso(microseconds: int) -> str:
    stamp = pa.array([microseconds], pa.timestamp("us", "UTC"))
    return str(pc.strftime(stamp, "%Y-%m-%dT%H:%M:%SZ")[0])


@pytest.mark.parametrize("table", ["interactions", "observations", "payments", "indicators"])
@settings(max_examples=15)
@given(data=st.data())
def test_what_is_written_in_any_format_is_read_as_it_was(table: str, data: st.DataObject) -> None:
    rows = data.draw(rows_of(table))
    with TemporaryDirectory() as folder:
        for kind, file in in_every_format(Path(folder), rows, table).items():
            (file.parent / "sessions.csv").write_text("account,at\n")
            assert load(file.parent).values(table).to_pylist() == rows, kind


@settings(max_examples=20)
@given(rows=rows_of("interactions"))
def test_identical_tables_from_times_in_words(rows: list[dict[str, Any]]) -> None:
    whole = [row | {"at": row["at"] // 10**6 * 10**6} for row in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "source" / "interactions.ndjson"
        path.parent.mkdir()
        path.write_bytes(ndjson(spoken(whole, "interactions")))
        assert load(path.parent).values().to_pylist() == whole


# --- arbitrary bytes --------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [ROW, b"a1,1767323045,1\n", b"\0", b"\xff", b"\xef\xbb\xbf", b" "]
) | st.sampled_from(rb'" , { } [ ] : \u0000 \ud800 a1 "account" "at" 1767323045 at -1 1e999 NaN null'.split())
ENDS = st.sampled_from([b"", b"", b"\n", b"\r\n", b"\r"])
BYTES = st.binary(max_size=60) | st.lists(st.tuples(PIECES, ENDS).map(b"".join), max_size=40).map(b"".join)


@settings(max_examples=250)
@given(content=BYTES, limit=st.sampled_from([7, 40, 10_000]))
@example(content=b"\n" + ROW + b"\n\n{", limit=10_000)
def test_rows_add_up_for_any_bytes_as_ndjson(content: bytes, limit: int) -> None:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        (source / "interactions.ndjson").write_bytes(content)
        try:
            written = sniffing.sniffed(source / "interactions.ndjson")
        except sniffing.Unreadable as foreign:  # the first bytes of a picture, say
            with pytest.raises(InputError, match=re.escape(f"interactions.ndjson: {foreign.reason}")):
                load(source)
            return
        try:
            result = load(source, reading=IngestSettings(max_quarantined=1, max_line_bytes=limit))
        except InputError:
            assert written.kind != sniffing.NDJSON or written.encoding.startswith("utf-16")
            return
        if written.kind == sniffing.DOCUMENT or written.encoding.startswith("utf-16"):
            return  # its rows are no lines of bytes
        text = content.removeprefix(b"\xef\xbb\xbf")
        lines = text.count(b"\n") + (not text.endswith(b"\n") and text != b"")
        assert result.receipt().rows == lines


@settings(max_examples=250)
@given(content=BYTES, limit=st.sampled_from([30, 10_000]))
@example(content=b'"\n"a1,1\n', limit=10_000)
def test_rows_add_up_for_any_bytes_as_csv(content: bytes, limit: int) -> None:
    header = b"account,at,input_tokens\n"
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        (source / "interactions.csv").write_bytes(header + content)
        result = load(source, reading=IngestSettings(max_quarantined=1, max_line_bytes=limit))
        lines = content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
        # A quoted record may have several lines; without quotes a line is a row.
        rows = result.receipt().rows
        assert rows <= lines if b'"' in content else rows == lines


@settings(max_examples=60)
@given(content=BYTES)
def test_any_bytes_as_a_csv_header_or_a_parquet_file(content: bytes) -> None:
    for name in ("interactions.csv", "interactions.parquet", "interactions.csv.zst"):
        with TemporaryDirectory() as folder:
            source = Path(folder) / "source"
            source.mkdir()
            (source / name).write_bytes(content)
            try:
                load(source)
            except InputError as error:
                assert name in str(error)


# --- what was not used ------------------------------------------------------------------------------


def test_the_quarantine_is_one_object_a_line(put: Put) -> None:
    result = load(put("interactions.ndjson", BAD * 3), reading=LENIENT)

    lines = result.sources.quarantine.read_text("ascii").splitlines()
    assert [list(json.loads(line)) for line in lines] == [
        ["table", "file", "row", "reason", "raw", "column"]
    ] * 3
    assert {json.loads(line)["column"] for line in lines} == {"at"}
