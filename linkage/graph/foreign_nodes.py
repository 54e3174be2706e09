"""Groups tied to the nodes of a foreign graph that their accounts were read from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linkage.graph import ledger
from linkage.graph.ledger import Plan
from linkage.graph.pattern import quoted

ROWS = 4_000

MEMBERS = """
MATCH (a:Account)-[m:MEMBER_OF]->(g:OperatorGroup)
WHERE a.case = $case AND a.id IS NOT NULL
RETURN a.id AS account, g.id AS group, m.membership AS membership, m.role AS role ORDER BY account, group
"""

STALE = """
MATCH (g:OperatorGroup)<-[r:MEMBER_OF]-(n)
WHERE g.case = $case AND g.id IS NOT NULL AND r.case = $case AND (n.case IS NULL OR n.run IS NULL)
  AND r.run <> $run
DELETE r
"""

TIE = """
UNWIND $rows AS row
MATCH (n) WHERE elementId(n) = row[0]
MATCH (g:OperatorGroup {case: $case, id: row[1]})
MERGE (n)-[r:MEMBER_OF]->(g)
SET r.case = $case, r.run = $run, r.membership = row[2], r.role = row[3]
"""


@dataclass(frozen=True)
class Place:
    """Where the accounts of a foreign graph are: the label, and the property that holds their id."""

    label: str
    key: str


@dataclass(frozen=True)
class Attached:
    """How many accounts of groups were found in the graph, and how many were not."""

    found: int
    missing: int


def attach(session: Any, plan: Plan, place: Place) -> Attached:
    """Tie every member of a group to its own node; again it changes nothing."""
    members = session.execute_read(_members, plan.case)
    found: set[str] = set()
    for start in range(0, max(len(members), 1), ROWS):
        found |= session.execute_write(_tie, plan, place, members[start : start + ROWS])
    accounts = {row[0] for row in members}
    return Attached(len(found), len(accounts - found))


def _members(tx: Any, case: str) -> list[list[Any]]:
    return [list(row.values()) for row in tx.run(MEMBERS, case=case)]


def _tie(tx: Any, plan: Plan, place: Place, members: Sequence[Sequence[Any]]) -> set[str]:
    ledger.fence(tx, plan)
    nodes = _nodes(tx, place, [row[0] for row in members])
    rows = [[node, *row[1:]] for row in members for node in nodes.get(row[0], ())]
    tx.run(STALE, case=plan.case, run=plan.run).consume()
    tx.run(TIE, case=plan.case, run=plan.run, rows=rows).consume()
    return set(nodes)


def _nodes(tx: Any, place: Place, accounts: Sequence[str]) -> dict[str, list[str]]:
    """The nodes of each account; a whole number is called what its digits say."""
    key = f"n.{quoted(place.key)}"
    names: list[Any] = [*accounts, *(int(each) for each in accounts if _is_whole(each))]
    text = (
        f"MATCH (n:{quoted(place.label)}) WHERE {key} IN $names AND (n.case IS NULL OR n.run IS NULL)"
        f" RETURN elementId(n) AS node, toString({key}) AS account"
    )
    found: dict[str, list[str]] = {}
    for row in tx.run(text, names=names):
        found.setdefault(row["account"], []).append(row["node"])
    return found


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19 and str(int(text)) == text
