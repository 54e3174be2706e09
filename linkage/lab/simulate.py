"""Made-up populations with planted operators: accounts are simulated, whatever their prompts are."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.arrays import Ints
from linkage.errors import UsageError
from linkage.lab.blocks import requests
from linkage.lab.boilerplate import FRAMEWORKS
from linkage.lab.by_time import ByTime, scratch
from linkage.lab.crews import reserved
from linkage.lab.drawn_profiles import Cast, cast_of
from linkage.lab.identifiers import Identifiers
from linkage.lab.interactions import interactions_table
from linkage.lab.own_words import own_words
from linkage.lab.places import Ground, address_texts
from linkage.lab.profiles import Planted, Profile
from linkage.lab.prompt_sources import Grammar, Voice, read_prompts
from linkage.lab.prompts import Library, stock
from linkage.lab.roster import ints
from linkage.lab.tables import Town, accounts_table, payments_table
from linkage.lab.truth import TRUTH, Actors, Ledger, Story, planted, write_about
from linkage.lab.visits import Visits
from linkage.lab.world import World, make_world
from linkage.wording import many

FEWEST_ACCOUNTS = 100
CHUNK = 250_000
"""Interactions written at a time: their texts are in memory only so long."""

AT_ONCE = 2
"""Chunks of which texts are made at the same time."""

ROW_GROUP = 1 << 20
"""Most rows of a row group."""

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
    operator_accounts: int | None = None,
    unique_share: float | None = None,
) -> Simulation:
    """Write OUT/source/ (tables of the input contract) and what is true of them (see `truth`).

    `profile` is one of PROFILES or DRAWN by name, or a name and a profile of one's own. `prompts` are files
    of real prompts to draw on (see `prompt_sources.read_prompts`); without them the built-in grammar speaks.
    `withhold` are names of WITHHOLD; it changes nothing but which columns are written.
    `operator_accounts` is the size of the profile's first operator, instead of a share of all accounts.
    `unique_share` is the part of what people ask that is in words of their own (see `own_words`), instead of
    as many as the prompts happen to have. The same arguments give the same bytes. Raises UsageError for
    arguments that make no sense and InputError for prompt files that cannot be used.
    """
    name, cast = _cast(profile, seed)
    if operator_accounts is not None:
        cast = replace(cast, profile=_enlarged(name, cast.profile, operator_accounts))
    chosen = cast.profile
    _check(name, chosen, accounts, interactions, seed)
    withheld = _withheld(withhold)
    source = _empty_source(out)
    voice = _voice(prompts, unique_share, seed)
    world = make_world(cast, voice, accounts, interactions, seed)
    echoes = _write(world, voice, out, known_benign=chosen.known_benign, withheld=withheld)
    files = tuple(file.name for file in prompts)
    story = Story(name, chosen.why, accounts, interactions, seed, files, withheld, unique_share)
    write_about(out, story, world.town, Actors(world.crews, echoes.tolist(), world.cohorts))
    return Simulation(out, source, out / TRUTH, name, accounts, interactions, seed, planted(world.crews))


def _cast(profile: str | tuple[str, Profile], seed: int) -> tuple[str, Cast]:
    if isinstance(profile, str):
        return profile, cast_of(profile, max(seed, 0))
    return profile[0], Cast(profile[1])


def _enlarged(name: str, profile: Profile, accounts: int) -> Profile:
    if not profile.operators:
        raise UsageError(f"profile '{name}' has no operator", hint="choose a profile with one")
    if accounts < 1:
        raise UsageError(f"an operator cannot have {many(accounts, 'account')}", hint="ask for 1 or more")
    first, *others = profile.operators
    return replace(profile, operators=(replace(first, per_20000=0, fewest=accounts), *others))


def _voice(prompts: Sequence[Path], unique_share: float | None, seed: int) -> Voice:
    voice: Voice = read_prompts(prompts) if prompts else Grammar()
    if unique_share is None:
        return voice
    if not 0 <= unique_share <= 1:
        raise UsageError(f"a share of {unique_share} is none", hint="choose a number from 0 to 1")
    return own_words(voice, unique_share, np.random.default_rng([seed, 26]))


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


def _write(world: World, voice: Voice, out: Path, *, known_benign: float, withheld: Sequence[str]) -> Ints:
    """Write all tables and the truth of accounts and interactions; how many echoes each crew has."""
    town, seed, source = world.town, world.town.seed, out / "source"
    _save([accounts_table(town)], source / "accounts.parquet")
    _save([payments_table(town, np.random.default_rng([seed, 20]))], source / "payments.parquet")
    if known_benign:
        rng = np.random.default_rng([seed, 24])
        _save([_benign(world.ground, known_benign, rng)], source / "benign.parquet")
    with scratch(out) as folder:
        by_time, echoes = _lay_down(world, out, folder)
        pa.default_memory_pool().release_unused()
        writers = [*world.crews, *world.intruders]
        library = stock(voice, writers, world.sheets, seed, np.random.default_rng([seed, 22]))
        tables = _interactions(town, library, by_time)
        without = [column for name in withheld for column in WITHHOLD[name]]
        _save((table.drop_columns(without) for table in tables), source / "interactions.parquet")
    return echoes


def _lay_down(world: World, out: Path, folder: Path) -> tuple[ByTime, Ints]:
    """Draw everybody's requests; write what follows from them without their texts."""
    town, echoes = world.town, ints(len(world.crews))
    identifiers = Identifiers(town.seed, world.interactions)
    by_time, visits, ledger = (
        ByTime(folder, identifiers.never_given),
        Visits(town, world.interactions),
        Ledger(town),
    )
    for rows in requests(world, echoes):
        identified = identifiers.take(len(rows))
        by_time.add(rows, identified.chance < town.roster.second_share[rows.account], identified)
        visits.add(rows)
        ledger.add(rows, identified.ids)
        del rows, identified  # a block's memory is the next one's
    _save(visits.tables(ROW_GROUP), out / "source" / "sessions.parquet")
    ledger.write(out)
    return by_time, echoes


def _interactions(town: Town, library: Library, by_time: ByTime) -> Iterator[pa.Table]:
    """The table of interactions in chunks: while one is written the next ones are made."""
    making: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as makers:
        for number, sent in enumerate(by_time.chunks(CHUNK)):
            rng = np.random.default_rng([town.seed, 25, number])
            making.append(makers.submit(interactions_table, town, library, sent, rng))
            if len(making) > AT_ONCE:
                yield making.popleft().result()
        while making:
            yield making.popleft().result()


def _save(tables: Iterable[pa.Table], path: Path) -> None:
    following = iter(tables)
    first = next(following)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        for table in chain([first], following):
            writer.write_table(table, row_group_size=ROW_GROUP)


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
    numbers = places.base[place] + np.arange(places.size[place]) * places.stride[place]
    texts: list[str] = address_texts(numbers).to_pylist()
    return texts
