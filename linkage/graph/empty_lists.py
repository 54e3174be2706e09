"""Lists without elements after a bulk import, which knows no such thing: it leaves the property away.

The importer is given their names instead; the first push after it makes empty lists of them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from linkage.graph import ledger
from linkage.graph.ledger import Plan
from linkage.graph.schema import PARTS, Nodes, Part

NAMES = "push_empty"
"""Property of a node or relationship: which of its lists are empty."""

COLUMNS = "push_empty_columns"
"""Property of the case: in which parts and columns there are any, as `part.column`."""

TOLD = f"MATCH (c:Case {{case: $case, id: $case}}) RETURN c.{COLUMNS} AS columns"
FORGET = f"MATCH (c:Case {{case: $case, id: $case}}) REMOVE c.{COLUMNS}"


def fill(session: Any, plan: Plan) -> None:
    """Make the empty lists that an import could not; nothing where no import left any."""
    columns = session.execute_read(_recorded, plan.case)
    if columns:
        session.execute_write(_fill, plan, list(statements(columns)))


def statements(columns: Iterable[str]) -> Iterator[str]:
    """Cypher that makes the lists, and then forgets that they were missing."""
    remaining = set(columns)
    for part in PARTS:
        mine = [each.name for each in part.properties if f"{part.name}.{each.name}" in remaining]
        if mine:
            yield from (f"{_holding(part)} AND '{name}' IN x.{NAMES} SET x.{name} = []" for name in mine)
            yield f"{_holding(part)} REMOVE x.{NAMES}"


def _holding(part: Part) -> str:
    if isinstance(part, Nodes):
        return f"MATCH (x:{part.label}) WHERE x.case = $case AND x.{NAMES} IS NOT NULL"
    return (
        f"MATCH (a:{part.start.label})-[x:{part.type}]->(:{part.end.label})"
        f" WHERE a.case = $case AND x.{NAMES} IS NOT NULL"
    )


def _recorded(tx: Any, case: str) -> list[str]:
    row = tx.run(TOLD, case=case).single()
    return list(row["columns"] or []) if row else []


def _fill(tx: Any, plan: Plan, texts: list[str]) -> None:
    ledger.fence(tx, plan)
    for text in [*texts, FORGET]:
        tx.run(text, case=plan.case).consume()
