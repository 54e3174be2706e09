"""As many rows as the public samples have requests, sign-ups and payments, each with its account."""

from pathlib import Path

import pytest

from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.adapters.reading import read_rows

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
PROMPTS = ("ecs", "sharegpt", "wildchat")


@pytest.mark.parametrize(("folder", "expected"), ROWS.items(), ids=ROWS)
def test_there_are_as_many_rows(folder: str, expected: dict[str, int], shared_data: Path) -> None:
    source = shared_data / "formats" / "samples" / folder
    if not source.is_dir():
        pytest.skip("there are no samples of formats beside the project")
    found = read_rows(source, settings=IngestSettings())
    assert {table: len(each) for table, each in found.items() if each} == expected
    asked = [row for each in found.values() for row in each]
    assert all(row["account"] for row in asked)
    if folder in PROMPTS:
        assert all(row["prompt"] for row in asked)
