"""What the tutorials show is what a reader gets who follows them in order, in one checkout."""

import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.guards.readme import Step, fault, reader, steps
from tests.neo4j_server import Server, neo4j_server

__all__ = ["neo4j_server"]

PYTHON = Path(sys.executable)
TUTORIALS = ROOT / "docs" / "tutorials"


def followed(name: str, folder: Path) -> list[str]:
    """What is wrong with a tutorial, step by step; nothing is an empty list."""
    told = [step for step in _steps(name) if step.runs]
    assert len(told) >= 4
    return [found for step in told if (found := fault(step, folder, PYTHON))]


def _steps(name: str) -> list[Step]:
    return steps((TUTORIALS / f"{name}.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reader(tmp_path_factory.mktemp("tutorials"), ROOT)


@pytest.fixture(scope="module")
def first_case(checkout: Path) -> list[str]:
    """The first tutorial, which makes the case that others go on with."""
    return followed("first-case", checkout)


def test_the_first_case(first_case: list[str]) -> None:
    assert not first_case, "\n\n".join(first_case)


@pytest.mark.parametrize("name", ["bundle", "measuring"])
def test_tutorials_that_leave_the_case_as_it_is(name: str, checkout: Path, first_case: list[str]) -> None:
    faults = followed(name, checkout)
    assert not faults, "\n\n".join(faults)


def test_the_case_in_neo4j(
    checkout: Path, first_case: list[str], neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in neo4j_server.environment.items():
        monkeypatch.setenv(name, value)
    faults = followed("neo4j", checkout)
    assert not faults, "\n\n".join(faults)


def test_verdicts(checkout: Path, first_case: list[str]) -> None:
    """Last, for they change what the next run finds."""
    faults = followed("judging", checkout)
    assert not faults, "\n\n".join(faults)


def test_every_tutorial_is_followed() -> None:
    assert {path.stem for path in TUTORIALS.glob("*.md")} == {
        "first-case",
        "bundle",
        "measuring",
        "neo4j",
        "judging",
    }
