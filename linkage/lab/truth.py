"""What was planted, written beside the tables: accounts, interactions, kinds of accounts, a description."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import Ints
from linkage.lab.crews import Crew, name_of, provisions
from linkage.lab.identifiers import Bytes, hexadecimal, id_keys
from linkage.lab.profiles import Planted
from linkage.lab.roster import HARVEST, HOLDER, INNOCENT, INTRUDERS, PLANTED, Rows, Texts
from linkage.lab.tables import Town

WORK, CAMOUFLAGE, ON_VICTIM = "work", "camouflage", "planted"
"""Parts of what an operator sends: templated work, everyday questions around it, and what it sends from an
innocent's account to have that accused."""

PARTS = np.array([WORK, CAMOUFLAGE, ON_VICTIM], object)

LINES = 100_000
"""Lines of truth written at a time."""

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
    unique_share: float | None = None


class Ledger:
    """Gathers which operator sent which interactions, from one block of accounts after the other."""

    def __init__(self, town: Town) -> None:
        """The population that sends them."""
        self._town = town
        self._parts: list[tuple[Bytes, Ints, Ints]] = []

    def add(self, rows: Rows, ids: Bytes) -> None:
        """The interactions of a block and their ids; those that no operator sent are left out."""
        sender, part = senders(self._town, rows)
        sent = np.flatnonzero(sender != INNOCENT)
        self._parts.append((ids[sent], sender[sent].astype(np.int32), part[sent].astype(np.int8)))

    def write(self, out: Path) -> None:
        """Write who runs each account, which operator sent each interaction, of what kind each account is."""
        roster, accounts = self._town.roster, self._town.ids
        order = pc.sort_indices(accounts).to_numpy()
        parts = zip(*self._parts, strict=True)
        ids, sender, part = (np.concatenate(column) for column in parts)
        crews = max(roster.operator.max(), sender.max(initial=INNOCENT)) + 1
        # INNOCENT is -1: an innocent's name is the last.
        names = np.array([*map(name_of, range(crews)), ""], object)
        _save(
            out / TRUTH,
            ("account", "operator"),
            order,
            lambda some: (accounts.take(pa.array(some)).to_pylist(), names[roster.operator[some]]),
        )
        _save(
            out / KINDS,
            ("account", "kind"),
            order,
            lambda some: (accounts.take(pa.array(some)).to_pylist(), roster.kind[some]),
        )
        _save(
            out / INTERACTIONS,
            ("interaction", "operator", "part"),
            np.lexsort(id_keys(ids)),
            lambda some: (hexadecimal(ids[some]).to_pylist(), names[sender[some]], PARTS[part[some]]),
        )


def senders(town: Town, rows: Rows) -> tuple[Ints, Ints]:
    """The operator who sent each interaction (INNOCENT: none) and its part of his traffic, of PARTS."""
    planted, intruded = rows.planted, rows.intruded
    sender = np.where(rows.hand == HOLDER, town.roster.operator[rows.account], INNOCENT)
    sender[planted] = town.victims.operator[PLANTED - rows.hand[planted]]
    sender[intruded] = INTRUDERS - rows.hand[intruded]
    part = np.where(rows.kind == HARVEST, 0, 1)
    part[planted] = 2
    return sender, part


def _save(
    path: Path,
    header: Sequence[str],
    order: Ints,
    columns: Callable[[Ints], tuple[Sequence[str] | Texts, ...]],
) -> None:
    """Write some rows at a time: `columns` gives their texts."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for start in range(0, len(order), LINES):
            writer.writerows(zip(*columns(order[start : start + LINES]), strict=True))


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
    pools = {lot.provider: len(lot.everybody) for lot in provisions(crews)}
    about: dict[str, Any] = {
        "note": "Accounts, addresses, cards and operators are simulated; no row is about a real person.",
        "prompts": list(story.prompts) or "written by the built-in grammar",
        "profile": story.profile,
        "why": story.why,
        "accounts": story.accounts,
        "interactions": story.interactions,
        "seed": story.seed,
        "accounts_by_kind": dict(zip(kinds.tolist(), members.tolist(), strict=True)),
        "operators": [
            {**asdict(each), "echoes": count, **_habits(crew, pools[crew.provider])}
            for each, crew, count in operators
        ],
    }
    if actors.cohorts:
        about["cohorts"] = actors.cohorts
    if story.unique_share is not None:
        about["unique_share"] = story.unique_share
    if story.withheld:
        about["withheld"] = list(story.withheld)
    if len(town.victims):
        about["victims"] = _victims(town)
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    (out / ABOUT).write_text(text, encoding="utf-8")


def _habits(crew: Crew, in_pool: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if crew.pool:
        found["pool"] = {**asdict(crew.pool), "accounts": in_pool}
    if crew.exits:
        found["exits"] = asdict(crew.exits)
    if crew.drip:
        found["drip"] = asdict(crew.drip)
    if crew.reseller:
        found["reseller"] = asdict(crew.reseller)
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
