"""Files of a folder read as they are, and what was staged."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq

from linkage.ingest.read import read
from linkage.settings.ingest import Ingest as IngestSettings

LENIENT = IngestSettings(max_quarantined=1)


def read_rows(folder: Path, *, settings: IngestSettings | None = None) -> dict[str, list[dict[str, Any]]]:
    """Staged rows by table, without what is empty and without the file and line they came from."""
    with TemporaryDirectory() as staging:
        sources = read([folder], Path(staging), chosen=settings or LENIENT, mappings={})
        return {
            table: [_filled(row) for path in paths for row in pq.read_table(path).to_pylist()]
            for table, paths in sources.tables.items()
        }


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and name not in ("file", "line")}
