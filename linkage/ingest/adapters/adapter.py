"""What an adapter is: how a log format of others is recognised, and which of its fields are which of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from linkage.ingest.cells import Limits, limits
from linkage.ingest.expressions import compiled, says_nothing
from linkage.ingest.mapping import Plan, plan, timeless
from linkage.ingest.row_projection import elements
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping


@dataclass(frozen=True)
class Adapter:
    """A log format of others.

    `name` is what `--format` takes; `follows` names the public schema; `tables` has a mapping for each of
    our tables that it fills, of which only `columns`, `constants`, `unpivot`, `explode`, `where` and
    `epochs` are used. A file is recognised when each of `marks`, expressions over a row, says something in
    at least half of its first rows. `lacks` says what the format cannot give. `timeless`: its rows have no
    time.
    """

    name: str
    title: str
    follows: str
    marks: tuple[str, ...]
    tables: Mapping[str, TableMapping]
    lacks: str
    timeless: bool = False
    absent: tuple[str, ...] = field(default=())
    """Expressions that say nothing in any of its rows: what sets it apart from a format with more."""

    def recognises(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the rows look like this format's."""
        asked, never, paths = self._asked
        inside = [each for row in rows for each in (elements(paths, row) if paths else [row])]
        if not inside:
            return False
        least = len(inside) / 2
        for mark in asked:
            if sum(_holds(mark.value(row)) for row in inside) < least:
                return False
        return not any(_holds(mark.value(row)) for mark in never for row in inside)

    @cached_property
    def _asked(self) -> tuple[Any, Any, Any]:
        (first, mapping), *_ = self.tables.items()
        paths = plan(first, mapping, limits(IngestSettings())).explode
        return [compiled(each) for each in self.marks], [compiled(each) for each in self.absent], paths

    def plans(self, bounds: Limits) -> dict[str, Plan]:
        """The plan for each of the tables that the format fills."""
        made = {}
        for key, mapping in self.tables.items():
            found = plan(key, mapping, bounds)
            found = timeless(found) if self.timeless else found
            made[key] = Plan(**{**vars(found), "key": f"format {self.name}", "tolerant": True})
        return made


def _holds(value: Any) -> bool:
    return value is not False and not says_nothing(value)


def fields(**columns: str) -> dict[str, str]:
    """Columns of ours, each with the expression that gives it; reads better than a dictionary."""
    return columns


def mapping(
    *,
    columns: Mapping[str, str],
    constants: Mapping[str, str] | None = None,
    unpivot: Mapping[str, str] | None = None,
    explode: str = "",
    where: str = "",
    epochs: Mapping[str, Any] | None = None,
) -> TableMapping:
    """A mapping of an adapter, which needs no file."""
    return TableMapping(
        file="*",
        columns=dict(columns),
        constants=dict(constants or {}),
        unpivot=dict(unpivot or {}),
        explode=explode,
        where=where,
        epochs=dict(epochs or {}),
    )
