"""What the database holds of a case: counting it, and deleting what is stale."""

from typing import Any

from linkage.graph.ledger import Plan
from linkage.graph.schema import FORMER_LABELS, PARTS, PROMPT, VECTORS, Nodes, Part, Relationships

CONSTRAINTS = (
    "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties"
    " WHERE type IN ['UNIQUENESS', 'NODE_KEY'] RETURN labelsOrTypes AS labels, properties"
)
DIMENSIONS = (
    f"SHOW VECTOR INDEXES YIELD name, options, labelsOrTypes, properties WHERE name = '{VECTORS}'"
    f" AND labelsOrTypes = ['{PROMPT.label}'] AND properties = ['embedding']"
    " RETURN options.indexConfig['vector.dimensions'] AS dimensions"
)
ONLINE = "CALL db.awaitIndexes(300)"


def counted(session: Any, case: str) -> dict[str, int]:
    """The nodes or relationships of each part that are there, whichever push they are from."""
    return {part.name: session.execute_read(_count, part, case) for part in PARTS}


def _count(tx: Any, part: Part, case: str) -> int:
    return int(tx.run(count(part), case=case).single()["rows"])


def counted_with_stale(session: Any, plan: Plan) -> tuple[dict[str, int], set[str]]:
    """The same, and the parts in which something is not of this push."""
    counts: dict[str, int] = {}
    stale: set[str] = set()
    for part in PARTS:
        counts[part.name], others = session.execute_read(_count_both, part, plan)
        if others:
            stale.add(part.name)
    return counts, stale


def _count_both(tx: Any, part: Part, plan: Plan) -> tuple[int, int]:
    name = _name(part)
    text = (
        f"{_matched(part)} RETURN count({name}) AS rows, count(CASE WHEN {_stale(name)} THEN 1 END) AS stale"
    )
    row = tx.run(text, case=plan.case, run=plan.run).single()
    return row["rows"], row["stale"]


def count(part: Part) -> str:
    """Counts the nodes or relationships of a part, those of people's own making too."""
    return f"{_matched(part)} RETURN count({_name(part)}) AS rows"


def delete_stale(part: Part) -> str:
    """Deletes up to `$most` nodes or relationships of a part that are not of `$run`."""
    name = _name(part)
    delete = "DETACH DELETE" if isinstance(part, Nodes) else "DELETE"
    return (
        f"{_matched(part)} AND {_stale(name)} WITH {name} LIMIT $most {delete} {name} RETURN count(*) AS rows"
    )


def delete_former() -> str:
    """Deletes up to `$most` nodes of a case that an earlier version loaded under a label of its own."""
    labels = "|".join(FORMER_LABELS)
    return (
        f"MATCH (n:{labels}) WHERE n.case = $case AND n.id IS NOT NULL"
        " WITH n LIMIT $most DETACH DELETE n RETURN count(*) AS rows"
    )


def _stale(name: str) -> str:
    return f"coalesce({name}.run, '') <> $run"


def _name(part: Part) -> str:
    return "n" if isinstance(part, Nodes) else "r"


def _matched(part: Part) -> str:
    """All of a part within `$case`. That the key is there says to the planner to use its index."""
    if isinstance(part, Nodes):
        return f"MATCH (n:{part.label}) WHERE n.case = $case AND {_keyed('n', part)}"
    assert isinstance(part, Relationships)
    return (
        f"MATCH (a:{part.start.label})-[r:{part.type}]->(b:{part.end.label})"
        f" WHERE a.case = $case AND {_keyed('a', part.start)}"
    )


def _keyed(name: str, nodes: Nodes) -> str:
    return " AND ".join(f"{name}.{key} IS NOT NULL" for key in nodes.key)
