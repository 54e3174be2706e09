"""What was planted, written beside the tables: accounts, interactions, kinds of accounts, a description."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.arrays import Ints
from linkage.lab.crews import Crew, name_of
from linkage.lab.profiles import Planted
from linkage.lab.roster import HARVEST, HOLDER, INNOCENT, INTRUDERS, PLANTED, Rows, Texts
from linkage.lab.tables import Town

WORK, CAMOUFLAGE, ON_VICTIM = "work", "camouflage", "planted"
"""Parts of what an operator sends: templated work, everyday questions around it, and what it sends from an
innocent's account to have that accused."""

TRUTH, INTERACTIONS, KINDS, ABOUT = "truth.csv", "truth_interactions.csv", "kinds.csv", "about.json"


@dataclass(frozen=True)
class Story:
    """What `about.json` tells of a simulation as a whole."""

    profile: str
    why: str
    accounts: int
    interactions: int
    seed: int
    prompts: tuple[str, ...]
    withheld: tuple[str, ...]


def write_truth(out: Path, town: Town, rows: Rows, ids: pa.Array) -> None:
    """Write who runs each account, which operator sent each interaction, and of what kind each account is.

    `ids` are the interactions' in the order of `rows`; those that no operator sent are left out.
    """
    accounts, roster = town.ids.to_pylist(), town.roster
    named = ["" if who == INNOCENT else name_of(who) for who in roster.operator.tolist()]
    _save(out / TRUTH, ("account", "operator"), zip(accounts, named, strict=True))
    sender, part = senders(town, rows)
    sent = np.flatnonzero(sender != INNOCENT)
    rows_sent = zip(
        ids.take(pa.array(sent)).to_pylist(), map(name_of, sender[sent].tolist()), part[sent], strict=True
    )
    _save(out / INTERACTIONS, ("interaction", "operator", "part"), rows_sent)
    _save(out / KINDS, ("account", "kind"), zip(accounts, roster.kind.tolist(), strict=True))


def senders(town: Town, rows: Rows) -> tuple[Ints, Texts]:
    """The operator who sent each interaction (INNOCENT: none) and the part of his traffic it belongs to."""
    planted, intruded = rows.planted, rows.intruded
    sender = np.where(rows.hand == HOLDER, town.roster.operator[rows.account], INNOCENT)
    sender[planted] = town.victims.operator[PLANTED - rows.hand[planted]]
    sender[intruded] = INTRUDERS - rows.hand[intruded]
    part = np.where(rows.kind == HARVEST, WORK, CAMOUFLAGE).astype(object)
    part[planted] = ON_VICTIM
    return sender, part


def _save(path: Path, header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(rows))


def planted(crews: list[Crew]) -> tuple[Planted, ...]:
    """What was planted for each operator."""
    return tuple(
        Planted(name_of(crew.number), len(crew.members), crew.requests, asdict(crew.hygiene))
        for crew in crews
    )


@dataclass(frozen=True)
class Actors:
    """Who did something in common: crews, each one's echoes, and cohorts as `about.json` tells of them."""

    crews: list[Crew]
    echoes: list[int]
    cohorts: list[dict[str, Any]]


def write_about(out: Path, story: Story, town: Town, actors: Actors) -> None:
    """Write `about.json`: arguments, accounts by kind, operators with their knobs, victims, cohorts."""
    crews, echoes = actors.crews, actors.echoes
    kinds, members = np.unique(town.roster.kind.astype(str), return_counts=True)
    operators = zip(planted(crews), crews, echoes, strict=True)
    about: dict[str, Any] = {
        "note": "Accounts, addresses, cards and operators are simulated; no row is about a real person.",
        "prompts": list(story.prompts) or "written by the built-in grammar",
        "profile": story.profile,
        "why": story.why,
        "accounts": story.accounts,
        "interactions": story.interactions,
        "seed": story.seed,
        "accounts_by_kind": dict(zip(kinds.tolist(), members.tolist(), strict=True)),
        "operators": [{**asdict(each), "echoes": count, **_habits(crew)} for each, crew, count in operators],
    }
    if actors.cohorts:
        about["cohorts"] = actors.cohorts
    if story.withheld:
        about["withheld"] = list(story.withheld)
    if len(town.victims):
        about["victims"] = _victims(town)
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    (out / ABOUT).write_text(text, encoding="utf-8")


def _habits(crew: Crew) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if crew.pool:
        found["pool"] = {**asdict(crew.pool), "accounts": len(crew.everybody)}
    if crew.exits:
        found["exits"] = asdict(crew.exits)
    if crew.drip:
        found["drip"] = asdict(crew.drip)
    return found


def _victims(town: Town) -> list[dict[str, Any]]:
    victims, ids = town.victims, town.ids.take(pa.array(town.victims.account)).to_pylist()
    return sorted(
        (
            {"account": account, "operator": name_of(operator), "planted": victims.names(number)}
            for number, (account, operator) in enumerate(zip(ids, victims.operator.tolist(), strict=True))
        ),
        key=lambda row: str(row["account"]),
    )
