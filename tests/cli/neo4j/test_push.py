"""neo4j push and pull at the command line: what they print, and what they end with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linkage.case import read_verdicts
from tests.conftest import Command
from tests.graph import made as cases
from tests.graph.made import GROUP, MEMBERS, NEAR
from tests.neo4j_server import Server


@pytest.fixture
def session(neo4j_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A look into the server that the commands find by their environment."""
    for name, value in neo4j_server.environment.items():
        monkeypatch.setenv(name, value)
    with neo4j_server.session() as opened:
        yield opened


@pytest.fixture
def case(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return cases.case(tmp_path / request.node.name).path


def test_push_says_what_is_there_beside_what_was_sent(linkage: Command, session: Any, case: Path) -> None:
    code, out, err = linkage("neo4j", "push", case)
    assert code == 0 and f"{case.name} in bolt://" in out
    assert [line.split()[-2:] for line in out.splitlines() if "Account LINKED_TO" in line] == [["29", "29"]]
    assert "rows/s" in out and "differs" not in out and "rows" in err
    code, out, _err = linkage("neo4j", "push", case)
    assert code == 0 and "unchanged: everything was loaded before" in out
    entries = [json.loads(line)["action"] for line in (case / "audit.ndjson").read_text().splitlines()]
    assert entries == ["investigate", "neo4j push", "neo4j push"]


def test_push_as_json_is_one_object(linkage: Command, session: Any, case: Path) -> None:
    code, out, err = linkage("neo4j", "push", case, "--output", "json", "--quiet")
    told = json.loads(out)
    assert code == 0 and err == "" and told["case"] == case.name and not told["unchanged"]
    assert all(row["sent"] == row["there"] for row in told["rows"])


def test_rows_that_cannot_be_loaded_stand_in_a_file(linkage: Command, session: Any, tmp_path: Path) -> None:
    rows = cases.tables()
    rows["observations"].append(cases.seen(MEMBERS[0], "device", "y" * 9_000))
    found = cases.case(tmp_path / "with a long key", rows).path
    code, out, _err = linkage("neo4j", "push", found, "--everything", "--quiet")
    aside = [json.loads(line) for line in (found / "neo4j-quarantine.ndjson").read_text().splitlines()]
    assert code == 0 and "2 rows could not be loaded" in out
    assert [each["part"] for each in aside] == ["Device", "Account USED_DEVICE Device"]


def test_pull_takes_verdicts_over_and_push_waits_for_it(linkage: Command, session: Any, case: Path) -> None:
    linkage("neo4j", "push", case, "--quiet")
    session.run(
        "MATCH (g:OperatorGroup {case: $case}) SET g.verdict = 'confirmed', g.verdict_reason = $why"
        " WITH g MATCH (a:Account {case: $case, id: $a}), (b:Account {case: $case, id: $b})"
        " MERGE (a)-[:JUDGED {verdict: 'perhaps'}]->(b)",
        case=case.name, a=MEMBERS[0], b=NEAR[0], why="one \x1b[31minvoice",
    ).consume()  # fmt: skip
    code, _out, err = linkage("neo4j", "push", case, "--quiet")
    assert code == 2 and "does not know yet: 1" in err and f"linkage neo4j pull {case}" in err
    code, out, err = linkage("neo4j", "pull", case)
    assert code == 0 and f"verdict 1: {GROUP}: confirmed by neo4j in Neo4j" in out
    assert "\x1b" not in out and "not taken from Neo4j" in err and "perhaps" in err
    assert [row["verdict"] for row in read_verdicts(case)] == ["confirmed"]
    code, out, err = linkage("neo4j", "pull", case, "--output", "ndjson")
    assert code == 0 and out == "" and "0 new verdicts from Neo4j" in err
    assert linkage("neo4j", "push", case, "--quiet")[0] == 0


def test_a_server_that_is_not_there_ends_with_4(
    linkage: Command, case: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("NEO4J_URI", raising=False)
    for verb in ("push", "pull"):
        code, out, err = linkage("neo4j", verb, case, "--uri", "bolt://127.0.0.1:9")
        assert code == 4 and out == "" and "cannot be reached" in err and "next: " in err
    monkeypatch.setenv("LINKAGE_NEO4J_HOME", str(tmp_path / "nowhere"))
    code, _out, err = linkage("neo4j", "push", case)
    assert code == 4 and "scripts/neo4j start" in err


def test_what_is_no_case_and_no_address_ends_with_2(linkage: Command, case: Path, tmp_path: Path) -> None:
    assert linkage("neo4j", "push", tmp_path, "--uri", "bolt://127.0.0.1:9")[0] == 2
    assert linkage("neo4j", "push", case, "--uri", "http://127.0.0.1:9")[0] == 2
    assert (
        linkage("neo4j", "push", case, "--uri", "bolt://127.0.0.1:9", "--password-file", tmp_path / "x")[0]
        == 2
    )


def test_a_refused_transaction_is_told_in_one_line(
    linkage: Command, session: Any, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver's own warning, which holds what it likes, is not seen."""
    from neo4j.exceptions import TransientError

    from linkage.graph import push

    calls = [0]
    whole = push._Loader._write

    def write(self: Any, *given: Any) -> None:
        calls[0] += 1
        if calls[0] in (3, 4):
            raise TransientError("the words of \x1b the server")
        whole(self, *given)

    monkeypatch.setattr(push._Loader, "_write", write)
    code, _out, err = linkage("neo4j", "push", case)
    assert code == 0 and err.count("trying again") == 1 and "the words of" not in err
