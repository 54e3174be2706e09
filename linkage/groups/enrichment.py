"""What sets a community apart: group-level tests, and which of their outcomes stand.

A careful operator's accounts share no card and no address, but as a group they differ: funding, BIN,
networks, registration window, clients. Each trait is tested in each community (`trait_tests`,
`registration_windows`); Benjamini and Hochberg's rule bounds the false discoveries over all
communities and traits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from linkage.arrays import DECIMALS, Bools, Ints
from linkage.groups.registration_windows import DAY, Registrations, compare_registrations
from linkage.groups.trait_tests import (
    TOLERANCE,
    Communities,
    Comparisons,
    Population,
    Trait,
    compare_trait,
    known_blocks,
)
from linkage.settings.group_assessment import TraitTests

SHARE_DECIMALS = 9
"""Of shares, so that the last bits of a sum change nothing."""

OPENING = "created_at"
"""The trait whose values are windows of registration."""


@dataclass(frozen=True)
class Enrichment:
    """A value, or a window of registrations (from `low` to `high`, µs), that sets a community apart.

    `beyond_chance`: it stands even when the chance of any false mark in the whole run is bounded
    (Bonferroni). The many true differences of firms and campuses make the rule of Benjamini and
    Hochberg lenient towards the rest; an accusation may rest only on marks that do without it.
    """

    group: int
    trait: str
    family: str
    value: str
    inside: float
    outside: float
    compared: int
    p_value: float
    low: int = 0
    high: int = 0
    beyond_chance: bool = False

    @property
    def bits(self) -> float:
        """What holding the value says of one account: log2 of how much commoner it is inside."""
        return round(float(np.log2(self.inside / self.outside)), DECIMALS)


@dataclass(frozen=True)
class ComparedTraits:
    """In what communities are compared: traits by name, and when accounts were opened."""

    traits: Mapping[str, Trait]
    registrations: Registrations
    population: Population
    chosen: TraitTests

    def without(self, aside: Bools) -> "ComparedTraits":
        """The same with nothing known of some accounts, which compare with nobody."""
        strata = self.population.strata
        population = Population(np.where(aside, self.population.kinds, strata))
        traits = {}
        for name, trait in self.traits.items():
            stays = ~aside[trait.a]
            known = None if trait.known is None else trait.known[~aside[trait.known]]
            traits[name] = replace(trait, a=trait.a[stays], value=trait.value[stays], known=known)
        created = np.where(aside, np.nan, self.registrations.created)
        return ComparedTraits(traits, Registrations(created, population), population, self.chosen)

    def families(self) -> dict[str, str]:
        """The family of each trait."""
        return {OPENING: "registration"} | {name: trait.family for name, trait in self.traits.items()}

    def comparable(self, name: str, who: Communities) -> Bools:
        """Which communities can be compared in one trait at all: enough of them is known."""
        known = known_blocks(self._known_openings if name == OPENING else self.traits[name], who)
        return np.asarray(known >= self.chosen.min_known_blocks - TOLERANCE)

    @cached_property
    def _known_openings(self) -> Trait:
        opened = np.flatnonzero(~np.isnan(self.registrations.created))
        return Trait("registration", opened, np.zeros_like(opened), (OPENING,))

    def compare(self, name: str, who: Communities) -> Comparisons:
        """All communities compared in one trait."""
        if name == OPENING:
            return compare_registrations(self.registrations, who, self.chosen)
        return compare_trait(self.traits[name], who, self.population, self.chosen)

    def known(self, name: str) -> Ints:
        """Accounts of which a trait is known."""
        return (self._known_openings if name == OPENING else self.traits[name]).having

    def holders(self, found: Enrichment) -> Ints:
        """Accounts that hold the value, or were opened in the window."""
        if found.trait == OPENING:
            created = self.registrations.created
            return np.flatnonzero((created >= found.low) & (created <= found.high))
        return self.traits[found.trait].holders_of(found.value)


def discoveries(
    candidates: Sequence[Enrichment], *, tests: int, rate: float, min_lift: float
) -> list[Enrichment]:
    """Those that stand after Benjamini and Hochberg's rule over `tests` tests and are large enough."""
    ordered = sorted(candidates, key=lambda m: (m.p_value, m.group, m.trait, m.value))
    passing = [i for i, m in enumerate(ordered, 1) if m.p_value <= rate * i / max(tests, 1)]
    standing = ordered[: max(passing, default=0)]
    bound = rate / max(tests, 1)
    return [
        replace(m, beyond_chance=m.p_value <= bound) for m in standing if m.inside >= min_lift * m.outside
    ]


def enrichments(
    traits: ComparedTraits,
    compared: Mapping[str, Comparisons],
    in_crowd: Callable[[Enrichment], float],
    *,
    groups: int,
    rate: float,
) -> dict[int, list[Enrichment]]:
    """For each community that has any, what sets it apart; the strongest first. `groups` were compared.

    What is beyond chance is so by its p-value `in_crowd` too, among all that the community was chosen from.
    """
    found = [each for name in sorted(compared) for each in _candidates(traits, name, compared[name])]
    result: dict[int, list[Enrichment]] = {}
    tests = max(groups * len(compared), 1)
    for each in discoveries(found, tests=tests, rate=rate, min_lift=traits.chosen.min_lift):
        certain = each.beyond_chance and in_crowd(each) <= rate / tests
        result.setdefault(each.group, []).append(replace(each, beyond_chance=certain))
    return result


def _candidates(traits: ComparedTraits, name: str, compared: Comparisons) -> list[Enrichment]:
    """Every value or window of one trait that communities were compared in, with its p-value."""
    family, least = traits.families()[name], traits.chosen.min_outside_share
    rows = zip(
        *(getattr(compared, field).tolist() for field in Comparisons.__dataclass_fields__), strict=True
    )
    return [
        Enrichment(
            community,
            name,
            family,
            _window(low, high) if name == OPENING else traits.traits[name].names[value],
            inside,
            max(round(outside, SHARE_DECIMALS), least),
            known,
            p_value,
            low,
            high,
        )
        for community, value, inside, outside, known, p_value, low, high in rows
    ]


def _window(low: int, high: int) -> str:
    days = (high - low) // DAY
    day = str(np.datetime64(low, "us").astype("datetime64[D]"))
    return f"{days} days from {day}" if days > 1 else f"one day from {day}"
