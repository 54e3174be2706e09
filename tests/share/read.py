"""The table `indicators` as the first stage reads it from a bundle."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.ingest.read import read
from linkage.settings.ingest import Ingest as IngestSettings


def indicators(content: bytes, folder: Path) -> list[dict[str, Any]]:
    """Every row, as it is staged."""
    (folder / "rows").mkdir(parents=True)
    row = {"account": "a", "at": "2025-01-01T00:00:00Z"}
    (folder / "rows" / "sessions.ndjson").write_text(json.dumps(row) + "\n")
    file = folder / "partner.json"
    file.write_bytes(content)
    staged = folder / "staged"
    found = read([folder / "rows"], staged, chosen=IngestSettings(), mappings={}, indicators=[file])
    assert found.quarantine.read_bytes() == b""
    wanted = ["operator", "trait", "value", "confidence", "source", "seen_at"]
    parts = [pq.read_table(path, columns=wanted) for path in found.tables.get("indicators", ())]
    rows: list[dict[str, Any]] = pa.concat_tables(parts).to_pylist() if parts else []
    return rows


def objects(content: bytes) -> list[dict[str, Any]]:
    """The objects of a bundle."""
    found: list[dict[str, Any]] = json.loads(content)["objects"]
    return found
