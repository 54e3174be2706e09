"""Students of one course: the same assignments, each with a life of their own."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, END, HOUR, MINUTE, OFFSETS, START, STUDENT
from linkage.lab.cohorts.cohort import (
    Cohort,
    Scene,
    arrive,
    give_vouchers,
    on_day,
    requests,
    settle_near,
    skewed,
    some,
    stay,
)
from linkage.lab.population import domains
from linkage.lab.ranges import within
from linkage.lab.roster import Rows, concatenate
from linkage.lab.sheets import ABOUT_IT, Assignment, draw_items
from linkage.lab.stations import Station

SITTINGS = 3
"""Sittings at most in which a student works on one assignment."""


@dataclass(frozen=True)
class Course(Cohort):
    """A course in which a model may be used; its knobs cover a seminar of a week and a lecture of hundreds.

    The university may hand out vouchers or not, students may have had accounts before or not; in the class
    room they share its addresses, elsewhere they do not. They ask what is set, in full or in part, word for
    word or not, mostly shortly before it is due, and ask on where they do not understand.
    """

    kind: ClassVar[str] = "course"
    share: float = within(0.01, 0.12, log=True)
    start_day: float = within(5, 280)
    weeks: float = within(1, 14, log=True)
    assignments: int = within(2, 12)
    items: int = within(3, 20)
    sentences: int = within(1, 3)
    verbatim: float = within(0.1, 0.95)
    part: float = within(0.15, 0.95)
    """Share of the items that a student asks."""
    follow_ups: float = within(0, 3)
    """Questions on per item."""
    had_account: float = within(0.05, 0.7)
    sign_up_days: float = within(0.5, 21, log=True)
    vouchers: float = within(0, 1)
    common_domain: float = within(0, 1)
    linked: float = within(0, 0.8)
    """Share that came by the course's page."""
    on_campus: float = within(0.1, 0.9)
    """Share of sittings in a class room."""
    lessons: int = within(1, 4)
    """Hours in a week at which there is one."""
    campus_addresses: int = within(1, 12, log=True)
    local: float = within(0.6, 1)
    spread: float = within(0.3, 1.4)
    days_before_due: float = within(0.3, 4, log=True)
    stays: float = within(0.1, 0.9)

    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Enrol the students, and let them do the assignments."""
        begin = START + int(self.start_day) * DAY
        end = min(begin + int(self.weeks * 7 * DAY), END - DAY)
        self._enrol(scene, members, begin, end)
        network = scene.ground.places.network(scene.rng)
        campus = scene.ground.places.add(network, at=2_048, size=self.campus_addresses)
        desks = scene.stations.add(Station(campus, members, 4 * HOUR))
        lessons = (
            scene.rng.integers(0, 5, self.lessons) * DAY + scene.rng.integers(8, 18, self.lessons) * HOUR
        )
        busy = skewed(len(members), self.spread, scene.rng)
        sheets = []
        for number in range(self.assignments):
            due = begin + (end - begin) * (number + 1) // self.assignments
            opened = begin + (end - begin) * number // self.assignments
            sheets.append(self._hand_in(scene, _Class(members, desks, lessons, busy), (opened, due)))
        return concatenate(sheets)

    def _enrol(self, scene: Scene, members: Ints, begin: int, end: int) -> None:
        roster, rng = scene.roster, scene.rng
        settle_near(scene, members, self.local)
        arrive(scene, members, begin, self.sign_up_days, self.had_account)
        stay(scene, members, end, self.stays)
        give_vouchers(scene, members, self.vouchers)
        name = domains(1, rng)[0].split(".")[0]
        some(roster.email_domain, members, self.common_domain, f"uni-{name}.example", rng)
        some(roster.referrer, members, self.linked, f"uni-{name}.example/course", rng)
        roster.hours[members] = STUDENT

    def _hand_in(self, scene: Scene, students: "_Class", window: tuple[int, int]) -> Rows:
        """One assignment's requests, from its opening to when it is due."""
        rng, members = scene.rng, students.members
        sheet = scene.post(Assignment(draw_items(self.items, self.sentences, rng), self.verbatim))
        chance = np.minimum(1.0, self.part * students.busy)
        who, item = np.nonzero(rng.random((len(members), self.items)) < chance[:, None])
        begun, there = self._sittings(scene, students, window)
        sitting = rng.integers(0, SITTINGS, len(who))
        pause = rng.exponential(8.0, len(who)) + item * 2.0
        at = begun[who, sitting] + (pause * MINUTE).astype(np.int64)
        station = np.where(there[who, sitting], students.desks[who], -1)
        rows = requests(scene, members[who], at, sheet, item)
        rows.station = station
        again = np.repeat(np.arange(len(who)), rng.poisson(self.follow_ups, len(who)))
        on = rows.take(again)
        on.item[:] = ABOUT_IT
        on.at += (rng.exponential(4.0, len(again)) * MINUTE).astype(np.int64) // 1_000 * 1_000
        on.at = np.minimum(on.at, END)
        return concatenate([rows, on])

    def _sittings(self, scene: Scene, students: "_Class", window: tuple[int, int]) -> tuple[Ints, np.ndarray]:
        """Beginning of each student's sittings, and which of them are in the class room at its hours."""
        rng, members = scene.rng, students.members
        shape = (len(members), SITTINGS)
        opened, due = window
        early = np.minimum(rng.exponential(self.days_before_due, shape) * DAY, due - opened).astype(np.int64)
        account = np.repeat(members, SITTINGS)
        own = np.minimum(on_day(scene, account, (due - early).ravel()), due).reshape(shape)
        offset = int(OFFSETS[scene.roster.country[members[0]]])
        week = ((own + offset - START) // (7 * DAY)) * 7 * DAY + START - offset
        lesson = week + students.lessons[rng.integers(0, len(students.lessons), shape)]
        lesson += (rng.random(shape) * HOUR).astype(np.int64)
        there = (rng.random(shape) < self.on_campus) & (lesson > scene.roster.created[members][:, None])
        return np.where(there, lesson, own), there


@dataclass(frozen=True)
class _Class:
    """Who takes the course, from which desks, at which hours of the week, how busy each."""

    members: Ints
    desks: Ints
    lessons: Ints
    busy: np.ndarray
