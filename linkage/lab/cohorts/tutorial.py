"""Readers of a viral tutorial: the whole population copies the same public texts."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, END, MINUTE, START
from linkage.lab.cohorts.cohort import Cohort, Scene, on_day, requests, stay
from linkage.lab.ranges import within
from linkage.lab.roster import Rows
from linkage.lab.sheets import Page, draw_items


@dataclass(frozen=True)
class Tutorial(Cohort):
    """A page or film that goes round: many sign up because of it, on all lines, cards and clients there are.

    They copy its texts word for word and in its order, until they have had enough; interest fades in days
    or weeks. Some keep the account for other things.
    """

    kind: ClassVar[str] = "tutorial"
    everywhere: ClassVar[bool] = True
    share: float = within(0.02, 0.2, log=True)
    published_day: float = within(10, 330)
    fades_days: float = within(0.3, 20, log=True)
    fresh: float = within(0.3, 0.95)
    """Share of readers who sign up because of it."""
    linked: float = within(0.1, 0.9)
    """Share of those who come by its link."""
    steps: int = within(1, 10)
    sentences: int = within(1, 4)
    changed: float = within(0, 0.4)
    goes_on: float = within(0.4, 0.97)
    """Chance to do the next step too."""
    stays: float = within(0.1, 0.8)

    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Let the readers come and copy."""
        rng, roster, count = scene.rng, scene.roster, len(members)
        published = START + int(self.published_day) * DAY
        read = published + (rng.exponential(self.fades_days, count) * DAY).astype(np.int64)
        fresh = rng.random(count) < self.fresh
        linked = fresh & (rng.random(count) < self.linked)
        roster.referrer[members[linked]] = f"tube-{int(rng.integers(1_000_000))}.example/watch"
        joined = np.minimum(on_day(scene, members, read), END - 3 * DAY)
        joined = np.maximum(joined, published)
        older = START + (rng.random(count) * (published - START)).astype(np.int64)
        roster.created[members] = np.where(fresh, joined, older) // 1_000 * 1_000
        for one in (fresh, ~fresh):
            stay(scene, members[one], int(published + self.fades_days * DAY), self.stays)
        begun = np.where(fresh, roster.created[members] + 5 * MINUTE, joined)
        page = scene.post(Page(draw_items(self.steps, self.sentences, rng), self.changed))
        done = np.minimum(rng.geometric(1 - self.goes_on, count), self.steps)
        who = np.repeat(np.arange(count), done)
        step = np.arange(len(who)) - np.repeat(np.cumsum(done) - done, done)
        pause = (step * 4 + rng.exponential(3.0, len(who))) * MINUTE
        rows = requests(scene, members[who], begun[who] + pause.astype(np.int64), page, step)
        return rows
