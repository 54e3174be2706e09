"""Who works for whom: how many accounts each planted operator has, which they are, what they may send."""

from dataclasses import dataclass, field

import numpy as np

from linkage.arrays import Ints
from linkage.lab.habits import Drip, Exits
from linkage.lab.profiles import Hygiene, Operator, Pool, Profile
from linkage.lab.roster import ints

OPERATORS_AT_MOST = 0.5
"""Share of all requests that operators may send, whatever their knobs say."""


@dataclass(frozen=True)
class Crew:
    """One operator at work: its number, its accounts, its knobs, and the requests it may send.

    `others` are the accounts of the same reseller's pool that serve innocent customers only.
    """

    number: int
    members: Ints
    hygiene: Hygiene
    requests: int
    others: Ints = field(default_factory=lambda: ints(0))
    pool: Pool | None = None
    exits: Exits | None = None
    drip: Drip | None = None

    @property
    def everybody(self) -> Ints:
        """All accounts provided by one hand, ascending."""
        return np.sort(np.concatenate([self.members, self.others]))


def crew_sizes(operators: tuple[Operator, ...], accounts: int) -> list[int]:
    """Accounts of each operator in a population of this size."""
    return [max(operator.fewest, round(operator.per_20000 * accounts / 20_000)) for operator in operators]


def reserved(profile: Profile, accounts: int) -> int:
    """Accounts that are nobody's own: those of operators and of the pools they work in."""
    sizes = crew_sizes(profile.operators, accounts)
    return sum(
        size + _others(operator, size) for size, operator in zip(sizes, profile.operators, strict=True)
    )


def _others(operator: Operator, size: int) -> int:
    return round(operator.pool.others * size) if operator.pool else 0


def form_crews(profile: Profile, accounts: int, interactions: int, rng: np.random.Generator) -> list[Crew]:
    """The crews of a profile, on the last accounts of a population."""
    sizes = crew_sizes(profile.operators, accounts)
    mean = interactions / accounts
    teams = list(zip(sizes, profile.operators, strict=True))
    wanted = [size * operator.hygiene.volume * mean for size, operator in teams]
    burdens = [operator.pool.burden if operator.pool else 1.0 for operator in profile.operators]
    together = sum(want * burden for want, burden in zip(wanted, burdens, strict=True))
    scale = min(1.0, OPERATORS_AT_MOST * interactions / max(1.0, together))
    crews, end = [], accounts
    for number, (size, operator) in enumerate(teams):
        whole = size + _others(operator, size)
        members = np.arange(end - whole, end, dtype=np.int64)
        if operator.pool:
            # Drawn, so that neither an account's number nor its seat in the pool tells whom it serves.
            members = rng.permutation(members)
        requests = max(size, int(wanted[number] * scale))
        mine, others = np.sort(members[:size]), np.sort(members[size:])
        habits = operator.pool, operator.exits, operator.drip
        crews.append(Crew(number, mine, operator.hygiene, requests, others, *habits))
        end -= whole
    return crews


def name_of(number: int) -> str:
    """An operator's name in truth."""
    return f"operator {number + 1}"
