"""How an operator's accounts keep to their exits, and where they go while one is down."""

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import COUNTRIES, HOUR
from linkage.lab.crews import Crew
from linkage.lab.habits import Exits
from linkage.lab.places import scattered
from linkage.lab.roster import INNOCENT, NOBODY, Rows
from linkage.lab.stations import FOREVER, Station, Stations
from linkage.lab.units import Town

STRANGERS_USE = 0.15
"""Share of a stranger's requests that leave through the rented proxy."""


def connect(town: Town, crew: Crew, exits: Exits) -> None:
    """Give each account its exit: holder k of a provider's range has the k-th address for ever."""
    roster, rng, members = town.roster, town.rng, crew.members
    for place, mine in zip(_ranges(town, exits, len(members)), _dealt(exits, len(members)), strict=True):
        size = town.ground.places.size[place]
        who = members[mine]
        roster.place[who] = place
        roster.holder[who] = (np.arange(len(mine)) % size)[:, None]
        roster.lease[who], roster.handed[who] = FOREVER, True
        roster.second_share[who] = roster.second_login[who] = 0.0
        _rent(town, place, round(exits.strangers * size), rng)


def _dealt(exits: Exits, count: int) -> list[Ints]:
    """Places in the crew of each provider's accounts."""
    dealt = np.arange(count) % exits.providers
    return [np.flatnonzero(dealt == provider) for provider in range(exits.providers)]


def _ranges(town: Town, exits: Exits, count: int) -> list[int]:
    made = []
    for mine in _dealt(exits, count):
        size = max(1, int(np.ceil(len(mine) / exits.accounts_per_exit)))
        if town.rng.random() < exits.residential:
            network = int(town.ground.carriers[int(town.rng.integers(len(COUNTRIES))), 0])
            made.append(
                town.ground.places.add(
                    network, at=int(town.rng.integers(30_000, 50_000)), size=size, stride=7
                )
            )
        else:
            made.append(scattered(town.ground, size, 7, town.rng))
    return made


def _rent(town: Town, place: int, count: int, rng: np.random.Generator) -> None:
    roster = town.roster
    strangers = np.flatnonzero((roster.operator == INNOCENT) & (roster.unit == NOBODY))
    chosen = rng.permutation(strangers)[:count]
    roster.place[chosen, 1] = place
    roster.lease[chosen, 1] = 24 * HOUR
    roster.second_share[chosen] = roster.second_login[chosen] = STRANGERS_USE


def fail_over(town: Town, stations: Stations, rows: Rows, crew: Crew, exits: Exits) -> int:
    """While an exit is down its accounts' requests leave by another of the same provider; how many do."""
    if not exits.outages or not len(rows):
        return 0
    roster, rng, moved, members = town.roster, town.rng, 0, crew.everybody
    first, last = int(rows.at.min()), int(rows.at.max())
    for mine in _dealt(exits, len(members)):
        place = int(roster.place[members[mine[0]], 0]) if len(mine) else 0
        size = town.ground.places.size[place] if len(mine) else 0
        if size < 2:
            continue
        there = np.flatnonzero(np.isin(rows.account, members[mine]))
        exit_of = roster.holder[rows.account[there], 0]
        spare = stations.add(Station(place, np.arange(size), FOREVER, handed=True))
        down = _down(exits, size, (first, last), rng)
        for exit_number, begun, other in down:
            late = rows.at[there] - begun
            hit = there[(exit_of == exit_number) & (late >= 0) & (late < exits.outage_hours * HOUR)]
            rows.station[hit] = spare[other]
            moved += len(hit)
    return moved


def _down(
    exits: Exits, size: int, span: tuple[int, int], rng: np.random.Generator
) -> list[tuple[int, int, int]]:
    """Outages: which exit, since when, and which one its accounts go over to."""
    times = rng.poisson(exits.outages, size)
    which = np.repeat(np.arange(size), times)
    begun = span[0] + (rng.random(len(which)) * (span[1] - span[0])).astype(np.int64)
    other = (which + rng.integers(1, size, len(which))) % size
    return list(zip(which.tolist(), begun.tolist(), other.tolist(), strict=True))
