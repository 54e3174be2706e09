"""Where relational work runs: DuckDB, through Ibis.

Stages write Ibis expressions and never name an engine; this module alone opens one. A second engine
is a second class with the same five methods.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from linkage.errors import UsageError


class Engine:
    """A DuckDB process of our own, in memory, spilling to `scratch` when it must."""

    def __init__(self, scratch: Path, *, threads: int = 0, memory: str = "") -> None:
        options: dict[str, Any] = {"temp_directory": str(scratch)}
        if threads:
            options["threads"] = threads
        options["memory_limit"] = memory or _enough(scratch)
        self._backend = ibis.duckdb.connect(**options)
        # Insertion order is never relied on, so the engine need not pay memory to keep it.
        self._backend.raw_sql("SET preserve_insertion_order = false")
        # It would draw its own on standard output, which belongs to the caller.
        self._backend.raw_sql("SET enable_progress_bar = false")
        self._names = 0

    def files(self, paths: Sequence[Path]) -> ir.Table:
        """The rows of Parquet files that share one schema."""
        return self._backend.read_parquet([str(path) for path in paths], table_name=self._name("files"))

    def table(self, rows: pa.Table) -> ir.Table:
        """Rows that Python made, as a table of this engine."""
        name = self._name("rows")
        self._backend.con.register(f"{name}_arrow", rows)
        self._backend.con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_arrow")
        self._backend.con.unregister(f"{name}_arrow")
        return self._backend.table(name)

    def keep(self, expression: ir.Table) -> ir.Table:
        """Compute an expression once, for later stages to build on."""
        return self._backend.create_table(self._name("kept"), obj=expression, temp=True)

    def arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression, in memory."""
        return expression.to_pyarrow()

    def batches(self, expression: ir.Table, *, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The rows of an expression, a piece at a time."""
        relation = self._backend.con.sql(self._backend.compile(expression))
        yield from relation.to_arrow_reader(rows)

    def drop(self, *tables: ir.Table) -> None:
        """Give back the memory of tables made by `keep` or `table`."""
        for table in tables:
            # By its own name: with the catalogue before it, ibis would look for a table of that whole name.
            self._backend.drop_table(table.op().name)

    def close(self) -> None:
        """End the engine."""
        self._backend.disconnect()

    def _name(self, kind: str) -> str:
        self._names += 1
        return f"{kind}_{self._names}"


def _enough(scratch: Path) -> str:
    """A limit that grows with what was staged; what does not fit is spilled, at little cost."""
    staged = sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file())
    return f"{1200 + 2 * staged // 2**20}MiB"


def connect(name: str, scratch: Path, *, threads: int = 0, memory: str = "") -> Engine:
    """The engine a setting names; raises UsageError for one that is not built in."""
    if name not in ("duckdb", "duckdb://"):
        raise UsageError(f"engine {name!r} is not known", hint="use --engine duckdb, or leave it out")
    return Engine(scratch, threads=threads, memory=memory)
