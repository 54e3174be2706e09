"""A reseller's pool: strangers' requests on the same accounts as an operator's, and on others like them."""

from dataclasses import dataclass

import numpy as np

from linkage.arrays import Ints
from linkage.lab.activity import PER_SITTING, TALK_GAP
from linkage.lab.calendar import (
    DAY,
    END,
    HOUR,
    MINUTE,
    OFFSETS,
    START,
    local_moments,
    off_weekends,
    whole,
)
from linkage.lab.crews import Crew
from linkage.lab.profiles import Pool
from linkage.lab.roster import APP, ASK, Roster, Rows, ints

SHORT_PAUSE = 12.0 * MINUTE
"""Mean pause between two requests of a sitting."""

CUSTOMERS_PER_POOL = 1 << 32
"""Room for the customers of one pool in the numbering of hands."""


@dataclass(frozen=True)
class _Seats:
    """Which customers (columns: slots) each account of the pool serves, and where each customer is served."""

    accounts: Ints
    customers: Ints
    homes: Ints


def serve(roster: Roster, crew: Crew, worked: Rows, customers: Roster, rng: np.random.Generator) -> Rows:
    """The customers' requests on all accounts of a crew's pool, beside the operator's own (`worked`).

    `customers` are people of whom only habits count: `clients_of` says how many are needed. Their numbers
    are the rows' `hand`.
    """
    assert crew.pool is not None
    counts = _counts(crew, crew.pool, worked, rng)
    seats = _seat(crew, crew.pool, len(customers), rng)
    place = np.repeat(np.arange(len(counts)), counts)
    sitting, who = _sittings(customers, seats, counts, rng)
    at = _times(roster, customers, _Visit(seats.accounts[place], sitting, who), int(worked.at.max()), rng)
    taken_over = np.flatnonzero(rng.random(len(who)) < crew.pool.failover)
    account = seats.accounts[place]
    account[taken_over] = seats.homes[who[taken_over], rng.integers(0, seats.homes.shape[1], len(taken_over))]
    at = np.maximum(at, roster.created[account] + HOUR)
    main = rng.random(len(who)) < customers.main[who]
    kind = np.where(main, customers.use[who], ASK)
    topic = customers.tastes[who, rng.integers(0, 3, len(who))]
    hand = who + crew.number * CUSTOMERS_PER_POOL
    # An application's number is its author's: the customers' stand beyond everybody's.
    template = np.where(kind == APP, hand + len(roster), customers.template[who])
    sub = np.where(kind == ASK, topic, template)
    return Rows(account, whole(np.minimum(at, END)), kind, sub, ints(len(who), of=-1), hand)


def clients_of(crew: Crew) -> int:
    """Customers of a crew's pool."""
    return -(-len(crew.everybody) * crew.pool.slots // crew.pool.homes) if crew.pool else 0


def _counts(crew: Crew, pool: Pool, worked: Rows, rng: np.random.Generator) -> Ints:
    """Customers' requests of each account, in the order of `crew.everybody`."""
    sent = np.bincount(worked.account, minlength=int(crew.everybody[-1]) + 1)
    part = rng.uniform(*pool.part, len(crew.members))
    asked = np.round(sent[crew.members] * (1 - part) / part).astype(np.int64)
    # Accounts without the operator's work are as busy as the others.
    alike = rng.choice(sent[crew.members] + asked, len(crew.others))
    everybody = np.zeros(len(sent), np.int64)
    everybody[crew.members], everybody[crew.others] = asked, alike
    return everybody[crew.everybody]


def _seat(crew: Crew, pool: Pool, customers: int, rng: np.random.Generator) -> _Seats:
    """Deals each account's slots to customers, `homes` to each."""
    accounts = crew.everybody
    dealt = rng.permutation(customers * pool.homes)
    customer = dealt[: len(accounts) * pool.slots] // pool.homes
    homes = np.zeros(customers * pool.homes, np.int64)
    homes[dealt] = accounts[np.arange(len(dealt)) // pool.slots % len(accounts)]
    return _Seats(accounts, customer.reshape(len(accounts), pool.slots), homes.reshape(customers, pool.homes))


def _sittings(customers: Roster, seats: _Seats, counts: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Number of the sitting and of the customer of each request, account by account."""
    sittings = np.maximum(1, np.round(counts / PER_SITTING)).astype(np.int64)
    first = np.cumsum(sittings) - sittings
    weight = customers.weight[seats.customers].cumsum(axis=1)
    place = np.repeat(np.arange(len(counts)), sittings)
    drawn = rng.random(len(place)) * weight[place, -1]
    slot = (drawn[:, None] >= weight[place, :-1]).sum(axis=1)
    chosen = seats.customers[place, slot]
    account = np.repeat(np.arange(len(counts)), counts)
    sitting = first[account] + (rng.random(len(account)) * sittings[account]).astype(np.int64)
    return sitting, chosen[sitting]


@dataclass(frozen=True)
class _Visit:
    account: Ints
    sitting: Ints
    customer: Ints


def _times(roster: Roster, customers: Roster, visit: _Visit, until: int, rng: np.random.Generator) -> Ints:
    """Moments at the hours of each customer, from the account's making to the end of the campaign."""
    sittings = int(visit.sitting.max(initial=-1)) + 1
    account, who = ints(sittings), ints(sittings)
    account[visit.sitting], who[visit.sitting] = visit.account, visit.customer
    created, hours, country = roster.created[account], customers.hours[who], customers.country[who]
    planned = created + (rng.random(sittings) * np.maximum(until - created, DAY)).astype(np.int64)
    day = off_weekends((planned + OFFSETS[country] - START) // DAY, hours, rng)
    begun = local_moments(day, hours, country, rng)[visit.sitting]
    return begun + (rng.exponential(SHORT_PAUSE, len(visit.sitting))).astype(np.int64)


def take_over(rows: Rows) -> int:
    """Customers' requests that go on where another account left off carry its last turn; how many do."""
    asked = np.flatnonzero(rows.hand >= 0)
    asked = asked[np.lexsort((rows.at[asked], rows.hand[asked]))]
    before, after = asked[:-1], asked[1:]
    goes_on = (
        (rows.hand[before] == rows.hand[after])
        & (rows.account[before] != rows.account[after])
        & (rows.at[after] - rows.at[before] <= TALK_GAP)
        & (rows.kind[after] == ASK)
    )
    rows.context[after[goes_on], 0] = before[goes_on]
    return int(goes_on.sum())
