"""Hijacked accounts: people's own older lives, then days under an operator who is somebody else."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import COUNTRIES, DAY, END, HOUR, START, whole
from linkage.lab.clients import BROWSERS
from linkage.lab.cohorts.cohort import Cohort, Scene, skewed
from linkage.lab.crews import Crew
from linkage.lab.operators import TEMPLATES_PER_OPERATOR
from linkage.lab.places import scattered
from linkage.lab.population import domains
from linkage.lab.profiles import Hygiene
from linkage.lab.ranges import within
from linkage.lab.roster import HARVEST, INTRUDERS, Rows, ints
from linkage.lab.stations import Station

DEVICES = 1 << 40
"""Devices of operators without accounts are numbered from here."""


@dataclass(frozen=True)
class Hijack(Cohort):
    """An operator with stolen keys or passwords: no account is his own.

    Each account was somebody's for weeks or most of a year, and lay idle or was in use when it was taken;
    for some days it then sends the operator's work too, from addresses, programs and devices it never had.
    The owner goes on beside that, or does not notice. Accounts are taken at once (a leak) or one by one.
    """

    kind: ClassVar[str] = "hijacked"
    share: float = within(0.005, 0.05, log=True)
    begin_day: float = within(90, 330)
    spread_days: float = within(0, 20)
    """Days over which accounts are taken."""
    days: float = within(0.5, 12, log=True)
    per_day: float = within(2, 40, log=True)
    spread: float = within(0.1, 1)
    idle: float = within(0, 0.9)
    """Share of accounts whose owner had left before."""
    exits: float = within(0.03, 1, log=True)
    """Addresses per account."""
    residential: float = within(0, 1)
    """Over a half: addresses among a carrier's homes, else in hosting."""
    lease_hours: float = within(0.5, 200, log=True)
    own_build: float = within(0, 1)
    """Over a half: a program with a name of its own, else an official client of one version."""
    machines: int = within(1, 6)
    templates: int = within(1, 12)
    paraphrase: float = within(0, 0.6)
    filler: float = within(0, 0.35)

    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Give the owners their past, then let the operator work."""
        begin = START + int(self.begin_day * DAY)
        rng, count = scene.rng, len(members)
        taken = begin + (rng.random(count) * self.spread_days * DAY).astype(np.int64)
        taken = np.minimum(taken, END - DAY)
        self._live(scene, members, taken)
        sent = np.maximum(1, rng.poisson(self.per_day * self.days * skewed(count, self.spread, rng)))
        who = np.repeat(np.arange(count), sent)
        at = taken[who] + (rng.random(len(who)) * self.days * DAY).astype(np.int64)
        order = np.argsort(at, kind="stable")
        who, at = who[order], whole(np.minimum(at[order], END))
        number = scene.first_operator + len(scene.intruders)
        scene.intruders.append(self._crew(number, len(who)))
        return Rows(
            members[who],
            at,
            ints(len(who), of=HARVEST),
            number * TEMPLATES_PER_OPERATOR + rng.integers(0, self.templates, len(who)),
            np.arange(len(who)),
            ints(len(who), of=INTRUDERS - number),
            station=self._stations(scene, number, count)[who],
        )

    def _live(self, scene: Scene, members: Ints, taken: Ints) -> None:
        """An owner's account is weeks old or older when it is taken, and was used by its owner."""
        roster, rng, count = scene.roster, scene.rng, len(members)
        age = rng.uniform(0.25, 1.0, count) * (taken - START)
        roster.created[members] = whole(taken - age.astype(np.int64))
        left = rng.uniform(0.2, 0.9, count) * age
        on = age + rng.exponential(40.0, count) * DAY
        roster.lifetime[members] = np.where(rng.random(count) < self.idle, left, on).astype(np.int64)
        roster.weight[members] = np.maximum(roster.weight[members], 0.6)

    def _crew(self, number: int, requests: int) -> Crew:
        hygiene = Hygiene(templates=self.templates, paraphrase=self.paraphrase, filler=self.filler)
        return Crew(number, ints(0), hygiene, requests)

    def _stations(self, scene: Scene, number: int, count: int) -> Ints:
        """Where the operator works from on each account."""
        rng = scene.rng
        size = max(1, round(self.exits * count))
        if self.residential > 0.5:
            network = int(scene.ground.carriers[int(rng.integers(len(COUNTRIES))), 0])
            place = scene.ground.places.add(
                network, at=int(rng.integers(30_000, 50_000)), size=size, stride=5
            )
        else:
            place = scattered(scene.ground, size, 5, rng)
        if self.own_build > 0.5:
            program = (
                scene.clients.add(f"{domains(1, rng)[0].split('.')[0]}-cli/0.{rng.integers(40)}"),
                0,
                0,
            )
        else:
            program = (len(BROWSERS), 0, -1 - int(rng.integers(4, 22)))
        machine = rng.integers(0, self.machines, count)
        stations = ints(count)
        for each in range(self.machines):
            mine = np.flatnonzero(machine == each)
            device = DEVICES + number * 1_000 + each
            lease = int(self.lease_hours * HOUR)
            stations[mine] = scene.stations.add(Station(place, mine, lease, program=program, device=device))
        return stations
