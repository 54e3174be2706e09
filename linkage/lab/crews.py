"""Who works for whom: how many accounts each planted operator has, which they are, what they may send."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from linkage.arrays import Ints
from linkage.lab.habits import Drip, Exits, Reseller
from linkage.lab.profiles import Hygiene, Operator, Pool, Profile
from linkage.lab.roster import ints

OPERATORS_AT_MOST = 0.5
"""Share of all requests that operators may send, whatever their knobs say."""


@dataclass(frozen=True)
class Crew:
    """One operator at work: its number, its accounts, its knobs, and the requests it may send.

    `others` are the accounts of the same reseller's pool that serve innocent customers only. Crews of one
    reseller have them in common; `provisions` tells who is provided for together.
    """

    number: int
    members: Ints
    hygiene: Hygiene
    requests: int
    others: Ints = field(default_factory=lambda: ints(0))
    pool: Pool | None = None
    exits: Exits | None = None
    drip: Drip | None = None
    reseller: Reseller | None = None

    @property
    def everybody(self) -> Ints:
        """The members and the other accounts of their pool, ascending."""
        return np.sort(np.concatenate([self.members, self.others]))

    @property
    def provider(self) -> Reseller | int:
        """Who provides for it: the reseller, or the operator himself by number."""
        return self.reseller or self.number


def crew_sizes(operators: tuple[Operator, ...], accounts: int) -> list[int]:
    """Accounts of each operator in a population of this size."""
    return [max(operator.fewest, round(operator.per_20000 * accounts / 20_000)) for operator in operators]


def reserved(profile: Profile, accounts: int) -> int:
    """Accounts that are nobody's own: those of operators and of the pools they work in."""
    return sum(lot.accounts for lot in _lots(profile, crew_sizes(profile.operators, accounts)))


@dataclass(frozen=True)
class _Lot:
    """What one hand provides for: an operator or all operators of a reseller, and the rest of their pool."""

    operators: tuple[int, ...]
    sizes: tuple[int, ...]
    first: Operator
    """Says how the whole lot is provided for."""

    @property
    def accounts(self) -> int:
        """Accounts of the lot, those that carry no operator's work among them."""
        mine = sum(self.sizes)
        return mine + (round(self.first.pool.others * mine) if self.first.pool else 0)

    @property
    def burden(self) -> float:
        """Most requests of the whole lot per request of an operator."""
        return self.first.pool.burden if self.first.pool else 1.0


def _lots(profile: Profile, sizes: Sequence[int]) -> list[_Lot]:
    numbers: dict[Reseller | int, list[int]] = {}
    for number, operator in enumerate(profile.operators):
        numbers.setdefault(operator.reseller or number, []).append(number)
    return [
        _Lot(tuple(those), tuple(sizes[number] for number in those), profile.operators[those[0]])
        for those in numbers.values()
    ]


def form_crews(profile: Profile, accounts: int, interactions: int, rng: np.random.Generator) -> list[Crew]:
    """The crews of a profile by number, on the last accounts of a population."""
    lots = _lots(profile, crew_sizes(profile.operators, accounts))
    requests = _requests(profile, lots, accounts, interactions)
    crews, end = [], accounts
    for lot in lots:
        seats = np.arange(end - lot.accounts, end, dtype=np.int64)
        if lot.first.pool or len(lot.operators) > 1:
            # Drawn, so that neither an account's number nor its seat in the pool tells whom it serves.
            seats = rng.permutation(seats)
        *dealt, others = (np.sort(seats) for seats in np.split(seats, np.cumsum(lot.sizes)))
        for number, mine in zip(lot.operators, dealt, strict=True):
            given = others, lot.first.pool, lot.first.exits, lot.first.drip, lot.first.reseller
            crews.append(Crew(number, mine, profile.operators[number].hygiene, requests[number], *given))
        end -= lot.accounts
    return sorted(crews, key=lambda crew: crew.number)


def _requests(profile: Profile, lots: Sequence[_Lot], accounts: int, interactions: int) -> list[int]:
    """Requests of each operator: as many as he wants, fewer where all lots together would send too many."""
    sizes, mean = crew_sizes(profile.operators, accounts), interactions / accounts
    burdens = {number: lot.burden for lot in lots for number in lot.operators}
    wanted = [
        size * operator.hygiene.volume * mean for size, operator in zip(sizes, profile.operators, strict=True)
    ]
    together = sum(want * burdens[number] for number, want in enumerate(wanted))
    scale = min(1.0, OPERATORS_AT_MOST * interactions / max(1.0, together))
    return [max(size, int(want * scale)) for size, want in zip(sizes, wanted, strict=True)]


def provisions(crews: Sequence[Crew]) -> list[Crew]:
    """The crews as one hand provides for them: those of one reseller are one, by the first one's number."""
    together: dict[Reseller | int, list[Crew]] = {}
    for crew in crews:
        together.setdefault(crew.provider, []).append(crew)
    return [_as_one(those) for those in together.values()]


def _as_one(crews: Sequence[Crew]) -> Crew:
    if len(crews) == 1:
        return crews[0]
    members = np.sort(np.concatenate([crew.members for crew in crews]))
    return replace(crews[0], members=members, requests=sum(crew.requests for crew in crews))


def name_of(number: int) -> str:
    """An operator's name in truth."""
    return f"operator {number + 1}"
