"""The accounts of reported groups, for other programs."""

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import networkx
import pyarrow.parquet as pq
import pytest

from linkage.case import Case
from linkage.case.export import COLUMNS, as_layer, as_parquet, exported
from linkage.case.export_graph import as_gexf, as_graphml, as_opengraph
from linkage.errors import CaseError, UsageError
from linkage.links import constraints
from tests import made_case
from tests.made_case import GROUP, HOME, OPERATOR, observation

CONTROL = "acct_\x00\x1b\ufffe<&"
"""An id that no XML document may hold."""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = made_case.tables()
    made["observations"] += [
        observation("acct_00", "country", "NL", "registration"),
        observation("acct_00", "created_at", "2026-02-27T10:00:00Z", "registration"),
    ]
    return Case(made_case.write(tmp_path / "case", made))


def test_every_member_is_there_with_what_it_says_of_itself(case: Case) -> None:
    found = exported(case)
    assert [row["account"] for row in found.accounts] == OPERATOR
    first = found.accounts[0]
    assert tuple(first) == tuple(COLUMNS)
    assert (first["group"], first["role"], first["log_odds"], first["q_value"]) == (GROUP, "core", 24.3, None)
    assert (first["country"], first["created_at"]) == ("NL; SE", "2026-02-27T10:00:00Z")
    assert first["plan"] is None
    assert (first["evidence"], first["explanation_that_fits"]) == ("thin", "one household")
    assert first["weakest_point"] == "one source of evidence holds it together: fingerprint card_1"


def test_a_group_that_was_not_examined_has_empty_caveats(tmp_path: Path) -> None:
    run = made_case.receipt()
    run["groups"] = {}
    found = exported(Case(made_case.write(tmp_path / "case", None, run))).accounts
    assert {(row["evidence"], row["weakest_point"], row["explanation_that_fits"]) for row in found} == {
        (None, None, None)
    }


def test_a_role_and_a_verdict_choose(case: Case) -> None:
    assert [row["account"] for row in exported(case, role="fringe").accounts] == OPERATOR[5:]
    assert exported(case, confirmed=True).accounts == []
    case.judge(constraints.on_group("confirmed", GROUP, OPERATOR, "checked"), who="mira")
    chosen = exported(Case(case.path), [GROUP], confirmed=True).accounts
    assert {row["verdict"] for row in chosen} == {"confirmed"}
    assert len(chosen) == 6


def test_nobody_is_exported_who_is_not_reported(case: Case) -> None:
    with pytest.raises(CaseError, match="is not reported") as error:
        exported(case, [HOME])
    assert GROUP in error.value.hint
    with pytest.raises(CaseError, match="no such group"):
        exported(case, ["op-none"])


def test_parquet_has_the_rows(case: Case) -> None:
    rows = exported(case).accounts
    assert pq.read_table(io.BytesIO(as_parquet(rows))).to_pylist() == rows
    assert pq.read_table(io.BytesIO(as_parquet([]))).column_names == list(COLUMNS)


def test_graphml_and_gexf_have_accounts_and_links(case: Case) -> None:
    found = exported(case)
    for content, read in (
        (as_graphml(case, found), networkx.read_graphml),
        (as_gexf(case, found), networkx.read_gexf),
    ):
        graph = read(io.BytesIO(content))
        assert set(graph.nodes) == set(OPERATOR)
        assert graph.number_of_edges() == 15
        assert graph.nodes["acct_05"]["role"] == "fringe"
        assert graph.edges["acct_00", "acct_01"]["families"] == "content, payment, timing"
    assert as_gexf(case, found) == as_gexf(case, found)
    assert b"lastmodified" not in as_gexf(case, found)


def test_a_pair_that_is_no_link_is_no_edge(tmp_path: Path) -> None:
    made = made_case.tables()
    made["links"][0]["log_odds"] = -4.0
    made["links"][1]["verdict"] = "not linked"
    made["links"][2] |= {"log_odds": -4.0, "verdict": "linked"}
    case = Case(made_case.write(tmp_path / "case", made))
    graph = networkx.read_graphml(io.BytesIO(as_graphml(case, exported(case))))
    assert graph.number_of_edges() == 13


def test_xml_holds_any_id(tmp_path: Path) -> None:
    made = renamed(made_case.tables(), "acct_03", CONTROL)
    case = Case(made_case.write(tmp_path / "case", made))
    found = exported(case)
    for content in (as_graphml(case, found), as_gexf(case, found)):
        assert ET.fromstring(content) is not None
        assert b"acct_\\u{0}\\u{1b}\\u{fffe}" in content


def renamed(made: dict[str, list[dict[str, Any]]], old: str, new: str) -> dict[str, list[dict[str, Any]]]:
    for rows in made.values():
        for row in rows:
            for column in ("account", "left", "right"):
                if row.get(column) == old:
                    row[column] = new
            if "left" in row and row["left"] > row["right"]:
                row["left"], row["right"] = row["right"], row["left"]
    return made


def test_opengraph_keeps_the_rules_of_bloodhound(case: Case) -> None:
    graph = json.loads(as_opengraph(case, exported(case)))
    nodes, edges = graph["graph"]["nodes"], graph["graph"]["edges"]
    ids = {node["id"] for node in nodes}
    assert len(ids) == len(nodes) == 7
    assert sorted(edge["kind"] for edge in edges).count("Linkage_MemberOf") == 6
    assert len(edges) == 21
    for edge in edges:
        assert {edge[side]["value"] for side in ("start", "end")} <= ids
        assert edge["start"]["match_by"] == "id"
    for each in (*nodes, *edges):
        for name, value in each["properties"].items():
            assert name == name.lower()
            values = value if isinstance(value, list) else [value]
            assert values
            assert all(isinstance(one, str | int | float) for one in values)


def test_a_layer_names_techniques_and_their_groups(case: Case) -> None:
    layer = json.loads(as_layer(exported(case).findings, "spring"))
    assert layer["domain"] == "atlas-atlas"
    assert [each["techniqueID"] for each in layer["techniques"]] == ["AML.T0021", "AML.T0040"]
    assert layer["techniques"][1]["metadata"] == [{"name": GROUP, "value": "1,234 interactions"}]
    assert "mitre-atlas/atlas-data" in layer["description"]


def test_a_layer_has_the_highest_score_of_a_technique() -> None:
    rows = [
        {"group": name, "accounts": 5, "interactions": 0, "infrastructure": "unknown", "distillation": score}
        for name, score in (("op-1", 0.9), ("op-2", 0.6))
    ]
    layer = json.loads(as_layer(rows, "x"))
    assert layer["techniques"][1]["score"] == 90
    assert [each["name"] for each in layer["techniques"][1]["metadata"]] == ["op-1", "op-2"]


def test_a_layer_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError):
        as_layer([], "x")
