"""Commands run in this process, on a case made by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linkage.cli.app import run
from tests import made_case
from tests.neo4j_server import neo4j_server

__all__ = ["neo4j_server"]

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_case.write(tmp_path_factory.mktemp("made") / "case")


@pytest.fixture
def linkage(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command; gives its exit code, stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call
