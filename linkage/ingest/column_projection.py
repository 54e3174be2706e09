"""Rows of ours from a block's columns: what `projection` does row by row, for a block that is plain.

Lists of objects are opened as columns; what surrounds them is repeated for the inner rows only if asked for.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest import reasons
from linkage.ingest.column_expressions import truths
from linkage.ingest.column_texts import NotPlain
from linkage.ingest.column_values import Mask, Rows, valid
from linkage.ingest.mapping import Plan, Step

Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class OpenedColumns:
    """Rows after lists were opened, each with the index of the row it came from."""

    rows: Rows
    origins: Places
    left_out: Counter[str]


class _Lazy(Mapping[str, pa.Array]):
    """Columns that are taken when they are asked for."""

    def __init__(self, given: Mapping[str, Callable[[], pa.Array]]) -> None:
        self._given, self._taken = given, dict[str, pa.Array]()

    def __getitem__(self, name: str) -> pa.Array:
        if name not in self._taken:
            self._taken[name] = self._given[name]()
        return self._taken[name]

    def __iter__(self) -> Any:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def opened(plan: Plan, rows: Rows) -> OpenedColumns:
    """The rows inside lists that the plan names, without those it leaves out; raises NotPlain."""
    left_out: Counter[str] = Counter()
    origins: Places = np.arange(rows.size)
    if plan.explode:
        outer = rows.size
        rows, origins = _elements(plan, rows)
        nothing = outer - len(np.unique(origins))
        left_out += Counter({reasons.NOTHING_INSIDE: nothing})
    if plan.where is not None and rows.size:
        wanted = truths(plan.where, rows)
        left_out += Counter({reasons.NOT_WANTED: int((~wanted).sum())})
        rows, origins = _filtered(rows, wanted), origins[wanted]
    return OpenedColumns(rows, origins, left_out)


def some(rows: Rows, origins: Sequence[int], left_out: Counter[str]) -> OpenedColumns:
    """Some of the rows, as they were chosen row by row."""
    places = np.asarray(origins, np.int64)
    return OpenedColumns(_taken(rows, places) if len(places) < rows.size else rows, places, left_out)


def _filtered(rows: Rows, kept: Mask) -> Rows:
    if kept.all():
        return rows
    return _taken(rows, np.flatnonzero(kept))


def _taken(rows: Rows, places: Places) -> Rows:
    """Some of the rows."""
    at = pa.array(places, pa.int64())
    return Rows(_Lazy(_later(rows.columns, at)), len(places), rows.nulls)


def _later(columns: Mapping[str, pa.Array], at: pa.Array) -> dict[str, Callable[[], pa.Array]]:
    return {name: lambda name=name: columns[name].take(at) for name in columns}  # type: ignore[misc]


def _elements(plan: Plan, rows: Rows) -> tuple[Rows, Places]:
    """The rows inside rows, each with the row it came from: of the first path whose list is there."""
    for path in plan.explode:
        if not path:
            return rows, np.arange(rows.size)
        held = rows.columns.get(path[0])
        if held is None or not pa.types.is_list(held.type) or held.null_count == rows.size:
            continue
        if held.null_count:  # other rows may have another path
            raise NotPlain
        return _inside(plan, rows, path)
    return _taken(rows, np.zeros(0, np.int64)), np.zeros(0, np.int64)


def _inside(plan: Plan, rows: Rows, path: Step) -> tuple[Rows, Places]:
    """Elements of lists inside one another, each with what surrounds it and has another name."""
    origins: Places = np.arange(rows.size)
    names = plan.wanted | set(path)
    for name in path:
        rows, parents = _level(rows, name, names)
        origins = origins[parents]
    return rows, origins


def _level(rows: Rows, name: str, names: "frozenset[str] | set[str]") -> tuple[Rows, Places]:
    held = rows.columns.get(name)
    nothing: Places = np.zeros(0, np.int64)
    if held is None or not pa.types.is_list(held.type) or not pa.types.is_struct(held.type.value_type):
        return _taken(rows, nothing), nothing
    inner, parents = held.flatten(), np.asarray(pc.list_parent_indices(held)).astype(np.int64)
    objects = valid(inner)
    if not objects.all():
        inner, parents = inner.filter(pa.array(objects)), parents[objects]
    columns = _later({each: rows.columns[each] for each in rows.columns if each != name}, pa.array(parents))
    for at, each in enumerate(inner.type):
        if each.name in columns and each.name in names and pc.struct_field(inner, [at]).null_count:
            raise NotPlain  # where it is not there, the outer one shows
        columns[each.name] = lambda at=at: pc.struct_field(inner, [at])  # type: ignore[misc]
    return Rows(_Lazy(columns), len(inner), rows.nulls), parents
