"""Which signals a source can support, from the names of its columns alone."""

import csv
import gzip
import json
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, Any

from linkage.errors import InputError
from linkage.evidence.signals import registry
from linkage.schema import SOURCES

PEEK = 1_000
"""Rows of a file that are read."""

_FORMATS = (".parquet", ".csv", ".ndjson", ".jsonl")


def signal_rows(columns: frozenset[str]) -> list[dict[str, Any]]:
    """A row for each signal: whether these columns can support it, and what is missing where they cannot."""
    rows = []
    for signal in registry.SIGNALS:
        nearest = min((sorted(each - columns) for each in signal.alternatives), key=len)
        rows.append({"signal": signal.name, "supported": not nearest, "missing": nearest})
    return rows


def columns_of(source: Path) -> frozenset[str]:
    """Columns of all tables at a path, and the traits among the first rows of `observations`."""
    found: set[str] = set()
    for table, file in files(source):
        found |= _columns(table, file)
    if not found:
        raise InputError(
            f"{source}: contains no table with a known name", hint=f"known names: {', '.join(SOURCES)}"
        )
    return frozenset(found)


def files(source: Path) -> Iterable[tuple[str, Path]]:
    """Table and file, for every file whose table is known by its name or its folder's."""
    if not source.exists():
        raise InputError(f"{source}: no such file or folder")
    for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
        table = file.name.split(".")[0]
        if file.parent != source and file.parent.name in SOURCES:
            table = file.parent.name
        if table in SOURCES and file.is_file() and any(each in _FORMATS for each in file.suffixes):
            yield table, file


def _columns(table: str, file: Path) -> set[str]:
    try:
        if ".parquet" in file.suffixes:
            rows, names = _parquet(file)
        else:
            rows = _csv(file) if ".csv" in file.suffixes else _ndjson(file)
            names = {name for row in rows for name in row if name}
    except (OSError, ValueError, EOFError, csv.Error) as error:
        raise InputError(f"{file}: cannot be read: {error}") from error
    if table == "observations":
        names |= {str(row["trait"]) for row in rows if row.get("trait")}
    return names


def _parquet(file: Path) -> tuple[list[dict[str, Any]], set[str]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as content:
        first = next(content.iter_batches(batch_size=PEEK), None)
        return (first.to_pylist() if first else []), set(content.schema_arrow.names)


def _csv(file: Path) -> list[dict[str, Any]]:
    with closing(_lines(file)) as lines:
        reader = csv.DictReader(lines)
        rows: list[dict[str, Any]] = list(islice(reader, PEEK))
        return rows or [dict.fromkeys(reader.fieldnames or (), "")]


def _ndjson(file: Path) -> list[dict[str, Any]]:
    rows = []
    with closing(_lines(file)) as lines:
        for line in islice(lines, PEEK):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue  # a run quarantines such a row
            if isinstance(row, dict):
                rows.append(row)
    return rows


def _lines(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8", errors="replace")
    if file.suffix == ".zst":
        import zstandard

        lines: IO[str] = zstandard.open(file, "rt", encoding="utf-8", errors="replace")
        return lines
    return file.open(encoding="utf-8", errors="replace")
