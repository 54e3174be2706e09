"""Rows that mean harm or make no sense: they change nothing but themselves."""

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from linkage.case import Case
from linkage.errors import GraphError
from linkage.graph import batches, push, schema
from linkage.graph.ledger import Plan
from linkage.graph.schema import ACCOUNT, PARTS, USED_IP, VECTORS, Part, arrow_schema
from tests import made_case
from tests.graph import made
from tests.graph.made import GROUP, MEMBERS, load, seen
from tests.neo4j_server import Server

OPENINGS = (
    "", "'", '"', "`", "\\'", "\\", "'})", '"})', "`})", "')", "\u02bc", "\uff07", "\\u0027", "\n", "*/", "}",
)  # fmt: skip
PAYLOADS = (
    " DETACH DELETE n //", " MATCH (n) DETACH DELETE n RETURN 1 //", "; MATCH (n) SET n:Evil //",
    " WITH 1 AS x LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l //",
    " CALL apoc.load.json('http://127.0.0.1') YIELD value //", " CALL db.labels() YIELD label //",
    " UNION MATCH (n) RETURN n //", " OR 1=1 //", " CREATE (:Evil {a: 1}) //",
    "]->() SET r.case = 'evil' //", " DROP CONSTRAINT linkage_account //", " CALL dbms.killQueries([]) //",
    ":Evil) //", "$case", "$rows", "{{7*7}} ${7*7} %s {0}", "<script>alert(1)</script>",
    "\u202e\ufeff\x07\x1b[31m", "=cmd|' /C calc'!A0", "[[injected]] [link](javascript:alert(1))",
    " FOREACH (x IN [1] | CREATE (:Evil)) //", " SHOW USERS YIELD * //",
    " ALTER USER neo4j SET PASSWORD 'x' //", " /* ", " // ", "--", "\t\r\n", "𝕏\u0301\u0000.", "true",
    "null", "NaN", "1e999", "-0",
)  # fmt: skip
INJECTIONS = [f"{opening}{payload}" for opening, payload in product(OPENINGS, PAYLOADS)][:500]


# --- injection ---------------------------------------------------------------------------------------


def everywhere(text: Any) -> tuple[made.Rows, dict[str, Any]]:
    """A case with `text(n)` in every field that a user can fill, for each of the 500 numbers."""
    accounts = [f"v{number:03d} {text(number)}" for number in range(len(INJECTIONS))]
    rows = made.tables(accounts[:8])
    traits = (
        "ip",
        "prefix",
        "fingerprint",
        "billing_hash",
        "user_agent",
        "device",
        "api_key",
        "country",
        "plan",
    )
    traits += ("organisation", "email_domain", "referrer", "system_prompt", "bin")
    rows["observations"] += [
        seen(account, trait, f"v{number:03d} {text(number)}" + trait)
        for number, account in enumerate(accounts)
        for trait in (*traits, f"v{number:03d} {text(number)}")
    ]
    for number, account in enumerate(accounts[1:], 1):
        pair = made_case.pair(accounts[0], account, "card", f"v{number:03d} {text(number)}", 9.0)
        marked = {
            "detail": f"v{number:03d} {text(number)}",
            "family": f"v000 {text(0)}",
            "signal": f"s{number}",
        }
        rows["evidence"].append(pair | marked)
        if number >= 8:
            rows["links"].append(made.link(accounts[0], account, 1.0 + number / 1000))
    finding, some = rows["findings"][0], [f"v{number:03d} {text(number)}" for number in range(60, 90)]
    finding |= {"summary": "; ".join(some), "infrastructure": some[0], "families": some}
    finding["targets"] = [{"name": each, "share": 0.01} for each in some]
    for number, row in enumerate(rows["prompts"] + rows["templates"]):
        row["example"] = f"v{number:03d} {text(number)}"
    for number, row in enumerate(rows["explained"]):
        row["reason"] = f"v{number:03d} {text(number)}"
    rows["attributions"] += [
        {"group": GROUP, "hypothesis": each, "log_odds": 1.0, "confidence": each, "evidence": []}
        for each in some
    ]
    inputs = [
        {"table": each, "file": each, "rows": 1, "used": 0, "filtered": {}, "quarantined": {each: 1}}
        for each in some
    ]
    caps = [{"stage": each, "what": each, "count": 1} for each in some]
    detail = {"against": some, "hours": [0] * 24, "by_day": [{"day": each, "count": 1} for each in some]}
    return rows, {"inputs": inputs, "caps": caps, "groups": {GROUP: detail}}


HASHES = ("run", "observation")
"""Properties that are made of all values together."""


def tamed(rows: list[str]) -> list[str]:
    """The rows of a graph with every injection replaced by a harmless word."""
    of = {f"v{number:03d} ": each for number, each in enumerate(INJECTIONS)}

    def word(text: str) -> str:
        for token in set(re.findall(r"v\d{3} ", text)):
            text = text.replace(token + of[token], token + "harmless")
        return text

    def each_of(value: Any) -> Any:
        if isinstance(value, str):
            return word(value)
        if isinstance(value, list):
            return [each_of(one) for one in value]
        return (
            {name: each_of(one) for name, one in value.items() if name not in HASHES}
            if isinstance(value, dict)
            else value
        )

    return sorted(json.dumps(each_of(json.loads(row)), sort_keys=True) for row in rows)


def test_500_injections_in_every_field_change_only_their_values(
    tmp_path: Path, neo4j_server: Server, session: Any
) -> None:
    assert len(set(INJECTIONS)) == 500
    session.run("MERGE (:Case {case: 'canary', id: 'canary'})").consume()
    graphs = {}
    for name, text in (
        ("harmless", lambda number: "harmless"),
        ("hostile", lambda number: INJECTIONS[number]),
    ):
        rows, run = everywhere(text)
        case = made.case(tmp_path / name, rows, made_case.receipt() | run)
        verdict = {"who": f"v007 {text(7)}", "reason": f"v008 {text(8)}"}
        case.judge(
            {"verdict": "not linked", "left": f"v000 {text(0)}", "right": f"v001 {text(1)}"} | verdict,
            who=verdict["who"],
        )
        done = load(case, neo4j_server, "injected", everything=True, with_text=True)
        assert done.whole and not done.quarantine.rows and not done.quarantine.late
        graphs[name] = made.graph(session, "injected")
        session.run(
            "MATCH (n) WHERE n.case = 'injected' CALL (n) { DETACH DELETE n } IN TRANSACTIONS"
        ).consume()
    assert len(graphs["harmless"]) > 15_000
    assert tamed(graphs["hostile"]) == tamed(graphs["harmless"])
    assert session.run("MATCH (n:Case {case: 'canary'}) RETURN count(n) AS n").single()["n"] == 1
    for text in (
        "db.labels() YIELD label AS x",
        "db.propertyKeys() YIELD propertyKey AS x",
        "db.relationshipTypes() YIELD relationshipType AS x",
    ):
        strange = [
            row["x"] for row in session.run(f"CALL {text} RETURN x") if not re.fullmatch(r"[\w-]+", row["x"])
        ]
        assert strange == [] and "Evil" not in strange
    session.run("MATCH (n:Case {case: 'canary'}) DELETE n").consume()


@pytest.mark.parametrize("name", ["a' OR 1=1 //", "`}) DETACH DELETE n //", "ordinary\n\u202e name"])
def test_the_name_of_a_case_is_a_value_too(
    tmp_path: Path, neo4j_server: Server, session: Any, name: str
) -> None:
    case = made.case(tmp_path / "c")
    assert load(case, neo4j_server, name).whole and load(case, neo4j_server, name).unchanged
    assert session.run("MATCH (c:Case {id: $name}) RETURN count(c) AS n", name=name).single()["n"] == 1


# --- keys that are none --------------------------------------------------------------------------------


def long_keys() -> made.Rows:
    rows = made.tables()
    for trait in ("ip", "fingerprint", "device", "referrer", "prefix"):
        rows["observations"].append(seen(MEMBERS[0], trait, trait + "y" * 9_000))
    rows["observations"].append(seen("z" * 9_000, "ip", "10.0.0.1"))
    return rows


def test_a_key_of_9000_bytes_stays_out_alone(tmp_path: Path, neo4j_server: Server, session: Any) -> None:
    load(made.case(tmp_path / "short"), neo4j_server, "short keys", everything=True)
    case = made.case(tmp_path / "long", long_keys())
    done = load(case, neo4j_server, "long keys", everything=True)
    assert done.whole and {each.part for each in done.quarantine.rows} >= {
        "IP",
        "Account",
        "Account USED_IP IP",
    }
    assert all("more than can be indexed" in each.reason for each in done.quarantine.rows)
    sizes = [done.there, load(made.case(tmp_path / "short2"), neo4j_server, "short 2", everything=True).there]
    assert {key: n for key, n in sizes[0].items() if n != sizes[1][key]} == {}


def test_a_key_that_only_the_server_finds_too_long_stays_out_alone(
    tmp_path: Path, neo4j_server: Server, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "KEY_BYTES", 20_000)
    case = made.case(tmp_path / "long", long_keys())
    done = load(case, neo4j_server, "late keys", everything=True)
    assert done.whole and not done.quarantine.rows
    refused = {(each.part, each.reason) for each in done.quarantine.late}
    assert ("IP", "the server refuses it") in refused
    assert ("Account USED_IP IP", "refused, or one of its nodes was") in refused
    before = made.digest(session, "late keys")
    again = load(case, neo4j_server, "late keys", everything=True, again=True)
    assert again.whole and made.digest(session, "late keys") == before


def crafted(**given: pa.Table) -> Iterator[tuple[Part, list[pa.RecordBatch]]]:
    """Rows of a push from hand-made tables, by the name of the part."""
    for part in PARTS:
        yield part, given[part.name].to_batches() if part.name in given else []


def table(part: Part, **columns: pa.Array) -> pa.Table:
    size = len(next(iter(columns.values())))
    wanted = arrow_schema(part)
    return pa.table({each.name: columns.get(each.name, pa.nulls(size, each.type)) for each in wanted})


def test_null_keys_keys_that_are_numbers_and_keys_that_are_no_text_stay_out(session: Any) -> None:
    broken = pa.array([b"ok", None, b"\xed\xa0\x80", b"fine"], pa.binary()).view(pa.string())
    names = pa.array(["ok", "ok", "ok", "ok"], pa.string())
    rows = crafted(
        **{
            "Account": table(ACCOUNT, id=broken, country=broken),
            "IP": table(schema.IP, address=pa.array([float("nan"), 1.0])),
            USED_IP.name: table(USED_IP, from_id=names, to_address=broken),
        }
    )
    plan = Plan("odd keys", "run", "", "token")
    done = push.push(session, plan, rows, dimensions=128, progress=made.quiet)
    told = {(each.part, each.reason) for each in done.quarantine.rows}
    assert told == {
        ("Account", "id is empty"),
        ("Account", "id is not valid UTF-8"),
        ("IP", "address is no text"),
        (USED_IP.name, "to_address is empty"),
        (USED_IP.name, "to_address is not valid UTF-8"),
    }
    # Two addresses that are good keys name no node: those relationships are refused by the server.
    assert len(done.quarantine.late) == 2 and done.there["Account"] == 2
    accounts = session.run("MATCH (a:Account {case: 'odd keys'}) RETURN a.id AS id ORDER BY id").value()
    assert accounts == ["fine", "ok"]


def test_texts_that_are_no_unicode_are_spelt_out(tmp_path: Path, neo4j_server: Server, session: Any) -> None:
    case = made.case(tmp_path / "c", made.tables())
    receipt = json.loads((case.path / "run.json").read_text())
    receipt["inputs"] = [
        {
            "table": "\ud800",
            "file": "\udfff.csv",
            "rows": 1,
            "used": 1,
            "filtered": {},
            "quarantined": {"\ud83d": 1},
        }
    ]
    (case.path / "run.json").write_text(json.dumps(receipt))
    with (case.path / "verdicts.ndjson").open("a") as file:
        row = {
            "seq": 1,
            "at": "2026-03-01T00:00:00Z",
            "verdict": "linked",
            "left": MEMBERS[0],
            "right": MEMBERS[1],
            "reason": "\ud800",
            "who": "\udc00",
        }
        file.write(json.dumps(row) + "\n")
    assert load(Case(case.path), neo4j_server, "surrogates").whole
    found = session.run("MATCH (c:Case {id: 'surrogates'}) RETURN c.input_file AS f").single()["f"]
    assert found == ["\\udfff.csv"]
    who = session.run("MATCH ({case: 'surrogates'})-[j:JUDGED]->() RETURN j.who AS w").single()["w"]
    assert who == "\\udc00"


def test_a_property_that_is_no_unicode_is_spelt_out(session: Any) -> None:
    ids = pa.array(["a", "b"], pa.string())
    country = pa.array([b"SE", b"\xff"], pa.binary()).view(pa.string())
    done = push.push(
        session,
        Plan("odd texts", "run", "", "token"),
        crafted(Account=table(ACCOUNT, id=ids, country=country)),
        dimensions=128,
        progress=made.quiet,
    )
    assert done.there["Account"] == 2 and not done.quarantine.rows
    found = session.run("MATCH (a:Account {case: 'odd texts'}) RETURN a.country AS c ORDER BY a.id").value()
    assert found == ["SE", "\\xff"]


# --- sizes ---------------------------------------------------------------------------------------------


def test_prompts_of_10_megabytes_go_in(tmp_path: Path, neo4j_server: Server, session: Any) -> None:
    rows = made.tables()
    for row in rows["prompts"]:
        row["example"] = row["prompt"] + "å" * 5_000_000
    case = made.case(tmp_path / "c", rows)
    assert load(case, neo4j_server, "long prompts", with_text=True).whole
    sizes = session.run(
        "MATCH (p:PromptEmbedding {case: 'long prompts'}) RETURN size(p.example) AS n ORDER BY n"
    ).value()
    # One of the five was sent by no member: its text is not quoted.
    assert len(sizes) == 5 and sizes[0] < 100 and min(sizes[1:]) > 5_000_000
    session.run("MATCH (p:PromptEmbedding {case: 'long prompts'}) REMOVE p.example").consume()


# --- an index of another encoder -----------------------------------------------------------------------


def test_an_index_for_other_vectors_is_told(session: Any) -> None:
    push.prepare(session, 128)
    with pytest.raises(GraphError, match=f"index {VECTORS} is for vectors of 128 numbers") as told:
        push.prepare(session, 64)
    assert told.value.exit_code == 4 and f"DROP INDEX {VECTORS}" in told.value.hint
