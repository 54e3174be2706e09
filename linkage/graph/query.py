"""Putting a question to the database: it reads only, and what comes back is plain values."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from neo4j import READ_ACCESS, Driver, ManagedTransaction, unit_of_work
from neo4j.graph import Node, Path, Relationship
from neo4j.time import Date, DateTime, Duration, Time

from linkage.errors import UsageError
from linkage.graph.questions import Question

SECONDS = 60
"""Longest that one question may take, so that a slip in one's own does not hold the server; the saved ones
are made to take less than one."""

CASES = "MATCH (c:Case) RETURN c.id AS case ORDER BY case LIMIT 100"


@dataclass(frozen=True)
class Answer:
    """The columns in their order, and a row for each record."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]


def ask(driver: Driver, database: str, question: Question, values: Mapping[str, str | int]) -> Answer:
    """The answer to a question; its values go as parameters. Raises what the driver raises."""
    return _read(driver, database, question.cypher, values)


def cases(driver: Driver, database: str) -> list[str]:
    """The cases in a database."""
    return [row["case"] for row in _read(driver, database, CASES, {}).rows]


def _read(driver: Driver, database: str, cypher: Any, values: Mapping[str, str | int]) -> Answer:
    @unit_of_work(timeout=SECONDS)
    def work(transaction: ManagedTransaction) -> Answer:
        result = transaction.run(cypher, dict(values))
        columns = tuple(result.keys())
        return Answer(columns, tuple({name: plain(record[name]) for name in columns} for record in result))

    with driver.session(database=database, default_access_mode=READ_ACCESS) as session:
        return session.execute_read(work)


def values(question: Question, given: Iterable[str], known_cases: Iterable[str]) -> dict[str, str | int]:
    """The parameters of a question, from `name=value` pairs; the case may be left out where there is one.

    Raises UsageError for a name it does not know, and for one it still needs.
    """
    parameters = {each.name: each for each in question.parameters}
    known: dict[str, str | int] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name not in parameters:
            wanted = ", ".join(parameters) or "no parameters"
            raise UsageError(f"--param {pair}: {question.name} takes {wanted}, written as name=value")
        known[name] = parameters[name].read(value)
    if "case" in parameters and "case" not in known:
        known["case"] = only(known_cases)
    missing = [each for name, each in parameters.items() if name not in known]
    if missing:
        needed = "; ".join(f"{each.name} ({each.meaning})" for each in missing)
        raise UsageError(f"{question.name} needs parameters: {needed}", hint="--param name=value for each")
    return known


def only(known_cases: Iterable[str]) -> str:
    """The case of a database that has one. Raises UsageError."""
    known = list(known_cases)
    if len(known) == 1:
        return known[0]
    if not known:
        raise UsageError("there is no case in this database", hint="linkage neo4j push CASE")
    raise UsageError(f"there are several cases: {', '.join(known)}", hint="--param case=NAME")


def plain(value: Any) -> Any:
    """A value of the driver's as one that JSON and a table know."""
    if isinstance(value, Node):
        return {"labels": sorted(value.labels), "properties": plain(dict(value))}
    if isinstance(value, Relationship):
        return {"type": value.type, "properties": plain(dict(value))}
    if isinstance(value, Path):
        steps: list[Node | Relationship] = [value.nodes[0]]
        for relationship, node in zip(value.relationships, value.nodes[1:], strict=True):
            steps += [relationship, node]
        return [plain(each) for each in steps]
    if isinstance(value, DateTime | Date | Time):
        return value.to_native()
    if isinstance(value, Duration):
        return str(value)
    if isinstance(value, float):
        # JSON has no word for what is no number.
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value
