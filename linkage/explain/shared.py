"""What some accounts have in common, rarest first, and what sets each of them apart."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import DECIMALS, Ints
from linkage.explain.held_values import HeldValues, Value
from linkage.schema import FAMILIES


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


def shared(accounts: Sequence[str], own: HeldValues, families: Mapping[str, str], held: HeldValues) -> Shared:
    """What these accounts share.

    `own` has all that they hold, its values sorted; `families` names the family of each trait; `held` has all
    holders of the values that `held_by_several` gives, in its order.
    """
    trait_of, traits = _traits(own)
    return Shared(
        accounts=tuple(accounts),
        common=tuple(_common(accounts, families, held)),
        apart=tuple(_apart(accounts, own, trait_of, traits)),
        unknown=_unknown(accounts, own, trait_of, [families.get(trait, "") for trait in traits]),
    )


def held_by_several(own: HeldValues) -> list[Value]:
    """The values that at least two accounts hold, in their order."""
    return [own.values[place] for place in np.flatnonzero(own.degrees > 1).tolist()]


def _traits(own: HeldValues) -> tuple[Ints, list[str]]:
    """Of each value the place of its trait, and the traits, sorted."""
    traits = sorted({trait for trait, _ in own.values})
    places = {trait: place for place, trait in enumerate(traits)}
    return np.array([places[trait] for trait, _ in own.values], np.int64), traits


def _common(accounts: Sequence[str], families: Mapping[str, str], held: HeldValues) -> list[CommonValue]:
    inside, degrees = held.inside(accounts), held.degrees
    # Many values are held by equally many: each pair of numbers is weighed once.
    counts, of = np.unique(np.stack([inside, degrees]), axis=1, return_inverse=True)
    weighed = [
        rarity_bits(own, len(accounts), everybody, held.population) for own, everybody in counts.T.tolist()
    ]
    bits = np.array(weighed, float)[of.ravel()] if weighed else np.zeros(0)
    # Values are sorted, so that their places break ties.
    order = np.lexsort((np.arange(len(bits)), degrees, -bits))
    return [
        CommonValue(*_named(held.values[i], families), int(inside[i]), int(degrees[i]), float(bits[i]))
        for i in order[inside[order] > 1].tolist()
    ]


def _named(value: Value, families: Mapping[str, str]) -> tuple[str, str, str]:
    trait, text = value
    return trait, families.get(trait, ""), text


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


def _apart(accounts: Sequence[str], own: HeldValues, trait_of: Ints, traits: Sequence[str]) -> list[Apart]:
    """Traits in which an account stands alone; first those in which most of the others agree."""
    of = trait_of[own.value]
    order = np.lexsort((own.value, own.account, of))
    trait, account, value = of[order], own.account[order], own.value[order]
    # Each account in each trait: where its values begin, and how many there are.
    first = np.flatnonzero(np.diff(trait * len(own.accounts) + account, prepend=-1))
    values = np.diff(first, append=len(order))
    agrees = np.logical_or.reduceat(own.degrees[value] > 1, first) if len(first) else np.zeros(0, bool)
    holders = np.bincount(trait[first], minlength=len(traits))
    agreeing = np.bincount(trait[first][agrees], minlength=len(traits))
    # Where each of several is alone, as with the time of registration, that sets none of them apart.
    telling = (agreeing > 0) | (holders == 2)
    alone = ~agrees & telling[trait[first]]
    found = [
        Apart(own.accounts[a], traits[t], own.values[v][1], count, others, agree)
        for a, t, v, count, others, agree in zip(
            account[first][alone].tolist(),
            trait[first][alone].tolist(),
            value[first][alone].tolist(),
            values[alone].tolist(),
            (holders - 1)[trait[first]][alone].tolist(),
            agreeing[trait[first]][alone].tolist(),
            strict=True,
        )
    ]
    places = {name: place for place, name in enumerate(accounts)}
    return sorted(found, key=lambda each: (places[each.account], -each.agree, each.trait))


def _unknown(
    accounts: Sequence[str], own: HeldValues, trait_of: Ints, families: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """For each account the families of which it has no value; `families` are those of the traits."""
    # A table of all accounts and traits: there are few traits.
    seen = np.zeros((len(own.accounts), len(families)), bool)
    seen[own.account, trait_of[own.value]] = True
    known: dict[str, set[str]] = {account: set() for account in accounts}
    for account, trait in np.argwhere(seen).tolist():
        known[own.accounts[account]].add(families[trait])
    return {
        account: tuple(family for family in FAMILIES if family not in own_families)
        for account, own_families in known.items()
    }
