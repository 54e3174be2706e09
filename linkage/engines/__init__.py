"""Where relational work runs: the protocol of an engine, and one module for each backend."""

from linkage.engines.engine import Engine

__all__ = ["Engine"]
