"""What speaks against a group: in what its members differ, and which of them are least like the others.

A difference is told with the figure that it is held against: how often strangers differ, or how common the
same is among all other accounts. What is known of too few members is not compared, and said to be so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints

Mask = NDArray[np.bool_]

LEAST_KNOWN = 5
"""Members that must hold a trait before it is compared: the smallest group that is reported."""

ASKED = 300
"""Members, and strangers, whose pairs are looked at; 300 accounts make 44,850 pairs."""

AS_STRANGERS = 2.0
"""Members who agree less than so many times as often as strangers do not stand apart in that trait; it is the
lift from which a value is a mark of a group (`enrich.LEAST_LIFT`)."""

LONG = 90 * 86_400_000_000
"""µs. A history that begins a quarter of a year before most of the group's is not of its campaign: campaigns
that were published registered their accounts within six weeks."""

TOLD = 5
"""Accounts named in an answer; the rest are counted."""


@dataclass(frozen=True)
class Agreement:
    """How often two members share a value of a trait, and how often two strangers do; shares of pairs.

    `compared` members hold the trait; None where they are too few to say.
    """

    trait: str
    family: str
    inside: float | None
    outside: float | None
    compared: int

    @property
    def as_strangers(self) -> bool:
        """Whether members differ about as much as strangers would."""
        known = self.inside is not None and self.outside is not None
        return known and (self.inside or 0.0) < AS_STRANGERS * (self.outside or 0.0)


def agreement(a: Ints, value: Ints, among: Ints, *, seed: int) -> tuple[float | None, int]:
    """Share of pairs of these accounts that hold a common value, and how many hold any.

    `a` and `value` are the holders of one trait, row by row. Above ASKED holders a sample drawn by seed.
    """
    inside = np.isin(a, among)
    who, place = np.unique(a[inside], return_inverse=True)
    if len(who) < LEAST_KNOWN:
        return None, len(who)
    known = len(who)
    if known > ASKED:
        drawn = np.sort(np.random.default_rng([seed, known]).choice(known, ASKED, replace=False))
        kept = np.isin(place, drawn)
        place, held = np.searchsorted(drawn, place[kept]), value[inside][kept]
    else:
        held = value[inside]
    _, column = np.unique(held, return_inverse=True)
    holds = np.zeros((min(known, ASKED), int(column.max()) + 1), dtype=np.float32)
    holds[place, column] = 1.0
    common = np.triu(holds @ holds.T > 0, 1).sum()
    pairs = len(holds) * (len(holds) - 1) / 2
    return round(float(common / pairs), 6), known


# --- members unlike the others -------------------------------------------------------------------


@dataclass(frozen=True)
class Unlike:
    """Members of whom something is true that does not fit a common hand.

    `accounts` are their numbers, `of` how many members it could be told of, `outside` the share of the other
    accounts of whom it is true (None: not asked).
    """

    what: str
    accounts: tuple[int, ...]
    of: int
    outside: float | None = None

    @property
    def share(self) -> float:
        """Share of the members it could be told of."""
        return len(self.accounts) / max(self.of, 1)


def long_before(members: Ints, first: Floats, what: str) -> Unlike:
    """Members with something LONG before the median member's; `first` in µs by account, NaN: not known."""
    own = first[members]
    known = ~np.isnan(own)
    if known.sum() < LEAST_KNOWN:
        return Unlike(what, (), int(known.sum()))
    early = known & (own < np.median(own[known]) - LONG)
    return Unlike(what, _accounts(members[early]), int(known.sum()))


def one_of(members: Ints, holders: Ints, known: Ints, what: str, *, accounts: int) -> Unlike:
    """Members that are among `holders`, of those `known`; with the share of the other accounts."""
    others = accounts - len(members)
    outside = len(np.setdiff1d(holders, members)) / max(len(np.setdiff1d(known, members)), 1)
    own = np.intersect1d(members, holders)
    share = round(outside, 6) if others else None
    return Unlike(what, _accounts(own), len(np.intersect1d(members, known)), share)


def not_the_commonest(members: Ints, a: Ints, value: Ints, names: Sequence[str], what: str) -> Unlike | None:
    """Members without the value that most of the group hold; None where none is held by half."""
    inside = np.isin(a, members)
    known = np.unique(a[inside])
    if len(known) < LEAST_KNOWN:
        return None
    values, counts = np.unique(value[inside], return_counts=True)
    most = int(np.argmax(counts))
    if 2 * counts[most] < len(known):
        return None
    holding = a[inside & (value == values[most])]
    return Unlike(f"{what} than {names[values[most]]}", _accounts(np.setdiff1d(known, holding)), len(known))


def other_hours(ends: Ints, pair: Ints, bits: Floats, members: Ints) -> tuple[Unlike, int, int]:
    """Members whose hours speak against more of their links than for, and how many links hours speak for
    and against; `pair` and `bits` are the rows that compare hours, `ends` places of accounts by pair."""
    n = len(members)
    balance, told = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    for side in ends:
        np.add.at(balance, side[pair], np.where(bits > 0, 1, -1))
        told[side[pair]] = True
    unlike = Unlike("work at other hours than those they are linked to", _accounts(members[balance < 0]),
                    int(told.sum()))  # fmt: skip
    return unlike, int((bits > 0).sum()), int((bits < 0).sum())


def least_like(found: Sequence[Unlike], names: Sequence[str]) -> list[dict[str, Any]]:
    """The members of whom most of these are true (at least two), with what is; at most TOLD.

    What is true of most members tells none of them apart and is left out. `names` are all accounts'.
    """
    said: dict[int, list[str]] = {}
    for each in found:
        if each.share <= 0.5:
            for account in each.accounts:
                said.setdefault(account, []).append(each.what)
    several = sorted((-len(what), names[account], what) for account, what in said.items() if len(what) > 1)
    return [{"account": name, "what": what} for _, name, what in several[:TOLD]]


def _accounts(numbers: Ints) -> tuple[int, ...]:
    return tuple(int(each) for each in np.sort(numbers))
