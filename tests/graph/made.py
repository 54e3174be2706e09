"""Cases made for the graph's tests, and the graph's digest that they compare."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from linkage.case import Case, audit
from linkage.graph import push, schema
from linkage.graph.case_graph import Options, pushed
from linkage.graph.case_graph import graph as graph_of
from linkage.graph.connection import Connection, open_driver, translated_errors
from linkage.graph.ledger import Plan
from linkage.graph.push import Pushed
from linkage.graph.schema import Part
from linkage.schema import TRAIT_FAMILY, content_id
from tests import made_case
from tests.made_case import DAY, START, observation
from tests.neo4j_server import Server

GROUP, EXPLAINED, UNRESOLVED = "op-00000000aa", "op-00000000bb", "op-00000000cc"
MEMBERS = [f"member_{number:02d}" for number in range(8)]
NEAR = ["near_1", "near_2"]
APART = [f"apart_{number}" for number in range(5)]

Rows = dict[str, list[dict[str, Any]]]


def tables(members: Iterable[str] = MEMBERS, *, text: str = "sum {} and {}") -> Rows:
    """A group that shares cards, addresses and texts; two accounts beside it; a household; strangers."""
    members = list(members)
    facts = [
        seen(account, trait, value)
        for number, account in enumerate(members)
        for trait, value in (
            ("ip", f"10.0.{number // 4}.{number}"),
            ("prefix", f"10.0.{number // 4}.0/24"),
            ("fingerprint", f"card_{number // 3}"),
            ("client", "ja4 agent/1"),
            ("email_domain", "mail.example"),
            ("created_at", f"2026-03-0{1 + number % 7}T10:00:00Z"),
            ("country", "SE"),
            ("prompt", f"prompt_{number % 4}"),
            ("prompt", "prompt_shared"),
            ("template", "template_1"),
        )
    ]
    facts += [seen(NEAR[0], "fingerprint", "card_0"), seen(NEAR[1], "ip", "10.0.0.1")]
    facts += [seen(account, "fingerprint", "card_home") for account in APART[:3]]
    facts += [seen(account, "country", "NO") for account in APART]
    evidence, links = [], []
    for number, left in enumerate(members):
        for right in members[number + 1 :]:
            lines = [
                made_case.pair(left, right, "card", f"card_{number // 3}", 9.5),
                made_case.pair(left, right, "rare template", "template_1", 8.25),
            ]
            evidence += lines
            links.append(link(left, right, sum(each["bits"] for each in lines) + made_case.PRIOR))
    links.append(link(members[0], NEAR[0], 1.5))
    evidence.append(made_case.pair(members[0], NEAR[0], "card", "card_0", 12.1))
    links.append(link(APART[0], APART[1], 3.0))
    for account in members:
        left, right = sorted((account, GROUP))
        evidence.append(
            {**made_case.pair(account, GROUP, "card", "card_0", 2.0), "left": left, "right": right}
        )
    prompts = sorted({fact["value"] for fact in facts if fact["trait"] == "prompt"})
    return {
        "observations": facts,
        "evidence": evidence,
        "links": links,
        "near": [
            {"left": "prompt_0", "right": "prompt_1", "similarity": 0.81, "method": "static"},
            {"left": "prompt_1", "right": "prompt_2", "similarity": 0.9, "method": "judged"},
        ],
        "prompts": [
            {
                "prompt": prompt,
                "skeleton": f"please write a poem about subject {prompt}",
                "example": text.format(prompt, 2),
                "accounts": 2,
                "interactions": 6,
                "template": "template_1",
            }
            for prompt in prompts
        ],
        "templates": [
            {
                "template": "template_1",
                "example": text.format("this", "that"),
                "prompts": len(prompts),
                "accounts": len(members),
                "interactions": 24,
                "first_at": START,
                "last_at": START + DAY,
                "cohesion": 0.9,
            }
        ],
        "groups": [
            {"group": GROUP, "account": account, "membership": 1.0, "role": "core"} for account in members
        ],
        "explained": [
            {"group": EXPLAINED, "account": a, "membership": 1.0, "role": "core", "reason": "one household"}
            for a in APART[:3]
        ],
        "findings": [{**made_case.finding(), "group": GROUP, "accounts": len(members)}],
        "attributions": [
            {"group": GROUP, "hypothesis": name, "log_odds": bits, "confidence": "high", "evidence": []}
            for name, bits in (("Nightjar", 12.5), ("unknown operator", 3.0), ("unrelated accounts", -12.5))
        ],
        "lineage": [{"group": GROUP, "was": "", "kind": "new", "at": START, "shared": 0}],
    }


def undecided() -> Rows:
    """The same with two of the strangers as an unresolved group."""
    made = tables()
    open_question = {"reason": "either", "favours": 2.5, "settles": "ask the university"}
    made["unresolved"] = [
        {"group": UNRESOLVED, "account": account, "membership": share, "role": "core", **open_question}
        for account, share in zip(APART[3:], (1.0, 0.5), strict=True)
    ]
    made["links"].append(link(*APART[3:], 3.0))
    made["lineage"].append({"group": UNRESOLVED, "was": "", "kind": "new", "at": START, "shared": 0})
    return made


def undecided_run() -> dict[str, Any]:
    """The receipt of that case."""
    run = made_case.receipt()
    run["groups"][UNRESOLVED] = {"gates": [], "against": ["no address in common"]}
    return run


def seen(account: str, trait: str, value: str) -> dict[str, Any]:
    """One observation, its family the one that the trait has."""
    return observation(account, trait, value, TRAIT_FAMILY.get(trait, "other"))


def link(left: str, right: str, log_odds: float) -> dict[str, Any]:
    """One link."""
    left, right = sorted((left, right))
    return {"left": left, "right": right, "log_odds": log_odds, "families": ["payment"], "verdict": None}


def case(path: Path, given: Rows | None = None, run: dict[str, Any] | None = None) -> Case:
    """A case folder with these tables, known by its audit file."""
    made_case.write(path, given or tables(), run)
    audit(path, "investigate", {"made": content_id([path.name])}, who="test")
    return Case(path)


def connection(server: Server) -> Connection:
    """How the program reaches a server of the tests."""
    return Connection(server.uri, server.user, server.password, server.database, server.browser)


def load(found: Case, to: Connection | Server, name: str, **more: Any) -> Pushed:
    """Push a case under a name."""
    chosen = Options(name, everything=more.pop("everything", False), with_text=more.pop("with_text", False))
    where = connection(to) if isinstance(to, Server) else to
    return pushed(found, where, chosen, again=more.pop("again", False), progress=more.pop("progress", quiet))


@dataclass(frozen=True)
class Ready:
    """The rows of a push, made once: for tests of the way to the database, to which it is all the same."""

    rows: list[tuple[Part, pa.Table]]
    dimensions: int

    def send(
        self, to: Connection | Server, name: str, *, again: bool = False, progress: Any = None
    ) -> Pushed:
        """Push them under a name."""
        where = connection(to) if isinstance(to, Server) else to
        plan = Plan(name, content_id([name]), "origin", secrets.token_hex(8))
        with (
            open_driver(where) as driver,
            translated_errors(where),
            driver.session(database=where.database) as session,
        ):
            return push.push(
                session,
                plan,
                self._named(name),
                dimensions=self.dimensions,
                again=again,
                progress=progress or quiet,
            )

    def _named(self, name: str) -> Iterator[tuple[Part, list[pa.RecordBatch]]]:
        for part, table in self.rows:
            if part is schema.CASE:
                table = table.set_column(0, "id", pa.array([name], pa.string()))
            yield part, table.to_batches()


def ready(found: Case) -> Ready:
    """The rows of a case."""
    with graph_of(found, Options("x")) as made:
        rows = [
            (part, pa.Table.from_batches(list(batches), schema.arrow_schema(part)))
            for part, batches in made.parts()
        ]
        return Ready(rows, made.dimensions)


def quiet(stage: str, rows: int, total: int | None) -> None:
    """Progress that nobody watches."""


# --- the graph as a whole --------------------------------------------------------------------------

BOOKKEEPING = ("push_token", "push_done", "push_sent", "push_origin")


def graph(session: Any, name: str) -> list[str]:
    """Every node and relationship of a case with all its properties, in an order of their own."""
    nodes = session.run("MATCH (n) WHERE n.case = $case RETURN labels(n) AS l, properties(n) AS p", case=name)
    held = [json.dumps([row["l"], _plain(row["p"])], sort_keys=True) for row in nodes]
    found = session.run(
        "MATCH (a)-[r]->(b) WHERE a.case = $case OR b.case = $case OR r.case = $case"
        " RETURN labels(a) AS la, properties(a) AS pa, type(r) AS t, properties(r) AS p,"
        " labels(b) AS lb, properties(b) AS pb",
        case=name,
    )
    for row in found:
        ends = [_end(row["la"], row["pa"]), _end(row["lb"], row["pb"])]
        held.append(json.dumps([row["t"], *ends, _plain(row["p"])], sort_keys=True))
    return sorted(held)


def digest(session: Any, name: str) -> str:
    """SHA-256 of all of a case's graph."""
    return hashlib.sha256("\n".join(graph(session, name)).encode()).hexdigest()


def nameless(row: str, name: str) -> str:
    """A row of a graph without the name of its case and the run that was made of it."""

    def cleaned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: cleaned(each) for key, each in value.items() if key != "run"}
        return [cleaned(each) for each in value] if isinstance(value, list) else value

    return json.dumps(cleaned(json.loads(row.replace(name, "NAME"))), sort_keys=True)


def rest(session: Any, name: str) -> str:
    """SHA-256 of everything that is not of this case."""
    rows = session.run(
        "MATCH (n) WHERE coalesce(n.case, '') <> $case OPTIONAL MATCH (n)-[r]->(m)"
        " RETURN labels(n) AS l, properties(n) AS p, type(r) AS t, properties(r) AS q",
        case=name,
    )
    held = sorted(
        json.dumps([r["l"], _plain(r["p"]), r["t"], _plain(r["q"] or {})], sort_keys=True) for r in rows
    )
    return hashlib.sha256("\n".join(held).encode()).hexdigest()


def _end(labels: list[str], properties: dict[str, Any]) -> list[Any]:
    keys = ("case", "id", "address", "prefix", "kind", "fingerprint", "trait", "value", "name")
    return [labels, {key: properties.get(key) for key in keys}]


def _plain(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, str | int | float | bool | list) else str(value)
        for key, value in properties.items()
        if key not in BOOKKEEPING
    }


def skip_without_server(server: Server) -> None:
    """For tests that break their server: not where it is somebody else's."""
    if server.home is None:
        pytest.skip("the server is not ours to break")
