"""The first rows of a file, to see what it holds before it is read."""

import csv
import io
import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.ingest import sniffing
from linkage.ingest.columns import python_values
from linkage.ingest.formats import access_log, document, ndjson
from linkage.ingest.formats.parquet import bounded, text_paths
from linkage.ingest.formats.streams import TextFile
from linkage.ingest.sniffing import HEAD_BYTES, Written
from linkage.settings.ingest import Ingest as IngestSettings

HEAD_LINES = 100
"""Lines looked at for each row that is wanted: a record of CSV may go over many."""


@dataclass(frozen=True)
class Sample:
    """A file's columns in their order, and its first rows as objects."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]


def sample(path: Path, written: Written, chosen: IngestSettings) -> Sample:
    """The file's columns and first rows; those that cannot be read are left out, not reported.

    Raises OSError for a file that cannot be opened, and InputError where a text file breaks off at once.
    """
    rows = chosen.sampled_rows
    if written.kind == sniffing.EMPTY:
        return Sample((), ())
    if written.kind == sniffing.PARQUET:
        return _parquet(path, rows)
    if written.kind == sniffing.CSV:
        return _csv(_head(path, written, chosen), written, rows)
    found = _objects(path, written, chosen, rows)
    names = dict.fromkeys(name for row in found for name in row)
    return Sample(tuple(names), tuple(found))


def _parquet(path: Path, rows: int) -> Sample:
    try:
        with pq.ParquetFile(path) as file:
            names = tuple(field.name.strip() for field in file.schema_arrow)
            texts = text_paths(file, file.schema_arrow.names)
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            batches = file.iter_batches(rows)
            batch = next((next(bounded(each)) for each in batches if each.num_rows), None)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return Sample((), ())
    if batch is None:
        return Sample(names, ())
    columns = [_values(column) for column in batch.columns]
    return Sample(names, tuple(dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)))


def _values(column: pa.Array) -> list[Any]:
    try:
        return python_values(column)
    except (OverflowError, ValueError):  # a time that Python cannot hold
        return [None] * len(column)


def _head(path: Path, written: Written, chosen: IngestSettings) -> str:
    for lines in TextFile(path, path.name, written, chosen).lines():
        return b"\n".join([*lines.lines[: HEAD_LINES * chosen.sampled_rows], b""]).decode("utf-8", "replace")
    return ""


def _csv(head: str, written: Written, rows: int) -> Sample:
    reader = csv.reader(
        io.StringIO(head, newline=""), delimiter=written.delimiter, escapechar=written.escape,
        doublequote=written.escape is None, skipinitialspace=written.delimiter != "\t",
    )  # fmt: skip
    try:
        header = [cell.strip() for cell in next(reader, [])]
        found = [dict(zip(header, cells, strict=False)) for cells in islice(reader, rows) if any(cells)]
    except csv.Error:
        return Sample((), ())
    return Sample(tuple(header), tuple(found))


def _objects(path: Path, written: Written, chosen: IngestSettings, rows: int) -> list[dict[str, Any]]:
    file = TextFile(path, path.name, written, chosen)
    if written.kind == sniffing.ACCESS:
        chunk = next(access_log.chunks(file, frozenset(access_log.COLUMNS), chosen, HEAD_LINES * rows))
        cells = zip(*chunk.columns.values(), strict=True)
        return [dict(zip(chunk.columns, row, strict=True)) for row in islice(cells, rows)]
    if written.kind == sniffing.NDJSON:
        found = _lines(path, written, rows)
        if found:
            return found
    none = frozenset[str]()
    by_lines = written.kind == sniffing.NDJSON
    first = ndjson.chunks(file, none, chosen) if by_lines else document.chunks(file, none, chosen, rows=rows)
    for chunk in first:
        if objects := chunk.made_objects():
            return [dict(row) for row in objects[:rows]]
    return []


def _lines(path: Path, written: Written, rows: int) -> list[dict[str, Any]]:
    """Objects of the first lines, from the first bytes alone where these hold one."""
    head = sniffing.head_text(path, written)
    found: list[dict[str, Any]] = []
    for line in head.split("\n")[: HEAD_LINES * rows]:
        if len(found) >= rows:
            break
        try:
            row = orjson.loads(line.encode("utf-8", "surrogatepass"))
        except orjson.JSONDecodeError:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
        if isinstance(row, dict):
            found.append(row)
    return found if len(head) < HEAD_BYTES or found else []
