"""Opens the engine that a setting names."""

from collections.abc import Callable
from pathlib import Path

from linkage.engines.duckdb import DuckDB
from linkage.engines.engine import MAX_ROWS, Engine
from linkage.errors import UsageError

BUILT_IN = "duckdb"


def connect(
    scratch: Path,
    name: str = BUILT_IN,
    *,
    threads: int = 0,
    memory: str = "",
    max_rows: int = MAX_ROWS,
    staged: int = 0,
    stage: Callable[[], str] = str,
) -> Engine:
    """The engine of this name, spilling to `scratch`, for `staged` bytes of rows elsewhere; raises UsageError
    for one that is not built in."""
    if name not in (BUILT_IN, f"{BUILT_IN}://"):
        raise UsageError(f"engine {name!r} is not known", hint=f"use --engine {BUILT_IN}, or leave it out")
    return DuckDB(scratch, threads=threads, memory=memory, max_rows=max_rows, staged=staged, stage=stage)
