"""What every reader hands on: a bounded number of rows as columns, and the rows that never became cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

CHUNK_ROWS = 50_000
CHUNK_BYTES = 4 * 2**20
"""Text read at a time: its Python objects take about ten times as much."""

Row = Mapping[str, Any]
Exact = Callable[[Sequence[int]], list[Any]]


@dataclass(frozen=True)
class Broken:
    """A row whose shape is wrong: where it starts, why, and its beginning."""

    line: int
    reason: str
    raw: bytes


@dataclass(frozen=True)
class Chunk:
    """Some rows of one file.

    `columns` has the wanted columns that occur, under the file's own names; a list holds Python values,
    an array Arrow's. `lines[i]` and `raw(i)` say where row i stands and what it was. `unknown` are the
    names of further columns; `filtered` counts rows that say nothing for this table, by reason. `objects` are
    the rows as objects where the format has them so, or make them. `nulls` says whether in the objects of
    arrays a name may be written out with null; otherwise what is null there is missing. `exact` gives, for a
    column that is an array of objects or of lists of them, the values of some rows as these have them.
    `cleaned` says by column and row what was cleaned in cells before they came here.
    """

    columns: dict[str, list[Any] | pa.Array]
    lines: Sequence[int]
    raw: Callable[[int], bytes | str]
    broken: Sequence[Broken] = ()
    blank: int = 0
    unknown: frozenset[str] = field(default_factory=frozenset)
    filtered: Mapping[str, int] = field(default_factory=dict)
    objects: Sequence[Row] | Callable[[], Sequence[Row]] | None = None
    nulls: Callable[[], bool] = lambda: True
    exact: Mapping[str, Exact] = field(default_factory=dict)
    cleaned: Mapping[str, Mapping[int, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows met, whatever became of them."""
        return len(self.lines) + len(self.broken) + self.blank + sum(self.filtered.values())

    def made_objects(self) -> Sequence[Row] | None:
        """The rows as objects, made if need be; None where the format has them as columns alone."""
        return self.objects() if callable(self.objects) else self.objects


def names_for_receipt(names: set[str], most: int) -> tuple[str, ...]:
    """Column names, sorted: `most` of them, of `most` characters; the last entry counts the others."""
    shown = [name if len(name) <= most else name[:most] + "…" for name in sorted(names)]
    rest = len(shown) - most
    return tuple(shown) if rest <= 0 else (*shown[:most], f"… and {rest} more")
