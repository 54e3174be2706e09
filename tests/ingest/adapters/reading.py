"""What the tests of adapters share: the staged rows of a folder."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from linkage.ingest.read import read
from linkage.settings.ingest import Ingest as IngestSettings

LENIENT = IngestSettings(max_quarantined=1)


def read_rows(folder: Path, *, settings: IngestSettings | None = None) -> dict[str, list[dict[str, Any]]]:
    """The rows that are staged for each table, without empty cells and without where they came from."""
    with TemporaryDirectory() as staging:
        sources = read([folder], Path(staging), chosen=settings or LENIENT, mappings={})
        return {
            table: [_filled(row) for path in paths for row in pq.read_table(path).to_pylist()]
            for table, paths in sources.tables.items()
        }


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and name not in ("file", "line")}
