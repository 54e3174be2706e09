"""The page of log formats lists every format that is read: a command, what it fills, what it lacks."""

import json
import shlex
from pathlib import Path

import pytest

from linkage.ingest.adapters.registry import ADAPTERS
from tests.conftest import Command
from tests.ingest.adapters.samples import every_sample, write

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


SAMPLES = every_sample()
COMMANDS = [line for line in PAGE.splitlines() if line.startswith("linkage investigate ")][1:]
BESIDE = {"clerk-users": ("clerk-sessions",)}
"""Users alone are no evidence: the command names the file of sessions too."""


@pytest.mark.parametrize("command", COMMANDS, ids=[each.rpartition("/")[2] for each in COMMANDS])
def test_a_command_works_as_it_is_written(
    command: str, linkage: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, *arguments = shlex.split(command)
    name = Path(arguments[-1]).name
    for each in (name, *BESIDE.get(name, ())):
        write(tmp_path, SAMPLES[each])
    monkeypatch.chdir(tmp_path)

    code, _, err = linkage(*arguments, "--quiet")

    assert code == 0, err
    assert sum(each["used"] for each in json.loads(Path(arguments[-1], "run.json").read_text())["inputs"])


def test_every_format_has_a_command_that_is_tried() -> None:
    assert {each.rpartition("/")[2] for each in COMMANDS} == set(ADAPTERS)
