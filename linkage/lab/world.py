"""A settled population: everybody, their units, cohorts and operators, and who sends how much."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linkage.arrays import Ints
from linkage.lab.boilerplate import TOOLS
from linkage.lab.cards import found_issuers
from linkage.lab.clients import Clients
from linkage.lab.cohorts.cohort import Cohort, Scene, no_rows, unattached
from linkage.lab.crews import Crew, form_crews, provisions, reserved
from linkage.lab.drawn_profiles import Cast
from linkage.lab.exits import fail_over
from linkage.lab.framing import NO_VICTIMS, Victims, frame
from linkage.lab.operators import dispatch, recruit
from linkage.lab.places import Ground, lay_out
from linkage.lab.pools import clients_of, serve
from linkage.lab.population import everybody, keep_inside
from linkage.lab.profiles import Profile
from linkage.lab.prompt_sources import Voice
from linkage.lab.roster import APP, INNOCENT, TOOL, Roster, Rows, concatenate
from linkage.lab.shared_reading import Reading, publish
from linkage.lab.sheets import Sheet
from linkage.lab.tables import Town, opaque_ids
from linkage.lab.units import Town as Settling
from linkage.lab.units import settle_units

COHORTS = 1 << 21
"""Units from this number on are cohorts."""

FEWEST_MEMBERS = 8
"""Of a cohort, however small the population: fewer have hardly anything in common to look at."""

COHORTS_AT_MOST = 0.4
"""Share of all requests that a cohort's common matter may be, whatever its knobs say."""


@dataclass
class World:
    """A settled population before what people ask of their own accord is drawn (see `blocks`), once."""

    town: Town
    ground: Ground
    crews: list[Crew]
    sheets: list[Sheet]
    intruders: list[Crew]
    cohorts: list[dict[str, Any]]
    """Kind, accounts and knobs of each cohort."""
    read: list[Reading]
    sent: Rows
    """Requests that somebody plans: of operators, of a pool's customers, of cohorts. None once drawn."""
    counts: Ints
    """Further requests of each account, which its holder sends of his own accord."""
    rng: np.random.Generator
    """Draws those of the first block; it has settled the world before."""

    @property
    def interactions(self) -> int:
        """Requests in all."""
        return len(self.sent) + int(self.counts.sum())


def make_world(cast: Cast, voice: Voice, accounts: int, interactions: int, seed: int) -> World:
    """Settle a population that sends `interactions` requests; the same arguments give the same world."""

    # Each step has a generator of its own, so that a change in one leaves the chance of the others alone.
    def chance(step: int) -> np.random.Generator:
        return np.random.default_rng([seed, step])

    ground, clients, issuers = lay_out(accounts, chance(1)), Clients(), found_issuers(chance(2))
    roster = everybody(accounts, voice.topics, ground, chance(3))
    crews = form_crews(cast.profile, accounts, interactions, chance(13))
    settling = Settling(roster, ground, clients, chance(4))
    free = np.arange(accounts - reserved(cast.profile, accounts))
    settle_units(settling, free)
    scene = Scene(roster, ground, clients, len(crews), chance(16))
    cohorts = [_gather(scene, cohort, free, interactions) for cohort in cast.cohorts]
    _give_tools(roster, clients)
    recruit(Settling(roster, ground, clients, chance(5)), crews)
    read = publish(roster, chance(6))
    keep_inside(roster)
    customers = {
        lot.number: everybody(clients_of(lot), voice.topics, ground, chance(200 + lot.number))
        for lot in provisions(crews)
    }
    senders, rng = _Senders(roster, crews, customers, cohorts), chance(7)
    victims, sent = _planned(cast.profile, senders, scene, chance, rng)
    # Ids are random and rows are later ordered by id or time: neither tells who was planted.
    ids = opaque_ids(accounts, 16, chance(12))
    town = Town(roster, ground.places, clients, issuers, ids, seed, victims, scene.stations)
    described = [cohort.described for cohort in cohorts]
    counts = _counts(roster, interactions - len(sent), rng)
    return World(town, ground, crews, scene.sheets, scene.intruders, described, read, sent, counts, rng)


@dataclass(frozen=True)
class _Gathered:
    """A cohort that came together: what about.json tells of it, and what it sends."""

    described: dict[str, Any]
    rows: Rows


def _gather(scene: Scene, cohort: Cohort, free: Ints, interactions: int) -> _Gathered:
    roster, rng = scene.roster, scene.rng
    wanted = max(FEWEST_MEMBERS, round(cohort.share * len(roster)))
    if cohort.everywhere:
        able = free[roster.use[free] != APP]
        members = np.sort(rng.choice(able, min(wanted, len(able)), replace=False))
    else:
        members = unattached(roster, free, wanted, rng)
        roster.unit[members] = COHORTS
    roster.kind[members] = cohort.kind
    rows = cohort.gather(scene, members)
    most = int(COHORTS_AT_MOST * interactions)
    if len(rows) > most:
        rows = rows.take(np.sort(rng.choice(len(rows), most, replace=False)))
    return _Gathered({"kind": cohort.kind, "accounts": len(members), "knobs": cohort.knobs}, rows)


@dataclass(frozen=True)
class _Senders:
    """Who may send something: everybody, the crews, the customers of each one's pool, and the cohorts."""

    roster: Roster
    crews: list[Crew]
    customers: dict[int, Roster]
    cohorts: list[_Gathered]


def _give_tools(roster: Roster, clients: Clients) -> None:
    families = np.array([clients.add(agent) for agent, _ in TOOLS], np.int64)
    users = np.flatnonzero(roster.use == TOOL)
    roster.client[users, 0] = families[roster.template[users]]
    roster.client[users, 1:] = 0


def _planned(
    profile: Profile,
    cast: _Senders,
    scene: Scene,
    chance: Callable[[int], np.random.Generator],
    rng: np.random.Generator,
) -> tuple[Victims, Rows]:
    roster = cast.roster
    worked = [dispatch(roster, crew, rng) for crew in cast.crews]
    town = Settling(roster, scene.ground, scene.clients, chance(17))
    sent = []
    for lot in provisions(cast.crews):
        rows = concatenate([worked[crew.number] for crew in cast.crews if crew.provider == lot.provider])
        if lot.pool:
            asked = serve(roster, lot, rows, cast.customers[lot.number], chance(300 + lot.number))
            rows = concatenate([rows, asked])
        if lot.exits:
            fail_over(town, scene.stations, rows, lot, lot.exits)
        sent.append(rows)
    victims, framed = NO_VICTIMS, []
    if profile.framing:
        victims, rows = frame(roster, profile.framing, cast.crews, worked, chance(14))
        framed.append(rows)
    return victims, concatenate([no_rows(), *sent, *framed, *(cohort.rows for cohort in cast.cohorts)])


def _counts(roster: Roster, left: int, rng: np.random.Generator) -> Ints:
    weight = np.where(roster.operator == INNOCENT, roster.weight, 0.0)
    return rng.multinomial(left, weight / weight.sum()).astype(np.int64)
