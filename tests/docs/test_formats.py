"""The page of log formats lists every format that is read: a command, what it fills, what it lacks."""

from pathlib import Path

import pytest

from linkage.ingest.adapters.registry import ADAPTERS
from tests.ingest.adapters.samples import every_sample

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_a_format_is_on_the_page_with_its_command(name: str) -> None:
    found = ADAPTERS[name]
    (section,) = [each for each in PAGE.split("\n### ") if each.startswith(f"{found.title}\n")]
    tables = ", ".join(f"`{table}`" for table in found.tables)
    assert f"`--format {name}` · fills {tables} · follows {found.follows}." in section
    assert f"It cannot give: {found.lacks}." in section
    (command,) = [line for line in section.splitlines() if line.startswith("linkage investigate ")]
    source = command.split()[2].rstrip("/")
    assert any(file == source or file.startswith(f"{source}/") for file in every_sample()[name])


def test_the_page_lists_nothing_else() -> None:
    assert PAGE.count("\n### ") == len(ADAPTERS)
