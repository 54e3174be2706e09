"""Stations: where an account's requests come from when it is not at its own usual places.

A class room, the venue of an event, another exit while a proxy is down, the machine of somebody who took an
account over. A station may bring its own program and device, or leave the account's.
"""

from dataclasses import dataclass, field

import numpy as np

from linkage.arrays import Ints
from linkage.lab.places import Lines
from linkage.lab.roster import NOBODY, ints

FOREVER = 1 << 60
"""A lease longer than all time: the address never changes."""


@dataclass(frozen=True)
class Station:
    """Some stations of one place, one per holder; each brings its program and device or none.

    `handed` with a lease FOREVER gives holder k the k-th address of the place; else addresses are drawn by
    holder and lease as at home (see `places`).
    """

    place: int
    holder: Ints
    lease: int
    handed: bool = False
    program: tuple[int, int, int] | None = None
    device: int = NOBODY


@dataclass
class Stations:
    """All stations of a population by number, one array per fact."""

    lines: Lines = field(default_factory=lambda: Lines(ints(0), ints(0), ints(0), np.zeros(0, np.bool_)))
    program: Ints = field(default_factory=lambda: ints(0, 3))
    device: Ints = field(default_factory=lambda: ints(0))

    def add(self, station: Station) -> Ints:
        """The numbers of new stations, in the order of the holders."""
        count, first = len(station.holder), len(self.device)
        new = Lines(
            ints(count, of=station.place),
            station.holder.astype(np.int64),
            ints(count, of=station.lease),
            np.full(count, station.handed),
        )
        self.lines = self.lines.followed_by(new)
        program = np.tile(np.array(station.program or (NOBODY, 0, 0), np.int64), (count, 1))
        self.program = np.concatenate([self.program, program])
        self.device = np.concatenate([self.device, ints(count, of=station.device)])
        return np.arange(first, first + count, dtype=np.int64)

    def lines_at(self, usual: Lines, station: Ints) -> Lines:
        """The lines of requests, those of stations where there are any."""
        away = station >= 0
        if not away.any():
            return usual
        return usual.where(away, self.lines.take(station[away]))

    def programs_at(self, usual: Ints, station: Ints) -> Ints:
        """The programs of requests, those of stations that bring one."""
        brought = station >= 0
        brought[brought] = self.program[station[brought], 0] != NOBODY
        programs = usual.copy()
        programs[brought] = self.program[station[brought]]
        return programs

    def devices_at(self, usual: Ints, station: Ints) -> Ints:
        """The devices of visits, those of stations that bring one."""
        brought = station >= 0
        brought[brought] = self.device[station[brought]] != NOBODY
        devices = usual.copy()
        devices[brought] = self.device[station[brought]]
        return devices
