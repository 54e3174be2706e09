"""A hackathon: a weekend, one venue, teams with a project each, credit from the sponsor."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, END, HOUR, OFFSETS, START
from linkage.lab.cohorts.cohort import (
    Cohort,
    Scene,
    arrive,
    give_vouchers,
    requests,
    settle_near,
    skewed,
    some,
    stay,
)
from linkage.lab.ranges import within
from linkage.lab.roster import ASK, Rows, ints
from linkage.lab.sheets import Application, Assignment, draw_items, long_text
from linkage.lab.stations import Station
from linkage.lab.templates import draw_template

CHALLENGE = 0.15
"""Share of the work on the event's tasks that pastes a task as it was set."""


@dataclass(frozen=True)
class Hackathon(Cohort):
    """An event of a day to three, with sponsors' tasks and a starter kit that teams may use.

    People sign up for it and mostly leave after it; some come from home. Between the teams nothing is
    divided: each builds its own thing and asks its own questions, busier towards the end.
    """

    kind: ClassVar[str] = "hackathon"
    share: float = within(0.01, 0.1, log=True)
    week: int = within(2, 47)
    hours: float = within(18, 72)
    team: float = within(2, 6)
    """Members of a team."""
    challenges: int = within(1, 8)
    kit: float = within(0, 1)
    """Share of teams that build on the starter kit."""
    kit_sentences: int = within(3, 15)
    project: float = within(0.2, 0.8)
    """Share of requests by the team's program; the others are typed."""
    events_own: float = within(0.1, 0.7)
    """Share of what is typed that is about the event's tasks."""
    had_account: float = within(0.05, 0.5)
    sign_up_days: float = within(0.1, 7, log=True)
    vouchers: float = within(0.2, 1)
    linked: float = within(0, 1)
    at_venue: float = within(0.3, 1)
    venue_addresses: int = within(1, 6, log=True)
    requests_each: float = within(5, 80, log=True)
    spread: float = within(0.3, 1.3)
    verbatim: float = within(0.2, 1)
    local: float = within(0.3, 1)
    stays: float = within(0.05, 0.5)

    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Bring the people together, form teams, let them build."""
        rng, roster = scene.rng, scene.roster
        country = int(roster.country[members[0]])
        begin = START + (self.week * 7 + 4) * DAY + 17 * HOUR - int(OFFSETS[country])
        end = min(begin + int(self.hours * HOUR), END - HOUR)
        settle_near(scene, members, self.local)
        arrive(scene, members, begin, self.sign_up_days, self.had_account)
        roster.created[members] = np.minimum(roster.created[members], end - 6 * HOUR)
        stay(scene, members, end, self.stays)
        give_vouchers(scene, members, self.vouchers)
        some(roster.referrer, members, self.linked, f"hack-{int(rng.integers(1000))}.example", rng)
        venue = scene.ground.places.add(scene.ground.places.network(rng), at=512, size=self.venue_addresses)
        count = rng.poisson(self.requests_each * skewed(len(members), self.spread, rng))
        who = np.repeat(np.arange(len(members)), count)
        # Towards the end of the event everybody is busier.
        at = begin + (rng.beta(1.5, 1.0, len(who)) * (end - begin)).astype(np.int64)
        rows = self._work(scene, members, who, at)
        desks = scene.stations.add(Station(venue, members, 12 * HOUR))
        there = rng.random(len(members)) < self.at_venue
        rows.station = np.where(there[who], desks[who], -1)
        return rows

    def _work(self, scene: Scene, members: Ints, who: Ints, at: Ints) -> Rows:
        rng = scene.rng
        tasks = scene.post(Assignment(draw_items(self.challenges, 3, rng), self.verbatim))
        team = self._teams(scene, len(members))[who]
        drawn, typed = rng.random(len(who)), rng.random(len(who)) >= self.project
        events = typed & (drawn < self.events_own)
        on = rng.random(len(who)) >= CHALLENGE
        item = np.where(events & ~on, rng.integers(0, self.challenges, len(who)), -1)
        rows = requests(scene, members[who], at, np.where(events, tasks, team), item)
        own = typed & ~events
        rows.kind[own] = ASK
        rows.sub[own] = scene.roster.tastes[members[who[own]], rng.integers(0, 3, int(own.sum()))]
        return rows

    def _teams(self, scene: Scene, count: int) -> Ints:
        """Number of each member's team's sheet."""
        rng, kit = scene.rng, long_text(self.kit_sentences, scene.rng)
        teams = max(1, round(count / self.team))
        numbers = ints(teams)
        for team in range(teams):
            opening = kit if rng.random() < self.kit else None
            numbers[team] = scene.post(Application(draw_template(rng), bool(rng.random() < 0.6), -1, opening))
        return np.asarray(numbers[rng.permutation(np.arange(count) % teams)])
