r"""Access logs of web servers: the common and the combined log format of Apache and nginx.

`address identity user [time] "request" status bytes "referer" "user agent"`, as in the documentation of
Apache's mod_log_config. Before it may stand the virtual host with its port, as Debian's Apache writes, after
it the addresses of X-Forwarded-For, as the configuration does that comes with nginx; what else a server adds
is left alone. Inside quotation marks `\"` and `\xhh`, the bytes of UTF-8, are escapes.
"""

import re
from collections.abc import Iterator
from typing import Any

from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_ROWS, Broken, Chunk
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.settings.ingest import Ingest as IngestSettings

COLUMNS = (
    "remote_addr",
    "identity",
    "remote_user",
    "time_local",
    "request",
    "status",
    "body_bytes_sent",
    "http_referer",
    "http_user_agent",
    "http_x_forwarded_for",
)
"""Names of the columns: those of nginx's variables."""

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_HOST = r"(?:\S+:\d{1,5} (?=[0-9A-Fa-f]*[.:]))?"
_HOP = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+|unknown|-)"
_LINE = re.compile(
    rf"{_HOST}(\S+) (\S+) (.{{1,256}}?) \[([^\]]{{1,64}})\] {_QUOTED} (\d{{3}}|-) (\d+|-)"
    rf'(?: {_QUOTED})?(?: {_QUOTED})?(?: "({_HOP}(?:, ?{_HOP})*)")?'
)
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_EMPTY = '""'
"""A user's name without any letter, as Apache writes it."""
_NO_NAME = _EMPTY.encode()


def chunks(
    file: TextFile, wanted: frozenset[str], chosen: IngestSettings, rows: int = CHUNK_ROWS
) -> Iterator[Chunk]:
    """The file's rows, so many at a time."""
    for lines in file.lines():
        for start in range(0, lines.count, rows):
            yield _chunk(lines, slice(start, start + rows), wanted, chosen)
        if lines.too_long is not None:
            broken = Broken(lines.first + lines.count, reasons.TOO_LONG, lines.too_long)
            yield Chunk({}, [], bytes, [broken])


def _chunk(lines: Lines, part: slice, wanted: frozenset[str], chosen: IngestSettings) -> Chunk:
    texts, first = lines.lines[part], lines.first + part.start
    rows: list[tuple[str | None, ...]] = []
    numbers: list[int] = []
    broken: list[Broken] = []
    blank = 0
    for number, line in enumerate(texts, first):
        if not line or line.isspace():
            blank += 1
            continue
        match = _LINE.match(line.decode("utf-8", "replace"))
        if match is None:
            broken.append(Broken(number, reasons.NOT_ACCESS_LOG, line[: chosen.quarantined_characters]))
            continue
        cells = match.groups()
        rows.append(tuple(map(_plain, cells)) if b"\\" in line or _NO_NAME in line else cells)
        numbers.append(number)
    held: list[Any] = [list(each) for each in zip(*rows, strict=True)] or [[] for _ in COLUMNS]
    columns = {name: column for name, column in zip(COLUMNS, held, strict=True) if name in wanted}
    return Chunk(
        columns,
        numbers,
        lambda i: texts[numbers[i] - first],
        broken,
        blank,
        frozenset(COLUMNS) - wanted,
    )


def _plain(cell: str | None) -> str | None:
    if cell is None or cell == _EMPTY:
        return None
    if "\\" not in cell:
        return cell
    return _ESCAPE.sub(_unescaped, cell.encode("utf-8")).decode("utf-8", "replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode()) if found[1] else _LETTERS.get(found[2], found[2])
