"""How a file is written is seen from its first bytes, and where they do not tell, from its name."""

import bz2
import errno
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import sniffing
from linkage.ingest.sniffing import (
    ACCESS,
    CSV,
    DOCUMENT,
    EMPTY,
    NDJSON,
    PARQUET,
    Unreadable,
    Written,
    sniffed,
)

LOG_LINE = '192.0.2.1 - ada [04/May/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n'
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def written(tmp_path: Path, content: bytes | str, name: str = "file") -> Written:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return sniffed(path)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("account,at\na,2026\n", CSV),
        ("account\na\n", CSV),
        ("# of logs,at\na,2026\n", CSV),
        ('{"a": 1}\n{"a": 2}\n', NDJSON),
        ('\n\n{"a": 1}\n', NDJSON),
        ('{"a": 1}', NDJSON),
        ("[1]\n[2]\n", NDJSON),
        ('[{"a": 1}]', DOCUMENT),
        ('[\n{"a": 1}\n]', DOCUMENT),
        ('{\n "a": 1\n}\n{\n "a": 2\n}', DOCUMENT),
        ('{"a": [\n1\n]}', DOCUMENT),
        ('{"a": 1} {"a": 2}', DOCUMENT),
        ('{"a": broken}\n{"a": 2}\n', NDJSON),
        (LOG_LINE, ACCESS),
        ("PAR1rest", PARQUET),
        ("", EMPTY),
        ("\ufeff", EMPTY),
        (" \n ", EMPTY),
    ],
)
def test_the_first_bytes_tell_the_kind_whatever_the_name(content: str, kind: str, tmp_path: Path) -> None:
    assert written(tmp_path, content).kind == kind


@pytest.mark.parametrize("name", PACKED)
def test_a_compressed_file_is_seen_through(name: str, tmp_path: Path) -> None:
    assert written(tmp_path, PACKED[name](b'{"a": 1}\n')) == Written(NDJSON, name)
    assert written(tmp_path, PACKED[name](b"")) == Written(EMPTY, name)


@pytest.mark.parametrize("name", PACKED)
def test_a_compressed_file_cut_short_shows_what_it_has(name: str, tmp_path: Path) -> None:
    whole = PACKED[name](b'{"a": 1}\n' * 9)
    try:
        assert written(tmp_path, whole[: len(whole) - 4]).compression == name
    except Unreadable as error:  # bzip2 gives nothing before a whole block
        assert name in str(error)


def test_what_is_no_stream_though_it_begins_like_one(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not a gzip stream"):
        written(tmp_path, b"\x1f\x8bnothing of the kind")
    with pytest.raises(Unreadable, match="Parquet inside zstd: decompress it first"):
        written(tmp_path, zstandard.compress(b"PAR1" + bytes(9)))


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("a,b,c", ","),
        ("a;b;c", ";"),
        ("a\tb\tc", "\t"),
        ("a|b|c", "|"),
        ("a;b,c;d", ";"),
        ('"a;b;c",d', ","),
        ("a", ","),
    ],
)
def test_the_delimiter_is_what_stands_most_often_outside_quotation_marks(
    header: str, delimiter: str, tmp_path: Path
) -> None:
    assert written(tmp_path, f"{header}\n1,2,3\n").delimiter == delimiter


@pytest.mark.parametrize(
    ("body", "escape"),
    [
        ('a,"say \\"hi\\""\n', "\\"),
        ('a,"say \\"hi\\"",""\r\n"",b\r\n', "\\"),
        ('a,"say ""hi"""\n', None),
        ('a,"say ""hi"" to C:\\"\n"b,"c"\n', None),
        ('a,"C:\\\\"\n', None),
        ('a,"plain"\n', None),
    ],
)
def test_a_backslash_escapes_only_where_doubled_marks_do_not(
    body: str, escape: str | None, tmp_path: Path
) -> None:
    assert written(tmp_path, "x,y\n" + body).escape == escape


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-8-sig", "utf-8-sig"),
    ],
)
def test_encodings_are_told_by_their_mark_or_by_every_second_byte(
    encoding: str, name: str, tmp_path: Path
) -> None:
    seen = written(tmp_path, "account,at\nada,2026-05-04\n".encode(encoding))
    assert (seen.kind, seen.encoding) == (CSV, name)
    assert sniffing.head_text(tmp_path / "file", seen).startswith("account,at")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bytes(range(1, 9)) * 99, "not text"),
        ('data: {"id":"c-1","object":"chat.completion.chunk"}\n\ndata: [DONE]\n', "server-sent events"),
        ('event: message_start\ndata: {"type":"message_start"}\n\n', "server-sent events"),
        ("<html><body>", "it begins like a page or a program"),
        ("#!/bin/sh\nexit\n", "it begins like a page or a program"),
        ("%PDF-1.4\n", "a PDF document"),
        ("%!PS\n", "it begins like a page or a program"),
        ("account,at\ra1,1\ra2,2\r", "a carriage return alone"),
        (b"PK\x03\x04" + bytes(30), "a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "a picture"),
        (b"x.csv".ljust(257, b"\0") + b"ustar\0" + bytes(300), "a tar archive"),
        ("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
    ],
)
def test_what_is_no_table_is_refused_with_the_word_for_it(
    content: bytes | str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(Unreadable, match=reason):
        written(tmp_path, content)


def test_a_name_that_says_what_its_bytes_do_not(tmp_path: Path) -> None:
    assert written(tmp_path, bytes(range(1, 9)) * 99, "sessions.ndjson").kind == NDJSON
    assert written(tmp_path, "broken\n", "sessions.jsonl").kind == NDJSON
    assert written(tmp_path, "<b>,at\n", "sessions.csv").kind == CSV
    assert written(tmp_path, "[a],b\n1,2\n", "sessions.csv").kind == CSV
    assert written(tmp_path, "nothing", "sessions.PARQUET").kind == PARQUET
    assert written(tmp_path, '{"a": 1}\n', "sessions.csv").kind == NDJSON  # bytes that are JSON say more


def test_one_line_longer_than_what_is_looked_at_is_a_line(tmp_path: Path) -> None:
    line = json.dumps({"prompt": "x" * sniffing.HEAD_BYTES})
    assert written(tmp_path, line + "\n" + line).kind == NDJSON


def test_a_stem_has_no_endings() -> None:
    assert sniffing.stem("sessions.csv.gz") == "sessions"
    assert sniffing.stem("sessions-1.snappy.parquet") == "sessions-1"
    assert sniffing.stem("sessions.backup") == "sessions.backup"


@given(st.binary(max_size=200), st.sampled_from(["", "x.csv", "x.json", "x.jsonl.gz", "x.tsv.xz"]))
def test_any_bytes_are_told_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / (name or "plain")
    path.write_bytes(content)
    try:
        assert sniffed(path).kind in (*sniffing.KINDS, EMPTY)
    except Unreadable as error:
        assert error.reason


@given(st.sampled_from(sorted(PACKED)), st.binary(min_size=1, max_size=60), st.integers(0, 80))
def test_any_damage_to_a_stream_is_told_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, noise: bytes, at: int
) -> None:
    packed = PACKED[name](b'{"account": "a"}\n' * 3)
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(packed[:at] + noise + packed[at + len(noise) :])
    try:
        sniffed(path)
    except Unreadable as error:
        assert error.reason


@pytest.mark.parametrize("compress", PACKED.values(), ids=PACKED)
def test_an_archive_inside_a_compressed_file_is_called_so(
    compress: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    archive = b"sessions.csv".ljust(257, b"\0") + b"ustar\0" + bytes(300)
    with pytest.raises(Unreadable, match="a tar archive"):
        written(tmp_path, compress(archive))


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_a_mark_of_utf_32_is_not_taken_for_that_of_utf_16(encoding: str, tmp_path: Path) -> None:
    text = "\ufeffaccount;at\na1;1\n".encode(encoding)
    assert written(tmp_path, text + b"\0") == Written(CSV, delimiter=";", encoding=encoding)


@pytest.mark.parametrize("line", ["sep=;\n", '"sep=;"\r\n', "SEP=;\r\n"])
def test_a_spreadsheets_line_about_the_delimiter_is_believed(line: str, tmp_path: Path) -> None:
    assert written(tmp_path, line + "account;a,b,c\n1;2\n").delimiter == ";"


def test_a_file_that_must_not_be_read_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: Path, mode: str = "r") -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(Unreadable, match="it must not be read: Permission denied"):
        sniffed(tmp_path / "sessions.csv")


@pytest.mark.parametrize("name", ["sessions.ndjson", "sessions.json", "sessions"])
def test_objects_between_carriage_returns_are_read_one_after_the_other(name: str, tmp_path: Path) -> None:
    assert written(tmp_path, '{"account":"a1"}\r{"account":"a2"}\r', name).kind == DOCUMENT
    assert written(tmp_path, '{"account":"a1"}\r', name).kind == NDJSON
