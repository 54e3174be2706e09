"""From a file's own columns to columns under our names: paths looked up, lists opened, rows left out.

A plan of plain columns is a renaming and costs nothing a row. Any other is asked row by row.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.ingest import column_projection, column_values, reasons
from linkage.ingest.chunk import Chunk, Exact, Row
from linkage.ingest.column_expressions import column_of
from linkage.ingest.column_texts import NotPlain
from linkage.ingest.column_values import Mask, Rows
from linkage.ingest.expressions import Expression, says_nothing
from linkage.ingest.mapping import Plan, plain_column
from linkage.ingest.row_projection import ByRows, Opened, looked_up, objects_of, opened_rows, python_column

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
        found = {ours: e.column for ours, e in asked.items() if e.column in chunk.columns}
        renamed = {ours: chunk.columns[theirs] for ours, theirs in found.items()}
        exact = {ours: chunk.exact[theirs] for ours, theirs in found.items() if theirs in chunk.exact}
        return replace(chunk, columns=renamed, objects=None, exact=exact)
    if not len(chunk.lines):
        return replace(chunk, columns={}, objects=None, exact={})
    made = _by_columns(plan, chunk, asked)
    return _left(plan, _by_rows(plan, chunk, asked) if made is None else made)


def _by_rows(plan: Plan, chunk: Chunk, asked: Mapping[str, Expression]) -> Chunk:
    opened = opened_rows(plan, objects_of(chunk))
    columns, rest = _ready(chunk, asked, whole=opened.whole)
    columns |= looked_up(rest, opened.rows)
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
    by_rows = ByRows(plan, chunk)
    try:
        found = column_projection.opened(plan, rows)
    except NotPlain:
        if plan.explode:
            return None
        found = column_projection.some(rows, by_rows.opened.origins, by_rows.opened.left_out)
    opened = Opened([], found.origins.tolist(), not plan.explode and not found.left_out, found.left_out)
    columns, rest = _ready(chunk, asked, whole=opened.whole)
    slow, exact = {}, {}
    for ours, expression in {**{name: asked[name] for name in columns}, **rest}.items():
        if chunk.objects is None and ours in columns and ours not in NESTED:
            continue  # the format has columns alone
        try:
            column = column_of(expression, found.rows, nested=ours in NESTED)
        except NotPlain:
            slow[ours] = expression
            continue
        if ours in columns or column.null_count < len(column):
            columns[ours] = column
        if ours in NESTED and pa.types.is_nested(column.type):
            exact[ours] = by_rows.exact(expression)
    columns |= by_rows.looked_up(slow)
    return replace(_moved(chunk, columns, opened), exact=exact)


NESTED = ("prompt",)
"""Columns of ours that may be objects or lists of them: they are conversations, and taken apart later."""


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
        return [{**missing, **row} for row in objects_of(chunk)]

    return replace(filled, objects=objects if callable(chunk.objects) else objects())


def _moved(chunk: Chunk, columns: dict[str, Any], opened: Opened) -> Chunk:
    filtered = Counter(chunk.filtered) + opened.left_out
    if opened.whole:
        return replace(chunk, columns=columns, objects=None, filtered=filtered, exact={})
    lines, raw, origins = chunk.lines, chunk.raw, opened.origins
    return replace(
        chunk,
        columns=columns,
        lines=[lines[index] for index in origins],
        raw=lambda i: raw(origins[i]),
        objects=None,
        filtered=filtered,
        exact={},
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
        exact={name: _of_kept(exact, kept) for name, exact in chunk.exact.items()},
        filtered=Counter(chunk.filtered) + Counter({reasons.NO_ACCOUNT_NAMED: size - len(kept)}),
    )


def _of_kept(exact: Exact, kept: Sequence[int]) -> Exact:
    return lambda places: exact([kept[at] for at in places])


def _says(column: "list[Any] | pa.Array", chunk: Chunk) -> Mask:
    """Which values say something."""
    if isinstance(column, pa.Array) and not pa.types.is_struct(column.type):
        return ~column_values.says_nothing(column, nulls=chunk.nulls)
    return np.fromiter((not says_nothing(each) for each in python_column(column)), bool, len(chunk.lines))


def _taken(column: "list[Any] | pa.Array", kept: list[int]) -> "list[Any] | pa.Array":
    if isinstance(column, list):
        return [column[index] for index in kept]
    return column.take(pa.array(kept, pa.int64()))
