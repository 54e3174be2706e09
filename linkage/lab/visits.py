"""Visits to the account pages: the one that made each account, and those that some sittings begin with."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import Ints
from linkage.lab.calendar import HOUR, MINUTE
from linkage.lab.clients import builds
from linkage.lab.places import address_texts, addresses, own_lines
from linkage.lab.roster import Flags, Rows, ints
from linkage.lab.tables import Town, agents, coded, moments, pseudonyms

LOGIN = 0.4
"""Share of sittings that begin with a visit to the account pages."""

SITTING = 3 * HOUR


@dataclass(frozen=True)
class _Some:
    """Some visits: whose, when, from where."""

    account: Ints
    at: Ints
    second: Flags
    station: Ints

    def take(self, order: Ints) -> "_Some":
        return _Some(self.account[order], self.at[order], self.second[order], self.station[order])


class Visits:
    """Gathers the visits of one block of accounts after the other."""

    def __init__(self, town: Town, interactions: int) -> None:
        """The population, and how many interactions all blocks have together."""
        self._town = town
        self._login = np.random.default_rng([town.seed, 21])
        self._second = np.random.Generator(np.random.PCG64([town.seed, 21]).advance(interactions))
        accounts = len(town.roster)
        self._parts = [self._from(np.arange(accounts), town.roster.created, ints(accounts, of=-1))]

    def _from(self, account: Ints, at: Ints, station: Ints) -> _Some:
        second = self._second.random(len(account)) < self._town.roster.second_login[account]
        return _Some(account.astype(np.int32), at, second, station.astype(np.int32))

    def add(self, rows: Rows) -> None:
        """Visits before the interactions of a block, which must be ordered by account and time."""
        begins = np.ones(len(rows), np.bool_)
        begins[1:] = (rows.account[1:] != rows.account[:-1]) | (rows.at[1:] - rows.at[:-1] > SITTING)
        logins = np.flatnonzero(begins & (self._login.random(len(rows)) < LOGIN) & ~rows.planted)
        account = rows.account[logins]
        at = np.maximum(rows.at[logins] - MINUTE, self._town.roster.created[account])
        self._parts.append(self._from(account, at, rows.station[logins]))

    def tables(self, size: int) -> Iterator[pa.Table]:
        """The table of sessions by time and account, so many rows at a time."""
        names = ("account", "at", "second", "station")
        visits = _Some(*(np.concatenate([getattr(part, name) for part in self._parts]) for name in names))
        rank = pc.rank(self._town.ids).to_numpy()
        order = np.lexsort((rank[visits.account], visits.at))
        for start in range(0, len(order), size):
            yield _table(self._town, visits.take(order[start : start + size]))


def _network_texts(numbers: Ints) -> pa.Array:
    return pa.array([f"AS{number}" for number in numbers.tolist()], pa.string())


def _table(town: Town, visits: _Some) -> pa.Table:
    roster, account, at, station = town.roster, visits.account, visits.at, visits.station
    lines = town.stations.lines_at(own_lines(roster, account, visits.second), station)
    number, network = addresses(town.places, lines, at)
    agent, ja4 = agents(town, builds(town.clients, roster.browser[account], at))
    device = town.stations.devices_at(roster.device[account], station)
    return pa.table(
        {
            "account": town.ids.take(pa.array(account)),
            "at": moments(at),
            "ip": coded(number, address_texts),
            "user_agent": agent,
            "ja4": ja4,
            "device": pseudonyms(device, 5, town.seed),
            "asn": coded(network, _network_texts),
        }
    )
