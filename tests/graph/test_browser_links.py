"""Links into Browser: whatever a value holds, the query filled in says that value and nothing else."""

import json
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase

from linkage.graph.browser_links import filled, link, literal, style
from linkage.graph.query_safety import refusal
from linkage.graph.questions import folder, question, questions
from tests.neo4j_server import ROOT, Server

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


@given(TEXTS)
def test_nothing_in_a_link_ends_it_when_it_is_decoded_first(text: str) -> None:
    """As Browser 5 does: it decodes the whole address, and then takes it apart."""
    query = filled(question("largest-groups"), {"case": text})
    assert not {"&", "#"} & {*query}


def test_the_style_goes_into_a_link_on_one_line() -> None:
    command, _, rules = style().partition(" ")
    grass = (folder() / "linkage.grass").read_text("utf-8")
    assert command == ":style" and not {"\n", "#", "&", ";"} & {*rules}
    read = json.loads(rules)
    assert set(read) == {line.partition(" ")[0] for line in grass.splitlines()}
    for selector, rules_of in read.items():
        [line] = [each for each in grass.splitlines() if each.startswith(f"{selector} ")]
        assert all(f"{name}: {value}" in line.replace('"', "") for name, value in rules_of.items())
        assert len(rules_of) == line.count(";")


def test_our_own_server_gives_the_same_style() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import server; print(server.style())"],
        cwd=ROOT / "scripts" / "neo4j-server",
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == json.loads(style().partition(" ")[2])
    assert ";" not in done.stdout, "a semicolon would end the command in the server's settings"


def test_half_a_character_makes_no_link() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        literal("\ud800")


def test_every_parameter_is_filled_in() -> None:
    for each in questions().values():
        values = {parameter.name: "x" for parameter in each.parameters}
        assert "$" not in filled(each, values)
        assert ":param" not in filled(each, values)
