"""As many rows as the public samples have requests, sign-ups and payments, each with its account."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from linkage.ingest import cells, files
from linkage.ingest.adapters.registry import adapter
from linkage.ingest.chunk import Chunk
from linkage.ingest.projection import projected
from linkage.ingest.recognition import recognised
from linkage.ingest.sampling import sample
from linkage.settings.ingest import Ingest as IngestSettings

CHOSEN = IngestSettings()
MANY = 1_000
ROWS = {
    "auth0": {"accounts": 24, "sessions": 24},
    "cloudflare_aig": {"interactions": 24},
    "cloudflare_http": {"sessions": 24},
    "ecs": {"interactions": 48},
    "envoy": {"interactions": 24},
    "nginx": {"sessions": 48},
    "ocsf": {"interactions": 24},
    "ocsf_lake": {"interactions": 24},
    "sharegpt": {"interactions": 8},
    "stripe": {"payments": 36},
    "wildchat": {"interactions": 24},
}


def accounts(folder: Path) -> dict[str, list[Any]]:
    """The accounts of the rows of each table, before cells are read."""
    found: dict[str, list[Any]] = defaultdict(list)
    for part in recognised(files.find([folder], {}, CHOSEN), CHOSEN, [folder]).parts:
        assert part.adapter
        plan = adapter(part.adapter).plans(cells.limits(CHOSEN))[part.table]
        rows = sample(part.path, part.written, CHOSEN, rows=MANY).rows
        columns = {
            name: [row.get(name) for row in rows] for name in {name: None for row in rows for name in row}
        }
        chunk = projected(plan, Chunk(columns, range(len(rows)), lambda i: b"", objects=rows))
        found[part.table] += chunk.columns.get("account", [])
    return found


@pytest.mark.parametrize(("folder", "expected"), ROWS.items(), ids=ROWS)
def test_there_are_as_many_rows(folder: str, expected: dict[str, int], shared_data: Path) -> None:
    source = shared_data / "formats" / "samples" / folder
    if not source.is_dir():
        pytest.skip("there are no samples of formats beside the project")
    found = accounts(source)
    assert {table: len(each) for table, each in found.items() if each} == expected
    assert all(name for each in found.values() for name in each)
