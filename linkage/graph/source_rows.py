"""Reads rows out of an existing graph into files, as they stand; what they mean is judged with the files.

What a push of ours wrote is left out, unless a case is asked for by name: it carries `case` and `run`.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from neo4j.time import Date, DateTime, Duration, Time

from linkage.errors import InputError, UsageError, command
from linkage.graph import pattern as patterns
from linkage.graph.pattern import Pattern

THERE = {
    "label": "CALL db.labels() YIELD label RETURN label AS name",
    "relationship type": "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType AS name",
    "property": "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey AS name",
}

CASES = "MATCH (c:Case) WHERE c.id IS NOT NULL RETURN c.id AS name ORDER BY name"
WHOLE = "MATCH (c:Case {case: $case, id: $case}) RETURN coalesce(c.everything, false) AS everything"
OWN = "MATCH (a:Account) WHERE a.case IS NULL OR a.run IS NULL RETURN count(*) > 0 AS some"
ORIGIN = "MATCH (c:Case {case: $case, id: $case}) RETURN c.push_origin AS origin"

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class GraphRead:
    """One query of rows: the file they go to, and its columns, each a property of the path; `account` is the
    one that tells whom a row is about. `said` names the mapping to whoever wrote it; empty if nobody did."""

    file: str
    pattern: Pattern
    columns: tuple[str, ...]
    account: str = ""
    where: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""

    def cypher(self, case: str | None) -> str:
        """The query; of one pushed case, or of what no push wrote."""
        names = [patterns.quoted(each.name) for each in self.pattern.nodes]
        ours = "{0}.case = $case" if case is not None else "({0}.case IS NULL OR {0}.run IS NULL)"
        conditions = [ours.format(name) for name in names] + ([self.where] if self.where else [])
        return patterns.reading(self.pattern, self.columns, " AND ".join(conditions))


def read_rows(
    session: Any, reads: Sequence[GraphRead], folder: Path, *, case: str | None, progress: Progress
) -> dict[str, int]:
    """Write the rows of each draw into its file, one JSON object a line; says how many each has.

    Raises InputError where the graph has no such label, type or property, or no row at all.
    """
    check(session, reads)
    counts: dict[str, int] = {}
    for each in reads:
        path = folder / each.file
        path.parent.mkdir(parents=True, exist_ok=True)
        counts[each.file] = session.execute_read(_write, each, path, case)
        progress("graph", sum(counts.values()), None)
    if not any(counts.values()):
        wanted = ", ".join(dict.fromkeys(piece.kind for each in reads for piece in each.pattern.nodes[:1]))
        raise InputError(
            f"the graph holds nothing to investigate: no node of {wanted} with what the paths lead to",
            hint="name labels and properties of this graph under [sources] in linkage.toml, with match",
        )
    return counts


def check(session: Any, reads: Iterable[GraphRead]) -> None:
    """Raises InputError naming what a mapping asks for and the graph has never had."""
    there = {kind: session.execute_read(_names, text) for kind, text in THERE.items()}
    for each in reads:
        if not each.said:
            continue
        wanted = [("label", piece.kind) for piece in each.pattern.nodes]
        wanted += [("relationship type", piece.kind) for piece in each.pattern.steps]
        wanted += [("property", patterns.property_of(each.pattern, column)[1]) for column in each.columns]
        for kind, name in wanted:
            if name not in there[kind]:
                known = ", ".join(there[kind][:40]) or "none"
                raise InputError(f"{each.said}: the graph has no {kind} {name}", hint=f"it has: {known}")


def chosen_case(session: Any, asked: str | None) -> str | None:
    """The pushed case to read: the one asked for, or the only one where the graph has nothing else.

    Raises UsageError where there are several, or none of that name, or only a part of it.
    """
    case = _chosen(session, asked)
    if case is not None and not session.execute_read(_one, WHOLE, case=case)["everything"]:
        raise UsageError(
            f"of {case} only groups and what is beside them are in the graph: how rare a value is, which all"
            " rests on, cannot be seen there",
            hint="load all of it: "
            + command("linkage", "neo4j", "push", "CASE", "--name", case, "--everything"),
        )
    return case


def _chosen(session: Any, asked: str | None) -> str | None:
    cases = session.execute_read(_names, CASES)
    if asked is not None:
        if asked not in cases:
            raise UsageError(f"the graph holds no case {asked}", hint=f"it has: {', '.join(cases) or 'none'}")
        return asked
    if session.execute_read(_one, OWN)["some"] or not cases:
        return None
    if len(cases) > 1:
        raise UsageError(f"the graph holds several cases: {', '.join(cases)}", hint="name one: …?case=NAME")
    return str(cases[0])


def origin(session: Any, case: str) -> str:
    """Which case folder a pushed case is of; empty where there is none of that name."""
    row = session.execute_read(_one, ORIGIN, case=case)
    return str(row["origin"] or "") if row else ""


def _names(tx: Any, text: str) -> list[str]:
    return sorted(str(row["name"]) for row in tx.run(text))


def _one(tx: Any, text: str, **values: Any) -> Any:
    return tx.run(text, values).single()


def _write(tx: Any, each: GraphRead, path: Path, case: str | None) -> int:
    """The rows, from the beginning if the transaction is tried again."""
    values = {**patterns.parameters(each.pattern), **each.parameters, "case": case}
    count = 0
    with path.open("w", encoding="ascii", newline="\n") as file:
        for record in tx.run(each.cypher(case), values):
            row = dict(zip(each.columns, map(plain, record.values()), strict=True))
            file.write(json.dumps(row) + "\n")
            count += 1
    return count


def plain(value: Any) -> Any:
    """A value of the graph as JSON; what no column can take becomes an object, and is refused as one."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, DateTime):
        return _iso(value)
    if isinstance(value, Date):
        return value.iso_format()
    if isinstance(value, Time | Duration):
        return str(value)
    if isinstance(value, list) and not any(isinstance(each, list) for each in value):
        return [plain(each) for each in value]
    return {"unreadable": type(value).__name__}


def _iso(value: DateTime) -> str:
    """With microseconds, beyond which no moment is told apart."""
    try:
        return value.to_native().isoformat()
    except ValueError:
        return value.iso_format()
