"""Where relational work runs: the protocol of an engine, and one module for each backend."""
