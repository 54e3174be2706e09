"""When innocents ask, what kind of thing, and which earlier answers travel along."""

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import (
    CRON,
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
from linkage.lab.roster import ASK, CONTEXT, FRAMEWORK, HARVEST, Flags, Roster, Rows, ints

PER_SITTING = 3.0
"""Requests per sitting: people come with one matter and ask a few times."""

TALK_GAP = 30 * MINUTE
CONTINUES = 0.6
"""Chance that a request soon after another continues the conversation."""


def innocent_rows(roster: Roster, accounts: Ints, counts: Ints, rng: np.random.Generator) -> Rows:
    """`counts[i]` requests of the i-th of some accounts (ascending), by account and time."""
    place = np.repeat(np.arange(len(accounts)), counts)
    account = accounts[place]
    sittings = np.maximum(1, np.round(counts / PER_SITTING)).astype(np.int64)
    offset = np.cumsum(sittings) - sittings
    begun = _sittings(roster, np.repeat(accounts, sittings), rng)
    sitting = offset[place] + (rng.random(len(place)) * sittings[place]).astype(np.int64)
    gap = np.where(roster.hours[account] == CRON, 0.3, 12.0) * MINUTE
    at = begun[sitting] + np.minimum(rng.exponential(1.0, len(account)) * gap, 3 * HOUR).astype(np.int64)
    main = rng.random(len(account)) < roster.main[account]
    kind = np.where(main, roster.use[account], ASK)
    topic = roster.tastes[account, rng.integers(0, 3, len(account))]
    sub = np.where(kind == ASK, topic, roster.template[account])
    rows = Rows(account, whole(np.minimum(at, END)), kind, sub, ints(len(account), of=-1))
    return rows.take(np.lexsort((rows.at, rows.account)))


def _sittings(roster: Roster, account: Ints, rng: np.random.Generator) -> Ints:
    created, hours, country = roster.created[account], roster.hours[account], roster.country[account]
    # More of the use lies soon after signing up than later: curiosity wears off.
    planned = created + (rng.random(len(account)) ** 1.3 * roster.lifetime[account]).astype(np.int64)
    day = off_weekends((planned + OFFSETS[country] - START) // DAY, hours, rng)
    at = local_moments(day, hours, country, rng)
    # A fleet's timers fire on the same minutes of the hour, its own for each account.
    minute = (account * 7 % 12) * 5 * MINUTE + (rng.exponential(0.3, len(account)) * MINUTE).astype(np.int64)
    at = np.where(hours == CRON, at // HOUR * HOUR + minute, at)
    early = created + (rng.exponential(0.5, len(account)) * HOUR).astype(np.int64) + MINUTE
    return np.where(at < early, early, at)


def converse(rows: Rows, talkative: Flags, rng: np.random.Generator) -> None:
    """Let requests continue conversations: their context names the same account's earlier turns.

    `rows` must be ordered by account and time; `talkative` says which rows may continue at all.
    """
    count = len(rows)
    rows.context = ints(count, CONTEXT, of=-1)
    if not count:
        return
    begins = np.ones(count, np.bool_)
    begins[1:] = (rows.account[1:] != rows.account[:-1]) | (rows.at[1:] - rows.at[:-1] > TALK_GAP)
    begins[1:] |= rows.hand[1:] != rows.hand[:-1]
    begins |= (rng.random(count) > CONTINUES) | ~talkative
    begins[1:] |= ~talkative[:-1]
    place = np.arange(count)
    turn = place - np.maximum.accumulate(np.where(begins, place, 0))
    for back in range(1, CONTEXT + 1):
        rows.context[:, back - 1] = np.where(turn >= back, place - back, -1)


def talkative(rows: Rows, rng: np.random.Generator) -> Flags:
    """Questions and agents' work go on over several turns; templates mostly do not."""
    chance = np.where(
        (rows.kind == ASK) | (rows.kind == FRAMEWORK), 1.0, np.where(rows.kind == HARVEST, 0.0, 0.15)
    )
    return np.asarray(rng.random(len(rows)) < chance)
