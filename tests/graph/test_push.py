"""A case goes into a real server, and the graph is what the case says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linkage.errors import GraphError, UsageError
from linkage.graph import load_statements, schema
from linkage.graph.case_graph import Options, graph
from linkage.graph.connection import open_driver
from linkage.graph.pull import pulled
from tests.graph import made
from tests.graph.loaded_fixture import Loaded
from tests.graph.made import APART, EXPLAINED, GROUP, MEMBERS, NEAR, UNRESOLVED, load
from tests.neo4j_server import Server


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The case of this test."""
    return request.node.name


def rows(session: Any, text: str, **parameters: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in session.run(text, parameters)]


def test_groups_neighbours_and_their_evidence_are_loaded(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    done = load(made.case(tmp_path / "c"), neo4j_server, name)
    assert done.whole and not done.unchanged and not done.quarantine.rows and not done.deleted
    accounts = rows(session, "MATCH (a:Account {case: $name}) RETURN a.id AS id ORDER BY id", name=name)
    assert [row["id"] for row in accounts] == sorted([*MEMBERS, *NEAR])
    assert done.there["Account LINKED_TO Account"] == 8 * 7 // 2 + 1
    assert done.there["Account MEMBER_OF OperatorGroup"] == 8
    assert done.there["IP IN_NETWORK Network"] == 8


def test_what_stands_on_a_link(tmp_path: Path, neo4j_server: Server, session: Any, name: str) -> None:
    load(made.case(tmp_path / "c"), neo4j_server, name)
    (row,) = rows(
        session,
        "MATCH (:Account {case: $name, id: $a})-[r:LINKED_TO]->(:Account {id: $b}) RETURN properties(r) AS p",
        name=name,
        a=MEMBERS[0],
        b=MEMBERS[1],
    )
    link = row["p"]
    assert link["log_odds"] == pytest.approx(9.5 + 8.25 - 10.6)
    assert link["signals"] == ["card", "rare template"] and link["reasons"] == 2
    assert link["bits_payment"] == 9.5 and link["bits_content"] == 8.25 and "bits_network" not in link
    assert link["evidence"][0] == "+9.5 payment · card card_0: held by 8 of 400 accounts"
    assert link["case"] == name and link["run"]


def test_what_stands_on_a_group_and_an_account(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    load(made.case(tmp_path / "c"), neo4j_server, name)
    (row,) = rows(session, "MATCH (g:OperatorGroup {case: $name}) RETURN properties(g) AS p", name=name)
    group = row["p"]
    assert group["id"] == GROUP and group["accounts"] == 8 and group["log_odds"] == 24.3
    assert group["first_at"].iso_format() == "2026-03-01T00:00:00.000000000+00:00"
    assert (
        group["unknown_operator"] == 3.0 and group["unrelated_accounts"] == -12.5 and group["change"] == "new"
    )
    (row,) = rows(
        session,
        "MATCH (a:Account {case: $name, id: $id})-[m:MEMBER_OF]->(g)"
        " RETURN a, properties(m) AS m, labels(g) AS l",
        name=name,
        id=MEMBERS[2],
    )
    assert row["l"] == ["OperatorGroup"] and row["m"]["role"] == "core" and row["m"]["bits"] == 2.0
    assert row["a"]["created_at"].iso_format() == "2026-03-03T10:00:00.000000000+00:00"
    assert row["a"]["country"] == "SE" and row["a"]["group"] == GROUP and row["a"]["prompts"] == 6
    (row,) = rows(
        session,
        "MATCH (g:OperatorGroup {case: $name})-[r:ATTRIBUTED_TO]->(o:Operator)"
        " RETURN o.name AS o, r.log_odds AS b",
        name=name,
    )
    assert row == {"o": "Nightjar", "b": 12.5}


def test_everything_means_everything(tmp_path: Path, neo4j_server: Server, session: Any, name: str) -> None:
    done = load(made.case(tmp_path / "c"), neo4j_server, name, everything=True)
    assert done.whole and done.there["Account"] == 8 + 2 + 5
    found = rows(
        session,
        "MATCH (a:Account {case: $name})-[:MEMBER_OF]->(:UnreportedGroup {id: $id})"
        " RETURN a.id AS id ORDER BY id",
        name=name,
        id=EXPLAINED,
    )
    assert [row["id"] for row in found] == APART[:3]


def test_an_unresolved_group_is_found_and_is_no_operator_group(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    """Its accounts are loaded with their links; an account of it is in no operator group."""
    done = load(made.case(tmp_path / "c", made.undecided(), made.undecided_run()), neo4j_server, name)
    assert done.whole and done.there["OperatorGroup"] == 1 and done.there["UnreportedGroup"] == 2
    (row,) = rows(
        session,
        "MATCH (g:UnreportedGroup {case: $name, outcome: 'unresolved'})<-[m:MEMBER_OF]-(a:Account)"
        " WITH g, a, m ORDER BY a.id"
        " RETURN properties(g) AS g, labels(g) AS l, collect(a.id) AS a, collect(a.group) AS groups,"
        " collect(m.membership) AS m",
        name=name,
    )
    assert row["l"] == ["UnreportedGroup"] and row["a"] == APART[3:] and row["groups"] == []
    assert row["m"] == [1.0, 0.5]
    group = row["g"]
    assert group["id"] == UNRESOLVED and group["accounts"] == 2 and group["favours"] == 2.5
    assert group["reason"] == "either" and group["settles"] == "ask the university"
    assert group["name"] == "unresolved, not reported: either"
    assert group["against"] == ["no address in common"]
    (row,) = rows(session, "MATCH (c:Case {id: $name}) RETURN c.unresolved AS u, c.explained AS e", name=name)
    assert row == {"u": 1, "e": 1}
    assert not rows(session, "MATCH (g:OperatorGroup {id: $id}) RETURN g", id=UNRESOLVED)


def test_a_case_of_before_there_were_unresolved_groups_is_loaded(
    tmp_path: Path, neo4j_server: Server, name: str
) -> None:
    found = made.case(tmp_path / "c")
    (found.path / "unresolved.parquet").unlink()
    done = load(found, neo4j_server, name)
    assert done.whole and done.there["OperatorGroup"] == 1


def test_what_an_earlier_version_loaded_under_another_label_goes(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    """Of this case, not of another; and no verdict is lost with it."""
    found, other = made.case(tmp_path / "c"), f"not {name}"
    load(found, neo4j_server, name)
    session.run(
        "MATCH (a:Account {case: $name, id: $id})"
        " CREATE (:ExplainedGroup {case: $name, id: $group})<-[:MEMBER_OF {case: $name}]-(a)"
        " CREATE (:ExplainedGroup {case: $other, id: $group})",
        name=name,
        other=other,
        id=NEAR[0],
        group=EXPLAINED,
    ).consume()
    load(found, neo4j_server, name, again=True)
    left = rows(session, "MATCH (g:ExplainedGroup {id: $id}) RETURN g.case AS case", id=EXPLAINED)
    assert [row["case"] for row in left] == [other]
    session.run(
        "MATCH (g:ExplainedGroup {case: $other}) SET g.case = $name, g.verdict = 'confirmed'",
        name=name,
        other=other,
    ).consume()
    with pytest.raises(UsageError, match="verdicts set in Neo4j"):
        load(found, neo4j_server, name, again=True)
    session.run("MATCH (g:ExplainedGroup {case: $name}) DETACH DELETE g", name=name).consume()


def test_text_stays_at_home_unless_it_is_wanted(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    found = made.case(tmp_path / "c", made.tables(text="the secret words of {} and {}"))
    load(found, neo4j_server, name)
    assert "secret words" not in "".join(made.graph(session, name))
    assert load(found, neo4j_server, name, with_text=True).whole
    assert "secret words" in "".join(made.graph(session, name))
    load(found, neo4j_server, name)
    assert "secret words" not in "".join(made.graph(session, name))


def test_everything_carries_its_case_and_run(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    done = load(made.case(tmp_path / "c"), neo4j_server, name)
    for text in (
        "MATCH (n {case: $name}) WHERE coalesce(n.run, '') <> $run RETURN labels(n) AS what",
        "MATCH (n {case: $name})-[r]-() WHERE coalesce(r.run, '') <> $run OR r.case <> $name"
        " RETURN type(r) AS what",
    ):
        assert rows(session, text, name=name, run=done.plan.run) == []


def test_the_same_push_again_changes_nothing(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    found = made.case(tmp_path / "c")
    first = load(found, neo4j_server, name)
    before = made.digest(session, name)
    second = load(found, neo4j_server, name)
    assert second.unchanged and second.sent == first.sent
    assert made.digest(session, name) == before
    third = load(found, neo4j_server, name, again=True)
    assert not third.unchanged and not third.deleted and made.digest(session, name) == before


def test_a_newer_case_replaces_the_older_one_and_no_other(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    load(made.case(tmp_path / "beside"), neo4j_server, f"{name}_beside")
    beside = made.digest(session, f"{name}_beside")
    load(made.case(tmp_path / "c"), neo4j_server, name, everything=True)
    newer = made.tables(MEMBERS[2:])
    newer["links"] = newer["links"][1:]
    found = made.case(tmp_path / "c", newer)
    done = load(found, neo4j_server, name)
    assert done.whole and done.deleted["Account"] and done.deleted["Account LINKED_TO Account"]
    over = made.graph(session, name)
    load(found, neo4j_server, f"{name}_fresh")
    fresh = made.graph(session, f"{name}_fresh")
    # The name of a case is part of what its run is called.
    assert sorted(made.nameless(each, name) for each in over) == sorted(
        made.nameless(each, f"{name}_fresh") for each in fresh
    )
    assert made.digest(session, f"{name}_beside") == beside


def test_what_was_deleted_in_the_database_comes_back(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    found = made.case(tmp_path / "c")
    load(found, neo4j_server, name)
    before = made.digest(session, name)
    session.run(
        "MATCH (a:Account {case: $name, id: $id}) DETACH DELETE a", name=name, id=MEMBERS[3]
    ).consume()
    session.run("MATCH (:Account {case: $name})-[r:USED_IP]->() DELETE r", name=name).consume()
    done = load(found, neo4j_server, name)
    assert done.whole and not done.unchanged and made.digest(session, name) == before


def test_another_case_of_the_same_name_is_refused(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    load(made.case(tmp_path / "one"), neo4j_server, name)
    before = made.digest(session, name)
    with pytest.raises(UsageError, match="another case called"):
        load(made.case(tmp_path / "other"), neo4j_server, name)
    assert made.digest(session, name) == before


def test_a_constraint_of_ours_on_something_else_is_told(neo4j_server: Server, tmp_path: Path) -> None:
    wrong = [each for each in schema.NODES if each.label == "Operator"]
    assert load_statements.constraint(wrong[0]) == (
        "CREATE CONSTRAINT linkage_operator IF NOT EXISTS FOR (n:Operator) REQUIRE (n.case, n.name) IS UNIQUE"
    )


# --- vectors ---------------------------------------------------------------------------------------


def test_the_vector_index_gives_the_neighbours_that_faiss_gives(
    loaded: Loaded, neo4j_server: Server, session: Any
) -> None:
    import faiss

    name = loaded.name
    found = rows(
        session,
        "MATCH (p:PromptEmbedding {case: $name}) WHERE p.embedding IS NOT NULL"
        " RETURN p.id AS id, p.embedding AS v ORDER BY id",
        name=name,
    )
    ids = [row["id"] for row in found]
    vectors = np.array([row["v"] for row in found], np.float32)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    asked = np.random.default_rng(3).choice(len(ids), 100, replace=False)
    near, _places = index.search(vectors[asked], 10)
    shares = []
    for number, place in enumerate(asked):
        answer = session.run(
            "CALL db.index.vector.queryNodes('linkage_prompts', $k, $v) YIELD node, score"
            " WITH node WHERE node.case = $name RETURN node.embedding AS v LIMIT 10",
            k=200,
            v=vectors[place].tolist(),
            name=name,
        )
        mine = np.array([row["v"] for row in answer], np.float32) @ vectors[place]
        # Equal texts tie: a neighbour as near as the tenth is as good.
        shares.append(float(np.mean(mine[:10] >= near[number][-1] - 1e-5)))
    assert len(shares) == 100 and np.mean(shares) >= 0.95


# --- verdicts --------------------------------------------------------------------------------------


def test_verdicts_set_in_the_database_reach_the_case_once(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    found = made.case(tmp_path / "c")
    load(found, neo4j_server, name)
    session.run(
        "MATCH (g:OperatorGroup {case: $name})"
        " SET g.verdict = 'confirmed', g.verdict_reason = 'same invoice', g.verdict_by = 'mira'"
        " WITH g MATCH (a:Account {case: $name, id: $a}), (b:Account {case: $name, id: $b})"
        " MERGE (b)-[j:JUDGED]->(a) SET j.verdict = 'not linked', j.reason = 'two firms', j.who = 'ole'",
        name=name,
        a=MEMBERS[0],
        b=NEAR[0],
    ).consume()
    with pytest.raises(UsageError, match="does not know yet: 2"):
        load(found, neo4j_server, name)
    result = pulled(found, made.connection(neo4j_server), name)
    assert not result.left
    assert [(row["verdict"], row["who"], row["reason"]) for row in result.taken] == [
        ("confirmed", "mira", "same invoice"),
        ("not linked", "ole", "two firms"),
    ]
    assert result.taken[0]["accounts"] == MEMBERS
    again = pulled(found, made.connection(neo4j_server), name)
    assert again.taken == [] and again.left == []
    assert load(found, neo4j_server, name).whole
    judged = rows(session, "MATCH (a {case: $name})-[j:JUDGED]->(b) RETURN a.id AS a, b.id AS b", name=name)
    assert judged == [{"a": MEMBERS[0], "b": NEAR[0]}]
    (row,) = rows(session, "MATCH (g:OperatorGroup {case: $name}) RETURN g.verdict AS v", name=name)
    assert row == {"v": "confirmed"}
    assert pulled(found, made.connection(neo4j_server), name).taken == []


def test_verdicts_that_mean_nothing_are_left_and_told(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    found = made.case(tmp_path / "c")
    load(found, neo4j_server, name)
    session.run("MATCH (g:OperatorGroup {case: $name}) SET g.verdict = 7", name=name).consume()
    session.run(
        "MATCH (a:Account {case: $name, id: $a}) MERGE (a)-[:JUDGED {verdict: 'linked'}]->(a)",
        name=name,
        a=MEMBERS[0],
    ).consume()
    result = pulled(found, made.connection(neo4j_server), name)
    assert result.taken == [] and len(result.left) == 2
    assert found.verdicts() == []


# --- order of the rows -----------------------------------------------------------------------------


def test_parts_come_in_the_order_of_the_schema_and_of_their_keys(tmp_path: Path) -> None:
    with graph(made.case(tmp_path / "c"), Options("x", everything=True)) as one:
        translated_errors = [
            (part, [row for batch in batches for row in batch.to_pylist()]) for part, batches in one.parts()
        ]
    assert [part for part, _rows in translated_errors] == list(schema.PARTS)
    for part, given in translated_errors:
        keys = [tuple(row[key] for key in part.keys) for row in given]
        assert keys == sorted(set(keys)), part.name


def test_the_server_must_be_there(tmp_path: Path) -> None:
    from linkage.graph.connection import Connection

    with pytest.raises(GraphError, match="cannot be reached"), open_driver(Connection("bolt://127.0.0.1:9")):
        raise AssertionError
