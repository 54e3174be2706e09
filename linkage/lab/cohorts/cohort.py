"""What a cohort needs to come together, and what all cohorts do alike: arrive, pay by voucher, sit down."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, END, HOUR, MINUTE, START, local_moments, whole
from linkage.lab.cards import virtual_bins
from linkage.lab.clients import Clients
from linkage.lab.crews import Crew
from linkage.lab.places import Ground
from linkage.lab.roster import NOBODY, SHEET, Roster, Rows, Texts, ints
from linkage.lab.sheets import Sheet
from linkage.lab.stations import Stations


@dataclass
class Scene:
    """Everybody, the places and programs there are, and what cohorts add: stations, texts, intruders."""

    roster: Roster
    ground: Ground
    clients: Clients
    first_operator: int
    """Number of the first operator who has no accounts of his own."""
    rng: np.random.Generator
    stations: Stations = field(default_factory=Stations)
    sheets: list[Sheet] = field(default_factory=list)
    intruders: list[Crew] = field(default_factory=list)

    def post(self, sheet: Sheet) -> int:
        """Add a sheet; its number."""
        self.sheets.append(sheet)
        return len(self.sheets) - 1


class Cohort(ABC):
    """A kind of innocents with the knobs of one run, each drawn from its range; `kind` names it in truth.

    `everywhere`: its members come from offices, campuses and families too, else only from people of no unit.
    """

    kind: ClassVar[str]
    everywhere: ClassVar[bool] = False
    share: float

    @property
    def knobs(self) -> dict[str, Any]:
        """What was drawn, by knob."""
        return dict(vars(self))

    @abstractmethod
    def gather(self, scene: Scene, members: Ints) -> Rows:
        """Change what the members have in common; the requests they send beside those of their own life."""


def arrive(scene: Scene, members: Ints, begin: int, days: float, before: float) -> None:
    """`before` of the members had an account already; the others sign up within `days` around the beginning.

    Most come soon, some late, a few in the days ahead.
    """
    roster, rng = scene.roster, scene.rng
    count = len(members)
    late = begin + ((rng.exponential(0.4, count) - 0.15) * days * DAY).astype(np.int64)
    early = START + (rng.random(count) * max(begin - START - 2 * DAY, HOUR)).astype(np.int64)
    created = np.where(rng.random(count) < before, early, late)
    roster.created[members] = whole(np.clip(created, START, END - 3 * DAY))


def stay(scene: Scene, members: Ints, until: int, part: float) -> None:
    """Everybody's account lasts until then; `part` go on as they please, the others do little else."""
    roster, rng = scene.roster, scene.rng
    on = rng.random(len(members)) < part
    least = np.maximum(until - roster.created[members], HOUR)
    after = (rng.exponential(60.0, len(members)) * DAY).astype(np.int64)
    roster.lifetime[members] = least + np.where(on, after, 0)
    roster.weight[members] = np.where(
        on, roster.weight[members], roster.weight[members] * rng.uniform(0, 0.3)
    )


def give_vouchers(scene: Scene, members: Ints, part: float) -> None:
    """`part` of the members pay with a card of their own from one range of one issuer."""
    roster, rng = scene.roster, scene.rng
    given = members[rng.random(len(members)) < part]
    roster.bin[given] = virtual_bins(1, rng)[0]
    roster.card[given] = given
    roster.plan[given] = "pay as you go"


def settle_near(scene: Scene, members: Ints, part: float) -> None:
    """`part` of the members live in one country, at its carriers; the others stay where they are."""
    roster, rng = scene.roster, scene.rng
    near = members[rng.random(len(members)) < part]
    country = int(roster.country[members[0]])
    roster.country[near] = country
    carriers = scene.ground.homes.shape[1]
    roster.place[near, 0] = scene.ground.homes[country, rng.integers(0, carriers, len(near))]


def some(texts: Texts, members: Ints, part: float, value: str, rng: np.random.Generator) -> None:
    """Give `part` of the members one text."""
    texts[members[rng.random(len(members)) < part]] = value


def requests(scene: Scene, account: Ints, at: Ints, sheet: int | Ints, item: Ints) -> Rows:
    """Requests of a sheet's items; who had no account yet at that moment catches up after signing up."""
    created = scene.roster.created[account]
    caught_up = created + MINUTE + (scene.rng.exponential(3.0, len(at)) * HOUR).astype(np.int64)
    at = np.minimum(np.where(at < created + MINUTE, caught_up, at), END)
    sub = np.broadcast_to(np.asarray(sheet, np.int64), account.shape).copy()
    return Rows(account, whole(at), ints(len(account), of=SHEET), sub, item.astype(np.int64))


def on_day(scene: Scene, account: Ints, moment: Ints) -> Ints:
    """A moment on the day of `moment`, at an hour at which the account's holder is awake."""
    roster = scene.roster
    day = (moment - START) // DAY
    return local_moments(day, roster.hours[account], roster.country[account], scene.rng)


def skewed(count: int, spread: float, rng: np.random.Generator) -> np.ndarray:
    """How busy each one is beside the mean: log-normal, mean 1."""
    return np.asarray(rng.lognormal(-spread * spread / 2, spread, count))


def unattached(roster: Roster, among: Ints, count: int, rng: np.random.Generator) -> Ints:
    """Drawn people of no unit, ascending."""
    free = among[roster.unit[among] == NOBODY]
    return np.sort(rng.choice(free, min(count, len(free)), replace=False))


def no_rows() -> Rows:
    """Nothing beside what members send in their own life."""
    return Rows(ints(0), ints(0), ints(0), ints(0), ints(0))
