"""DuckDB, through Ibis: the engine that is built in."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb.converter import DuckDBPyArrowData

from linkage.engines.engine import MAX_ROWS
from linkage.errors import BudgetError

T = TypeVar("T")

_NO_STAGE = "none"
"""Where the memory has not grown in any stage."""

MOST = 0.6
"""Part of the machine's memory that the engine may grow to; the rest is for what leaves it."""


class DuckDB:
    """A DuckDB of our own, in memory, spilling to `scratch` when it must. See `engines.engine.Engine`.

    `staged` is how many bytes of rows lie elsewhere than in `scratch`; `stage` says which stage is running,
    for errors.
    """

    def __init__(
        self,
        scratch: Path,
        *,
        threads: int = 0,
        memory: str = "",
        max_rows: int = MAX_ROWS,
        staged: int = 0,
        stage: Callable[[], str] = str,
    ) -> None:
        self._max_rows, self._stage = max_rows, stage
        options: dict[str, Any] = {"temp_directory": str(scratch)}
        if threads:
            options["threads"] = threads
        self._memory = None if memory else _enough(scratch, staged)
        options["memory_limit"] = memory or f"{self._memory}MiB"
        self._backend = ibis.duckdb.connect(**options)
        # Insertion order is never relied on, so the engine need not pay memory to keep it.
        self._backend.raw_sql("SET preserve_insertion_order = false")
        # It would draw its own on standard output, which belongs to the caller.
        self._backend.raw_sql("SET enable_progress_bar = false")
        # What is free goes back to the system by and by.
        self._backend.raw_sql("SET allocator_background_threads = true")
        self._least, self._grown_in = self._memory, _NO_STAGE
        self._names = 0

    def files(self, paths: Sequence[Path]) -> ir.Table:
        """The rows of Parquet files that share one schema."""
        return self._backend.read_parquet([str(path) for path in paths], table_name=self._name("files"))

    def table(self, rows: pa.Table) -> ir.Table:
        """Rows that Python made, as a table of this engine."""
        name = self._name("rows")
        self._backend.con.register(f"{name}_arrow", rows)
        self._bearing(
            lambda: self._backend.con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_arrow")
        )
        self._backend.con.unregister(f"{name}_arrow")
        return self._backend.table(name)

    def keep(self, expression: ir.Table) -> ir.Table:
        """Compute an expression once, for later stages to build on."""
        return self._bearing(
            lambda: self._backend.create_table(self._name("kept"), obj=expression, temp=True)
        )

    @property
    def max_rows(self) -> int:
        """Most rows that one `collect` may bring into memory where the caller knows no smaller bound."""
        return self._max_rows

    def collect(self, expression: ir.Table, *, at_most: int) -> pa.Table:
        """The rows of an expression, in memory, with the expression's schema; see `Engine.collect`."""
        return self._bearing(lambda: self._collected(expression, at_most))

    def _collected(self, expression: ir.Table, at_most: int) -> pa.Table:
        with self._relation(expression).to_arrow_reader() as reader:
            pieces, rows = [], 0
            for piece in reader:
                rows += piece.num_rows
                if rows > at_most:
                    raise BudgetError(
                        f"stage {self._stage() or 'unknown'}: more than {at_most:,} rows would be in memory",
                        hint="raise max_rows in linkage.toml, or give fewer rows",
                    )
                pieces.append(piece)
            # Sums come as 128-bit decimals, lists with other field names: Ibis says what the columns are.
            table = pa.Table.from_batches(pieces, reader.schema)
        return expression.__pyarrow_result__(table, data_mapper=DuckDBPyArrowData)

    def _relation(self, expression: ir.Table) -> Any:
        # Ibis' own, since it also registers what `ibis.memtable` holds.
        return self._backend._to_duckdb_relation(expression)

    def batches(self, expression: ir.Table, *, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The rows of an expression, a piece at a time."""
        yield from self._bearing(lambda: self._relation(expression).to_arrow_reader(rows))

    def drop(self, *tables: ir.Table) -> None:
        """Give back the memory of tables made by `keep` or `table`."""
        for table in tables:
            # By its own name: with the catalogue before it, ibis would look for a table of that whole name.
            self._backend.drop_table(table.op().name)
        self._give_back()

    def settle_for_half(self) -> None:
        """Take half of the memory from now on; what does not fit is spilled."""
        if self._least is not None:
            self._least //= 2

    def mark(self) -> int:
        """A point in time for `drop_since`."""
        return self._names

    def drop_since(self, mark: int) -> None:
        """Give back the memory of all tables made since a mark; files stay where they are."""
        for number in range(mark + 1, self._names + 1):
            for kind, what in (("kept", "TABLE"), ("rows", "TABLE"), ("files", "VIEW")):
                self._backend.con.execute(f"DROP {what} IF EXISTS {kind}_{number}")
        self._give_back()

    def _give_back(self) -> None:
        """Its threads keep what they have freed for themselves, in all hundreds of megabytes, until they
        end; new ones take some milliseconds."""
        run = self._backend.con.execute
        (threads,) = run("SELECT current_setting('threads')").fetchone()
        for number in (1 if threads > 1 else 2, threads):
            run(f"SET threads = {number}")

    def close(self) -> None:
        """End the engine."""
        self._backend.disconnect()

    def _bearing(self, work: Callable[[], T]) -> T:
        """What does not fit, though it spills what it can, is tried again with twice the memory, which the
        stage then has."""
        self._shrink()
        while True:
            try:
                return work()
            except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
                if (refused := _refused_by_system(error)) is not None:
                    raise refused from error
                if isinstance(error, duckdb.IOException):
                    raise
                if not self._grown():
                    raise BudgetError(
                        f"the engine's memory is too small for this input: {str(error).splitlines()[0]}",
                        hint="give it more (memory in linkage.toml), or run on a larger machine",
                    ) from error

    def _grown(self) -> bool:
        most = int(MOST * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) // 2**20
        if self._memory is None or self._memory >= most:
            return False
        self._limit(min(2 * self._memory, most))
        self._grown_in = self._stage()
        return True

    def _shrink(self) -> None:
        """What one stage needed is not another's: an engine fills all that it may have."""
        if self._least is not None and self._memory != self._least and self._stage() != self._grown_in:
            with suppress(duckdb.OutOfMemoryException):
                self._limit(self._least)

    def _limit(self, memory: int) -> None:
        self._backend.raw_sql(f"SET memory_limit = '{memory}MiB'")
        self._memory = memory

    def _name(self, kind: str) -> str:
        self._names += 1
        return f"{kind}_{self._names}"


def _refused_by_system(error: duckdb.Error) -> OSError | None:
    """What the system refused, where that is what the engine complains of."""
    said = str(error)
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO, errno.ENOENT):
        if os.strerror(number) in said:
            return OSError(number, os.strerror(number), "the engine's temporary files")
    return None


def _enough(scratch: Path, staged: int) -> int:
    """A limit in MiB that grows with what was staged; what does not fit is spilled, at little cost."""
    staged += sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file())
    return 800 + 2 * staged // 2**20
