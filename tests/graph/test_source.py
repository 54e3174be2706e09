"""A graph is a source: of somebody else's labels through a mapping, or of a push; groups go back into it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from linkage.api import investigate
from linkage.case import Case
from linkage.cli.app import run
from linkage.errors import InputError, UsageError
from linkage.graph.connected_databases import sources
from linkage.graph.write_back import push_and_tie
from linkage.ingest.read import read
from linkage.schema import SOURCES
from linkage.settings import Settings
from tests.graph import made
from tests.graph.loaded_fixture import NAME, Loaded
from tests.neo4j_server import ROOT, Server

MAPPING = """
[sources.accounts]
match = "(k:Kunde)"
[sources.accounts.columns]
account = "k.nr"
created_at = "k.seit"
email_domain = "k.post"
country = "k.land"
email_hash = "k.posthash"
phone_hash = "k.telefon"
referrer = "k.weg"
plan = "k.tarif"

[sources.sessions]
match = "(k:Kunde)-[l:MELDETE_SICH_AN]->(a:Adresse)"
[sources.sessions.columns]
account = "k.nr"
at = "l.um"
ip = "a.`IP-Adresse`"
user_agent = "l.agent"
ja4 = "l.ja4"
device = "l.geraet"
asn = "l.asn"

[sources.payments]
match = "(z:Zahlung)<-[:ZAHLTE]-(k:Kunde)"
[sources.payments.columns]
account = "k.nr"
at = "z.um"
fingerprint = "z.karte"
bin = "z.bin"
issuer = "z.bank"
funding = "z.art"
country = "z.land"
billing_hash = "z.rechnung"

[sources.interactions]
match = "(k:Kunde)-[:FRAGTE]->(f:Frage)"
[sources.interactions.columns]
account = "k.nr"
at = "f.um"
prompt = "f.text"
system_prompt = "f.system"
model = "f.modell"
input_tokens = "f.ein"
output_tokens = "f.aus"
interaction = "f.nr"
ip = "f.ip"
user_agent = "f.agent"
ja4 = "f.ja4"
api_key = "f.schluessel"
finish_reason = "f.ende"
response_sha256 = "f.antwort"
context_sha256 = "f.vorher"
"""

LOAD = {
    "accounts": "CREATE (:Kunde {nr: row.account, seit: row.created_at, post: row.email_domain, land:"
    " row.country, posthash: row.email_hash, telefon: row.phone_hash, weg: row.referrer, tarif:"
    " row.plan})",
    "sessions": "MATCH (k:Kunde {nr: row.account}) MERGE (a:Adresse {`IP-Adresse`: row.ip}) CREATE"
    " (k)-[:MELDETE_SICH_AN {um: row.at, agent: row.user_agent, ja4: row.ja4, geraet:"
    " row.device, asn: row.asn}]->(a)",
    "payments": "MATCH (k:Kunde {nr: row.account}) CREATE (k)-[:ZAHLTE]->(:Zahlung {um: row.at, karte:"
    " row.fingerprint, bin: row.bin, bank: row.issuer, art: row.funding, land: row.country,"
    " rechnung: row.billing_hash})",
    "interactions": "MATCH (k:Kunde {nr: row.account}) CREATE (k)-[:FRAGTE]->(:Frage {um: row.at, text:"
    " row.prompt, system: row.system_prompt, modell: row.model, ein: row.input_tokens, aus:"
    " row.output_tokens, nr: row.interaction, ip: row.ip, agent: row.user_agent, ja4: row.ja4,"
    " schluessel: row.api_key, ende: row.finish_reason, antwort: row.response_sha256, vorher:"
    " row.context_sha256})",
}

FAULTS = """
CREATE (:Kunde {nr: null, land: 'SE'}), (:Kunde {nr: 0.0 / 0.0, land: 'SE'}),
       (:Kunde {nr: ['a', 'b'], land: 'SE'}), (:Kunde {nr: point({x: 1, y: 2}), land: 'SE'})
"""


@pytest.fixture(autouse=True)
def environment(neo4j_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in neo4j_server.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mapping") / "linkage.toml"
    path.write_text(MAPPING)
    return path


@pytest.fixture
def foreign(session: Any, tmp_path: Path) -> Iterator[Any]:
    """The fixtures' rows as somebody else keeps them."""
    found = read([ROOT / "fixtures" / "case"], tmp_path / "staged", chosen=Settings().ingest, mappings={})
    session.run("CREATE INDEX kunde IF NOT EXISTS FOR (k:Kunde) ON (k.nr)").consume()
    session.run("CREATE INDEX adresse IF NOT EXISTS FOR (a:Adresse) ON (a.`IP-Adresse`)").consume()
    session.run("CALL db.awaitIndexes(60)").consume()
    for table, text in LOAD.items():
        rows = pq.read_table(list(found.tables[table])).drop(["file", "line"]).to_pylist()
        for start in range(0, len(rows), 4_000):
            part = f"UNWIND $rows AS row {_moments(table, text)}"
            session.run(part, rows=rows[start : start + 4_000]).consume()
    yield session
    _forget(session, "Kunde", "Adresse", "Zahlung", "Frage")


def _moments(table: str, text: str) -> str:
    for name, kind in SOURCES[table].columns.items():
        if kind == "time":
            moment = f"datetime.fromepoch(row.{name} / 1000000, (row.{name} % 1000000) * 1000)"
            text = text.replace(f": row.{name}", f": CASE WHEN row.{name} IS NOT NULL THEN {moment} END")
    return text


def _forget(session: Any, *labels: str) -> None:
    for label in labels:
        text = f"MATCH (n:{label}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS"
        session.run(text).consume()


def members(case: Case) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for row in case.table("groups").to_pylist():
        groups.setdefault(row["group"], set()).add(row["account"])
    return {frozenset(each) for each in groups.values()}


# --- somebody else's labels --------------------------------------------------------------------------


def test_a_foreign_graph_gives_the_groups_that_its_rows_give_as_files(
    foreign: Any, loaded: Loaded, neo4j_server: Server, mapping: Path, tmp_path: Path
) -> None:
    foreign.run(FAULTS).consume()
    case = tmp_path / "foreign case"
    benign = str(ROOT / "fixtures" / "case" / "benign.csv")
    done = run(
        ["investigate", neo4j_server.uri, benign, "--case", str(case), "--settings", str(mapping), "--quiet"]
    )
    assert done == 0
    found = Case(case)
    assert members(found) == members(loaded.case) and len(members(found)) == 3
    receipts = {row["table"]: row for row in found.run["inputs"]}
    accounts = receipts["accounts"]
    assert accounts["file"] == "neo4j-accounts.ndjson"
    assert accounts["quarantined"] == {"no account": 1, "number not finite": 1, "wrong type": 2}
    for row in found.run["inputs"]:
        assert row["rows"] == row["used"] + sum(row["filtered"].values()) + sum(row["quarantined"].values())
    quarantined = [json.loads(line) for line in (case / "quarantine.ndjson").read_text().splitlines()]
    assert len(quarantined) == 4

    tied = foreign.run(
        "MATCH (k:Kunde)-[m:MEMBER_OF]->(g:OperatorGroup {case: $case})"
        " RETURN g.id AS group, collect(k.nr) AS accounts",
        case="foreign case",
    ).data()
    assert {frozenset(map(str, row["accounts"])) for row in tied} == members(found)
    _again(foreign, neo4j_server, found)


def _again(session: Any, server: Server, case: Case) -> None:
    """A second push ties nobody twice; a group that is gone lets go of its accounts."""
    count = "MATCH (:Kunde)-[m:MEMBER_OF]->(:OperatorGroup {case: $case}) RETURN count(m) AS n"
    before = session.run(count, case="foreign case").single()["n"]
    assert sources(case.path)[0].place.label == "Kunde"
    session.run(
        "MATCH (k:Kunde), (g:OperatorGroup {case: $case}) WHERE NOT (k)-[:MEMBER_OF]->(g)"
        " WITH k, g LIMIT 1 CREATE (k)-[:MEMBER_OF {case: $case, run: 'earlier'}]->(g)",
        case="foreign case",
    ).consume()
    done = made.connection(server), made.Options("foreign case")
    result = push_and_tie(case, *done, again=False, progress=made.quiet)
    assert result.pushed.unchanged and result.attached is not None and not result.attached.missing
    assert session.run(count, case="foreign case").single()["n"] == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('match = "(k:Kundin)"\ncolumns = { account = "k.nr" }', "the graph has no label Kundin"),
        (
            'match = "(k:Case)-[:FROGTE]->(f:Case)"\ncolumns = { account = "k.id" }',
            "no relationship type FROGTE",
        ),
        ('match = "(k:Case)"\ncolumns = { account = "k.nummer_x" }', "the graph has no property nummer_x"),
        ('match = "(k:Case)"\ncolumns = { account = "f.nr" }', "column 'f.nr': no property of the path"),
        (
            'match = "(k:Case) DETACH DELETE k"\ncolumns = { account = "k.id" }',
            "not a path from character 10 on",
        ),
        ('match = "(k:Case)--(b)"\ncolumns = { account = "k.id" }', "not a path from character 9 on"),
        ('match = "(k)"\ncolumns = { account = "k.id" }', "not a path from character 1 on"),
        ('match = "(k:Case)"\ncolumns = { konto = "k.id" }', "no such column: konto"),
        ('columns = { account = "k.id" }', "needs either file, or match"),
        ('file = "a.csv"\nmatch = "(k:Case)"\ncolumns = { account = "k.id" }', "needs either file, or match"),
    ],
)
def test_a_mapping_that_fits_nothing_is_told(
    session: Any,
    neo4j_server: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    said: str,
) -> None:
    session.run("MERGE (:Case {case: 'mapping', id: 'mapping'})").consume()
    settings = tmp_path / "linkage.toml"
    settings.write_text(f"[sources.accounts]\n{text}\n")
    code = run(["investigate", neo4j_server.uri, "--case", str(tmp_path / "c"), "--settings", str(settings)])
    assert code in (2, 3) and said in capsys.readouterr().err
    assert not (tmp_path / "c" / "run.json").exists()
    session.run("MATCH (c:Case {id: 'mapping'}) DELETE c").consume()


def test_a_graph_without_what_is_looked_for_is_told(
    session: Any, neo4j_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session.run("MERGE (:Leer) MERGE (:Case {case: 'x', id: 'x'})").consume()
    settings = tmp_path / "linkage.toml"
    settings.write_text('[sources.observations]\nmatch = "(k:Leer {id: \'nobody\'})"\n'
                        'columns = { account = "k.id", trait = "k.id", value = "k.id" }\n')  # fmt: skip
    code = run(["investigate", neo4j_server.uri, "--case", str(tmp_path / "c"), "--settings", str(settings)])
    assert code == 3 and "the graph holds nothing to investigate" in capsys.readouterr().err
    session.run("MATCH (n:Leer) DELETE n MERGE (c:Case {case: 'x', id: 'x'}) DETACH DELETE c").consume()


# --- a pushed case -----------------------------------------------------------------------------------


def test_a_pushed_case_can_be_read_and_its_groups_go_beside_it(
    loaded: Loaded, neo4j_server: Server, session: Any, tmp_path: Path
) -> None:
    made.load(loaded.case, neo4j_server, "all of it", everything=True, with_text=True)
    before = made.digest(session, "all of it")
    case = investigate(f"{neo4j_server.uri}/neo4j?case=all%20of%20it", case=tmp_path / "read again")
    known = {row["account"] for row in loaded.case.table("groups").to_pylist()}
    linked = {row[side] for row in case.table("links").to_pylist() for side in ("left", "right")}
    assert len(known & linked) > len(known) / 2, "accounts that belong together are linked again"
    assert not sources(case.path), "a pushed case is tied to nothing"
    there = session.run("MATCH (c:Case {id: 'read again'}) RETURN c.groups AS n").single()["n"]
    assert there == len(case.findings) and made.digest(session, "all of it") == before


def test_a_part_of_a_case_is_no_population(loaded: Loaded, neo4j_server: Server, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="how rare a value is") as told:
        investigate(f"{neo4j_server.uri}?case={NAME}", case=tmp_path / "c")
    assert "--everything" in told.value.hint


def test_a_case_must_be_named_where_there_are_several(
    loaded: Loaded, neo4j_server: Server, tmp_path: Path, session: Any
) -> None:
    session.run("MERGE (:Case {case: 'another', id: 'another'})").consume()
    with pytest.raises(UsageError, match="no case nowhere"):
        investigate(f"{neo4j_server.uri}?case=nowhere", case=tmp_path / "c")
    session.run("MATCH (c:Case {id: 'another'}) DELETE c").consume()


def test_a_name_that_another_case_has_is_told_before_the_work(
    loaded: Loaded, neo4j_server: Server, tmp_path: Path
) -> None:
    began = time.monotonic()
    with pytest.raises(UsageError, match=f"another case called {NAME}"):
        investigate(f"{neo4j_server.uri}?case={NAME}", case=tmp_path / NAME)
    assert time.monotonic() - began < 10 and not (tmp_path / NAME / "run.json").exists()


# --- addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("neo4j://", "no address of Neo4j"),
        ("bolt://neo4j:secret@127.0.0.1:7687", "must not hold a user or a password"),
        ("neo4j+s://127.0.0.1:1?fall=x", "only case=NAME"),
        ("neo4j://[::1", "no address of Neo4j"),
    ],
)
def test_an_address_that_is_none(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as told:
        investigate(address, case=tmp_path / "c")
    assert "secret" not in f"{told.value} {told.value.hint}"


def test_a_database_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["investigate", "bolt://127.0.0.1:9", "--case", str(tmp_path / "c")]) == 4
    assert "cannot be reached" in capsys.readouterr().err


def test_a_path_without_a_graph(tmp_path: Path) -> None:
    settings = Settings(sources={"accounts": {"match": "(k:Kunde)", "columns": {"account": "k.nr"}}})
    with pytest.raises(UsageError, match="match reads a graph, and no source is one"):
        investigate(ROOT / "fixtures" / "case", case=tmp_path / "c", settings=settings)
    assert InputError.exit_code == 3
