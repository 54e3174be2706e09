"""The schema and the queries for BloodHound: they are about the kinds that an export holds, and find them."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linkage.case import Case
from linkage.case.export import exported
from linkage.case.export_graph import SOURCE_KIND, as_opengraph
from linkage.case.opengraph import queries, schema
from linkage.links import constraints
from tests import made_case
from tests.made_case import GROUP
from tests.neo4j_server import Server, neo4j_server

__all__ = ["neo4j_server"]

OTHER = "op-00000000dd"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An export with two groups that are linked, one of them confirmed, and a member at the fringe."""
    rows = made_case.tables()
    moved = [row for row in rows["groups"] if row["group"] == GROUP][-2:]
    for row in moved:
        row |= {"group": OTHER, "role": "fringe"}
    rows["groups"].sort(key=lambda row: (row["group"], row["account"]))
    rows["findings"] = [{**rows["findings"][0], "group": name} for name in (GROUP, OTHER)]
    case = Case(made_case.write(tmp_path_factory.mktemp("opengraph") / "case", rows))
    case.judge(constraints.on_group("confirmed", GROUP, made_case.OPERATOR, "same invoice"), who="test")
    found = json.loads(as_opengraph(case, exported(case)))
    for edge in found["graph"]["edges"]:
        if "log_odds" in edge["properties"]:
            edge["properties"]["log_odds"] += 20
    return dict(found["graph"])


@pytest.fixture(scope="module")
def saved() -> dict[str, dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(queries())) as packed:
        assert packed.testzip() is None
        return {name: json.loads(packed.read(name)) for name in packed.namelist()}


def test_every_kind_of_an_export_is_in_the_schema(graph: dict[str, Any]) -> None:
    told = json.loads(schema())
    assert told["schema"]["namespace"] == "Linkage" and SOURCE_KIND.startswith("Linkage_")
    kinds = {kind for node in graph["nodes"] for kind in node["kinds"]}
    assert {each["name"] for each in told["node_kinds"]} == kinds
    assert {each["name"] for each in told["relationship_kinds"]} == {edge["kind"] for edge in graph["edges"]}
    for each in (*told["node_kinds"], *told["relationship_kinds"]):
        assert re.fullmatch(r"Linkage_\w+", each["name"]) and each["description"]
    assert all(re.fullmatch("#[0-9A-F]{6}", each["color"]) for each in told["node_kinds"])
    assert all(isinstance(each["is_traversable"], bool) for each in told["relationship_kinds"])


PLAIN = (str, int | float, bool)
"""What a property, or all items of a list, may be."""


def test_nodes_and_edges_keep_the_rules_of_opengraph(graph: dict[str, Any]) -> None:
    """The JSON schemas of a node and an edge, and the rules for names, at
    bloodhound.specterops.io/opengraph/developer/schema."""
    assert set(graph) == {"nodes", "edges"} and graph["nodes"] and graph["edges"]
    ids = [node["id"] for node in graph["nodes"]]
    assert len(ids) == len(set(ids)) and all(isinstance(each, str) and each for each in ids)
    for node in graph["nodes"]:
        assert set(node) == {"id", "kinds", "properties"} and 1 <= len(node["kinds"]) <= 3
    for edge in graph["edges"]:
        assert set(edge) == {"kind", "start", "end", "properties"}
        for end in (edge["start"], edge["end"]):
            assert set(end) == {"match_by", "value"} and end["match_by"] == "id" and end["value"] in ids
    kinds = [
        *(kind for node in graph["nodes"] for kind in node["kinds"]),
        *(e["kind"] for e in graph["edges"]),
    ]
    assert all(re.fullmatch("[A-Za-z0-9_]+", kind) for kind in kinds)
    for each in (*graph["nodes"], *graph["edges"]):
        for name, value in each["properties"].items():
            # `objectid` is the id under another name: BloodHound writes it itself.
            assert re.fullmatch("[a-z][a-z0-9_]*", name) and name != "objectid"
            items = value if isinstance(value, list) else [value]
            assert items and any(all(_is(item, kind) for item in items) for kind in PLAIN), (name, value)


def _is(item: Any, kind: Any) -> bool:
    return isinstance(item, kind) and (kind is bool or not isinstance(item, bool))


def test_the_queries_are_what_bloodhound_imports(saved: dict[str, dict[str, str]]) -> None:
    assert len(saved) >= 5 and queries() == queries()
    assert all(set(each) == {"name", "description", "query"} for each in saved.values())
    assert len({each["name"] for each in saved.values()}) == len(saved)


@pytest.fixture(scope="module")
def loaded(graph: dict[str, Any], neo4j_server: Server) -> Iterator[Any]:
    """The export in a database, as BloodHound on Neo4j holds it."""
    nodes = "UNWIND $rows AS row CREATE (n:{kind} {{objectid: row.id}}) SET n += row.properties"
    edges = (
        "UNWIND $rows AS row MATCH (a {{objectid: row.start.value}}), (b {{objectid: row.end.value}})"
        " CREATE (a)-[r:{kind}]->(b) SET r += row.properties"
    )
    with neo4j_server.session() as session:
        for kind in sorted({node["kinds"][0] for node in graph["nodes"]}):
            rows = [node for node in graph["nodes"] if node["kinds"] == [kind]]
            session.run(nodes.format(kind=kind), rows=rows).consume()
        for kind in sorted({edge["kind"] for edge in graph["edges"]}):
            rows = [edge for edge in graph["edges"] if edge["kind"] == kind]
            session.run(edges.format(kind=kind), rows=rows).consume()
        yield session
        session.run("MATCH (n:Linkage_Account|Linkage_Group) DETACH DELETE n").consume()


def test_every_query_finds_something(saved: dict[str, dict[str, str]], loaded: Any, tmp_path: Path) -> None:
    for name, each in saved.items():
        assert loaded.run(each["query"]).peek() is not None, name
