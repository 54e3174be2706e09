"""What the tests of the graph share."""

from collections.abc import Iterator

import pytest
from neo4j import Session

from tests.graph.loaded_fixture import loaded
from tests.neo4j_server import Server, neo4j_server, own_server

__all__ = ["loaded", "neo4j_server", "own_server"]


@pytest.fixture
def session(neo4j_server: Server) -> Iterator[Session]:
    with neo4j_server.session() as opened:
        yield opened
