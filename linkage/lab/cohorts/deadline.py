"""Users of one public harness who run the same question set before the same deadline."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, END, HOUR, MINUTE, START
from linkage.lab.cohorts.cohort import Cohort, Scene, arrive, requests, skewed, stay
from linkage.lab.places import scattered
from linkage.lab.population import domains
from linkage.lab.ranges import within
from linkage.lab.roster import Rows
from linkage.lab.sheets import Harness, draw_items, long_text
from linkage.lab.stations import FOREVER, Station

CLOUDS = 5
"""Clouds from which people run programs; strangers have their own machine there."""


@dataclass(frozen=True)
class Deadline(Cohort):
    """A shared task, a conference, a leaderboard: in the days before it closes everybody runs the harness.

    It sends public items in a public frame, in order, without pauses. Each user runs all of them or the part
    they can afford, once or again; nobody's run makes another's unnecessary.
    """

    kind: ClassVar[str] = "deadline"
    share: float = within(0.005, 0.06, log=True)
    deadline_day: float = within(20, 355)
    days: float = within(0.5, 10, log=True)
    """Days before the deadline in which runs begin."""
    items: int = within(40, 800, log=True)
    sentences: int = within(1, 3)
    frame: int = within(0, 6)
    """Sentences of the frame before each item."""
    system: int = within(0, 6)
    """Sentences of the system prompt."""
    part: float = within(0.1, 1)
    runs: float = within(1, 2.5)
    per_minute: float = within(1, 40, log=True)
    tool: float = within(0.5, 1)
    """Share that calls from the harness itself, the others from a client of their own."""
    cloud: float = within(0, 0.8)
    had_account: float = within(0.2, 0.9)
    spread: float = within(0.1, 1)
    stays: float = within(0.2, 0.9)

    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Run the harness for everybody."""
        rng, roster = scene.rng, scene.roster
        deadline = START + int(self.deadline_day * DAY)
        begin = deadline - int(self.days * DAY)
        arrive(scene, members, begin, self.days * 0.5, self.had_account)
        roster.created[members] = np.minimum(roster.created[members], deadline - 6 * HOUR)
        stay(scene, members, deadline, self.stays)
        agent = f"{domains(1, rng)[0].split('.')[0]}-eval/0.{int(rng.integers(1, 30))}"
        users = members[rng.random(len(members)) < self.tool]
        roster.client[users] = (scene.clients.add(agent), 0, 0)
        rows = self._runs(scene, members, (begin, deadline))
        rows.station = self._machines(scene, members)[np.searchsorted(members, rows.account)]
        return rows

    def _runs(self, scene: Scene, members: Ints, window: tuple[int, int]) -> Rows:
        rng = scene.rng
        frame = long_text(self.frame, rng) + "\n\n" if self.frame else ""
        system = long_text(self.system, rng) if self.system else None
        items = draw_items(self.items, self.sentences, rng)
        sheet = scene.post(Harness(items, f"{frame}Question: ", "\nAnswer:", system))
        times = 1 + rng.poisson(self.runs - 1, len(members))
        part = np.clip(self.part * skewed(len(members), self.spread, rng), 2 / self.items, 1.0)
        runner = np.repeat(np.arange(len(members)), times)
        begun = window[0] + ((1 - rng.exponential(0.3, len(runner)).clip(0, 1)) * (window[1] - window[0]))
        sent = np.maximum(2, np.round(part[runner] * self.items)).astype(np.int64)
        run = np.repeat(np.arange(len(runner)), sent)
        item = np.arange(len(run)) - np.repeat(np.cumsum(sent) - sent, sent)
        pause = MINUTE / self.per_minute
        at = begun[run] + (item + rng.random(len(run))) * pause
        return requests(scene, members[runner[run]], np.minimum(at, END).astype(np.int64), sheet, item)

    def _machines(self, scene: Scene, members: Ints) -> Ints:
        """Station of each user who rents a machine in a cloud, -1 for the others."""
        rng, station = scene.rng, np.full(len(members), -1, np.int64)
        chosen = rng.integers(0, CLOUDS, len(members))
        rents = rng.random(len(members)) < self.cloud
        for cloud in range(CLOUDS):
            mine = np.flatnonzero(rents & (chosen == cloud))
            place = scattered(scene.ground, max(1, 4 * len(mine)), 11, rng)
            station[mine] = scene.stations.add(Station(place, members[mine], FOREVER))
        return station
