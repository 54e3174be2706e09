"""Links into Browser: whatever a value holds, the query filled in says that value and nothing else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase

from linkage.graph.browser_links import filled, link, literal
from linkage.graph.query_safety import refusal
from linkage.graph.questions import question, questions
from tests.neo4j_server import Server

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
HOSTILE = [
    "it's",
    "\\",
    "\\\\u0027",
    "\\u0027 OR true //",
    "' RETURN 1 //",
    "a\nb\r\tc\x00\x1b[2J",
    "\u202eevil\u2066",
    "a\xa0b\u3000c",
    "\U000e0041\U0001f600",
    "/* `$case` */ // x",
    "&#+%?=; cmd=play",
]


def test_what_a_query_says_is_the_value(neo4j_server: Server) -> None:
    """The server decodes escapes before it reads a query, so it is asked itself: 300 texts in one go."""
    drawn = [*HOSTILE]

    @settings(max_examples=300, deadline=None)
    @given(TEXTS)
    def draw(text: str) -> None:
        drawn.append(text)

    draw()
    auth = (neo4j_server.user, neo4j_server.password)
    with GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver:
        query = f"UNWIND [{', '.join(map(literal, drawn))}] AS text RETURN collect(text) AS texts"
        [record] = driver.execute_query(query, database_=neo4j_server.database).records
    assert record["texts"] == drawn


@given(TEXTS)
def test_no_value_leaves_its_quotation(text: str) -> None:
    asked = question("account")
    query = filled(asked, {"case": text, "account": text})
    assert refusal(query) == ""
    assert literal(text) in query
    assert all(each.isprintable() for each in literal(text).replace(" ", ""))


@given(TEXTS)
def test_a_link_carries_the_query_whole(text: str) -> None:
    query = filled(question("largest-groups"), {"case": text})
    address = urlsplit(link("http://127.0.0.1:7474/browser/", query))
    assert (address.netloc, address.path, address.fragment) == ("127.0.0.1:7474", "/browser/", "")
    assert parse_qs(address.query, keep_blank_values=True) == {"cmd": ["edit"], "arg": [query]}


def test_half_a_character_makes_no_link() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        literal("\ud800")


def test_every_parameter_is_filled_in() -> None:
    for each in questions().values():
        values = {parameter.name: "x" for parameter in each.parameters}
        assert "$" not in filled(each, values)
        assert ":param" not in filled(each, values)
