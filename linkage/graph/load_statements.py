"""The Cypher that loads the graph, written from the names in `schema` and from nothing else.

What comes from data is a parameter: `$case`, `$run` and `$rows`, whose rows are lists in the order of
`columns`. (Lists, because maps repeat every name in every row, which takes half as long again.)
"""

import re

from linkage.errors import IntegrityError
from linkage.graph.schema import (
    LINKED_TO,
    MARKS,
    NODES,
    PROMPT,
    VECTORS,
    Nodes,
    Part,
    Property,
    Relationships,
)

_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")


def constraint(nodes: Nodes) -> str:
    """Makes the key of a label unique within a case, and indexes it."""
    key = ", ".join(f"n.{_word(name)}" for name in ("case", *nodes.key))
    return (
        f"CREATE CONSTRAINT {constraint_name(nodes)} IF NOT EXISTS"
        f" FOR (n:{_word(nodes.label)}) REQUIRE ({key}) IS UNIQUE"
    )


def constraint_name(nodes: Nodes) -> str:
    """What the constraint of a label is called."""
    return "linkage_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", _word(nodes.label)).lower()


def mark_index(mark: str) -> str:
    """Indexes the links of a case that have one of the MARKS."""
    return (
        f"CREATE INDEX linkage_{_word(mark)} IF NOT EXISTS FOR ()-[r:{_word(LINKED_TO.type)}]-()"
        f" ON (r.case, r.{_word(mark)})"
    )


def vector_index(dimensions: int) -> str:
    """Indexes the vectors of prompts by cosine."""
    return (
        f"CREATE VECTOR INDEX {VECTORS} IF NOT EXISTS FOR (n:{PROMPT.label}) ON (n.embedding) OPTIONS"
        " {indexConfig: {`vector.similarity_function`: 'cosine', `vector.dimensions`: "
        f"{int(dimensions)}" + "}}"
    )


def load(part: Part) -> str:
    """Writes rows of one part; running it again with the same rows changes nothing.

    Every property is set to a computed value, null removing it, and none is added to.
    """
    return _nodes(part) if isinstance(part, Nodes) else _relationships(part)


def _nodes(part: Nodes) -> str:
    return (
        f"UNWIND $rows AS row MERGE {_matched('n', part, 0)}"
        f" SET n.run = $run{_settings('n', part.properties, len(part.key))} RETURN count(n) AS rows"
    )


def _relationships(part: Relationships) -> str:
    start, end = part.start, part.end
    return (
        f"UNWIND $rows AS row MATCH {_matched('a', start, 0)} MATCH {_matched('b', end, len(start.key))}"
        f" MERGE (a)-[r:{_word(part.type)}]->(b) SET r.case = $case, r.run = $run"
        f"{_settings('r', part.properties, len(part.keys))} RETURN count(r) AS rows"
    )


def _matched(name: str, nodes: Nodes, at: int) -> str:
    key = "".join(f", {_word(each)}: row[{at + i}]" for i, each in enumerate(nodes.key))
    return f"({name}:{_word(nodes.label)} {{case: $case{key}}})"


def _settings(name: str, properties: tuple[Property, ...], at: int) -> str:
    return "".join(
        f", {name}.{_word(each.name)} = {_value(each, f'row[{at + i}]')}" for i, each in enumerate(properties)
    )


def _value(each: Property, value: str) -> str:
    if each.kind != "at":
        return value
    # Two whole numbers become a moment here: as a moment of Python they take the driver forty times as long.
    rest = f"(({value} % 1000000 + 1000000) % 1000000)"
    return (
        f"CASE WHEN {value} IS NULL THEN null"
        f" ELSE datetime.fromepoch(({value} - {rest}) / 1000000, {rest} * 1000) END"
    )


def _word(name: str) -> str:
    """A name as it stands in a statement; raises IntegrityError for anything but a plain word."""
    if not _WORD.fullmatch(name):
        raise IntegrityError(f"{name!r}: not a name of the graph's schema")
    return name


CONSTRAINTS = {constraint_name(each): constraint(each) for each in NODES}

INDEXES = tuple(mark_index(each) for each in MARKS)


def preparations(dimensions: int) -> tuple[str, ...]:
    """What a database needs before the first row: constraints and indexes, where they are not there."""
    return (*CONSTRAINTS.values(), *INDEXES, vector_index(dimensions))
