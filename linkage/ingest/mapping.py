"""Which expression over a file's columns becomes which column of ours.

Without a mapping a file's columns go by their own names. A mapped file gives only what its mapping
names: a column that happens to be called like one of ours is listed as unknown, not taken.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, NoReturn

from linkage.errors import InputError, UsageError
from linkage.ingest.cells import Limits
from linkage.ingest.columns import read_column
from linkage.ingest.expressions import Expression, compiled
from linkage.ingest.files import check_pattern
from linkage.schema import SOURCES, SourceTable
from linkage.settings.ingest import TableMapping

Step = tuple[str, ...]
"""Lists inside one another, by name, whose innermost elements are the rows."""


@dataclass(frozen=True)
class Plan:
    """How the rows of one file become rows of `table`; `constants` are values of the contract's types.

    `explode` has one path of lists for each alternative, the empty one for the row itself. `key` is the
    mapping's name in messages. `tolerant` is set for formats of others: an entry that names no account is
    left out, not refused, since such logs also tell of health checks. `partitions` are columns that the
    file's folders give.
    """

    table: SourceTable
    columns: dict[str, Expression]
    constants: dict[str, Any] = field(default_factory=dict)
    unpivot: dict[str, Expression] = field(default_factory=dict)
    key: str | None = None
    where: Expression | None = None
    explode: tuple[Step, ...] = ()
    epochs: Mapping[str, str] = field(default_factory=dict)
    tolerant: bool = False
    partitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> frozenset[str]:
        """The file's columns that are read."""
        roots: set[str] = {path[0] for path in self.explode if path}
        for each in self.expressions:
            roots |= each.roots
        return frozenset(roots)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All expressions that are asked of a row."""
        asked = [*self.columns.values(), *self.unpivot.values()]
        return tuple([*asked, self.where] if self.where else asked)

    @property
    def flat(self) -> bool:
        """Whether every expression is the name of a column, and every row is one of ours."""
        return not (self.explode or self.where or any(each.inside for each in self.expressions))

    def with_columns(self, names: Iterable[str]) -> "Plan":
        """The plan of columns under our names, with further ones that a chunk has."""
        more = {
            each: plain_column(each)
            for each in names
            if each not in self.columns and each in self.table.columns
        }
        return replace(self, columns={**self.columns, **more}) if more else self

    def check(self, name: str, present: Iterable[str]) -> None:
        """Raises InputError when a column that must be there is not, or a wanted one is there twice."""
        there = [*present]
        there += [each for each in self.partitions if each not in there]
        for ours in self.table.required:
            expression = self.columns.get(ours)
            if expression is None or self.explode or self.tolerant or expression.rootless:
                continue
            if expression.roots.isdisjoint(there):
                self.missing(name, expression.text, there)
        twice = sorted(each for each in self.wanted if there.count(each) > 1)
        if twice:
            raise InputError(f"{name}: more than one column is called {', '.join(twice)}", hint="rename one")

    def missing(self, name: str, wanted: str, there: list[str]) -> NoReturn:
        """Raises InputError for a column that is not among those of the file."""
        which = self.key or f"table {self.table.name}"
        hint = f"the file has: {', '.join(there[:40])}. Map names under [sources] in linkage.toml"
        alike = [each for each in there if each.lower() == wanted.lower()]
        alike = alike or get_close_matches(wanted, there, n=1)
        also = f"; it has {alike[0]}, and names are compared letter by letter" if alike else ""
        raise InputError(f"{name}: {which} needs the column {wanted}, which is missing{also}", hint=hint)


def native(table: SourceTable) -> Plan:
    """The plan of a table whose columns go by their own names."""
    return Plan(table, {name: plain_column(name) for name in table.columns})


def plain_column(name: str) -> Expression:
    """The expression that is a column's name, whatever it looks like."""
    return Expression(name, name, frozenset({name}))


def plans(mappings: Mapping[str, TableMapping], limits: Limits) -> dict[str, Plan]:
    """The plan for each mapping's key and for each table without one; raises UsageError naming the key."""
    plain = {name: native(table) for name, table in SOURCES.items()}
    return plain | {_label(key): _plan(key, mapping, limits) for key, mapping in mappings.items()}


def plan_key(table: str, mapping: str | None) -> str:
    """Under what the plan for a part is kept."""
    return table if mapping is None else _label(mapping)


def _label(key: str) -> str:
    return f"[sources.{key}]"


def _plan(key: str, mapping: TableMapping, limits: Limits) -> Plan:
    check_pattern(key, mapping.file)
    return plan(key, mapping, limits)


def plan(key: str, mapping: TableMapping, limits: Limits) -> Plan:
    """The plan of a mapping, whose key begins with the table's name; raises UsageError naming the key."""
    table = SOURCES.get(key.partition(".")[0])
    if table is None:
        raise UsageError(f"[sources.{key}]: no such table; tables: {', '.join(SOURCES)}")
    _check_names(key, table, mapping)
    return Plan(
        table,
        {ours: _expression(key, text) for ours, text in mapping.columns.items()},
        {ours: _constant(key, table, ours, value, limits) for ours, value in mapping.constants.items()},
        {trait.strip(): _expression(key, text) for trait, text in sorted(mapping.unpivot.items())},
        _label(key),
        _expression(key, mapping.where) if mapping.where else None,
        _lists(key, mapping.explode),
        dict(mapping.epochs),
    )


def timeless(found: Plan) -> Plan:
    """The plan of a format whose rows have no time: `at` is not asked for."""
    table = replace(found.table, required=tuple(each for each in found.table.required if each != "at"))
    return replace(found, table=table)


def _expression(key: str, text: str) -> Expression:
    try:
        return compiled(text)
    except UsageError as error:
        raise UsageError(f"[sources.{key}]: {error}", hint=error.hint) from None


def _lists(key: str, text: str) -> tuple[Step, ...]:
    """`a[].b[] | @` as paths of lists."""
    paths: list[Step] = []
    for part in filter(None, (each.strip() for each in text.split("|"))):
        names = part.removeprefix("$.").split(".")
        if part == "@":
            paths.append(())
        elif all(name.endswith("[]") and len(name) > len("[]") for name in names):
            paths.append(tuple(name.removesuffix("[]") for name in names))
        else:
            raise UsageError(
                f"[sources.{key}]: explode = {text!r}: each step must be a list, written name[]",
                hint='such as "resourceSpans[].scopeSpans[].spans[]", or "data[] | @"',
            )
    return tuple(paths)


def _check_names(key: str, table: SourceTable, mapping: TableMapping) -> None:
    given = {*mapping.columns, *mapping.constants}
    filled = given | ({"trait", "value"} if mapping.unpivot else set())
    unpivots = "unpivot is for observations, and fills trait and value itself"
    problems = {
        "no such column: ": sorted(given - set(table.columns)),
        "both mapped and constant: ": sorted(set(mapping.columns) & set(mapping.constants)),
        "nothing is mapped to ": sorted(set(table.required) - filled),
        "an epoch of a column that is not mapped: ": sorted(set(mapping.epochs) - set(mapping.columns)),
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
