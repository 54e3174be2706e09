"""The protocol of an engine: what every backend must offer, and nothing that names one.

Stages write Ibis expressions and are handed an `Engine`. A backend is one module beside this one; the tests
in `tests/engines` run on each, so that one text of a stage gives the same rows everywhere.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa

MAX_ROWS = 100_000_000
"""Rows that may leave an engine at once: some gigabytes, at a few columns of numbers each."""


class Engine(Protocol):
    """Where relational work runs. Rows have no order unless an expression gives them one."""

    @property
    def max_rows(self) -> int:
        """Most rows that one `collect` may bring into memory where the caller knows no smaller bound."""

    def files(self, paths: Sequence[Path]) -> ir.Table:
        """The rows of Parquet files that share one schema."""

    def table(self, rows: pa.Table) -> ir.Table:
        """Rows that Python made, as a table of this engine."""

    def keep(self, expression: ir.Table) -> ir.Table:
        """Compute an expression once, for later stages to build on."""

    def collect(self, expression: ir.Table, *, at_most: int) -> pa.Table:
        """The rows of an expression, in memory, with the expression's schema.

        Raises BudgetError, which names the running stage, for more than `at_most` rows.
        """

    def batches(self, expression: ir.Table, *, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The rows of an expression, about `rows` at a time; never all of them at once."""

    def drop(self, *tables: ir.Table) -> None:
        """Give back the memory of tables made by `keep` or `table`."""

    def settle_for_half(self) -> None:
        """Take half of the memory from now on; what does not fit is spilled."""

    def mark(self) -> int:
        """A point in time for `drop_since`."""

    def drop_since(self, mark: int) -> None:
        """Give back the memory of all tables made since a mark; files stay where they are."""

    def close(self) -> None:
        """End the engine; its tables are gone."""
