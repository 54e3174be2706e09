"""What the tests of sources share: a few good rows, ways to write them, and ways to look at what came out."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from linkage import schema as model
from linkage.ingest.read import Sources, read
from linkage.settings import TableMapping
from linkage.settings.ingest import Ingest as IngestSettings

LENIENT = IngestSettings(max_quarantined=1)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """One reading, opened up."""

    sources: Sources

    def table(self, name: str = "interactions") -> pa.Table:
        parts = [pq.read_table(path) for path in self.sources.tables[name]]
        assert all(part.schema.equals(model.SOURCES[name].schema) for part in parts)
        return pa.concat_tables(parts)

    def values(self, name: str = "interactions") -> pa.Table:
        return self.table(name).drop_columns(["file", "line", "cleaned"])

    def put_away(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.sources.quarantine.read_text("ascii").splitlines()]

    def receipt(self, table: str = "interactions") -> model.Receipt:
        (found,) = [each for each in self.sources.receipts if each.table == table]
        return found

    def lost(self, table: str = "interactions") -> dict[str, dict[str, int]]:
        """Cells that were dropped, by column and reason."""
        return self.receipt(table).dropped_cells

    def check_rows(self) -> None:
        """Rows add up in every receipt, in the staged tables and in the quarantine file."""
        put_away = self.put_away()
        for each in self.sources.receipts:
            assert each.rows == each.used + sum(each.filtered.values()) + sum(each.quarantined.values())
            listed = [e for e in put_away if (e["table"], e["file"]) == (each.table, each.file)]
            assert len(listed) == sum(each.quarantined.values())
        for name in self.sources.tables:
            used = sum(each.used for each in self.sources.receipts if each.table == name)
            assert self.table(name).num_rows == used


def load(
    *paths: Path,
    reading: IngestSettings = LENIENT,
    mappings: Mapping[str, TableMapping] | None = None,
    staging: Path | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> Read:
    root = paths[0] if paths[0].is_dir() else paths[0].parent
    staging = staging or root.parent / f"{root.name}-staged"
    more = {"progress": progress} if progress else {}
    result = Read(read(list(paths), staging, chosen=reading, mappings=mappings or {}, **more))
    result.check_rows()
    return result


def ndjson(rows: Sequence[Row]) -> bytes:
    """Rows as this program's own canonical NDJSON; an absent value is left out."""
    kept = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept).encode()


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, list) else str(value)


def parquet(rows: Sequence[Row], path: Path, table: str = "interactions") -> None:
    schema = model.SOURCES[table].schema
    wanted = pa.schema([field for field in schema if field.name not in ("file", "line", "cleaned")])
    filled = [{name: row.get(name) for name in wanted.names} for row in rows]
    pq.write_table(pa.Table.from_pylist(filled, schema=wanted), path)


def in_every_format(folder: Path, rows: Sequence[Row], table: str = "interactions") -> dict[str, Path]:
    """The same rows as one file of each format, each in a folder of its own."""
    columns = list(model.SOURCES[table].columns)
    text = {"ndjson": ndjson(rows), "jsonl": ndjson(rows), "csv": as_csv(rows, columns)}
    packed = {
        ".gz": gzip.compress,
        ".zst": zstandard.compress,
    }
    files = {kind: data for kind, data in text.items()}
    files |= {kind + end: pack(data) for kind, data in text.items() for end, pack in packed.items()}
    found = {}
    for kind, data in files.items():
        found[kind] = folder / kind.replace(".", "-") / f"{table}.{kind}"
        found[kind].parent.mkdir(parents=True)
        found[kind].write_bytes(data)
    found["parquet"] = folder / "parquet" / f"{table}.parquet"
    found["parquet"].parent.mkdir()
    parquet(rows, found["parquet"], table)
    return found
