"""Made-up populations with planted operators: accounts are simulated, whatever their prompts are."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.errors import UsageError
from linkage.lab.activity import converse, innocent_rows, talkative
from linkage.lab.boilerplate import FRAMEWORKS, TOOLS
from linkage.lab.cards import found_issuers
from linkage.lab.clients import Clients
from linkage.lab.happenings import copy_tutorials, publish, run_benchmarks, share_talks
from linkage.lab.operators import Crew, crew_sizes, dispatch, echo, recruit
from linkage.lab.places import Ground, address_text, lay_out
from linkage.lab.population import everybody, keep_inside
from linkage.lab.profiles import PROFILES, Planted, Profile
from linkage.lab.prompts import stock
from linkage.lab.roster import INNOCENT, TOOL, Roster, Rows, concatenate
from linkage.lab.tables import (
    Town,
    Wire,
    accounts_table,
    interactions_table,
    opaque_ids,
    open_wire,
    payments_table,
    sessions_table,
)
from linkage.lab.units import Town as Settling
from linkage.lab.units import settle_units
from linkage.lab.voices import Grammar, Voice, read_prompts

FEWEST_ACCOUNTS = 100
CHUNK = 250_000
"""Interactions written at a time: their texts are in memory only so long."""

OPERATORS_AT_MOST = 0.5
"""Share of all requests that operators may send, whatever their knobs say."""

TABLES = ("accounts", "sessions", "payments", "interactions", "benign")


@dataclass(frozen=True)
class Simulation:
    """Where a simulated population was written and what was planted in it."""

    out: Path
    source: Path
    truth: Path
    profile: str
    accounts: int
    interactions: int
    seed: int
    operators: tuple[Planted, ...]


@dataclass(frozen=True)
class _World:
    """A settled population before its requests are written."""

    town: Town
    ground: Ground
    rows: Rows
    crews: list[Crew]
    echoes: list[int]


def simulate(
    out: Path, *, profile: str, accounts: int, interactions: int, seed: int, prompts: Sequence[Path] = ()
) -> Simulation:
    """Write OUT/source/ (tables of the input contract), OUT/truth.csv and OUT/about.json.

    `prompts` are files of real prompts to draw on (see `voices.read_prompts`); without them the built-in
    grammar speaks. The same arguments give the same bytes. Raises UsageError for arguments that make no
    sense and InputError for prompt files that cannot be used.
    """
    chosen = _profile(profile, accounts, interactions, seed)
    source = _empty_source(out)
    voice: Voice = read_prompts(prompts) if prompts else Grammar()
    world = _make(chosen, voice, accounts, interactions, seed)
    _write(world, voice, source, known_benign=chosen.known_benign)
    planted = tuple(
        Planted(_name(crew.number), len(crew.members), crew.requests, asdict(crew.hygiene))
        for crew in world.crews
    )
    made = Simulation(out, source, out / "truth.csv", profile, accounts, interactions, seed, planted)
    _write_truth(world.town, made.truth)
    _write_about(world, made, [file.name for file in prompts])
    return made


def _profile(name: str, accounts: int, interactions: int, seed: int) -> Profile:
    if name not in PROFILES:
        raise UsageError(f"no profile '{name}'", hint=f"choose one of: {', '.join(PROFILES)}")
    if accounts < FEWEST_ACCOUNTS:
        raise UsageError(
            f"{accounts} accounts are too few", hint=f"a population needs {FEWEST_ACCOUNTS} accounts or more"
        )
    if interactions < accounts:
        raise UsageError(
            f"{interactions} interactions are fewer than {accounts} accounts", hint="ask for more"
        )
    if seed < 0:
        raise UsageError(f"seed {seed} is negative", hint="choose a whole number from 0")
    taken = sum(crew_sizes(PROFILES[name].operators, accounts))
    if taken > accounts // 4:
        raise UsageError(
            f"profile '{name}' plants {taken} accounts, too many for {accounts}", hint="ask for more"
        )
    return PROFILES[name]


def _empty_source(out: Path) -> Path:
    source = out / "source"
    try:
        source.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{source}: cannot be made: {error.strerror}", hint="choose another folder"
        ) from error
    ours = {f"{name}.parquet" for name in TABLES}
    foreign = sorted(path.name for path in source.iterdir() if path.name not in ours)
    if foreign:
        raise UsageError(
            f"{source} holds {foreign[0]}, which is no table of ours", hint="choose an empty folder"
        )
    for name in ours:
        (source / name).unlink(missing_ok=True)
    return source


def _make(profile: Profile, voice: Voice, accounts: int, interactions: int, seed: int) -> _World:
    # Each step has a generator of its own, so that a change in one leaves the chance of the others alone.
    def chance(step: int) -> np.random.Generator:
        return np.random.default_rng([seed, step])

    ground, clients, issuers = lay_out(accounts, chance(1)), Clients(), found_issuers(chance(2))
    roster = everybody(accounts, voice.topics, ground, chance(3))
    crews = _crews(profile, accounts, interactions)
    settling = Settling(roster, ground, clients, chance(4))
    settle_units(settling, np.arange(accounts - sum(len(crew.members) for crew in crews)))
    _give_tools(roster, clients)
    recruit(Settling(roster, ground, clients, chance(5)), crews)
    read = publish(roster, chance(6))
    keep_inside(roster)
    rows = _requests(roster, crews, interactions, chance(7))
    copy_tutorials(rows, read)
    run_benchmarks(roster, rows, chance(8))
    converse(rows, talkative(rows, chance(9)), chance(10))
    share_talks(roster, rows, chance(11))
    echoes = [echo(roster, rows, crew, chance(100 + crew.number)) for crew in crews]
    # Ids are random and rows are later ordered by id or time: neither tells who was planted.
    town = Town(roster, ground.places, clients, issuers, opaque_ids(accounts, 16, chance(12)), seed)
    return _World(town, ground, rows, crews, echoes)


def _crews(profile: Profile, accounts: int, interactions: int) -> list[Crew]:
    sizes = crew_sizes(profile.operators, accounts)
    mean = interactions / accounts
    wanted = [
        size * operator.hygiene.volume * mean for size, operator in zip(sizes, profile.operators, strict=True)
    ]
    scale = min(1.0, OPERATORS_AT_MOST * interactions / max(1.0, sum(wanted)))
    crews, end = [], accounts
    for number, (size, operator) in enumerate(zip(sizes, profile.operators, strict=True)):
        members = np.arange(end - size, end, dtype=np.int64)
        crews.append(Crew(number, members, operator.hygiene, max(size, int(wanted[number] * scale))))
        end -= size
    return crews


def _give_tools(roster: Roster, clients: Clients) -> None:
    families = np.array([clients.add(agent) for agent, _ in TOOLS], np.int64)
    users = np.flatnonzero(roster.use == TOOL)
    roster.client[users, 0] = families[roster.template[users]]
    roster.client[users, 1:] = 0


def _requests(roster: Roster, crews: list[Crew], interactions: int, rng: np.random.Generator) -> Rows:
    worked = [dispatch(roster, crew, rng) for crew in crews]
    left = interactions - sum(len(rows) for rows in worked)
    weight = np.where(roster.operator == INNOCENT, roster.weight, 0.0)
    counts = rng.multinomial(left, weight / weight.sum()).astype(np.int64)
    rows = concatenate([innocent_rows(roster, counts, rng), *worked])
    return rows.take(np.lexsort((rows.at, rows.account)))


def _write(world: _World, voice: Voice, source: Path, *, known_benign: float) -> None:
    town, rows, seed = world.town, world.rows, world.town.seed
    _save(accounts_table(town), source / "accounts.parquet")
    _save(payments_table(town, np.random.default_rng([seed, 20])), source / "payments.parquet")
    _save(sessions_table(town, rows, np.random.default_rng([seed, 21])), source / "sessions.parquet")
    library = stock(voice, world.crews, seed, np.random.default_rng([seed, 22]))
    wire = open_wire(town, rows, library, np.random.default_rng([seed, 23]))
    _write_interactions(wire, source / "interactions.parquet")
    if known_benign:
        _save(
            _benign(world.ground, known_benign, np.random.default_rng([seed, 24])), source / "benign.parquet"
        )


def _write_interactions(wire: Wire, path: Path) -> None:
    order = np.lexsort((pc.rank(wire.ids).to_numpy(), wire.rows.at))
    chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
    tables = (
        interactions_table(wire, part, np.random.default_rng([wire.town.seed, 25, number]))
        for number, part in enumerate(chunks)
    )
    first = next(tables)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def _save(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")


def _benign(ground: Ground, share: float, rng: np.random.Generator) -> pa.Table:
    """The part of shared infrastructure that a provider happens to know, and the commonest boilerplate."""
    rows = [("system_prompt", FRAMEWORKS[0], "framework boilerplate")]
    for numbers, reason in ((ground.mobiles.ravel(), "carrier-grade NAT"), (ground.vpns, "VPN exit")):
        for place in numbers:
            rows += [("ip", text, reason) for text in _range(ground, int(place)) if rng.random() < share]
    columns = zip(("trait", "value", "reason"), zip(*rows, strict=True), strict=True)
    return pa.table({name: pa.array(column) for name, column in columns})


def _range(ground: Ground, place: int) -> list[str]:
    places = ground.places
    return [address_text(places.base[place] + k * places.stride[place]) for k in range(places.size[place])]


def _name(number: int) -> str:
    return f"operator {number + 1}"


def _write_truth(town: Town, path: Path) -> None:
    named = zip(town.ids.to_pylist(), town.roster.operator.tolist(), strict=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["account", "operator"])
        writer.writerows(sorted((account, "" if who == INNOCENT else _name(who)) for account, who in named))


def _write_about(world: _World, made: Simulation, files: list[str]) -> None:
    kinds, members = np.unique(world.town.roster.kind.astype(str), return_counts=True)
    about = {
        "note": "Accounts, addresses, cards and operators are simulated; no row is about a real person.",
        "prompts": files or "written by the built-in grammar",
        "profile": made.profile,
        "why": PROFILES[made.profile].why,
        "accounts": made.accounts,
        "interactions": made.interactions,
        "seed": made.seed,
        "accounts_by_kind": dict(zip(kinds.tolist(), members.tolist(), strict=True)),
        "operators": [
            {**asdict(planted), "echoes": echoes}
            for planted, echoes in zip(made.operators, world.echoes, strict=True)
        ],
    }
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    (made.out / "about.json").write_text(text, encoding="utf-8")
