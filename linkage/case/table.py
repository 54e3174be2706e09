"""A table of a case in a person's hands."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from linkage.errors import UsageError
from linkage.explain import html
from linkage.schema import MOMENT
from linkage.wording import many

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SHOWN = 20
"""Rows a notebook shows of a table."""


def as_rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as dictionaries, moments as datetimes in UTC.

    Not Arrow's own to_pylist(): for a moment that loads pandas, which takes a second.
    """
    columns = [_values(column) for column in table.columns]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray) -> list[Any]:
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    moments = column.cast(MOMENT).cast(pa.int64()).to_pylist()
    return [None if each is None else EPOCH + timedelta(microseconds=each) for each in moments]


class Table:
    """Rows that turn into whatever library the reader likes."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    def to_pyarrow(self) -> pa.Table:
        """As an Arrow table."""
        return self._rows

    def to_polars(self) -> Any:
        """As a Polars data frame; raises UsageError when Polars is not installed."""
        try:
            import polars
        except ImportError as error:
            raise UsageError("polars is not installed", hint="pip install polars") from error
        return polars.from_arrow(self._rows)

    def to_pandas(self) -> Any:
        """As a pandas data frame; raises UsageError when pandas is not installed."""
        try:
            return self._rows.to_pandas()
        except ImportError as error:
            raise UsageError("pandas is not installed", hint="pip install pandas") from error

    def rows(self) -> list[dict[str, Any]]:
        """As a list of dictionaries."""
        return as_rows(self._rows)

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self._rows.column_names)

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows())

    def __repr__(self) -> str:
        return f"<Table of {many(len(self), 'row')}: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        head = html.row(self.columns, "th")
        body = "".join(html.row(row.values()) for row in as_rows(self._rows.slice(0, SHOWN)))
        more = f"<p>{SHOWN} of {many(len(self), 'row')}</p>" if len(self) > SHOWN else ""
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{more}"
