"""How a table of the case becomes a Parquet file and is read back.

Equal tables become equal bytes: rows in the order of their key, one layout, fixed settings.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.errors import CaseError, IntegrityError
from linkage.runs.memory import let_go
from linkage.schema import CASE, MOMENT, CaseTable

ROW_GROUP = 64 * 1024
"""Rows of a group: small enough that one account's links are found by reading a few per cent of a file."""

TEXT_ROW_GROUP = 4 * 1024
"""The same of the tables of TEXTS: a group is read as a whole, and few of its texts are wanted."""

MAPPED = 2**20
"""Rows of a table in a file that are in memory at once."""

TEXTS = ("prompts",)
"""Tables with a long text in each row."""

PAIRS = ("evidence", "links", "near")
"""Tables whose `left` sorts before its `right`."""

Where = Mapping[str, Collection[str]]
"""Column to the values wanted in it."""


def prepare(name: str, table: pa.Table) -> pa.Table:
    """The table as it will be written; raises IntegrityError where it breaks its contract."""
    declared = _declared(name)
    ordered = _shaped(declared, table)
    if not all(_increasing(declared, part) for part in _pieces(ordered)):
        ordered = ordered.sort_by([(column, "ascending") for column in declared.key])
    for part in _pieces(ordered):
        _check(declared, part)
    return ordered


def _pieces(table: pa.Table, rows: int = MAPPED, more: int = 1) -> Iterator[pa.Table]:
    """The rows some at a time, each piece with so many `more` of the next."""
    for low in range(0, max(table.num_rows - more, 1), rows):
        yield table.slice(low, rows + more)
        if low % MAPPED + rows >= MAPPED:
            let_go(table)


def write(path: Path, name: str, table: pa.Table) -> None:
    """Write a prepared table."""
    with _writer(path, table.schema) as out:
        for part in _pieces(table, rows := _group_rows(name), more=0):
            out.write_table(part.combine_chunks(), row_group_size=rows)


def write_ordered(path: Path, name: str, batches: Iterable[pa.RecordBatch]) -> int:
    """Write rows that come in the order of their key, a piece at a time; returns their number.

    The file is the one that `prepare` and `write` would make of all rows together.
    """
    declared, rows = _declared(name), 0
    # One part is packed and written while the next is made and checked.
    with _writer(path, declared.schema) as out, ThreadPoolExecutor(1) as beside:
        last, written = declared.schema.empty_table(), beside.submit(lambda: None)
        for part in _row_groups(declared, batches, _group_rows(name)):
            _check(declared, part)
            _check_unique(declared, pa.concat_tables([last, part.slice(0, 1)]))
            written.result()
            written = beside.submit(out.write_table, part.combine_chunks(), row_group_size=part.num_rows)
            rows += part.num_rows
            last = part.slice(part.num_rows - 1)
        written.result()
        if not rows:
            out.write_table(last)
    return rows


def _group_rows(name: str) -> int:
    return TEXT_ROW_GROUP if name in TEXTS else ROW_GROUP


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema, version="2.6", compression="zstd", compression_level=3)


def _row_groups(declared: CaseTable, batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """The same rows in pieces of one row group each, the last one shorter."""
    held = declared.schema.empty_table()
    for batch in batches:
        held = pa.concat_tables([held, _shaped(declared, pa.Table.from_batches([batch]))])
        while held.num_rows >= rows:
            yield held.slice(0, rows)
            held = held.slice(rows)
    if held.num_rows:
        yield held


def read(path: Path, where: Where | None = None) -> pa.Table:
    """The rows of a file that have one of the wanted values in each named column.

    Row groups that can have no match are not read. (Arrow's dataset module takes a second to load.)
    """
    with opened(path) as file:
        if not where:
            return file.read()
        return _selected(file, where, None)


def read_encoded(
    path: Path, where: Where, columns: Sequence[str], *, plain: Collection[str] = (), any_of: bool = False
) -> pa.Table:
    """Some columns of the rows that `read` gives, texts as places in lists of the distinct ones; with
    `any_of` of the rows that have a wanted value in at least one of the named columns.

    That is how texts are in the file, and several times faster where they repeat; where hardly any does, as
    in the columns of `plain`, it is slower.
    """
    encoded = [each for each in (*columns, *where) if each not in plain]
    with opened(path, read_dictionary=encoded) as file:
        return _selected(file, where, list(columns), any_of=any_of)


@contextmanager
def opened(path: Path, **options: Any) -> Iterator[pq.ParquetFile]:
    """A file of the case, open for reading; raises CaseError where there is none, IntegrityError where it is
    damaged."""
    try:
        with pq.ParquetFile(path, memory_map=True, **options) as file:
            yield file
    except FileNotFoundError as error:
        raise CaseError(f"{path}: no such table", hint="run linkage investigate again") from error
    except (pa.ArrowInvalid, OSError) as error:
        raise IntegrityError(
            f"{path}: not readable: {error}", hint="run linkage investigate again"
        ) from error


def _selected(
    file: pq.ParquetFile, where: Where, columns: list[str] | None, *, any_of: bool = False
) -> pa.Table:
    wanted = {column: texts(sorted(values)) for column, values in where.items()}
    numbers = candidates(file, where, any if any_of else all)
    both = pc.or_kleene if any_of else pc.and_kleene
    pieces = [_matching(file, number, wanted, columns, both) for number in numbers]
    return pa.concat_tables([_no_rows(file, columns), *pieces])


def _declared(name: str) -> CaseTable:
    if name not in CASE:
        raise IntegrityError(f"{name}: the case folder has no such table")
    return CASE[name]


def _shaped(declared: CaseTable, table: pa.Table) -> pa.Table:
    if set(table.column_names) != set(declared.schema.names):
        differ = sorted(set(table.column_names) ^ set(declared.schema.names))
        raise IntegrityError(f"{declared.name}: columns missing or not declared: {', '.join(differ)}")
    columns = [_column(declared.name, field, table.column(field.name)) for field in declared.schema]
    return pa.Table.from_arrays(columns, schema=declared.schema)


def _column(name: str, field: pa.Field, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type.equals(field.type):
        return column
    if not _alike(column.type, field.type):
        raise IntegrityError(f"{name}: {field.name} is {column.type}, declared {field.type}")
    return column.cast(field.type)


def _alike(given: Any, declared: Any) -> bool:
    """Whether two types differ only in how they are laid out; microseconds are moments."""
    kinds = pa.types
    if declared.equals(MOMENT):
        return bool(kinds.is_int64(given) or (kinds.is_timestamp(given) and given.tz == "UTC"))
    if kinds.is_string(declared):
        return any(kind(given) for kind in (kinds.is_large_string, kinds.is_string_view, kinds.is_dictionary))
    listed = kinds.is_list(given) or kinds.is_large_list(given)
    return bool(kinds.is_null(given) or (kinds.is_list(declared) and listed))


def _check(declared: CaseTable, table: pa.Table) -> None:
    name = declared.name
    for column in declared.key:
        if table.column(column).null_count:
            raise IntegrityError(f"{name}: {column} is empty in some row, but it is part of the key")
    for field in table.schema:
        if pa.types.is_floating(field.type) and not _all(pc.is_finite(table.column(field.name))):
            raise IntegrityError(f"{name}: {field.name} is not a finite number in some row")
    if name in PAIRS and not _all(pc.less(table.column("left"), table.column("right"))):
        raise IntegrityError(f"{name}: left does not sort before right in some row")
    _check_unique(declared, table)


def _check_unique(declared: CaseTable, table: pa.Table) -> None:
    """Raises IntegrityError where a key does not come after the one before it."""
    if _increasing(declared, table):
        return
    keys = table.select(list(declared.key)).to_pylist()
    row = next(i for i in range(1, len(keys)) if tuple(keys[i].values()) <= tuple(keys[i - 1].values()))
    twice = list(keys[row].values())
    if keys[row] != keys[row - 1]:
        raise IntegrityError(f"{declared.name}: rows out of order at {twice}")
    raise IntegrityError(f"{declared.name}: more than one row has the key {twice}")


def _increasing(declared: CaseTable, table: pa.Table) -> bool:
    """Whether each row's key sorts after the one before it; nulls are left to another check."""
    if table.num_rows < 2:
        return True
    later = None
    for column in reversed(declared.key):
        values = table.column(column)
        before, after = values.slice(0, table.num_rows - 1), values.slice(1)
        more = pc.less(before, after)
        later = more if later is None else pc.or_(more, pc.and_(pc.equal(before, after), later))
    return _all(later)


def _all(answers: pa.ChunkedArray) -> bool:
    # Nulls are skipped, and all() of nothing is null.
    return pc.all(answers, min_count=0).as_py() is not False


def _no_rows(file: pq.ParquetFile, columns: list[str] | None) -> pa.Table:
    # Schema.empty_table() would load pandas too.
    nothing = pa.Table.from_batches([], schema=file.schema_arrow)
    return nothing.select(columns) if columns else nothing


def texts(values: Sequence[str]) -> pa.Array:
    """The values as an Arrow array, laid out by hand: pa.array() loads pandas, which takes a second."""
    # A text that is not Unicode, as an argument of a command may be, equals no value of a table.
    encoded = [value.encode("utf-8", "surrogatepass") for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def candidates(
    file: pq.ParquetFile, where: Where, enough: Callable[[Iterable[bool]], bool] = all
) -> list[int]:
    """The row groups that may have a row with a wanted value in every named column, or with `any` in one."""
    leaves = {file.schema.column(leaf).path: leaf for leaf in range(len(file.schema))}
    wanted = [(leaves[column], sorted(values)) for column, values in where.items()]
    groups = range(file.metadata.num_row_groups)
    return [number for number in groups if enough(_may_hold(file, number, *each) for each in wanted)]


def _may_hold(file: pq.ParquetFile, group: int, leaf: int, values: Sequence[str]) -> bool:
    """Whether one of some values, in their order, lies between the smallest and the largest of a group."""
    statistics = file.metadata.row_group(group).column(leaf).statistics
    if statistics is None or not statistics.has_min_max:
        return True
    place = bisect_left(values, statistics.min)
    return place < len(values) and values[place] <= statistics.max


def _matching(
    file: pq.ParquetFile,
    number: int,
    wanted: dict[str, pa.Array],
    columns: list[str] | None,
    both: Callable[[pa.Array, pa.Array], pa.Array],
) -> pa.Table:
    keys = file.read_row_group(number, columns=list(wanted))
    mask = None
    for column, values in wanted.items():
        hit = _is_in(_whole(keys.column(column)), values)
        mask = hit if mask is None else both(mask, hit)
    if not pc.any(mask).as_py():
        return _no_rows(file, columns)
    named = columns or file.schema_arrow.names
    rest = [name for name in named if name not in wanted]
    # A column that was read for the mask is not read again: of large tables that is half of the time.
    whole = file.read_row_group(number, columns=rest) if rest else keys
    for name in wanted if rest else ():
        whole = whole.append_column(keys.schema.field(name), keys.column(name))
    return whole.select(named).filter(mask)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece. Arrow loads pandas to make one of none."""
    return column.combine_chunks() if column.num_chunks else pa.nulls(0, column.type)


def _is_in(column: pa.Array, values: pa.Array) -> pa.Array:
    if not pa.types.is_dictionary(column.type):
        return pc.is_in(column, value_set=values)
    return pc.is_in(column.dictionary, value_set=values).take(column.indices)
