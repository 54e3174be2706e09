"""Made-up populations with planted operators: accounts are simulated, whatever their prompts are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.errors import UsageError
from linkage.lab.boilerplate import FRAMEWORKS
from linkage.lab.crews import reserved
from linkage.lab.drawn_profiles import Cast, cast_of
from linkage.lab.places import Ground, address_text
from linkage.lab.profiles import Planted, Profile
from linkage.lab.prompt_sources import Grammar, Voice, read_prompts
from linkage.lab.prompts import stock
from linkage.lab.tables import (
    Wire,
    accounts_table,
    interactions_table,
    open_wire,
    payments_table,
    sessions_table,
)
from linkage.lab.truth import TRUTH, Actors, Story, planted, write_about, write_truth
from linkage.lab.world import World, make_world
from linkage.wording import many

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

    `profile` is one of PROFILES or DRAWN by name, or a name and a profile of one's own. `prompts` are files
    of real prompts to draw on (see `prompt_sources.read_prompts`); without them the built-in grammar speaks.
    `withhold` are names of WITHHOLD; it changes nothing but which columns are written. The same arguments
    give the same bytes. Raises UsageError for arguments that make no sense and InputError for prompt files
    that cannot be used.
    """
    name, cast = _cast(profile, seed)
    chosen = cast.profile
    _check(name, chosen, accounts, interactions, seed)
    withheld = _withheld(withhold)
    source = _empty_source(out)
    voice: Voice = read_prompts(prompts) if prompts else Grammar()
    world = make_world(cast, voice, accounts, interactions, seed)
    wire = _write(world, voice, source, known_benign=chosen.known_benign, withheld=withheld)
    write_truth(out, world.town, world.rows, wire.ids)
    files = tuple(file.name for file in prompts)
    story = Story(name, chosen.why, accounts, interactions, seed, files, withheld)
    write_about(out, story, world.town, Actors(world.crews, world.echoes, world.cohorts))
    return Simulation(out, source, out / TRUTH, name, accounts, interactions, seed, planted(world.crews))


def _cast(profile: str | tuple[str, Profile], seed: int) -> tuple[str, Cast]:
    if isinstance(profile, str):
        return profile, cast_of(profile, max(seed, 0))
    return profile[0], Cast(profile[1])


def _withheld(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name not in WITHHOLD:
            raise UsageError(f"'{name}' cannot be withheld", hint=f"choose of: {', '.join(WITHHOLD)}")
    return tuple(name for name in WITHHOLD if name in names)


def _check(name: str, profile: Profile, accounts: int, interactions: int, seed: int) -> None:
    if accounts < FEWEST_ACCOUNTS:
        raise UsageError(
            f"{many(accounts, 'account is', 'accounts are')} too few",
            hint=f"a population needs {FEWEST_ACCOUNTS} accounts or more",
        )
    if interactions < accounts:
        raise UsageError(
            f"{many(interactions, 'interaction is', 'interactions are')} fewer than"
            f" {many(accounts, 'account')}",
            hint="ask for more",
        )
    if seed < 0:
        raise UsageError(f"seed {seed} is negative", hint="choose a whole number from 0")
    taken = reserved(profile, accounts)
    if taken > accounts // 4:
        raise UsageError(
            f"profile '{name}' plants {many(taken, 'account')}, too many for {accounts}", hint="ask for more"
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


def _write(world: World, voice: Voice, source: Path, *, known_benign: float, withheld: Sequence[str]) -> Wire:
    town, rows, seed = world.town, world.rows, world.town.seed
    _save(accounts_table(town), source / "accounts.parquet")
    _save(payments_table(town, np.random.default_rng([seed, 20])), source / "payments.parquet")
    _save(sessions_table(town, rows, np.random.default_rng([seed, 21])), source / "sessions.parquet")
    writers = [*world.crews, *world.intruders]
    library = stock(voice, writers, world.sheets, seed, np.random.default_rng([seed, 22]))
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
