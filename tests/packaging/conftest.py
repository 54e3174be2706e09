"""The server that the installed program is asked about."""

from tests.neo4j_server import neo4j_server

__all__ = ["neo4j_server"]
