"""Made-up populations with planted operators: accounts are simulated, whatever their prompts are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from linkage.lab.crews import Crew, form_crews, reserved
from linkage.lab.framing import NO_VICTIMS, Victims, frame
from linkage.lab.operators import dispatch, echo, recruit
from linkage.lab.places import Ground, address_text, lay_out
from linkage.lab.pools import clients_of, serve, take_over
from linkage.lab.population import everybody, keep_inside
from linkage.lab.profiles import PROFILES, Planted, Profile
from linkage.lab.prompt_sources import Grammar, Voice, read_prompts
from linkage.lab.prompts import stock
from linkage.lab.roster import INNOCENT, TOOL, Roster, Rows, concatenate
from linkage.lab.shared_reading import copy_tutorials, publish, run_benchmarks, share_talks
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
from linkage.lab.truth import TRUTH, Story, planted, write_about, write_truth
from linkage.lab.units import Town as Settling
from linkage.lab.units import settle_units

FEWEST_ACCOUNTS = 100
CHUNK = 250_000
"""Interactions written at a time: their texts are in memory only so long."""

TABLES = ("accounts", "sessions", "payments", "interactions", "benign")

PROMPTS, LINEAGE = "prompts", "lineage"
WITHHOLD = {PROMPTS: ("prompt", "system_prompt"), LINEAGE: ("response_sha256", "context_sha256")}
"""Columns of `interactions` that can be left out together, as providers do who may not hand them out."""


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
    out: Path,
    *,
    profile: str | tuple[str, Profile],
    accounts: int,
    interactions: int,
    seed: int,
    prompts: Sequence[Path] = (),
    withhold: Sequence[str] = (),
) -> Simulation:
    """Write OUT/source/ (tables of the input contract) and what is true of them (see `truth`).

    `profile` is one of PROFILES by name, or a name and a profile of one's own. `prompts` are files of real
    prompts to draw on (see `voices.read_prompts`); without them the built-in grammar speaks. `withhold` are
    names of WITHHOLD; it changes nothing but which columns are written. The same arguments give the same
    bytes. Raises UsageError for arguments that make no sense and InputError for prompt files that cannot
    be used.
    """
    name, chosen = (profile, _profile(profile)) if isinstance(profile, str) else profile
    _check(name, chosen, accounts, interactions, seed)
    withheld = _withheld(withhold)
    source = _empty_source(out)
    voice: Voice = read_prompts(prompts) if prompts else Grammar()
    world = _make(chosen, voice, accounts, interactions, seed)
    wire = _write(world, voice, source, known_benign=chosen.known_benign, withheld=withheld)
    write_truth(out, world.town, world.rows, wire.ids)
    files = tuple(file.name for file in prompts)
    story = Story(name, chosen.why, accounts, interactions, seed, files, withheld)
    write_about(out, story, world.town, world.crews, world.echoes)
    return Simulation(out, source, out / TRUTH, name, accounts, interactions, seed, planted(world.crews))


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise UsageError(f"no profile '{name}'", hint=f"choose one of: {', '.join(PROFILES)}")
    return PROFILES[name]


def _withheld(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name not in WITHHOLD:
            raise UsageError(f"'{name}' cannot be withheld", hint=f"choose of: {', '.join(WITHHOLD)}")
    return tuple(name for name in WITHHOLD if name in names)


def _check(name: str, profile: Profile, accounts: int, interactions: int, seed: int) -> None:
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
    taken = reserved(profile, accounts)
    if taken > accounts // 4:
        raise UsageError(
            f"profile '{name}' plants {taken} accounts, too many for {accounts}", hint="ask for more"
        )


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
    crews = form_crews(profile, accounts, interactions, chance(13))
    settling = Settling(roster, ground, clients, chance(4))
    settle_units(settling, np.arange(accounts - reserved(profile, accounts)))
    _give_tools(roster, clients)
    recruit(Settling(roster, ground, clients, chance(5)), crews)
    read = publish(roster, chance(6))
    keep_inside(roster)
    customers = [
        everybody(clients_of(crew), voice.topics, ground, chance(200 + crew.number)) for crew in crews
    ]
    victims, rows = _requests(profile, _Cast(roster, crews, customers), interactions, chance)
    copy_tutorials(rows, read)
    run_benchmarks(roster, rows, chance(8))
    converse(rows, talkative(rows, chance(9)), chance(10))
    share_talks(roster, rows, chance(11))
    take_over(rows)
    echoes = [echo(roster, rows, crew, chance(100 + crew.number)) for crew in crews]
    # Ids are random and rows are later ordered by id or time: neither tells who was planted.
    ids = opaque_ids(accounts, 16, chance(12))
    town = Town(roster, ground.places, clients, issuers, ids, seed, victims)
    return _World(town, ground, rows, crews, echoes)


@dataclass(frozen=True)
class _Cast:
    """Who may send something: everybody, the crews, and each crew's customers."""

    roster: Roster
    crews: list[Crew]
    customers: list[Roster]


def _give_tools(roster: Roster, clients: Clients) -> None:
    families = np.array([clients.add(agent) for agent, _ in TOOLS], np.int64)
    users = np.flatnonzero(roster.use == TOOL)
    roster.client[users, 0] = families[roster.template[users]]
    roster.client[users, 1:] = 0


def _requests(
    profile: Profile, cast: _Cast, interactions: int, chance: Callable[[int], np.random.Generator]
) -> tuple[Victims, Rows]:
    roster, rng = cast.roster, chance(7)
    worked = [dispatch(roster, crew, rng) for crew in cast.crews]
    served = [
        serve(roster, crew, rows, customers, chance(300 + crew.number))
        for crew, rows, customers in zip(cast.crews, worked, cast.customers, strict=True)
        if crew.pool
    ]
    victims, framed = NO_VICTIMS, []
    if profile.framing:
        victims, rows = frame(roster, profile.framing, cast.crews, worked, chance(14))
        framed.append(rows)
    sent = [*worked, *served, *framed]
    left = interactions - sum(len(rows) for rows in sent)
    weight = np.where(roster.operator == INNOCENT, roster.weight, 0.0)
    counts = rng.multinomial(left, weight / weight.sum()).astype(np.int64)
    rows = concatenate([innocent_rows(roster, counts, rng), *sent])
    return victims, rows.take(np.lexsort((rows.at, rows.account)))


def _write(
    world: _World, voice: Voice, source: Path, *, known_benign: float, withheld: Sequence[str]
) -> Wire:
    town, rows, seed = world.town, world.rows, world.town.seed
    _save(accounts_table(town), source / "accounts.parquet")
    _save(payments_table(town, np.random.default_rng([seed, 20])), source / "payments.parquet")
    _save(sessions_table(town, rows, np.random.default_rng([seed, 21])), source / "sessions.parquet")
    library = stock(voice, world.crews, seed, np.random.default_rng([seed, 22]))
    wire = open_wire(town, rows, library, np.random.default_rng([seed, 23]))
    _write_interactions(wire, source / "interactions.parquet", withheld)
    if known_benign:
        _save(
            _benign(world.ground, known_benign, np.random.default_rng([seed, 24])), source / "benign.parquet"
        )
    return wire


def _write_interactions(wire: Wire, path: Path, withheld: Sequence[str]) -> None:
    without = [column for name in withheld for column in WITHHOLD[name]]
    order = np.lexsort((pc.rank(wire.ids).to_numpy(), wire.rows.at))
    chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
    chances = (np.random.default_rng([wire.town.seed, 25, number]) for number in range(len(chunks)))
    tables = (
        interactions_table(wire, part, chance).drop_columns(without)
        for part, chance in zip(chunks, chances, strict=True)
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
