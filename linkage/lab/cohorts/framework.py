"""Users of one agent framework: one long public system prompt, nothing else in common."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, END, START, whole
from linkage.lab.cohorts.cohort import Cohort, Scene, no_rows
from linkage.lab.population import domains
from linkage.lab.ranges import within
from linkage.lab.roster import SHEET, Rows
from linkage.lab.sheets import SystemPrompt, long_text


@dataclass(frozen=True)
class Framework(Cohort):
    """A framework that people all over the population come to use, some of them because of it.

    Its system prompt goes along with every request, the same bytes in all installations of one version.
    What they ask under it, when, from where and with which card is theirs.
    """

    kind: ClassVar[str] = "framework"
    everywhere: ClassVar[bool] = True
    share: float = within(0.03, 0.25, log=True)
    released_day: float = within(5, 250)
    sentences: int = within(10, 60, log=True)
    versions: int = within(1, 4)
    agent: float = within(0.1, 1)
    """Share that calls from the framework's own client."""
    main: float = within(0.4, 1)
    """Share of requests that go through it."""
    came_for_it: float = within(0, 0.6)
    busier: float = within(0.7, 4, log=True)

    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Install it for everybody."""
        roster, rng, count = scene.roster, scene.rng, len(members)
        came = members[rng.random(count) < self.came_for_it]
        released = START + int(self.released_day * DAY)
        late = rng.beta(1.0, 1.6, len(came)) * (END - 5 * DAY - released)
        roster.created[came] = whole(released + late.astype(np.int64))
        name = domains(1, rng)[0].split(".")[0]
        common = f"You are {name}, an agent that works with tools. {long_text(self.sentences, rng)}"
        texts = [f"{common} Version {number}. {long_text(number, rng)}" for number in range(self.versions)]
        sheets = np.array([scene.post(SystemPrompt(text)) for text in texts], np.int64)
        version = rng.integers(0, self.versions, count)
        programs = np.array(
            [scene.clients.add(f"{name}-agent/1.{number}") for number in range(self.versions)]
        )
        users = rng.random(count) < self.agent
        roster.client[members[users], 0] = programs[version[users]]
        roster.client[members[users], 1:] = 0
        roster.use[members], roster.main[members] = SHEET, self.main
        roster.template[members] = sheets[version]
        roster.weight[members] *= self.busier
        return no_rows()
