"""From a file's own columns to columns under our names: paths looked up, lists opened, rows left out.

A plan of plain columns is a renaming and costs nothing a row. Any other is asked row by row.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.ingest import column_projection, column_values, reasons
from linkage.ingest.chunk import Chunk, Row
from linkage.ingest.column_expressions import column_of
from linkage.ingest.column_texts import NotPlain
from linkage.ingest.column_values import Mask, Rows
from linkage.ingest.columns import python_values
from linkage.ingest.expression_shapes import mark_of, shape_of
from linkage.ingest.expression_steps import Step as Read
from linkage.ingest.expression_steps import forget_maps
from linkage.ingest.expressions import Expression, says_nothing
from linkage.ingest.mapping import Plan, Step, plain_column

TRAIT = "trait "
"""Before a trait's name it makes the name of the column that holds its values."""


def projected_plan(plan: Plan) -> Plan:
    """The plan for chunks that `projected` has made: every column goes by our name."""
    return replace(
        plan,
        columns={ours: plain_column(ours) for ours in plan.columns},
        unpivot={trait: plain_column(TRAIT + trait) for trait in plan.unpivot},
        where=None,
        explode=(),
    )


def projected(plan: Plan, chunk: Chunk) -> Chunk:
    """The chunk with columns under our names, one row for each of ours, what is left out counted."""
    chunk = _with_partitions(plan, chunk)
    asked = {**plan.columns, **{TRAIT + trait: each for trait, each in plan.unpivot.items()}}
    if plan.flat and not plan.tolerant:
        renamed = {ours: chunk.columns[e.column] for ours, e in asked.items() if e.column in chunk.columns}
        return replace(chunk, columns=renamed, objects=None)
    if not len(chunk.lines):
        return replace(chunk, columns={}, objects=None)
    made = _by_columns(plan, chunk, asked)
    return _left(plan, _by_rows(plan, chunk, asked) if made is None else made)


def _by_rows(plan: Plan, chunk: Chunk, asked: Mapping[str, Expression]) -> Chunk:
    opened = _opened(plan, _rows(chunk))
    columns, rest = _ready(chunk, asked, whole=opened.whole)
    columns |= _looked_up(rest, opened.rows)
    forget_maps()
    return _moved(chunk, columns, opened)


def _ready(
    chunk: Chunk, asked: Mapping[str, Expression], *, whole: bool
) -> tuple[dict[str, Any], dict[str, Expression]]:
    """The columns that are the file's own, and the expressions of which something may be there."""
    columns: dict[str, Any] = {}
    rest: dict[str, Expression] = {}
    for ours, expression in asked.items():
        column = chunk.columns.get(expression.column)
        if column is not None and whole and _is_enough(column, expression, chunk):
            columns[ours] = column
        elif not whole or expression.rootless or not expression.roots.isdisjoint(chunk.columns):
            rest[ours] = expression
    return columns, rest


def _is_enough(column: "list[Any] | pa.Array", expression: Expression, chunk: Chunk) -> bool:
    """Whether the column of an expression's own name is all that it gives, in every row."""
    if expression.other_roots.isdisjoint(chunk.columns):
        return True
    return None not in column if isinstance(column, list) else not column.null_count


def _by_columns(plan: Plan, chunk: Chunk, asked: Mapping[str, Expression]) -> Chunk | None:
    """What `_by_rows` gives, from columns; None where they do not tell."""
    rows = _as_columns(plan, chunk)
    if rows is None:
        return None
    by_rows: _Opened | None = None
    try:
        found = column_projection.opened(plan, rows)
    except NotPlain:
        if plan.explode:
            return None
        by_rows = _opened(plan, _rows(chunk))
        found = column_projection.some(rows, by_rows.origins, by_rows.left_out)
    opened = _Opened([], found.origins.tolist(), not plan.explode and not found.left_out, found.left_out)
    columns, rest = _ready(chunk, asked, whole=opened.whole)
    slow = {}
    for ours, expression in {**{name: asked[name] for name in columns}, **rest}.items():
        try:
            column = column_of(expression, found.rows)
        except NotPlain:
            slow[ours] = expression
            continue
        if ours in columns or column.null_count < len(column):
            columns[ours] = column
    if slow:
        by_rows = _opened(plan, _rows(chunk)) if by_rows is None else by_rows
        columns |= _looked_up(slow, by_rows.rows)
        forget_maps()
    return _moved(chunk, columns, opened)


def _as_columns(plan: Plan, chunk: Chunk) -> Rows | None:
    """The chunk's rows as columns; None where it has them as objects already, or a column is no array."""
    if not (chunk.objects is None or callable(chunk.objects)):
        return None
    columns = {}
    for name, column in chunk.columns.items():
        held = column if isinstance(column, pa.Array) else _texts(column)
        if held is None or pa.types.is_dictionary(held.type):
            return None
        columns[name] = held
    return Rows(columns, len(chunk.lines), chunk.nulls)


def _texts(column: list[Any]) -> pa.Array | None:
    if not set(map(type, column)) <= {str, type(None)}:
        return None
    try:
        return pa.array(column, pa.string())
    except (pa.ArrowException, UnicodeEncodeError):
        return None


def _looked_up(asked: Mapping[str, Expression], rows: Sequence[Row]) -> dict[str, list[Any]]:
    """The values of expressions, row after row: so what a text of JSON says is read once for all of them.

    What a row of some shape cannot have is found out once for all of them.
    """
    if not asked:
        return {}
    lists = sorted({path[0] for each in asked.values() for path in each.paths if len(path) > 1})
    named: dict[str, list[Any]] = {name: [None] * len(rows) for name in asked}
    known: dict[Any, list[tuple[list[Any], Read]]] = {}
    for at, row in enumerate(rows):
        mark = mark_of(row, lists)
        reads = known.get(mark)
        if reads is None:
            shape = shape_of(mark, lists)
            pairs = [(named[name], each.reader(shape)) for name, each in asked.items()]
            reads = known[mark] = [(column, read) for column, read in pairs if read is not None]
        for column, read in reads:
            column[at] = read(row)
    return {name: values for name, values in named.items() if any(value is not None for value in values)}


def _with_partitions(plan: Plan, chunk: Chunk) -> Chunk:
    """The chunk with the columns that folders give, where the file has none of that name."""
    given = {name: value for name, value in plan.partitions.items() if name in plan.wanted}
    missing = {name: value for name, value in given.items() if name not in chunk.columns}
    if not missing:
        return chunk
    columns = {name: [value] * len(chunk.lines) for name, value in missing.items()}
    filled = replace(chunk, columns={**chunk.columns, **columns})
    if chunk.objects is None:
        return filled

    def objects() -> list[Row]:
        return [{**missing, **row} for row in _rows(chunk)]

    return replace(filled, objects=objects if callable(chunk.objects) else objects())


@dataclass(frozen=True)
class _Opened:
    """Rows after lists were opened, each with the index of the row it came from; `whole`: nothing changed."""

    rows: Sequence[Row]
    origins: Sequence[int]
    whole: bool
    left_out: Counter[str]


def _rows(chunk: Chunk) -> Sequence[Row]:
    if (objects := chunk.made_objects()) is not None:
        return objects
    names = list(chunk.columns)
    columns = [_python(chunk.columns[name]) for name in names]
    if not columns:
        return [{} for _ in chunk.lines]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _python(column: "list[Any] | pa.Array") -> list[Any]:
    return column if isinstance(column, list) else python_values(column)


def _opened(plan: Plan, given: Sequence[Row]) -> _Opened:
    left_out: Counter[str] = Counter()
    rows: list[Row] = []
    origins: list[int] = []
    for index, row in enumerate(given):
        found = elements(plan.explode, row) if plan.explode else [row]
        if not found:
            left_out[reasons.NOTHING_INSIDE] += 1
        for each in found:
            if plan.where is not None and not plan.where.value(each):
                left_out[reasons.NOT_WANTED] += 1
                continue
            rows.append(each)
            origins.append(index)
    return _Opened(rows, origins, not plan.explode and not left_out, left_out)


def elements(paths: Sequence[Step], row: Row) -> Sequence[Row]:
    """The rows inside a row: of the first path whose list is there; the empty path is the row itself."""
    for path in paths:
        if not path:
            return [row]
        if isinstance(row.get(path[0]), list):
            return _inside(row, path)
    return []


def _inside(row: Row, path: Step) -> list[Row]:
    """Elements of lists inside one another, each with what surrounds it and has another name."""
    rows = [row]
    for name in path:
        opened: list[Row] = []
        for outer in rows:
            held = outer.get(name)
            if isinstance(held, list):
                around = dict(outer)
                del around[name]
                opened += [{**around, **each} for each in held if isinstance(each, dict)]
        rows = opened
    return rows


def _moved(chunk: Chunk, columns: dict[str, Any], opened: _Opened) -> Chunk:
    filtered = Counter(chunk.filtered) + opened.left_out
    if opened.whole:
        return replace(chunk, columns=columns, objects=None, filtered=filtered)
    lines, raw, origins = chunk.lines, chunk.raw, opened.origins
    return replace(
        chunk,
        columns=columns,
        lines=[lines[index] for index in origins],
        raw=lambda i: raw(origins[i]),
        objects=None,
        filtered=filtered,
    )


def _left(plan: Plan, chunk: Chunk) -> Chunk:
    """Without the rows of a foreign log that name no account; they are counted."""
    if not plan.tolerant or not len(chunk.lines):
        return chunk
    accounts = chunk.columns.get("account")
    size = len(chunk.lines)
    named = np.zeros(size, bool)
    if accounts is not None:
        named = _says(accounts, chunk)
    if named.all():
        return chunk
    kept = np.flatnonzero(named).tolist()
    lines, raw = chunk.lines, chunk.raw
    return replace(
        chunk,
        columns={name: _taken(column, kept) for name, column in chunk.columns.items()},
        lines=[lines[index] for index in kept],
        raw=lambda i: raw(kept[i]),
        filtered=Counter(chunk.filtered) + Counter({reasons.NO_ACCOUNT_NAMED: size - len(kept)}),
    )


def _says(column: "list[Any] | pa.Array", chunk: Chunk) -> Mask:
    """Which values say something."""
    if isinstance(column, pa.Array) and not pa.types.is_struct(column.type):
        return ~column_values.says_nothing(column, nulls=chunk.nulls)
    return np.fromiter((not says_nothing(each) for each in _python(column)), bool, len(chunk.lines))


def _taken(column: "list[Any] | pa.Array", kept: list[int]) -> "list[Any] | pa.Array":
    if isinstance(column, list):
        return [column[index] for index in kept]
    return column.take(pa.array(kept, pa.int64()))
