"""What a query file of the user's own may not hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.graph.query_safety import refusal
from linkage.graph.questions import questions

REFUSED = [
    "CREATE (n) RETURN n",
    "MATCH (n) SET n.x = 1 RETURN n LIMIT 1",
    "match (n) detach delete n",
    "MATCH (n) REMOVE n.x",
    "MERGE (n:Account {id: 'x'}) RETURN n",
    "MATCH (n) FOREACH (x IN [1] | SET n.x = x)",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "LOAD /* here */ CSV WITH HEADERS FROM $x AS row RETURN row",
    "CALL apoc.load.json('http://127.0.0.1/x') YIELD value RETURN value",
    "CALL `apoc`.`load`.json('x') YIELD value RETURN value",
    "CALL apoc . load . json('x')",
    "RETURN apoc.text.join(['a'], '')",
    "CALL dbms.listConfig()",
    "CALL dbms.security.listUsers",
    "CALL db.clearQueryCaches()",
    "CALL db.create.setNodeVectorProperty(n, 'x', [1.0])",
    "CALL tx.setMetaData({a: 1})",
    "CALL genai.vector.encodeBatch([], 'x', {})",
    "RETURN genai.vector.encode('text', 'OpenAI', {})",
    "MATCH (n) CALL (n) { WITH n LIMIT 1 } IN TRANSACTIONS RETURN 1",
    "CALL { CREATE (n) } RETURN 1",
    "SHOW USERS",
    "DROP CONSTRAINT linkage_account",
    "ALTER USER neo4j SET PASSWORD 'x'",
    "USE system MATCH (n) RETURN n",
    "RETURN 1; CREATE (n)",
    "RETURN 1;; RETURN 2",
    "TERMINATE TRANSACTION 'x'",
    "CRE\\u0041TE (n)",
    "RETURN 'a\\u0027 CREATE (n) //'",
    "RETURN '\\u005c' CREATE (n) //'",
    "RETURN 'a\\uu0027 CREATE (n) //'",
    "RETURN 'open",
    "RETURN 1 /* CREATE (n)",
    "RETURN `open",
    "// harmless\rCREATE (n)",
    "\ufeffCREATE (n)",
    "RETURN '//' CREATE (n)",
    "RETURN '/*' CREATE (n) /*'*/",
    'RETURN "\\"" CREATE (n) //"',
    "RETURN 'it\\'s' CREATE (n) //'",
    "RETURN `'` CREATE (n) //'",
    "INSERT (n)",
]

TAKEN = [
    "MATCH (n:Account) RETURN n LIMIT 5",
    "MATCH (n:Account) RETURN n LIMIT 5;\n",
    "MATCH (n:Set)-[:SHOW]->(m) RETURN n.set, m.create, {start: 1, `use`: 2}, $delete LIMIT 1",
    "RETURN 'CREATE (n) // DELETE' AS text, \"it's /* SET\" AS other LIMIT 1",
    "// CREATE nothing\n/* nor DELETE; */ RETURN 1 LIMIT 1",
    "MATCH (`set`:Account) RETURN `set` LIMIT 1",
    "CALL db.labels() YIELD label RETURN label LIMIT 9",
    "CALL db.index.vector.queryNodes('linkage_prompts', 5, $v) YIELD node RETURN node LIMIT 5",
    "MATCH (a) CALL (a) { RETURN 1 AS x } RETURN x LIMIT 1",
    "CALL { RETURN 1 AS x } RETURN x LIMIT 1",
    "RETURN n.apoc.dbms AS x LIMIT 1",
    "RETURN 'caf\\u00e9 \\\\u0027 \\n' LIMIT 1",
]


@pytest.mark.parametrize("query", REFUSED)
def test_what_does_more_than_read_is_refused(query: str) -> None:
    assert refusal(query).startswith("line ")


@pytest.mark.parametrize("query", TAKEN)
def test_what_only_reads_is_taken(query: str) -> None:
    assert refusal(query) == ""


def test_every_saved_question_is_taken() -> None:
    assert [each.name for each in questions().values() if refusal(each.text)] == []


@given(
    st.text(), st.sampled_from(["CREATE (n)", "LOAD CSV FROM 'x' AS r", "CALL apoc.x()", "DETACH DELETE n"])
)
def test_no_text_in_a_string_hides_what_follows_it(text: str, harm: str) -> None:
    written = text.replace("\\", "\\\\").replace("'", "\\'")
    assert refusal(f"RETURN '{written}' AS x {harm}")
    assert refusal(f"RETURN '{written} {harm}' AS x LIMIT 1") == ""


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    refusal(text)
