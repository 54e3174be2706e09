"""The fixtures' case as an analyst finds it in Neo4j: run with a known card, judged, and loaded once."""

import csv
import fcntl
import os
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from linkage.case import Case
from linkage.cli.app import run
from tests.neo4j_server import ROOT, Server

NAME = "linkage's tests"
"""In the database; what an earlier session left there under this name is removed."""
OPERATOR = "Tamarisk"
"""Whose a card in the fixtures is said to be."""


@dataclass(frozen=True)
class Loaded:
    """The case in its folder, and what it is called in the database."""

    case: Case
    name: str = NAME

    def rows(self, table: str) -> list[dict[str, object]]:
        """The rows of one of its tables."""
        return _rows(self.case.path, table)


@cache
def _rows(case: Path, table: str) -> list[dict[str, object]]:
    """Read once; nobody changes them."""
    return list(Case(case).table(table).to_pylist())


def made(folder: Path) -> Path:
    """Investigate the fixtures, and judge one group and one pair."""
    known = folder / "known.csv"
    known.write_text(f"operator,trait,value,confidence\n{OPERATOR},fingerprint,{shared_card()},0.9\n")
    case = folder / "case"
    source = str(ROOT / "fixtures" / "case")
    assert run(["investigate", source, "--case", str(case), "--indicators", str(known), "--quiet"]) == 0
    groups = sorted(Case(case).table("findings").to_pylist(), key=lambda row: -row["accounts"])
    members = [Case(case).members(row["group"]) for row in groups[:2]]
    pair = [each[0]["account"] for each in members]
    assert run(["judge", str(case), "--confirm", groups[0]["group"], "--reason", "same invoice"]) == 0
    assert run(["judge", str(case), "--not-linked", *pair, "--reason", "two firms"]) == 0
    return case


def shared_card() -> str:
    """The card on which most accounts of a planted operator are."""
    with (ROOT / "fixtures" / "truth.csv").open(encoding="utf-8") as file:
        planted = {row["account"] for row in csv.DictReader(file) if row["operator"]}
    text = (ROOT / "fixtures" / "case" / "payments.ndjson").read_text("utf-8", "replace")
    # Some of its lines are broken, as in life.
    found = re.findall(r'"account":"(\w+)".*"fingerprint":"(\w+)"', text)
    counts = Counter(card for account, card in set(found) if account in planted)
    return max(counts, key=lambda card: (counts[card], card))


def forget(server: Server, name: str = NAME) -> None:
    """Remove a case from a server that has it from before."""
    auth = (server.user, server.password)
    found = "MATCH (n) WHERE n.case = $case CALL (n) { DETACH DELETE n } IN TRANSACTIONS"
    with (
        GraphDatabase.driver(server.uri, auth=auth) as driver,
        driver.session(database=server.database) as session,
    ):
        session.run(found, case=name).consume()


def load(server: Server, folder: Path) -> Loaded:
    """The case in the server, made and pushed by whichever worker comes first."""
    folder.mkdir(exist_ok=True)
    done = folder / "pushed"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            case = made(folder)
            forget(server)
            with pytest.MonkeyPatch.context() as patch:
                for name, value in server.environment.items():
                    patch.setenv(name, value)
                assert run(["neo4j", "push", str(case), "--name", NAME, "--with-text", "--quiet"]) == 0
            done.touch()
    return Loaded(Case(folder / "case"))


@pytest.fixture(scope="session")
def loaded(neo4j_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The fixtures' case, which no test changes."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    return load(neo4j_server, folder / "loaded-fixture")
