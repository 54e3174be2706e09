"""How long does each saved question take on a pushed case, and does it find anything?

Asks every question about the largest group of the case, its account with most links, and the value of each
kind that most accounts hold, twice; prints the second time. Beside seconds by the clock those of a processor
that the server took, where it is the one that `scripts/neo4j start` runs here: other work on the machine
changes them less.
Run: `python benchmarks/neo4j_questions.py NAME` after `linkage neo4j push CASE --name NAME`.
"""

import argparse
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from neo4j.exceptions import ClientError

from linkage.graph.connection import HOME, connection, open_driver
from linkage.graph.query import ask
from linkage.graph.questions import questions

AIM = 1.0
"""Seconds that a question may take."""

GROUP = "MATCH (g:OperatorGroup {case: $case}) RETURN g.id AS v ORDER BY g.accounts DESC, g.id LIMIT 1"
MEMBERS = (
    "MATCH (:OperatorGroup {case: $case, id: $group})<-[:MEMBER_OF]-(a:Account)"
    " RETURN a.id AS v ORDER BY COUNT {(a)-[:LINKED_TO]-()} DESC, a.id LIMIT 20"
)
OTHER = (
    "MATCH (:Account {case: $case, id: $account})-[:LINKED_TO]-(b:Account {group: $group})"
    " RETURN b.id AS v ORDER BY b.id LIMIT 1"
)
PROMPT = (
    "MATCH (p:PromptEmbedding {case: $case}) WHERE p.embedding IS NOT NULL"
    " RETURN p.id AS v ORDER BY p.accounts DESC, p.id LIMIT 1"
)
VALUES = {
    "who-else-address value": ("IP", "address"),
    "who-else-network value": ("Network", "prefix"),
    "who-else-card value": ("PaymentMethod", "fingerprint"),
    "who-else-client value": ("Device", "fingerprint"),
    "who-else-trait trait": ("Trait {trait: 'bin'}", "trait"),
    "who-else-trait value": ("Trait {trait: 'bin'}", "value"),
}


def known(session: Any, case: str) -> Mapping[str, str]:
    """What to ask about, by the name of a parameter, or of a question and its parameter."""

    def found(text: str, **values: str) -> list[str]:
        return [row["v"] for row in session.run(text, case=case, **values)]

    [group] = found(GROUP)
    members = found(MEMBERS, group=group)
    said = {"case": case, "group": group, "account": members[0], "accounts": " ".join(members)}
    said["other"] = found(OTHER, group=group, account=members[0])[0]
    for name, text in (("prompt", PROMPT), *((name, _most(*of)) for name, of in VALUES.items())):
        said[name] = next(iter(found(text)), "")
    return said


def _most(label: str, key: str) -> str:
    label, _, more = label.partition(" ")
    return (
        f"MATCH (n:{label}{' ' + more if more else ''}) WHERE n.case = $case AND n.{key} IS NOT NULL"
        f" RETURN n.{key} AS v ORDER BY n.accounts DESC, v LIMIT 1"
    )


def processor() -> float:
    """Seconds of a processor that the project's own server has taken; 0 where it does not run here."""
    try:
        server = json.loads((Path(os.environ[HOME]) / "server.json").read_text("utf-8"))
        fields = Path(f"/proc/{server['pid']}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (KeyError, OSError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case")
    parser.add_argument("--only", nargs="*", default=())
    asked = parser.parse_args()
    to = connection()
    print("| question | rows | seconds | of a processor | aim kept |\n|---|---|---|---|---|", flush=True)
    with open_driver(to) as driver:
        with driver.session(database=to.database) as session:
            values = known(session, asked.case)
        for name, each in questions().items():
            if asked.only and name not in asked.only:
                continue
            given = {p.name: values.get(f"{name} {p.name}", values.get(p.name, "")) for p in each.parameters}
            rows = "none"
            for _turn in range(2):
                began, before = time.perf_counter(), processor()
                with suppress(ClientError):  # it took longer than any question may
                    rows = str(len(ask(driver, to.database, each, given).rows))
                seconds, taken = time.perf_counter() - began, processor() - before
            kept = "yes" if seconds < AIM else "NO"
            print(f"| {name} | {rows} | {seconds:.2f} | {taken:.2f} | {kept} |", flush=True)


if __name__ == "__main__":
    main()
