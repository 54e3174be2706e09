"""Which column of a file becomes which of ours.

Without a mapping a file's columns go by their own names. A mapped file gives only what its mapping
names: a column that happens to be called like one of ours is listed as unknown, not taken.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from linkage.errors import InputError, UsageError
from linkage.ingest.cells import Limits
from linkage.ingest.columns import read_column
from linkage.ingest.files import check_pattern
from linkage.schema import SOURCES, SourceTable
from linkage.settings.ingest import TableMapping


@dataclass(frozen=True)
class Plan:
    """How the rows of one file become rows of `table`; `constants` are values of the contract's types."""

    table: SourceTable
    columns: dict[str, str]
    constants: dict[str, Any] = field(default_factory=dict)
    unpivot: dict[str, str] = field(default_factory=dict)
    key: str | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """The file's columns that are read."""
        return frozenset([*self.columns.values(), *self.unpivot.values()])

    def check(self, name: str, present: Iterable[str]) -> None:
        """Raises InputError when a column that must be there is not, or a wanted one is there twice."""
        there = list(present)
        needed = self.wanted if self.key else self.table.required
        missing = sorted(set(needed) - set(there))
        if missing:
            which = f"[sources.{self.key}]" if self.key else f"table {self.table.name}"
            raise InputError(
                f"{name}: {which} needs the column {', '.join(missing)}, which is missing",
                hint=f"the file has: {', '.join(there[:40])}. Map names under [sources] in linkage.toml",
            )
        twice = sorted(each for each in self.wanted if there.count(each) > 1)
        if twice:
            raise InputError(f"{name}: more than one column is called {', '.join(twice)}", hint="rename one")


def plans(mappings: Mapping[str, TableMapping], limits: Limits) -> dict[str, Plan]:
    """The plan for each mapping's key and for each table without one; raises UsageError naming the key."""
    plain = {name: Plan(table, {each: each for each in table.columns}) for name, table in SOURCES.items()}
    return plain | {_label(key): _plan(key, mapping, limits) for key, mapping in mappings.items()}


def plan_key(table: str, mapping: str | None) -> str:
    """Under what the plan for a part is kept."""
    return table if mapping is None else _label(mapping)


def _label(key: str) -> str:
    return f"[sources.{key}]"


def _plan(key: str, mapping: TableMapping, limits: Limits) -> Plan:
    table = SOURCES.get(key.partition(".")[0])
    if table is None:
        raise UsageError(f"[sources.{key}]: no such table; tables: {', '.join(SOURCES)}")
    check_pattern(key, mapping.file)
    _check_names(key, table, mapping)
    return Plan(
        table,
        {ours: theirs.strip() for ours, theirs in mapping.columns.items()},
        {ours: _constant(key, table, ours, value, limits) for ours, value in mapping.constants.items()},
        {trait.strip(): theirs.strip() for trait, theirs in sorted(mapping.unpivot.items())},
        key,
    )


def _check_names(key: str, table: SourceTable, mapping: TableMapping) -> None:
    given = {*mapping.columns, *mapping.constants}
    filled = given | ({"trait", "value"} if mapping.unpivot else set())
    unpivots = "unpivot is for observations, and fills trait and value itself"
    problems = {
        "no such column: ": sorted(given - set(table.columns)),
        "both mapped and constant: ": sorted(set(mapping.columns) & set(mapping.constants)),
        "nothing is mapped to ": sorted(set(table.required) - filled),
        f"{unpivots}: not ": sorted(given & {"trait", "value"}) if mapping.unpivot else [],
        f"{unpivots}; this is ": [table.name] if mapping.unpivot and table.name != "observations" else [],
        "a trait without a name for column ": [t for n, t in mapping.unpivot.items() if not n.strip()],
    }
    for problem, names in problems.items():
        if names:
            raise UsageError(f"[sources.{key}]: {problem}{', '.join(names)}")


def _constant(key: str, table: SourceTable, ours: str, value: str, limits: Limits) -> Any:
    normal = read_column(ours, table.columns[ours], [value], limits)
    if normal.faults or normal.values.null_count:
        why = normal.faults.get(0, "empty")
        raise UsageError(f"[sources.{key}] constants: {ours} = {value!r}: {why}")
    return normal.values[0]
