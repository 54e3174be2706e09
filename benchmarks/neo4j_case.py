"""A made-up case of one large group, for the benchmark of Neo4j."""

import random
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.case import Case, CaseWriter, audit
from linkage.schema import CASE, TRAIT_FAMILY, content_id

DAY, START = 86_400_000_000, 1_772_323_200_000_000
GROUP = "op-00000000aa"
PROMPTS = 5_000
PIECE = 50_000


def account(number: int) -> str:
    """The id of an account."""
    return content_id(["account", number])[:16]


def seen(number: int, trait: str, value: str) -> dict[str, Any]:
    """One observation."""
    who = account(number)
    at = START + (number % 4000) * 600_000_000
    return {
        "observation": content_id([who, trait, value]),
        "account": who,
        "trait": trait,
        "value": value,
        "family": TRAIT_FAMILY[trait],
        "first_at": at,
        "last_at": at + 3 * DAY,
        "count": 1 + number % 7,
        "source": f"interactions:{content_id([who, trait])}",
    }


def facts(accounts: int) -> Iterator[dict[str, Any]]:
    """Each account: an address of a rented pool, a card and a client it shares with few, three prompts."""
    for n in range(accounts):
        net = f"10.{n // 2560 % 256}.{n // 10 % 256}"
        yield seen(n, "ip", f"{net}.{n % 250}")
        yield seen(n, "prefix", f"{net}.0/24")
        yield seen(n, "fingerprint", content_id(["card", n // 4])[:16])
        yield seen(n, "client", f"t13d{n % 400:04d} agent/1.0")
        yield seen(n, "template", content_id(["template", n % 500]))
        yield seen(n, "prompt", content_id(["prompt", n % PROMPTS]))
        yield seen(n, "prompt", content_id(["prompt", (n * 7 + 1) % PROMPTS]))
        yield seen(n, "created_at", "2026-02-01T10:00:00Z")
        yield seen(n, "country", "SE")


def pairs(accounts: int, links: int) -> list[tuple[int, int]]:
    """Accounts to link, drawn at random."""
    chosen = random.Random(7)
    found: set[tuple[int, int]] = set()
    while len(found) < links:
        left, right = chosen.sample(range(accounts), 2)
        found.add((left, right) if account(left) < account(right) else (right, left))
    return sorted(found)


SIGNALS = (("card", "payment", 9.5), ("rare template", "content", 6.2), ("address", "network", 5.1))


def evidence(linked: list[tuple[int, int]], signals: int) -> Iterator[dict[str, Any]]:
    """So many reasons for each link."""
    for left, right in linked:
        for signal, family, bits in SIGNALS[:signals]:
            yield {
                "left": account(left),
                "right": account(right),
                "signal": signal,
                "family": family,
                "value": content_id([signal, left % 500])[:16],
                "bits": bits,
                "detail": "held by 8 of 2PROMPTS accounts, used 19 days apart",
                "left_observation": None,
                "right_observation": None,
            }


def write(path: Path, accounts: int, links: int, *, signals: int = 3) -> Case:
    """A case with one group of so many accounts."""
    linked = pairs(accounts, links)
    with CaseWriter(path) as case:
        put(case, "observations", facts(accounts))
        put(case, "evidence", evidence(linked, signals))
        put(case, "links", (link(*pair) for pair in linked))
        put(case, "groups", (member(number) for number in range(accounts)))
        put(case, "prompts", (prompt(number) for number in range(PROMPTS)))
        put(case, "findings", [finding(accounts)])
        case.receipt({"inputs": [], "groups": {}, "population": {"accounts": accounts}})
    audit(path, "investigate", {}, who="benchmark")
    return Case(path)


def link(left: int, right: int) -> dict[str, Any]:
    """One link."""
    ends = {"left": account(left), "right": account(right)}
    return {**ends, "log_odds": 10.2, "families": ["content", "network", "payment"], "verdict": None}


def member(number: int) -> dict[str, Any]:
    """One account of the group."""
    return {"group": GROUP, "account": account(number), "membership": 1.0, "role": "core"}


def prompt(number: int) -> dict[str, Any]:
    """One prompt."""
    return {
        "prompt": content_id(["prompt", number]),
        "skeleton": f"write a program that sorts list {number} of customers by name",
        "example": "",
        "accounts": 10,
        "interactions": 40,
        "template": content_id(["template", number % 500]),
    }


def finding(accounts: int) -> dict[str, Any]:
    """The group."""
    empty = dict.fromkeys(CASE["findings"].schema.names)
    told = {"accounts": accounts, "interactions": 1, "log_odds": 40.0, "summary": "one group"}
    return {**empty, "group": GROUP, **told}


def put(case: CaseWriter, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write one table; its rows are made a piece at a time, for there may be millions."""
    schema, left = CASE[name].schema, iter(rows)
    pieces = []
    while piece := list(islice(left, PIECE)):
        pieces.append(pa.Table.from_pylist(piece, schema))
    case.table(name, pa.concat_tables(pieces) if pieces else schema.empty_table())
