"""Tenants of an honest platform: one application and one way out, as many firms as accounts."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import CLOCK, DAY, END, OFFICE, START, whole
from linkage.lab.cards import virtual_bins
from linkage.lab.clients import BROWSERS
from linkage.lab.cohorts.cohort import Cohort, Scene, no_rows
from linkage.lab.places import scattered
from linkage.lab.population import domains
from linkage.lab.ranges import within
from linkage.lab.roster import SHEET, Rows
from linkage.lab.sheets import Application
from linkage.lab.stations import FOREVER
from linkage.lab.templates import draw_template

OTHER_TOPIC = 0.4
"""Share of tenants whose slots are tickets of any kind instead of one topic."""


@dataclass(frozen=True)
class Platform(Cohort):
    """A shop system, a practice manager, a chat widget: it opens an account for each firm it serves.

    Its templates are the same for all, its addresses too; domain, subject, rhythm and volume are the
    tenant's. Cards may come from a spend-management firm or be the tenants' own, onboarding may take a week
    or most of the year.
    """

    kind: ClassVar[str] = "platform"
    share: float = within(0.015, 0.12, log=True)
    templates: int = within(1, 5)
    in_system: float = within(0, 1)
    egress: int = within(1, 12, log=True)
    onboarding_days: float = within(5, 250, log=True)
    start_day: float = within(5, 100)
    spend_cards: float = within(0, 1)
    own_domain: float = within(0.85, 1)
    declared: float = within(0, 0.6)
    """Share of tenants whose organisation is in the accounts table."""
    own_lines: float = within(0, 0.15)
    """Share of requests that a tenant sends from its own office."""
    local: float = within(0.1, 1)
    office: float = within(0.3, 1)
    own_build: float = within(0, 1)
    """Over a half: the platform's program has a name of its own, else it is an official client."""
    volume: float = within(-0.5, 1.5)
    """Mean of the logarithm of volume beside other people's."""
    spread: float = within(0.5, 1.6)
    main: float = within(0.85, 1)

    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Open the tenants' accounts; what they send follows from their own rhythm."""
        roster, rng, count = scene.roster, scene.rng, len(members)
        day = self.start_day + rng.random(count) * self.onboarding_days
        roster.created[members] = whole(np.minimum(START + (day * DAY).astype(np.int64), END - 10 * DAY))
        roster.lifetime[members] = END - roster.created[members]
        near = members[rng.random(count) < self.local]
        roster.country[near] = roster.country[members[0]]
        roster.hours[members] = np.where(rng.random(count) < self.office, OFFICE, CLOCK)
        roster.weight[members] = np.exp(rng.normal(self.volume, self.spread, count))
        self._sign(scene, members)
        self._connect(scene, members)
        roster.use[members], roster.main[members] = SHEET, self.main
        roster.template[members] = self._applications(scene, count)
        return no_rows()

    def _sign(self, scene: Scene, members: Ints) -> None:
        roster, rng, count = scene.roster, scene.rng, len(members)
        names = domains(count, rng)
        own = rng.random(count) < self.own_domain
        roster.email_domain[members[own]] = names[own]
        firms = np.array([f"{name.split('.')[0]} ltd" for name in names], object)
        declared = rng.random(count) < self.declared
        roster.organisation[members[declared]] = firms[declared]
        roster.card[members] = roster.billing[members] = members
        spent = members[rng.random(count) < self.spend_cards]
        roster.bin[spent] = virtual_bins(1, rng)[0]
        roster.plan[members] = "pay as you go"

    def _connect(self, scene: Scene, members: Ints) -> None:
        roster, rng = scene.roster, scene.rng
        roster.place[members, 1] = scattered(scene.ground, self.egress, 1, rng)
        roster.lease[members, 1] = DAY if rng.random() < 0.5 else FOREVER
        roster.second_share[members] = 1 - self.own_lines
        roster.second_login[members] = 0.0
        if self.own_build > 0.5:
            program = (
                scene.clients.add(f"{domains(1, rng)[0].split('.')[0]}-cloud/3.{rng.integers(20)}"),
                0,
                0,
            )
        else:
            program = (len(BROWSERS) + int(rng.integers(2)), 0, -1 - int(rng.integers(4, 20)))
        roster.client[members] = program

    def _applications(self, scene: Scene, count: int) -> Ints:
        """Number of each tenant's sheet: one of the platform's templates around the tenant's own subject."""
        rng = scene.rng
        templates = [draw_template(rng) for _ in range(self.templates)]
        in_system = rng.random(self.templates) < self.in_system
        chosen = rng.integers(0, self.templates, count)
        subject = np.where(rng.random(count) < OTHER_TOPIC, -1, rng.integers(0, 1 << 20, count))
        made = [
            Application(templates[which], bool(in_system[which]), topic)
            for which, topic in zip(chosen.tolist(), subject.tolist(), strict=True)
        ]
        return np.array([scene.post(each) for each in made], np.int64)
