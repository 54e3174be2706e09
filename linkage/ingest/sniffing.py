"""How a file is written, seen from its first bytes; the ending of its name decides where these do not.

Parquet, gzip, Zstandard, bzip2 and xz begin with known bytes; JSON begins with a brace or a bracket; an
access log has its time in square brackets; anything else with a header whose cells stand apart is CSV.
"""

import bz2
import csv
import io
import lzma
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import zstandard

HEAD_BYTES = 256 * 1024
"""Bytes looked at, before and after decompression."""

PARQUET, CSV, NDJSON, DOCUMENT, ACCESS, STIX = "parquet", "csv", "ndjson", "json", "access", "stix"
KINDS = (PARQUET, CSV, NDJSON, DOCUMENT, ACCESS)
EMPTY = "empty"
"""A file without any content: a table's part without rows."""

COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
}
ENCODINGS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32-le",  # before that of UTF-16, with which it begins
    b"\0\0\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
FOREIGN = {
    b"PK\x03\x04": "a ZIP archive, as spreadsheets are too: unpack it, or save the sheet as CSV",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive: unpack it",
    b"\xd0\xcf\x11\xe0": "a document or spreadsheet of Microsoft Office: save it as CSV",
    b"SQLite format 3\0": "an SQLite database: export its tables as CSV",
    b"ARROW1": "an Arrow or Feather file: write it as Parquet",
    b"Obj\x01": "an Avro file: write it as Parquet or JSON",
    b"ORC": "an ORC file: write it as Parquet",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"version https://git-lfs": "a pointer of Git LFS, without the file: get it with git lfs pull",
}
"""What is not read here, by its first bytes, and what to do about it."""
EVENT_LINE = re.compile(r"data: ?[{\[]|event: ?[\w.]+\r?$|: ?[A-Z]")
STREAM = (
    "the lines of a stream as it was received (server-sent events): keep what stands after `data: ` alone, as"
    " `sed -n 's/^data: {/{/p'` does; of OpenAI's responses the last event is read, other streams name nobody"
)
"""A stream that was stored as it came, by its first line."""
_TAR_AT, _TAR = 257, b"ustar"
DELIMITERS = (",", ";", "\t", "|")
ACCESS_LINE = re.compile(r'\S+ \S+ .{1,256}? ?\[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "')
"""The common log format of the web servers: address, identity, user, [time], "request"."""

DATA_ENDING = re.compile(r"\.(parquet|csv|tsv|psv|ndjson|jsonl|json)(?:\.(?:gz|zst|bz2|xz))?$", re.IGNORECASE)
_ENDINGS = re.compile(r"(?:\.(?:gz|zst|bz2|xz|parquet|snappy|csv|tsv|psv|txt|log|ndjson|jsonl|json))+$", re.I)


@dataclass(frozen=True)
class Written:
    """How a file is written. `escape` is the character that CSV puts before a quotation mark, if any."""

    kind: str
    compression: str | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    escape: str | None = None


class Unreadable(Exception):
    """A file whose way of writing is not known; `reason` says what it looks like."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def stem(name: str) -> str:
    """A file's name without the endings that tell how it is written."""
    return _ENDINGS.sub("", name)


def sniffed(path: Path) -> Written:
    """How the file is written; raises Unreadable saying why that is not known."""
    try:
        with path.open("rb") as handle:
            head = handle.read(HEAD_BYTES)
    except PermissionError as error:
        raise Unreadable(f"it must not be read: {error.strerror}") from None
    if not head:
        return Written(EMPTY)
    _check_foreign(head)
    if head.startswith(b"PAR1") or path.name.lower().endswith(".parquet"):
        return Written(PARQUET)
    compression = next((name for magic, name in COMPRESSIONS.items() if head.startswith(magic)), None)
    whole = len(head) < HEAD_BYTES
    if compression:
        inner = _decompressed(head, compression)
        whole = whole and len(inner) < HEAD_BYTES
        head = inner
        if head.startswith(b"PAR1"):
            raise Unreadable(f"Parquet inside {compression}: decompress it first")
        _check_foreign(head)
        if not head:
            return Written(EMPTY, compression)
    encoding, said = _encoding(head), _said(path.name)
    try:
        text = _text(head, encoding)
    except Unreadable:
        if said is None:
            raise
        return Written(said, compression)  # its lines are quarantined, one by one
    return _of_text(text, Written(said or "", compression, encoding=encoding), whole=whole)


def _check_foreign(head: bytes) -> None:
    """Raises Unreadable for the first bytes of a file that is no table, saying what it is."""
    for magic, what in FOREIGN.items():
        if head.startswith(magic):
            raise Unreadable(what)
    if head.startswith(_TAR, _TAR_AT):
        raise Unreadable("a tar archive: unpack it")


_SAID = {"csv": CSV, "tsv": CSV, "psv": CSV, "ndjson": NDJSON, "jsonl": NDJSON}


def _said(name: str) -> str | None:
    """What the ending of a name announces, where it announces one thing only."""
    found = DATA_ENDING.search(name)
    return _SAID.get(found[1].lower()) if found else None


def head_text(path: Path, written: Written) -> str:
    """The first bytes of a text file as text."""
    with path.open("rb") as handle:
        head = handle.read(HEAD_BYTES)
    inner = _decompressed(head, written.compression) if written.compression else head
    return _whole(inner, written.encoding).decode(written.encoding, "replace").removeprefix("\ufeff")


def _whole(head: bytes, encoding: str) -> bytes:
    """The bytes without the half of a character of UTF-16 or UTF-32 at their end."""
    width = int(encoding[4:6]) // 8 if encoding.startswith(("utf-16", "utf-32")) else 1
    return head[: len(head) // width * width]


def _decompressed(head: bytes, compression: str) -> bytes:
    """The first bytes inside; a stream that breaks off gives what could be read."""
    try:
        if compression == "gzip":
            return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
        if compression == "zstd":
            with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(head)) as stream:
                return stream.read(HEAD_BYTES)
        maker: Any = bz2.BZ2Decompressor() if compression == "bz2" else lzma.LZMADecompressor()
        return bytes(maker.decompress(head, HEAD_BYTES))
    except (zlib.error, zstandard.ZstdError, OSError, lzma.LZMAError, EOFError) as error:
        raise Unreadable(f"not a {compression} stream: {error}") from None


def _encoding(head: bytes) -> str:
    for mark, name in ENCODINGS.items():
        if head.startswith(mark):
            return name
    # ASCII in two bytes each, without a mark: every second byte is nothing.
    sample = head[:2048]
    if len(sample) >= 8 and sample[1::2].count(0) > len(sample) // 3:
        return "utf-16-le"
    if len(sample) >= 8 and sample[0::2].count(0) > len(sample) // 3:
        return "utf-16-be"
    return "utf-8"


def _text(head: bytes, encoding: str) -> str:
    if encoding.startswith(("utf-16", "utf-32")):
        return _whole(head, encoding).decode(encoding, "replace").removeprefix("\ufeff")
    sample = head[:4096]
    strange = sum(byte < 32 and byte not in b"\t\n\r\f\v\0\x1b" for byte in sample)
    if strange > len(sample) // 10:
        raise Unreadable("not text: its bytes are of no format that is read here")
    return head.decode("utf-8", "surrogateescape").removeprefix("\ufeff")


def _of_text(text: str, seen: Written, *, whole: bool) -> Written:
    """How a text is written; `seen.kind` is what the ending of its name says, if it says anything."""
    body, said = text.lstrip(" \t\r\n\v\f"), seen.kind
    if not body.strip("\0 \t\r\n\v\f"):
        return (
            replace(seen, kind=said or EMPTY) if "\0" in body or "\n" in text else replace(seen, kind=EMPTY)
        )
    line = body.partition("\n")[0]
    if body[0] in "[{" and (said != CSV or _is_json(line)):
        return replace(seen, kind=_json(body, said=said, whole=whole))
    if said == NDJSON:
        return replace(seen, kind=NDJSON)
    if "\r" in line.rstrip("\r") and line == body:
        raise Unreadable(RETURNS)
    if ACCESS_LINE.match(line):
        return replace(seen, kind=ACCESS)
    if not said and EVENT_LINE.match(line):
        raise Unreadable(STREAM)
    if not said and line.startswith(("<", "%", "#!")):
        raise Unreadable("it begins like a page or a program, not like a table")
    announced = ANNOUNCED.match(body)
    delimiter = announced[1] if announced else _delimiter(line)
    return replace(seen, kind=CSV, delimiter=delimiter, escape=_escape(body, delimiter))


def _json(body: str, *, said: str, whole: bool) -> str:
    """Objects by lines, or a document that is read as a whole: an array, or objects over several lines."""
    line, end, rest = body.partition("\n")
    if body[0] == "[":
        by_lines = end and isinstance(_loaded(line), list) and rest.lstrip()[:1] == "["
        return NDJSON if by_lines else DOCUMENT
    if not end and "\r" in line.rstrip():
        return DOCUMENT  # lines that end with carriage returns alone are white space between its values
    if not end and not whole:
        return NDJSON  # one line longer than what is looked at
    if line.strip() == "{":
        return DOCUMENT
    if said == NDJSON or _is_json(line):
        return NDJSON
    return DOCUMENT if _opens_only(line) or "}{" in line.replace(" ", "") else NDJSON


def _loaded(line: str) -> Any:
    try:
        return orjson.loads(line.encode("utf-8", "surrogatepass"))
    except orjson.JSONDecodeError:
        return None


def _is_json(line: str) -> bool:
    return isinstance(_loaded(line), dict | list)


def _opens_only(line: str) -> bool:
    """Whether the first line opens an object that later lines close."""
    return line.count("{") + line.count("[") > line.count("}") + line.count("]")


ANNOUNCED = re.compile(r"\"?sep=([^\r\n])\"?\r?\n", re.IGNORECASE)
"""A line before the header by which spreadsheets tell the delimiter."""
RETURNS = "its lines end with a carriage return alone: save it with line feeds"


def _delimiter(line: str) -> str:
    """What stands between the cells of the header: of what occurs in it, the most frequent."""
    outside = re.sub(r'"[^"]*"', "", line)
    counts = {each: outside.count(each) for each in DELIMITERS}
    best = max(DELIMITERS, key=lambda each: counts[each])
    return best if counts[best] else ","


def _escape(body: str, delimiter: str) -> str | None:
    """A backslash where quotation marks inside cells are written `\\"` and never doubled."""
    # An escaped mark may stand before the one that ends its cell, and a cell may be empty: none is doubled.
    rest = re.sub(
        rf'(^|{re.escape(delimiter)})""(?={re.escape(delimiter)}|\r?$)', "", body, flags=re.MULTILINE
    )
    if '\\"' not in body or '""' in rest.replace('\\"', ""):
        return None
    for escape in (None, "\\"):
        rows = csv.reader(
            io.StringIO(body), delimiter=delimiter, strict=True, skipinitialspace=True,
            escapechar=escape, doublequote=escape is None,
        )  # fmt: skip
        try:
            list(rows)
        except csv.Error:
            continue
        return escape
    return None
