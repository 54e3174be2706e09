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
from linkage.ingest.chunk import CHUNK_ROWS, Broken, Chunk
from linkage.ingest.formats import plain_csv
from linkage.ingest.formats.csv_lines import CsvLines, TooLong
from linkage.ingest.formats.streams import TextFile
from linkage.ingest.mapping import Plan
from linkage.ingest.sniffing import Written
from linkage.settings.ingest import Ingest as IngestSettings

CUTS = 2
"""How often a block is cut where a record is odd, before the rest of it counts as odd."""
TRIES = 2
"""Blocks of a file that are cut so often, one after the other, before no further one is tried."""


def chunks(file: TextFile, plan: Plan, written: Written, chosen: IngestSettings) -> Iterator[Chunk]:
    """The file's rows, some at a time; raises InputError for a header that is missing or lacks a column."""
    max_bytes, kept = chosen.max_line_bytes, chosen.quarantined_characters
    # Only ever raised: a record is cut off at max_bytes before this limit is met.
    csv.field_size_limit(max(csv.field_size_limit(), max_bytes + 2))
    feed = CsvLines(file.lines(), max_bytes)
    dialect: dict[str, Any] = {
        "delimiter": written.delimiter,
        "escapechar": written.escape,
        "doublequote": written.escape is None,
        "skipinitialspace": written.delimiter != "\t",
    }
    reader = csv.reader(feed, strict=True, **dialect)
    header = _header(feed, reader, plan, file.name)
    last = any_rows = False
    plain = _Plain(feed, header, plan, written, chosen)
    while not last:
        found = plain.chunk()
        if found is not None:
            any_rows = True
            yield found
            continue
        batch = _gather(feed, reader, len(header), kept, whole=plain.over)
        last = batch.last
        if not last or batch.lines or not any_rows:
            yield _chunk(batch, header, plan)


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


def _header(feed: CsvLines, reader: "Iterator[list[str]]", plan: Plan, name: str) -> list[str]:
    try:
        header = [cell.strip().strip("\ufeff") for cell in next(reader, [])]
        if header[:1] == ["sep="] and not any(header[1:]):  # a spreadsheet's line about the delimiter
            header = [cell.strip() for cell in next(reader, [])]
    except (csv.Error, TooLong):
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


class _Plain:
    """Reads records in which nothing is odd as columns, block after block, as long as there are enough."""

    def __init__(
        self, feed: CsvLines, header: list[str], plan: Plan, written: Written, chosen: IngestSettings
    ) -> None:
        self._feed, self._header, self._plan, self._written, self._chosen = (
            feed,
            header,
            plan,
            written,
            chosen,
        )
        self._left = TRIES if written.escape is None else 0
        self._block = self._cuts = 0
        self._stopped = False

    @property
    def over(self) -> bool:
        """Whether the rest of the block is to be read record by record."""
        return self._left == 0 or self._cuts > CUTS

    def chunk(self) -> Chunk | None:
        """The next records, up to one that may be odd; None where that is the next one."""
        if self._stopped:
            self._stopped = False
            self._cuts += 1
            return None
        block = self._feed.block() if self._left else b""
        if self._feed.blocks != self._block:
            self._left = max(self._left - 1, 0) if self._cuts > CUTS else TRIES if self._left else 0
            self._block, self._cuts = self._feed.blocks, 0
        if self.over or not block:
            return None
        most = self._chosen.max_line_bytes
        found = plain_csv.read(block, self._header, self._plan.wanted, self._written.delimiter, most)
        if found is None:
            self._cuts += 1
            return None
        self._stopped = found.stopped
        return self._made(block, found)

    def _made(self, block: bytes, found: plain_csv.Records) -> Chunk:
        feed, wanted, kept = self._feed, self._plan.wanted, self._chosen.quarantined_characters
        numbers, ends = (feed.first + found.lines).tolist(), found.ends
        feed.skip(int(ends[-1]), found.breaks)
        end = int(ends[-1]) - feed.ends_open

        def raw(i: int) -> str:
            start = ends[i - 1] if i else 0
            return block[start : min(ends[i], end)].decode("utf-8")[:kept]

        return Chunk(found.columns, numbers, raw, unknown=frozenset(self._header) - wanted)


def _gather(feed: CsvLines, reader: "Iterator[list[str]]", width: int, kept: int, *, whole: bool) -> _Batch:
    """The next lines, or the `whole` rest of the block, record by record."""
    batch, until = _Batch(feed.first, feed.lines, kept), feed.line + (feed.held if whole else 0)
    # Of the lines after them the end of the last record is read too.
    while len(batch.rows) < CHUNK_ROWS and (feed.line < until or feed.midway or not feed.lines):
        start, feed.size = len(feed.lines), 0
        try:
            row = next(reader)
        except StopIteration:
            batch.last = True
            break
        except csv.Error:
            _break(batch, start, reasons.CUT_SHORT if feed.open_end else _unlike(feed.lines[start:]))
            continue
        except TooLong:
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


def _shape(feed: CsvLines, row: list[str], width: int) -> str:
    unfinished = feed.open_end and not feed.lines[-1].endswith("\n")
    return reasons.CUT_SHORT if unfinished and len(row) < width else reasons.CELLS


def _unlike(lines: list[str]) -> str:
    """Why lines are no record."""
    returns = any("\r" in line.rstrip("\r\n") for line in lines)
    return reasons.RETURN if returns and not any('"' in line for line in lines) else reasons.QUOTES


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
