"""People who share for honest reasons: families, teams, offices, campuses, firms, fleets, resellers.

Each kind takes a share of the innocents and changes what its members have in common, nothing else.
They are what naive linking accuses: by address, by card, by template, by client, by working hours.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import CLOCK, COUNTRIES, CRON, DAY, END, MINUTE, OFFICE, START, STUDENT
from linkage.lab.cards import draw_bins
from linkage.lab.clients import BROWSERS, Clients
from linkage.lab.places import Ground, scattered
from linkage.lab.population import domains
from linkage.lab.roster import APP, Roster

STILL = 400 * DAY
"""A lease longer than the year: a fixed address."""


@dataclass(frozen=True)
class Town:
    """What a unit needs to settle: everybody, the places, the programs, and chance."""

    roster: Roster
    ground: Ground
    clients: Clients
    rng: np.random.Generator


@dataclass(frozen=True)
class Unit:
    """A kind of unit: share of all accounts, smallest and largest size, and how its members settle."""

    name: str
    share: float
    least: int
    most: int
    settle: Callable[[Town, Ints], None]


def settle_units(town: Town, free: Ints) -> None:
    """Put innocents into units until each kind has its share; the last unit of a kind takes what is left."""
    waiting = town.rng.permutation(free)
    number = 0
    for unit in UNITS:
        wanted = round(unit.share * len(free))
        for size in _sizes(unit, wanted, town.rng):
            members, waiting = waiting[:size], waiting[size:]
            town.roster.unit[members] = number
            town.roster.kind[members] = unit.name
            town.roster.country[members] = town.roster.country[members[0]]
            unit.settle(town, members)
            number += 1


def _sizes(unit: Unit, wanted: int, rng: np.random.Generator) -> Iterator[int]:
    if 3 <= wanted < unit.least:
        yield wanted  # a small population has one small unit of the kind rather than none
    while wanted >= unit.least:
        # Small units are commoner than large ones: sizes even on a logarithmic scale.
        size = int(np.exp(rng.uniform(np.log(unit.least), np.log(unit.most + 1))))
        size = min(size, wanted)
        yield size
        wanted -= size


def _home_of(town: Town, members: Ints) -> None:
    first = members[0]
    roster = town.roster
    roster.place[members, 0] = roster.place[first, 0]
    roster.holder[members, 0] = first
    roster.lease[members, 0] = roster.lease[first, 0]


def _one_card(town: Town, members: Ints, part: float) -> None:
    roster, first = town.roster, members[0]
    payers = members[town.rng.random(len(members)) < part]
    roster.card[payers] = first
    roster.billing[payers] = first
    roster.bin[payers] = draw_bins(roster.country[members[:1]], town.rng)
    roster.plan[payers] = "team"


def _one_address(town: Town, members: Ints, place: int, days: float = 400.0) -> None:
    roster = town.roster
    roster.place[members, 0] = place
    roster.lease[members, 0] = int(days * DAY)


def _near(town: Town, members: Ints, days: float, part: float) -> None:
    """`part` of the members signed up within `days` after the first: an onboarding, a term, a project."""
    late = members[1:][town.rng.random(len(members) - 1) < part]
    begun = town.roster.created[members[0]] + (town.rng.random(len(late)) * days * DAY).astype(np.int64)
    town.roster.created[late] = np.minimum(begun, END - 2 * DAY)


def _family(town: Town, members: Ints) -> None:
    _home_of(town, members)
    if town.rng.random() < 0.7:
        _one_card(town, members, 1.0)
    if town.rng.random() < 0.15:
        town.roster.device[members] = town.roster.device[members[0]]
        town.roster.browser[members] = town.roster.browser[members[0]]
    if town.rng.random() < 0.2:
        town.roster.phone[members] = members[0]


def _team(town: Town, members: Ints) -> None:
    """Freelancers: freemail, no organisation, own homes, one card and often one template."""
    _one_card(town, members, 1.0)
    _near(town, members, 30, 0.7)
    if town.rng.random() < 0.5:
        _own_application(town, members)


def _office(town: Town, members: Ints) -> None:
    network = int(town.ground.carriers[town.roster.country[members[0]], 0])
    place = town.ground.places.add(network, at=50_000 + int(town.rng.integers(8_000)), size=1)
    _one_address(town, members, place)
    roster = town.roster
    roster.hours[members] = OFFICE
    domain = domains(1, town.rng)[0]
    declared = town.rng.random()
    if declared < 0.8:
        roster.email_domain[members] = domain
    if declared > 0.4:
        roster.organisation[members] = f"{domain.split('.')[0]} ltd"
    _one_card(town, members, 0.6)
    _near(town, members, 21, 0.5)


def _campus(town: Town, members: Ints) -> None:
    roster, rng = town.roster, town.rng
    network = town.ground.places.network(rng)
    size = max(2, round(len(members) / 60))
    _one_address(town, members, town.ground.places.add(network, at=1_024, size=size), days=2)
    roster.hours[members] = STUDENT
    own = members[rng.random(len(members)) < 0.6]
    roster.email_domain[own] = f"uni-{domains(1, rng)[0].split('.')[0]}.example"
    # Terms begin in autumn: half of a campus signs up in the same fortnight, on few addresses.
    fresh = members[rng.random(len(members)) < 0.5]
    term = START + (210 + rng.exponential(5.0, len(fresh))) * DAY
    roster.created[fresh] = np.minimum(term.astype(np.int64), END - 2 * DAY)


def _own_application(town: Town, members: Ints) -> None:
    """All members' requests come from one program around one or two templates of their own."""
    roster = town.roster
    roster.use[members] = APP
    roster.main[members] = 0.95
    roster.template[members] = members[town.rng.integers(0, min(2, len(members)), len(members))]
    roster.weight[members] = np.exp(town.rng.normal(1.3, 0.8, len(members)))
    roster.client[members] = roster.client[members[0]]
    if town.rng.random() < 0.3:
        roster.client[members, 0] = town.clients.add(f"{domains(1, town.rng)[0].split('.')[0]}-app/2.0")


def _servers(town: Town, members: Ints, size: int) -> None:
    roster = town.roster
    roster.place[members, 1] = scattered(town.ground, size, 1, town.rng)
    roster.lease[members, 1] = STILL
    roster.second_share[members] = 0.97
    roster.second_login[members] = 0.0


def _firm(town: Town, members: Ints) -> None:
    """A firm's own application: one template, much traffic, its accounts named after it or not."""
    _own_application(town, members)
    _servers(town, members, int(town.rng.integers(1, 4)))
    roster, domain = town.roster, domains(1, town.rng)[0]
    roster.hours[members] = CLOCK if town.rng.random() < 0.5 else OFFICE
    if town.rng.random() < 0.85:
        roster.email_domain[members] = domain
        roster.organisation[members] = f"{domain.split('.')[0]} inc"
    _one_card(town, members, 1.0)
    _near(town, members, 60, 0.8)


def _fleet(town: Town, members: Ints) -> None:
    """Machines that test a firm's product: one pinned client, on the minute, around the clock."""
    _firm(town, members)
    roster = town.roster
    roster.hours[members] = CRON
    roster.client[members] = (len(BROWSERS), 0, -1 - int(town.rng.integers(4, 20)))
    roster.lifetime[members] = 200 * DAY
    _near(town, members, 2, 1.0)


def _reseller(town: Town, members: Ints) -> None:
    """Customers of a router that resells access: its way out and its client, but own cards and questions."""
    roster, rng = town.roster, town.rng
    _servers(town, members, max(2, len(members) // 40))
    roster.lease[members, 1] = 30 * MINUTE
    roster.client[members] = (town.clients.add(f"{domains(1, rng)[0].split('.')[0]}-router/1.3"), 0, 0)
    roster.country[members] = rng.choice(len(COUNTRIES), len(members), p=[share for _, _, share in COUNTRIES])


UNITS = (
    Unit("reseller", 0.015, 40, 200, _reseller),
    Unit("campus", 0.06, 100, 400, _campus),
    Unit("office", 0.08, 8, 60, _office),
    Unit("firm", 0.04, 1, 15, _firm),
    Unit("fleet", 0.012, 3, 12, _fleet),
    Unit("team", 0.03, 2, 5, _team),
    Unit("family", 0.10, 2, 5, _family),
)
"""Shares are guesses of their order of size, on the high side: this is a stress test, not a census."""
