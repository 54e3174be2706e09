"""Rows of ours from a block's rows, one by one: lists opened, conditions held, expressions looked up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from linkage.ingest import reasons
from linkage.ingest.chunk import Chunk, Exact, Row
from linkage.ingest.columns import python_values
from linkage.ingest.expression_shapes import mark_of, shape_of
from linkage.ingest.expression_steps import Step as Read
from linkage.ingest.expression_steps import forget_maps
from linkage.ingest.expressions import Expression
from linkage.ingest.mapping import Plan, Step


@dataclass(frozen=True)
class Opened:
    """Rows after lists were opened, each with the index of the row it came from; `whole`: nothing changed."""

    rows: Sequence[Row]
    origins: Sequence[int]
    whole: bool
    left_out: Counter[str]


def objects_of(chunk: Chunk) -> Sequence[Row]:
    """The rows of a chunk as objects."""
    if (objects := chunk.made_objects()) is not None:
        return objects
    names = list(chunk.columns)
    columns = [python_column(chunk.columns[name]) for name in names]
    if not columns:
        return [{} for _ in chunk.lines]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def python_column(column: "list[Any] | pa.Array") -> list[Any]:
    """A column as values of Python."""
    return column if isinstance(column, list) else python_values(column)


def opened_rows(plan: Plan, given: Sequence[Row]) -> Opened:
    """The rows inside lists that the plan names, without those it leaves out."""
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
    return Opened(rows, origins, not plan.explode and not left_out, left_out)


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


@dataclass
class ByRows:
    """The rows of a chunk as objects, made once, if anybody asks for them."""

    plan: Plan
    chunk: Chunk

    @cached_property
    def opened(self) -> Opened:
        """All rows after lists were opened."""
        return opened_rows(self.plan, objects_of(self.chunk))

    def looked_up(self, asked: Mapping[str, Expression]) -> dict[str, list[Any]]:
        """The values of expressions in all rows."""
        return looked_up(asked, self.opened.rows) if asked else {}

    def exact(self, expression: Expression) -> Exact:
        """What gives the values of an expression in some rows."""

        def values(places: Sequence[int]) -> list[Any]:
            if not len(places):
                return []
            found = looked_up({"": expression}, [self.opened.rows[at] for at in places])
            return found.get("", [None] * len(places))

        return values


def looked_up(asked: Mapping[str, Expression], rows: Sequence[Row]) -> dict[str, list[Any]]:
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
    forget_maps()
    return {name: values for name, values in named.items() if any(value is not None for value in values)}
