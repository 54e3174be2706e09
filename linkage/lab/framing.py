"""Framing: an operator plants values that its own accounts share on innocents, to have them accused too."""

from dataclasses import dataclass

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import END, HOUR, MINUTE, whole
from linkage.lab.crews import Crew
from linkage.lab.profiles import ADDRESS, BILLING, CARD, CLIENT, TEMPLATE, Framing
from linkage.lab.roster import (
    ASK,
    HARVEST,
    INNOCENT,
    NOBODY,
    PLANTED,
    Flags,
    Roster,
    Rows,
    concatenate,
    ints,
)

SOON = 10 * MINUTE
"""A planted request follows one of the operator's own within this time."""

VICTIM = "victim"
"""Kind of an innocent on whom values were planted."""


@dataclass(frozen=True)
class Victims:
    """Innocents with planted values: their accounts, by whom, whose values, when, and which (by column)."""

    values: tuple[str, ...]
    account: Ints
    operator: Ints
    source: Ints
    at: Ints
    given: Flags

    def __len__(self) -> int:
        return len(self.account)

    def has(self, value: str) -> Flags:
        """Which victims were given a value of this kind."""
        if value not in self.values:
            return np.zeros(len(self), np.bool_)
        return np.asarray(self.given[:, self.values.index(value)])

    def names(self, victim: int) -> list[str]:
        """What one victim was given."""
        return [name for name, here in zip(self.values, self.given[victim], strict=True) if here]


NO_VICTIMS = Victims((), ints(0), ints(0), ints(0), ints(0), np.zeros((0, 0), np.bool_))


def frame(
    roster: Roster, framing: Framing, crews: list[Crew], worked: list[Rows], rng: np.random.Generator
) -> tuple[Victims, Rows]:
    """Choose victims, as many for each operator, and the requests that plant values on them.

    Victims are drawn from the more active half of the innocents who had signed up by the middle of the
    operator's campaign, and the values are planted after it. Of an account that did next to nothing itself
    the logs would show the operator's doing alone, and nobody could tell it from the operator's own.
    """
    wanted = max(framing.fewest, round(framing.per_20000 * len(roster) / 20_000))
    innocent = roster.operator == INNOCENT
    busy = roster.weight >= np.median(roster.weight[innocent])
    waiting = rng.permutation(np.flatnonzero(innocent & busy))
    parts = []
    for crew, rows in zip(crews, worked, strict=True):
        middle = int(np.median(rows.at))
        chosen = waiting[roster.created[waiting] < middle][: -(-wanted // len(crews))]
        waiting = waiting[~np.isin(waiting, chosen)]
        model = rows.take(_sources(roster, rows, middle, len(chosen), rng))
        given = _given(len(chosen), len(framing.values), rng)
        parts.append((chosen, ints(len(chosen), of=crew.number), model.account, model.at, given))
    account, operator, source, at, given = (np.concatenate(part) for part in zip(*parts, strict=True))
    victims = Victims(framing.values, account, operator, source, at, given)
    roster.kind[account] = VICTIM
    return victims, _requests(roster, victims, worked, framing.requests, rng)


def _sources(roster: Roster, rows: Rows, since: int, count: int, rng: np.random.Generator) -> Ints:
    """Requests of accounts that pay: what is copied from them, and when."""
    late = rows.at >= since
    able = np.flatnonzero(late & (roster.card[rows.account] != NOBODY))
    return np.asarray(rng.choice(able if len(able) else np.flatnonzero(late), count))


def _given(count: int, values: int, rng: np.random.Generator) -> Flags:
    """One value on the first, two on the second, and so on round and round; drawn which."""
    wanted = np.arange(count) % values + 1
    rank = rng.random((count, values)).argsort(axis=1).argsort(axis=1)
    return np.asarray(rank < wanted[:, None])


def _requests(
    roster: Roster, victims: Victims, worked: list[Rows], each: int, rng: np.random.Generator
) -> Rows:
    visible = victims.has(ADDRESS) | victims.has(CLIENT) | victims.has(TEMPLATE)
    victim = np.repeat(np.flatnonzero(visible), each)
    account = victims.account[victim]
    model = _tasks(roster, victims, victim, worked, rng)
    template = victims.has(TEMPLATE)[victim]
    taste = roster.tastes[account, rng.integers(0, 3, len(victim))]
    at = np.maximum(victims.at[victim], roster.created[account] + HOUR)
    at = np.minimum(at + (rng.random(len(victim)) * SOON).astype(np.int64), END)
    return Rows(
        account,
        whole(at),
        np.where(template, HARVEST, ASK),
        np.where(template, model.sub, taste),
        np.where(template, model.item, -1),
        PLANTED - victim,
    )


def _tasks(
    roster: Roster, victims: Victims, victim: Ints, worked: list[Rows], rng: np.random.Generator
) -> Rows:
    """For each planted request one of the operator's own to repeat."""
    rows = concatenate(worked)
    harvest = np.flatnonzero(rows.kind == HARVEST)
    owner = roster.operator[rows.account[harvest]]
    chosen = ints(len(victim))
    for number in np.unique(victims.operator):
        mine = victims.operator[victim] == number
        chosen[mine] = rng.choice(harvest[owner == number], int(mine.sum()))
    return rows.take(chosen)


def lenders(victims: Victims, rows: Rows, value: str) -> Ints:
    """Whose address, client, … each request shows: the account's own, or where planted the operator's."""
    planted = np.flatnonzero(rows.planted)
    victim = PLANTED - rows.hand[planted]
    shown = rows.account.copy()
    shown[planted] = np.where(victims.has(value)[victim], victims.source[victim], rows.account[planted])
    return shown


@dataclass(frozen=True)
class Charges:
    """Planted payments: by which account, when, with whose card, under whose billing name and address."""

    account: Ints
    at: Ints
    card: Ints
    billing: Ints


def charges(victims: Victims) -> Charges:
    """One payment for each victim who was given a card or a billing address."""
    paid = np.flatnonzero(victims.has(CARD) | victims.has(BILLING))
    account, source = victims.account[paid], victims.source[paid]
    card = np.where(victims.has(CARD)[paid], source, account)
    billing = np.where(victims.has(BILLING)[paid], source, account)
    return Charges(account, np.minimum(victims.at[paid], END), card, billing)
