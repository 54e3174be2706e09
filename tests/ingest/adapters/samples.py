"""The samples of all formats, which the test modules beside this one keep, and ways to write them.

A module has `SAMPLES`: for each adapter of its own, by name, the files of a folder as that system writes
them, by file name. `every_sample` finds all modules by itself.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Files = Mapping[str, bytes | str]


def every_sample() -> dict[str, Files]:
    """The files of each adapter's sample; one adapter must not have two."""
    found: dict[str, Files] = {}
    modules = sorted(Path(__file__).parent.glob("test_*.py"))
    for path in [each for each in modules if each.stem != "test_registry"]:
        samples = getattr(import_module(f"tests.ingest.adapters.{path.stem}"), "SAMPLES", {})
        assert not samples.keys() & found.keys(), path.name
        found |= samples
    return found


def write(folder: Path, files: Files) -> Path:
    """The folder with the files in it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def lines(*rows: Any) -> str:
    """NDJSON."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def parquet(rows: Sequence[Mapping[str, Any]], schema: pa.Schema | None = None) -> bytes:
    """A Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), out)
    return out.getvalue()


def micros(text: str) -> int:
    """Microseconds since 1970 of a time in ISO 8601 with its zone."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def json_rows(files: Files) -> Iterator[tuple[str, list[Any]]]:
    """The rows of the files that are lines of JSON, or one list of rows."""
    for name, content in files.items():
        text = content if isinstance(content, str) else ""
        if text.startswith("{"):
            yield name, [json.loads(line) for line in text.splitlines()]
        elif text.startswith("["):
            yield name, json.loads(text)
