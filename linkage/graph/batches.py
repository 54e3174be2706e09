"""Rows on their way to the database: cut into batches, those that cannot be keys put aside.

The cuts depend on the rows alone, so that a push that was interrupted finds the same batches again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linkage.graph.schema import Nodes, Part

ROWS = 4_000
"""Rows of a batch; measured: fewer or more than 2,000 to 10,000 are slower."""

BYTES = 8 * 2**20
"""Bytes of a batch, one row apart: long texts and vectors must not fill the server's memory."""

KEY_BYTES = 8_000
"""A key that takes more, its case included, cannot be indexed: from about 8,150 on the server refuses it, and
the whole batch with it."""

Row = list[Any]


@dataclass(frozen=True)
class Refused:
    """A row that was not loaded."""

    part: str
    key: list[Any]
    reason: str


@dataclass
class Quarantine:
    """Rows put aside one by one: before they were sent, and `late`, by the server."""

    rows: list[Refused] = field(default_factory=list)
    late: list[Refused] = field(default_factory=list)

    def add(self, part: Part, key: list[Any], reason: str) -> None:
        """Put a row aside."""
        self.rows.append(Refused(part.name, key, reason))

    def add_late(self, part: Part, key: list[Any]) -> None:
        """Put a row aside that the server does not take."""
        what = "the server refuses it" if isinstance(part, Nodes) else "refused, or one of its nodes was"
        self.late.append(Refused(part.name, [str(each)[:200] for each in key], what))


def batches(
    part: Part, rows: Iterable[pa.RecordBatch], case: str, quarantine: Quarantine
) -> Iterator[list[Row]]:
    """The rows of a part as lists in the order of its columns; those whose key is none go to quarantine."""
    for table in _cut(rows, ROWS):
        for piece in _sized(sound(part, table.select(part.columns), case, quarantine)):
            yield _lists(piece)


def _cut(rows: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.Table]:
    held: pa.Table | None = None
    for batch in rows:
        table = pa.Table.from_batches([batch])
        held = table if held is None else pa.concat_tables([held, table])
        while held.num_rows >= size:
            yield held.slice(0, size)
            held = held.slice(size)
    if held is not None and held.num_rows:
        yield held


def _sized(table: pa.Table) -> Iterator[pa.Table]:
    """The table in halves of halves, until each is small or a single row."""
    if table.num_rows > 1 and table.nbytes > BYTES:
        half = table.num_rows // 2
        yield from _sized(table.slice(0, half))
        yield from _sized(table.slice(half))
    elif table.num_rows:
        yield table


def _lists(table: pa.Table) -> list[Row]:
    return [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


# --- keys ------------------------------------------------------------------------------------------


def sound(part: Part, table: pa.Table, case: str, quarantine: Quarantine) -> pa.Table:
    """The rows whose keys can be keys; the others go to quarantine. Texts that are no UTF-8 are spelt out."""
    table, faults = _readable(part, table), dict[int, str]()
    room = KEY_BYTES - len(case.encode("utf-8", "surrogatepass"))
    for names in _key_groups(part):
        for index, reason in _faults([table.column(name) for name in names], names, room):
            faults.setdefault(index, reason)
    if not faults:
        return table
    for index, reason in sorted(faults.items()):
        quarantine.add(part, [_shown(table.column(name)[index]) for name in part.keys], reason)
    keep = pa.array([index not in faults for index in range(table.num_rows)])
    return table.filter(keep)


def _key_groups(part: Part) -> list[list[str]]:
    """The columns of each key of a row: a node has one, a relationship one at each end."""
    if isinstance(part, Nodes):
        return [part.keys]
    return [part.keys[: len(part.start.key)], part.keys[len(part.start.key) :]]


def _faults(columns: list[pa.ChunkedArray], names: list[str], room: int) -> Iterator[tuple[int, str]]:
    for column, name in zip(columns, names, strict=True):
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            yield from ((index, f"{name} is no text") for index in range(len(column)))
            return
        yield from ((index, f"{name} is empty") for index in _where(pc.is_null(column)))
        yield from _broken(column, name)
    lengths = [pc.fill_null(pc.binary_length(column), 0).to_pylist() for column in columns]
    for index, each in enumerate(zip(*lengths, strict=True)):
        if sum(each) > room:
            yield index, f"{' and '.join(names)}: {sum(each):,} bytes, more than can be indexed ({room:,})"


def _broken(column: pa.ChunkedArray, name: str) -> Iterator[tuple[int, str]]:
    if _is_sound(column):
        return
    for index, value in enumerate(column.cast(pa.binary()).to_pylist()):
        if value is not None and not _is_text(value):
            yield index, f"{name} is not valid UTF-8"


def _readable(part: Part, table: pa.Table) -> pa.Table:
    """The table with texts that can be read: the driver would refuse a whole batch for one that cannot."""
    for at, name in enumerate(table.column_names):
        column = table.column(name)
        if name in part.keys or not pa.types.is_string(column.type) or _is_sound(column):
            continue
        texts = [
            None if value is None else value.decode("utf-8", "backslashreplace")
            for value in column.cast(pa.binary()).to_pylist()
        ]
        table = table.set_column(at, name, pa.array(texts, pa.string()))
    return table


def _is_sound(column: pa.ChunkedArray) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_text(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _where(mask: pa.ChunkedArray) -> list[int]:
    if not pc.any(mask, min_count=0).as_py():
        return []
    return [index for index, hit in enumerate(mask.to_pylist()) if hit]


def _shown(value: pa.Scalar) -> Any:
    if isinstance(value, pa.StringScalar):
        raw = value.as_buffer()
        return None if raw is None else raw.to_pybytes().decode("utf-8", "backslashreplace")[:200]
    return str(value.as_py())[:200]
