"""What the tests of the graph share."""

from tests.graph.loaded_fixture import loaded
from tests.neo4j_server import neo4j_server, own_server

__all__ = ["loaded", "neo4j_server", "own_server"]
