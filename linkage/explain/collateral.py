"""Who is hit if values are blocked, and which values cover a group at how many other accounts."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import DECIMALS, Ints
from linkage.explain.held_values import HeldValues
from linkage.explain.set_cover import greedy_cover
from linkage.explain.who import NO_GROUP
from linkage.schema import OUTCOMES

BLOCKABLE = (
    "ip",
    "prefix",
    "asn",
    "ja4",
    "user_agent",
    "client",
    "device",
    "api_key",
    "fingerprint",
    "bin",
    "issuer",
    "billing_hash",
    "email_domain",
    "email_hash",
    "phone_hash",
    "organisation",
)
"""Traits that a service sees when an account asks, pays or registers, and so can refuse."""

CLASSES = (*OUTCOMES, NO_GROUP)
"""What became of the accounts that are hit."""


@dataclass(frozen=True)
class Impact:
    """One value: the `members` of the group that hold it, and the `others`, in all and by CLASSES."""

    trait: str
    value: str
    members: int
    others: int
    by_class: dict[str, int]


@dataclass(frozen=True)
class Block:
    """Values that together cover a group, each with the members it covers newly.

    `most_others` is the limit: no value that more other accounts hold was considered; None: no limit.
    `covered` members of `of` hold one of the values; `others` are hit by at least one of them, by CLASSES in
    `by_class`. Each value costs 1 and the others that hold it; every cover costs `cost_at_least`.
    """

    most_others: int | None
    values: tuple[Impact, ...]
    newly: tuple[int, ...]
    covered: int
    of: int
    others: int
    by_class: dict[str, int]
    cost: int
    cost_at_least: int


class Collateral:
    """A group of accounts among all others, and the holders of its values.

    `outcomes` says what became of each account that is in a group.
    """

    def __init__(self, held: HeldValues, members: Collection[str], outcomes: Mapping[str, str]) -> None:
        self.held = held
        self.members = sorted(set(members))
        self._number = {held.place[name]: i for i, name in enumerate(self.members) if name in held.place}
        self._mine = np.zeros(len(held.accounts), bool)
        self._mine[list(self._number)] = True
        classes = {name: i for i, name in enumerate(CLASSES)}
        found = [classes[outcomes.get(each, NO_GROUP)] for each in held.accounts]
        self._class = np.array(found, np.int64)
        mine, size = self._mine[held.account], len(held.values)
        self.inside = np.bincount(held.value[mine], minlength=size)
        key = held.value[~mine] * len(CLASSES) + self._class[held.account[~mine]]
        self.outside = np.bincount(key, minlength=size * len(CLASSES)).reshape(size, len(CLASSES))

    def impact(self, value: int) -> Impact:
        """Who holds the value at a place of `held.values`."""
        trait, text = self.held.values[value]
        counts = self.outside[value]
        return Impact(trait, text, int(self.inside[value]), int(counts.sum()), _by_class(counts))

    def impacts(self) -> list[Impact]:
        """Who holds each value, in the order of `held.values`."""
        return [self.impact(value) for value in range(len(self.held.values))]

    def hit(self, values: Sequence[int]) -> Ints:
        """Places of the accounts outside the group that hold at least one of the values."""
        wanted = np.zeros(len(self.held.values), bool)
        wanted[list(values)] = True
        return np.unique(self.held.account[wanted[self.held.value] & ~self._mine[self.held.account]])

    def by_class(self, accounts: Ints) -> dict[str, int]:
        """How many of the accounts at these places are of each class."""
        return _by_class(np.bincount(self._class[accounts], minlength=len(CLASSES)))

    def block(self, most_others: int | None = None) -> Block:
        """Few values that cover the group, each held by at most so many others."""
        others = self.outside.sum(axis=1)
        allowed = np.flatnonzero((self.inside > 0) & ((most_others is None) | (others <= (most_others or 0))))
        sets = self._members_of(allowed)
        found = greedy_cover(len(self.members), sets, [float(1 + others[i]) for i in allowed])
        chosen = [int(allowed[i]) for i in found.chosen]
        hit = self.hit(chosen)
        return Block(
            most_others=most_others,
            values=tuple(self.impact(value) for value in chosen),
            newly=found.newly,
            covered=len(self.members) - found.uncovered,
            of=len(self.members),
            others=len(hit),
            by_class=self.by_class(hit),
            cost=int(found.weight),
            # Costs are whole numbers.
            cost_at_least=math.ceil(round(found.least, DECIMALS)),
        )

    def _members_of(self, values: Ints) -> list[list[int]]:
        """The numbers of the members that hold each value."""
        place = np.full(len(self.held.values), -1, np.int64)
        place[values] = np.arange(len(values))
        mine = self._mine[self.held.account] & (place[self.held.value] >= 0)
        sets: list[list[int]] = [[] for _ in range(len(values))]
        for account, value in zip(
            self.held.account[mine].tolist(), place[self.held.value[mine]].tolist(), strict=True
        ):
            sets[value].append(self._number[account])
        return sets


def _by_class(counts: Ints) -> dict[str, int]:
    return {name: int(count) for name, count in zip(CLASSES, counts, strict=True)}
