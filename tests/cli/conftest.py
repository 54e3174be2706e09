"""Commands run in this process, on a case made by hand."""

from pathlib import Path

import pytest

from tests import made_case
from tests.neo4j_server import neo4j_server

__all__ = ["neo4j_server"]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_case.write(tmp_path_factory.mktemp("made") / "case")
