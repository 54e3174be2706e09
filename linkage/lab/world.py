"""A settled population: everybody, their units, cohorts and operators, and what each one sends when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from linkage.arrays import Ints
from linkage.lab.activity import converse, innocent_rows, talkative
from linkage.lab.boilerplate import TOOLS
from linkage.lab.cards import found_issuers
from linkage.lab.clients import Clients
from linkage.lab.cohorts.cohort import Cohort, Scene, unattached
from linkage.lab.crews import Crew, form_crews, reserved
from linkage.lab.drawn_profiles import Cast
from linkage.lab.exits import fail_over
from linkage.lab.framing import NO_VICTIMS, Victims, frame
from linkage.lab.operators import dispatch, echo, recruit
from linkage.lab.places import Ground, lay_out
from linkage.lab.pools import clients_of, serve, take_over
from linkage.lab.population import everybody, keep_inside
from linkage.lab.profiles import Profile
from linkage.lab.prompt_sources import Voice
from linkage.lab.roster import APP, INNOCENT, TOOL, Roster, Rows, concatenate
from linkage.lab.shared_reading import copy_tutorials, publish, run_benchmarks, share_talks
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


@dataclass(frozen=True)
class World:
    """A settled population before its requests are written."""

    town: Town
    ground: Ground
    rows: Rows
    crews: list[Crew]
    echoes: list[int]
    sheets: list[Sheet]
    intruders: list[Crew]
    cohorts: list[dict[str, Any]]
    """Kind, accounts and knobs of each cohort."""


def make_world(cast: Cast, voice: Voice, accounts: int, interactions: int, seed: int) -> World:
    """Settle a population and let it send `interactions` requests; the same arguments give the same world."""

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
    customers = [
        everybody(clients_of(crew), voice.topics, ground, chance(200 + crew.number)) for crew in crews
    ]
    senders = _Senders(roster, crews, customers, cohorts)
    victims, rows = _requests(cast.profile, senders, scene, interactions, chance)
    copy_tutorials(rows, read)
    run_benchmarks(roster, rows, chance(8))
    converse(rows, talkative(rows, chance(9)), chance(10))
    share_talks(roster, rows, chance(11))
    take_over(rows)
    echoes = [echo(roster, rows, crew, chance(100 + crew.number)) for crew in crews]
    # Ids are random and rows are later ordered by id or time: neither tells who was planted.
    ids = opaque_ids(accounts, 16, chance(12))
    town = Town(roster, ground.places, clients, issuers, ids, seed, victims, scene.stations)
    described = [cohort.described for cohort in cohorts]
    return World(town, ground, rows, crews, echoes, scene.sheets, scene.intruders, described)


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
    """Who may send something: everybody, the crews, each crew's customers, and the cohorts."""

    roster: Roster
    crews: list[Crew]
    customers: list[Roster]
    cohorts: list[_Gathered]


def _give_tools(roster: Roster, clients: Clients) -> None:
    families = np.array([clients.add(agent) for agent, _ in TOOLS], np.int64)
    users = np.flatnonzero(roster.use == TOOL)
    roster.client[users, 0] = families[roster.template[users]]
    roster.client[users, 1:] = 0


def _requests(
    profile: Profile,
    cast: _Senders,
    scene: Scene,
    interactions: int,
    chance: Callable[[int], np.random.Generator],
) -> tuple[Victims, Rows]:
    roster, rng = cast.roster, chance(7)
    worked = [dispatch(roster, crew, rng) for crew in cast.crews]
    town = Settling(roster, scene.ground, scene.clients, chance(17))
    for crew, rows in zip(cast.crews, worked, strict=True):
        if crew.exits:
            fail_over(town, scene.stations, rows, crew, crew.exits)
    served = [
        serve(roster, crew, rows, customers, chance(300 + crew.number))
        for crew, rows, customers in zip(cast.crews, worked, cast.customers, strict=True)
        if crew.pool
    ]
    victims, framed = NO_VICTIMS, []
    if profile.framing:
        victims, rows = frame(roster, profile.framing, cast.crews, worked, chance(14))
        framed.append(rows)
    sent = [*worked, *served, *framed, *(cohort.rows for cohort in cast.cohorts)]
    left = interactions - sum(len(rows) for rows in sent)
    weight = np.where(roster.operator == INNOCENT, roster.weight, 0.0)
    counts = rng.multinomial(left, weight / weight.sum()).astype(np.int64)
    rows = concatenate([innocent_rows(roster, counts, rng), *sent])
    return victims, rows.take(np.lexsort((rows.at, rows.account)))
