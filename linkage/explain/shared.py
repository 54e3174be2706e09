"""What some accounts have in common, rarest first, and what sets each of them apart."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.arrays import DECIMALS
from linkage.explain.held_values import HeldValues
from linkage.schema import FAMILIES

Row = Mapping[str, Any]


@dataclass(frozen=True)
class CommonValue:
    """A value that several of the accounts hold: `inside` of them, and `accounts` of the case.

    `rarity_bits` bounds how likely it is that so many of them hold it if they are any accounts of the case:
    at most 2 to the power of minus that.
    """

    trait: str
    family: str
    value: str
    inside: int
    accounts: int
    rarity_bits: float
    text: str | None = None


@dataclass(frozen=True)
class Apart:
    """A trait in which one account shares no value with any of the others: the first of its `values` and how
    many there are; of the `others` that have the trait, how many `agree` with another one of them."""

    account: str
    trait: str
    value: str
    values: int
    others: int
    agree: int


@dataclass(frozen=True)
class Shared:
    """Some accounts beside each other. `unknown`: for each account the families in which nothing is known."""

    accounts: tuple[str, ...]
    common: tuple[CommonValue, ...]
    apart: tuple[Apart, ...]
    unknown: Mapping[str, tuple[str, ...]]


def shared(accounts: Sequence[str], rows: Sequence[Row], held: HeldValues) -> Shared:
    """What these accounts share; `rows` are their observations, `held` has the values that two hold."""
    known: dict[str, set[str]] = {account: set() for account in accounts}
    for row in rows:
        known[row["account"]].add(row["family"])
    return Shared(
        accounts=tuple(accounts),
        common=tuple(_common(accounts, rows, held)),
        apart=tuple(_apart(accounts, rows)),
        unknown={
            account: tuple(family for family in FAMILIES if family not in known[account])
            for account in accounts
        },
    )


def held_by_several(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """The values that at least two accounts of these observations hold, sorted."""
    holders: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        holders.setdefault((row["trait"], row["value"]), set()).add(row["account"])
    return sorted(value for value, own in holders.items() if len(own) > 1)


def _common(accounts: Sequence[str], rows: Sequence[Row], held: HeldValues) -> list[CommonValue]:
    family = {row["trait"]: row["family"] for row in rows}
    inside, degrees = held.inside(accounts), held.degrees
    found = [
        CommonValue(
            trait=trait,
            family=family.get(trait, ""),
            value=value,
            inside=int(inside[i]),
            accounts=int(degrees[i]),
            rarity_bits=rarity_bits(int(inside[i]), len(accounts), int(degrees[i]), held.population),
        )
        for i, (trait, value) in enumerate(held.values)
        if inside[i] > 1
    ]
    return sorted(found, key=lambda each: (-each.rarity_bits, each.accounts, each.trait, each.value))


def few(common: Sequence[CommonValue], most: int, of_a_trait: int) -> list[CommonValue]:
    """The first of these values, at most so many and so many of a trait: a long text has many sentences, and
    a person one card."""
    counts: Counter[str] = Counter()
    kept: list[CommonValue] = []
    for each in common:
        counts[each.trait] += 1
        if counts[each.trait] <= of_a_trait and len(kept) < most:
            kept.append(each)
    return kept


def rarity_bits(inside: int, of: int, holders: int, population: int) -> float:
    """How surprising it is that `inside` of `of` accounts hold what `holders` of the `population` hold.

    The probability that at least so many of them do, drawn without return, is at most 2 to the power of minus
    this (Hoeffding 1963, theorem 1 and section 6): `of` times the divergence of the two shares, in bits; 0
    where the share inside is no larger.
    """
    here, there = inside / of, holders / population
    if here <= there:
        return 0.0
    bits = here * math.log2(here / there)
    if inside < of:
        bits += (1 - here) * math.log2((1 - here) / (1 - there))
    return round(of * bits, DECIMALS)


# --- apart ---------------------------------------------------------------------------------------


def _apart(accounts: Sequence[str], rows: Sequence[Row]) -> list[Apart]:
    """Traits in which an account stands alone; first those in which most of the others agree."""
    by_trait: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        by_trait.setdefault(row["trait"], {}).setdefault(row["account"], set()).add(row["value"])
    found = [each for trait, own in sorted(by_trait.items()) for each in _alone(trait, own)]
    order = {account: place for place, account in enumerate(accounts)}
    return sorted(found, key=lambda each: (order[each.account], -each.agree, each.trait))


def _alone(trait: str, own: Mapping[str, set[str]]) -> Iterable[Apart]:
    counts: dict[str, int] = {}
    for values in own.values():
        for value in values:
            counts[value] = counts.get(value, 0) + 1
    agreeing = {account for account, values in own.items() if any(counts[value] > 1 for value in values)}
    if not agreeing and len(own) != 2:
        # Where each of several is alone, as with the time of registration, that sets none of them apart.
        return
    for account in own.keys() - agreeing:
        yield Apart(account, trait, min(own[account]), len(own[account]), len(own) - 1, len(agreeing))
