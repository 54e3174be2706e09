"""CSV: a header, then records whose cells are in double quotes where needed.

A record whose shape is wrong may have swallowed the rows after it (a quote that never closes does),
so each of its lines counts as a row: what may be lost cannot hide behind one row.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_BYTES, CHUNK_ROWS, Broken, Chunk
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.ingest.mapping import Plan
from linkage.ingest.sniffing import Written
from linkage.settings.ingest import Ingest as IngestSettings


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
        plain = feed.plain_rows(len(header), kept, dialect) if written.escape is None else None
        if plain is not None:
            any_rows = True
            yield _chunk(plain, header, plan)
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
        self._texts: Iterator[str] = iter(())
        self._too_long: bytes | None = None
        self.first = 1
        self.lines: list[str] = []
        self.size = self.held = 0
        self.doubtful = False
        self.open_end = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        text = next(self._texts, None)
        while text is None:
            self._advance()
            text = next(self._texts, None)
        self.lines.append(text)
        self.size += len(text)
        if self.size > self._max:
            raise _TooLong
        return text

    def forget(self) -> None:
        """Drop the lines of finished records."""
        self.first += len(self.lines)
        self.lines, self.held = [], 0

    def plain_rows(self, width: int, kept: int, dialect: dict[str, Any]) -> _Batch | None:
        """The rest of the lines at hand where each is one whole record; None where one may be odd.

        Between two records only: then a line with an even number of quotation marks opens none that it
        does not close.
        """
        at_hand = list(self._texts)
        if not at_hand and self._too_long is None:
            try:
                self._advance()
            except StopIteration:
                return None
            at_hand = list(self._texts)
        self._texts = iter(at_hand)
        if not at_hand or self.doubtful or not all(each.count('"') % 2 == 0 for each in at_hand):
            return None
        try:
            rows = list(csv.reader(at_hand, strict=True, **dialect))
        except csv.Error:
            return None
        if len(rows) != len(at_hand) or set(map(len, rows)) != {width}:
            return None
        batch = _Batch(self.first, at_hand, kept, rows, list(range(len(rows))))
        self._texts = iter(())
        self.lines = at_hand
        self.forget()
        return batch

    def _advance(self) -> None:
        if self._too_long is not None:
            head, self._too_long = self._too_long, None
            self.lines.append(head.decode("utf-8", "surrogateescape"))
            raise _TooLong
        lines = next(self._batches)
        self.open_end = lines.open_end
        self._too_long = lines.too_long
        self._texts = iter(self._decoded(lines))

    def _decoded(self, lines: Lines) -> list[str]:
        if not lines.lines:
            return []
        data = b"\n".join(lines.lines)
        self.held += len(data)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.doubtful, text = True, data.decode("utf-8", "surrogateescape")
        found = [line + "\n" for line in text.split("\n")]
        if lines.open_end:
            found[-1] = found[-1][:-1]
        return found


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


def _gather(feed: _Feed, reader: "Iterator[list[str]]", width: int, kept: int) -> _Batch:
    batch = _Batch(feed.first, feed.lines, kept)
    feed.held = 0
    while len(batch.rows) < CHUNK_ROWS and feed.held <= CHUNK_BYTES:
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
