"""Operators: how their accounts are made and equipped, and how a dispatcher spreads one queue over them."""

import heapq
from dataclasses import replace

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import (
    CLOCK,
    DAY,
    DAYS,
    END,
    HOUR,
    OFFICE,
    START,
    local_moments,
    off_weekends,
    whole,
)
from linkage.lab.cards import virtual_bins
from linkage.lab.clients import BROWSERS
from linkage.lab.crews import Crew, provisions
from linkage.lab.exits import connect
from linkage.lab.places import scattered
from linkage.lab.population import DISPOSABLE, FREEMAIL, domains
from linkage.lab.profiles import (
    CATCH_ALL,
    HUMAN_LIKE,
    OWN_BUILD,
    PINNED,
    RESIDENTIAL,
    ROTATING,
    Hygiene,
)
from linkage.lab.profiles import DISPOSABLE as DISPOSABLE_MAIL
from linkage.lab.roster import ASK, CONTEXT, HARVEST, HOLDER, INNOCENT, NOBODY, Flags, Roster, Rows
from linkage.lab.units import Town

PAYS = 0.93
"""Share of an operator's accounts that give a card; the others live on free credit."""

BIN_SHARES = 0.6
"""Share of an operator's virtual cards on the first of its ranges, and so on for the rest."""

PROXY_USE = 0.15
"""Share of a bystander's requests that leave through the rented proxy."""

CUSTOMERS = "reseller customer"
"""Kind of an account of an operator's pool that serves innocents only."""

POOLS = 1 << 20
"""Units from this number on are pools."""

WARM_UP = 6 * HOUR
TEMPLATES_PER_OPERATOR = 64
"""Room for the templates of one operator in the numbering of templates."""


def recruit(town: Town, crews: list[Crew]) -> None:
    """Turn the crews' accounts, so far anyone's, into what their operators' knobs make of them.

    One hand provides for all crews of a reseller alike, and for the other accounts of a pool, which stay
    innocent.
    """
    roster = town.roster
    for lot in provisions(crews):
        provided = replace(lot, members=lot.everybody)
        for crew in crews:
            if crew.provider == lot.provider:
                roster.operator[crew.members] = crew.number
        roster.kind[lot.members] = "operator"
        if len(lot.others):
            roster.kind[lot.others] = CUSTOMERS
            roster.unit[lot.everybody] = POOLS + lot.number
            roster.weight[lot.others] = 0.0
        _register(town, provided)
        _pay(town, provided)
        _connect(town, provided)
        if lot.exits:
            connect(town, provided, lot.exits)
        if lot.drip:
            life = lot.drip.life_days * town.rng.lognormal(0.0, lot.drip.uneven, len(lot.members))
            roster.lifetime[lot.members] = (life * DAY).astype(np.int64)
        _program(town, provided)
        _subscribe(town, provided)
        roster.model_lag[provided.members] = int(lot.hygiene.model_lag_days * DAY)
        roster.small[provided.members] = town.rng.random(len(provided.members)) < 0.1


def _register(town: Town, crew: Crew) -> None:
    knobs, rng, count = crew.hygiene, town.rng, len(crew.members)
    latest = max(6.0, DAYS - knobs.registration_days - knobs.campaign_days - 3)
    begin = START + int(rng.uniform(5, latest) * DAY)
    waves = begin + np.sort(rng.random(knobs.registration_waves)) * knobs.registration_days * DAY
    wave = rng.integers(0, knobs.registration_waves, count)
    within = rng.exponential(min(8.0, knobs.registration_days * 3), count) * HOUR
    town.roster.created[crew.members] = whole(
        np.minimum((waves[wave] + within).astype(np.int64), END - 3 * DAY)
    )


def _shared_by(members: Ints, per: float, rng: np.random.Generator) -> Ints:
    """Deal members into hands of `per` on average; each one's number is the first of the hand.

    `members` must ascend.
    """
    shuffled = rng.permutation(members)
    hand = (np.arange(len(members)) / max(1.0, per)).astype(np.int64)
    first = shuffled[np.searchsorted(hand, hand, side="left")]
    return np.asarray(first[np.argsort(shuffled, kind="stable")])


def _pay(town: Town, crew: Crew) -> None:
    roster, members, knobs, rng = town.roster, crew.members, crew.hygiene, town.rng
    card = _shared_by(members, knobs.accounts_per_card, rng)
    ranges = virtual_bins(knobs.bins, rng)
    shares = BIN_SHARES ** np.arange(1, len(ranges) + 1)
    bought = rng.choice(ranges, len(roster), p=shares / shares.sum())
    virtual = rng.random(len(roster)) < knobs.virtual
    # Drawn for the card's first holder, so that all accounts on one card agree about it.
    roster.bin[members] = np.where(virtual[card], bought[card], roster.bin[card])
    roster.card[members] = np.where(rng.random(len(members)) < PAYS, card, NOBODY)
    roster.billing[members] = _shared_by(members, knobs.accounts_per_billing, rng)
    if knobs.accounts_per_phone > 1:
        phone = _shared_by(members, knobs.accounts_per_phone, rng)
        roster.phone[members] = np.where(rng.random(len(members)) < 0.6, phone, NOBODY)
    plan = np.where(rng.random(len(members)) < 0.85, "pay as you go", "plus")
    roster.plan[members] = np.where(roster.card[members] == NOBODY, "free", plan)


def _connect(town: Town, crew: Crew) -> None:
    roster, members, knobs, rng = town.roster, crew.members, crew.hygiene, town.rng
    roster.second_share[members] = roster.second_login[members] = 0.0
    roster.lease[members] = int(knobs.lease_hours * HOUR)
    if knobs.address == RESIDENTIAL:
        # Lines of households in the account's own country: the ranges in which its innocents live, too.
        carriers = town.ground.homes.shape[1]
        roster.place[members, 0] = town.ground.homes[
            roster.country[members], rng.integers(0, carriers, len(members))
        ]
        return
    size = max(1, round(len(members) * knobs.addresses_per_account))
    place = scattered(town.ground, size, 37, rng)
    roster.place[members] = place
    roster.handed[members] = knobs.address == ROTATING
    if knobs.address == ROTATING:
        roster.holder[members] = np.arange(len(members))[:, None]
    _bystanders(town, place, round(len(members) * knobs.bystanders), int(knobs.lease_hours * HOUR))


def _bystanders(town: Town, place: int, count: int, lease: int) -> None:
    roster = town.roster
    strangers = np.flatnonzero((roster.operator == INNOCENT) & (roster.unit == NOBODY))
    chosen = town.rng.permutation(strangers)[:count]
    roster.place[chosen, 1] = place
    roster.lease[chosen, 1] = lease
    roster.second_share[chosen] = roster.second_login[chosen] = PROXY_USE


def _program(town: Town, crew: Crew) -> None:
    roster, members, rng = town.roster, crew.members, town.rng
    if crew.hygiene.client == OWN_BUILD:
        agent = f"{domains(1, rng)[0].split('.')[0]}-http/{int(rng.integers(1, 9))}.{int(rng.integers(30))}"
        roster.client[members] = (town.clients.add(agent), 0, 0)
    elif crew.hygiene.client == PINNED:
        roster.client[members] = (len(BROWSERS), 0, -1 - int(rng.integers(6, 20)))


def _subscribe(town: Town, crew: Crew) -> None:
    roster, members, rng = town.roster, crew.members, town.rng
    if crew.hygiene.email == CATCH_ALL:
        roster.email_domain[members] = domains(1, rng)[0]
    elif crew.hygiene.email == DISPOSABLE_MAIL:
        chosen = rng.choice(np.array(DISPOSABLE, object), 2, replace=False)
        roster.email_domain[members] = rng.choice(chosen, len(members))
    else:
        shares = np.array([0.5, 0.25, 0.1, 0.15])
        roster.email_domain[members] = rng.choice(np.array(FREEMAIL[:4], object), len(members), p=shares)


def dispatch(roster: Roster, crew: Crew, rng: np.random.Generator) -> Rows:
    """The crew's requests by time: one queue of tasks, drained by runs that go from account to account.

    A run is `run_length` requests in one lane; there are as many lanes as keep the campaign's daily load.
    """
    if crew.drip:
        return _drip(roster, crew, rng)
    knobs, total = crew.hygiene, crew.requests
    order = crew.members[np.argsort(roster.created[crew.members], kind="stable")]
    made = roster.created[order]
    begin = int(made[len(made) // 5]) + WARM_UP
    days = min(knobs.campaign_days, (END - begin) / DAY)
    at = _moments(begin, days, total, knobs, rng)
    lanes = int(np.clip(round(total / days / knobs.run_length), 1, len(order)))
    lane = rng.integers(0, lanes, total)
    run = _place_in_lane(lane) // knobs.run_length * lanes + lane
    _, first, which = np.unique(run, return_index=True, return_inverse=True)
    account = order[_least_used(made, at[first])[which]]
    return _work(roster, crew, account, np.maximum(at, roster.created[account] + HOUR), rng)


def _work(roster: Roster, crew: Crew, account: Ints, at: Ints, rng: np.random.Generator) -> Rows:
    """What is sent, in the order of the queue: its tasks, and everyday questions between them."""
    knobs, total = crew.hygiene, len(account)
    work = rng.random(total) >= knobs.camouflage
    template = crew.number * TEMPLATES_PER_OPERATOR + rng.integers(0, knobs.templates, total)
    taste = roster.tastes[account, rng.integers(0, 3, total)]
    kind, sub = np.where(work, HARVEST, ASK), np.where(work, template, taste)
    return Rows(account, at, kind, sub, _queue(work, knobs, rng))


def _drip(roster: Roster, crew: Crew, rng: np.random.Generator) -> Rows:
    """Each account works from when it is made until it is dropped, all on one queue by time."""
    made, life = roster.created[crew.members], roster.lifetime[crew.members]
    mine = np.sort(rng.integers(0, len(crew.members), crew.requests))
    first, last = made[mine] + HOUR, np.minimum(made[mine] + np.maximum(life[mine], 2 * HOUR), END)
    at = first + (rng.random(len(mine)) * (last - first)).astype(np.int64)
    if crew.hygiene.hours == HUMAN_LIKE:
        country = np.full(len(mine), int(rng.integers(0, 6)), np.int64)
        office = np.full(len(mine), OFFICE, np.int64)
        awake = local_moments((at - START) // DAY, office, country, rng)
        at = np.where((awake >= first) & (awake <= last), awake, at)
    order = np.argsort(at, kind="stable")
    return _work(roster, crew, crew.members[mine[order]], whole(at[order]), rng)


def _least_used(made: Ints, begun: Ints) -> Ints:
    """For each run the account that had the fewest so far: load is evened out, as the relays do it.

    `made` is when each account was made, ascending. A new account starts with the load of the least used
    one, so it joins the rota instead of catching up.
    """
    waiting: list[tuple[int, int]] = [(0, 0)]
    joined = 1
    chosen = np.zeros(len(begun), np.int64)
    for run in np.argsort(begun, kind="stable"):
        while joined < len(made) and made[joined] + HOUR < begun[run]:
            heapq.heappush(waiting, (waiting[0][0], joined))
            joined += 1
        load, account = waiting[0]
        heapq.heapreplace(waiting, (load + 1, account))
        chosen[run] = account
    return chosen


def _moments(begin: int, days: float, count: int, knobs: Hygiene, rng: np.random.Generator) -> Ints:
    if knobs.hours != HUMAN_LIKE:
        return np.sort(whole(begin + (rng.random(count) * days * DAY).astype(np.int64)))
    hours = np.full(count, OFFICE if days >= 1 else CLOCK, np.int64)
    country = np.full(count, int(rng.integers(0, 6)), np.int64)
    day = ((begin - START) + (rng.random(count) * days * DAY).astype(np.int64)) // DAY
    at = local_moments(off_weekends(day, hours, rng), hours, country, rng)
    return np.sort(whole(np.clip(at, begin, END)))


def _place_in_lane(lane: Ints) -> Ints:
    """Running number of each request within its lane."""
    order = np.argsort(lane, kind="stable")
    ranked = lane[order]
    starts = np.searchsorted(ranked, ranked, side="left")
    place = np.empty(len(lane), np.int64)
    place[order] = np.arange(len(lane)) - starts
    return place


def _queue(work: Flags, knobs: Hygiene, rng: np.random.Generator) -> Ints:
    """Number of the task in each request: each once, but for retries of one of the last twenty."""
    item = np.where(work, np.cumsum(work) - 1, -1)
    again = work & (rng.random(len(work)) < knobs.repeats)
    return np.where(again, np.maximum(0, item - rng.integers(1, 21, len(work))), item)


def echo(roster: Roster, rows: Rows, crew: Crew, rng: np.random.Generator) -> int:
    """Let some requests carry a turn that was produced for a sibling shortly before; how many do."""
    mine = np.flatnonzero((roster.operator[rows.account] == crew.number) & (rows.hand == HOLDER))
    mine = mine[np.argsort(rows.at[mine], kind="stable")]
    source = np.full(len(mine), -1, np.int64)
    for back in range(1, 4 * CONTEXT):
        before = np.roll(mine, back)
        fits = (np.arange(len(mine)) >= back) & (rows.account[before] != rows.account[mine]) & (source < 0)
        source = np.where(fits, before, source)
    chosen = (source >= 0) & (rng.random(len(mine)) < crew.hygiene.echo)
    rows.context[mine[chosen], 0] = source[chosen]
    return int(chosen.sum())
