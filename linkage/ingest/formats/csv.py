"""CSV: a header, then records whose cells are in double quotes where needed.

A record whose shape is wrong may have swallowed the rows after it (a quote that never closes does),
so each of its lines counts as a row: what may be lost cannot hide behind one row.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_ROWS, Broken, Chunk
from linkage.ingest.formats import plain_csv
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.ingest.mapping import Plan
from linkage.ingest.sniffing import Written
from linkage.settings.ingest import Ingest as IngestSettings

DECODED = 2**18
"""Bytes of lines that are made texts at a time."""


def chunks(file: TextFile, plan: Plan, written: Written, chosen: IngestSettings) -> Iterator[Chunk]:
    """The file's rows, some at a time; raises InputError for a header that is missing or lacks a column."""
    max_bytes, kept = chosen.max_line_bytes, chosen.quarantined_characters
    # Only ever raised: a record is cut off at max_bytes before this limit is met.
    csv.field_size_limit(max(csv.field_size_limit(), max_bytes + 2))
    feed = _Feed(file.lines(), max_bytes)
    dialect: dict[str, Any] = {
        "delimiter": written.delimiter,
        "escapechar": written.escape,
        "doublequote": written.escape is None,
        "skipinitialspace": written.delimiter != "\t",
    }
    reader = csv.reader(feed, strict=True, **dialect)
    header = _header(feed, reader, plan, file.name)
    last = any_rows = False
    while not last:
        plain = _plain(feed, header, plan, written, chosen)
        if plain is not None:
            any_rows = True
            yield plain
            continue
        batch = _gather(feed, reader, len(header), kept)
        last = batch.last
        if not last or batch.lines or not any_rows:
            yield _chunk(batch, header, plan)


class _TooLong(Exception):
    """A record or line beyond the limit."""


@dataclass
class _Batch:
    """Records of the right shape, each with the index of its first line in `lines`.

    `kept` characters of a broken one are kept.
    """

    first: int
    lines: list[str]
    kept: int
    rows: list[list[Any]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    blank: int = 0
    last: bool = False


class _Feed:
    """The lines as text for the csv module; remembers those since `forget`, and where they stand."""

    def __init__(self, batches: Iterator[Lines], max_bytes: int) -> None:
        self._batches, self._max = batches, max_bytes
        self._rest = b""
        self._texts: deque[str] = deque()
        self._unfinished = False
        self._too_long: bytes | None = None
        self._ends_open = False
        self.first = 1
        self.lines: list[str] = []
        self.size = 0
        self.doubtful = False
        self.open_end = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        while not self._texts:
            self._decode()
        text = self._texts.popleft()
        self.open_end = self.ends_open and not self._texts
        self.lines.append(text)
        self.size += len(text)
        if self.size > self._max:
            raise _TooLong
        return text

    def forget(self) -> None:
        """Drop the lines of finished records."""
        self.first += len(self.lines)
        self.lines = []

    @property
    def line(self) -> int:
        """The number of the next line."""
        return self.first + len(self.lines)

    @property
    def held(self) -> int:
        """How many lines are at hand."""
        return len(self._texts) + self._rest.count(b"\n")

    @property
    def midway(self) -> bool:
        """Whether the next lines cannot be had as a block, as those before were given out one by one."""
        return bool(self._texts)

    @property
    def ends_open(self) -> bool:
        """Whether nothing follows what is at hand, and its last line has no end."""
        return self._ends_open and not self._rest

    def block(self) -> bytes:
        """The lines at hand as they are, between two records; none where some were given out."""
        if self._texts or self._too_long is not None:
            return b""
        if self._unfinished or not self._rest:
            try:
                self._advance()
            except StopIteration:
                return b""
        return self._rest

    def skip(self, size: int, lines: int) -> None:
        """Drop so many bytes and lines of the block: whole records. The last one's rest is in later lines."""
        self._rest = self._rest[size:]
        self.first += lines
        self._unfinished = bool(self._rest)

    def _advance(self) -> None:
        if self._too_long is not None:
            head, self._too_long = self._too_long, None
            self.lines.append(head.decode("utf-8", "surrogateescape"))
            raise _TooLong
        lines = next(self._batches)
        self._ends_open, self._too_long = lines.open_end, lines.too_long
        self._rest += lines.data

    def _decode(self) -> None:
        """Some lines as texts; of a file's first ones that of the header alone."""
        if not self._rest:
            self._advance()
        most = 0 if self.line == 1 else DECODED
        end = self._rest.rfind(b"\n", 0, most) + 1 or self._rest.find(b"\n") + 1
        data, self._rest = self._rest[:end], self._rest[end:]
        self._unfinished = False
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.doubtful, text = True, data.decode("utf-8", "surrogateescape")
        self._texts.extend(line + "\n" for line in text.split("\n")[:-1])
        if self.ends_open and self._texts:
            self._texts.append(self._texts.pop()[:-1])


def _header(feed: _Feed, reader: "Iterator[list[str]]", plan: Plan, name: str) -> list[str]:
    try:
        header = [cell.strip() for cell in next(reader, [])]
    except (csv.Error, _TooLong):
        raise InputError(f"{name}: line 1 cannot be read as a CSV header") from None
    if _not_text(header):
        raise InputError(f"{name}: the header in line 1 is not UTF-8", hint="save the file as UTF-8")
    if not any(header):
        raise InputError(
            f"{name}: no header in line 1", hint="the first line of a CSV file must name its columns"
        )
    plan.check(name, header)
    feed.forget()
    return header


def _plain(
    feed: _Feed, header: list[str], plan: Plan, written: Written, chosen: IngestSettings
) -> Chunk | None:
    """The whole records of a block in which nothing is odd; None where one may be."""
    block = feed.block() if written.escape is None else b""
    most = chosen.max_line_bytes
    found = plain_csv.read(block, header, plan.wanted, written.delimiter, most) if block else None
    if found is None:
        return None
    numbers, ends = (feed.first + found.lines).tolist(), found.ends
    feed.skip(int(ends[-1]), found.breaks)
    end = int(ends[-1]) - feed.ends_open

    def raw(i: int) -> str:
        start = ends[i - 1] if i else 0
        return block[start : min(ends[i], end)].decode("utf-8")[: chosen.quarantined_characters]

    return Chunk(found.columns, numbers, raw, unknown=frozenset(header) - plan.wanted)


def _gather(feed: _Feed, reader: "Iterator[list[str]]", width: int, kept: int) -> _Batch:
    batch, until = _Batch(feed.first, feed.lines, kept), feed.line + feed.held
    # The whole of a block that is not plain, and of the lines after it the end of its last record.
    while len(batch.rows) < CHUNK_ROWS and (feed.line < until or feed.midway or not feed.lines):
        start, feed.size = len(feed.lines), 0
        try:
            row = next(reader)
        except StopIteration:
            batch.last = True
            break
        except csv.Error:
            _break(batch, start, reasons.CUT_SHORT if feed.open_end else reasons.QUOTES)
            continue
        except _TooLong:
            _break(batch, start, reasons.TOO_LONG)
            continue
        if len(row) == width or (len(row) > width and not any(row[width:])):
            # A delimiter at the end of each record is how some programs close it.
            batch.rows.append(_own_bytes(row) if feed.doubtful and _not_text(row) else row)
            batch.starts.append(start)
        elif not "".join(row).strip() and len(row) <= 1:
            batch.blank += len(feed.lines) - start
        else:
            _break(batch, start, _shape(feed, row, width))
    feed.forget()
    return batch


def _shape(feed: _Feed, row: list[str], width: int) -> str:
    unfinished = feed.open_end and not feed.lines[-1].endswith("\n")
    return reasons.CUT_SHORT if unfinished and len(row) < width else reasons.CELLS


def _not_text(row: list[str]) -> bool:
    try:
        "".join(row).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _own_bytes(row: list[str]) -> list[Any]:
    """The cells, those that are no UTF-8 as their bytes: what they are worth is for the cells to say."""
    return [each.encode("utf-8", "surrogateescape") if _not_text([each]) else each for each in row]


def _break(batch: _Batch, start: int, reason: str) -> None:
    batch.broken.extend(_line(batch, index, reason) for index in range(start, len(batch.lines)))


def _line(batch: _Batch, index: int, reason: str) -> Broken:
    kept = batch.kept
    raw = batch.lines[index][:kept].encode("utf-8", "surrogateescape")[:kept]
    return Broken(batch.first + index, reason, raw)


def _chunk(batch: _Batch, header: list[str], plan: Plan) -> Chunk:
    columns = {
        name: [row[index] for row in batch.rows] for index, name in enumerate(header) if name in plan.wanted
    }
    numbers = [batch.first + start for start in batch.starts]

    def raw(i: int) -> str | bytes:
        # A record ends where the next thing begins; its first lines are enough to know it by.
        end = batch.starts[i + 1] if i + 1 < len(batch.starts) else len(batch.lines)
        text = "".join(batch.lines[batch.starts[i] : end])[: batch.kept]
        return text.encode("utf-8", "surrogateescape") if _not_text([text]) else text

    return Chunk(columns, numbers, raw, batch.broken, batch.blank, frozenset(header) - plan.wanted)
