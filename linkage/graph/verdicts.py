"""Verdicts that people set in the database: on groups as properties, on pairs as relationships.

A group carries `verdict`, `verdict_reason` and `verdict_by`; a pair a relationship JUDGED, or the LINKED_TO
that is there, with `verdict`, `reason` and `who`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.graph.schema import FORMER_LABELS

ON_GROUPS = f"""
MATCH (g:{"|".join(("OperatorGroup", "UnreportedGroup", *FORMER_LABELS))})
WHERE g.case = $case AND g.id IS NOT NULL AND g.verdict IS NOT NULL
OPTIONAL MATCH (g)<-[:MEMBER_OF]-(a:Account {{case: $case}})
WITH g, a ORDER BY a.id
RETURN g.id AS group, g.verdict AS verdict, g.verdict_reason AS reason, g.verdict_by AS who,
       collect(a.id) AS accounts
ORDER BY group
"""

ON_PAIRS = """
MATCH (a:Account)-[r:JUDGED|LINKED_TO]->(b:Account)
WHERE a.case = $case AND a.id IS NOT NULL AND b.case = $case AND r.verdict IS NOT NULL
RETURN a.id AS left, b.id AS right, r.verdict AS verdict, r.reason AS reason, r.who AS who
ORDER BY left, right, type(r), verdict
"""

NO_REASON = "no reason given in Neo4j"

Pair = tuple[str, str]
InForce = Mapping[str | Pair, str]
"""The verdict on each group and on each pair, whose accounts are in the order of their text."""


@dataclass(frozen=True)
class Verdict:
    """One verdict in the database: on a group, with the members that are loaded, or on a pair."""

    about: str | Pair
    verdict: str
    reason: str
    who: str
    accounts: tuple[str, ...] = ()


def unknown(session: Any, case: str, in_force: InForce) -> list[Verdict]:
    """The verdicts in the database that the case does not have in force, each once."""
    found = session.execute_read(_read, case)
    new = (each for each in found if in_force.get(each.about) != each.verdict)
    return list({(each.about, each.verdict): each for each in new}.values())


def _read(tx: Any, case: str) -> list[Verdict]:
    groups = [_verdict(row["group"], row, row["accounts"]) for row in tx.run(ON_GROUPS, case=case)]
    pairs = [_verdict(_ordered(row["left"], row["right"]), row) for row in tx.run(ON_PAIRS, case=case)]
    return groups + pairs


def _verdict(about: str | Pair, row: Mapping[str, Any], accounts: Sequence[str] = ()) -> Verdict:
    reason, who = str(row["reason"] or "").strip(), str(row["who"] or "").strip()
    return Verdict(about, str(row["verdict"]), reason or NO_REASON, who, tuple(accounts))


def _ordered(left: str, right: str) -> Pair:
    return (left, right) if left < right else (right, left)
