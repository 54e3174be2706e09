"""What sets a community apart: group-level tests, and which of their outcomes stand.

A careful operator's accounts share no card and no address, but as a group they differ: funding, BIN,
networks, registration window, clients. Each trait is tested in each community (`compare`, `opened`);
Benjamini and Hochberg's rule bounds the false discoveries over all communities and traits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linkage.groups.registration_windows import DAY, Registrations, registration_tests
from linkage.groups.trait_tests import Communities, Population, Tested, Trait, trait_tests

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEAST_LIFT = 2.0
"""A value is a mark only if it is at least so many times commoner than among comparable accounts."""

OPENING = "created_at"
"""The trait whose values are windows of registration."""


@dataclass(frozen=True)
class Mark:
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
        return round(float(np.log2(self.inside / max(self.outside, 1e-6))), 6)


@dataclass(frozen=True)
class Facts:
    """What communities are tested in: traits by name, and when accounts were opened."""

    traits: Mapping[str, Trait]
    registrations: Registrations
    population: Population

    def families(self) -> dict[str, str]:
        """The family of each trait."""
        return {OPENING: "registration"} | {name: trait.family for name, trait in self.traits.items()}

    def test(self, name: str, who: Communities) -> Tested:
        """One trait tested in all communities."""
        if name == OPENING:
            return registration_tests(self.registrations, who)
        return trait_tests(self.traits[name], who, self.population)

    def without(self, gone: NDArray[np.bool_]) -> "Facts":
        """The same with nothing known of some accounts."""
        traits = {}
        for name, trait in self.traits.items():
            kept = ~gone[trait.a]
            known = None if trait.known is None else trait.known[~gone[trait.known]]
            traits[name] = replace(trait, a=trait.a[kept], value=trait.value[kept], known=known)
        created = np.where(gone, np.nan, self.registrations.created)
        return Facts(traits, Registrations(created, self.population), self.population)

    def bearers(self, mark: Mark) -> Ints:
        """Accounts that bear a mark."""
        if mark.trait == OPENING:
            created = self.registrations.created
            return np.flatnonzero((created >= mark.low) & (created <= mark.high))
        trait = self.traits[mark.trait]
        return np.asarray(trait.a[trait.value == trait.names.index(mark.value)])


def discoveries(marks: Sequence[Mark], *, tests: int, rate: float) -> list[Mark]:
    """The marks that stand after Benjamini and Hochberg's rule over `tests` tests and are large enough."""
    ordered = sorted(marks, key=lambda m: (m.p_value, m.group, m.trait, m.value))
    passing = [i for i, m in enumerate(ordered, 1) if m.p_value <= rate * i / max(tests, 1)]
    standing = ordered[: max(passing, default=0)]
    bound = rate / max(tests, 1)
    return [
        replace(m, beyond_chance=m.p_value <= bound) for m in standing if m.inside >= LEAST_LIFT * m.outside
    ]


def marks(facts: Facts, tested: Mapping[str, Tested], *, groups: int, rate: float) -> dict[int, list[Mark]]:
    """For each community that has any, what sets it apart; the strongest first. `groups` were tested."""
    found = [mark for name in sorted(tested) for mark in _marks(facts, name, tested[name])]
    result: dict[int, list[Mark]] = {}
    for mark in discoveries(found, tests=groups * len(tested), rate=rate):
        result.setdefault(mark.group, []).append(mark)
    return result


def _marks(facts: Facts, name: str, tested: Tested) -> list[Mark]:
    family = facts.families()[name]
    rows = zip(*(getattr(tested, field).tolist() for field in Tested.__dataclass_fields__), strict=True)
    return [
        Mark(
            community,
            name,
            family,
            _window(low, high) if name == OPENING else facts.traits[name].names[value],
            inside,
            round(outside, 9),
            compared,
            p_value,
            low,
            high,
        )
        for community, value, inside, outside, compared, p_value, low, high in rows
    ]


def _window(low: int, high: int) -> str:
    days = (high - low) // DAY
    day = str(np.datetime64(low, "us").astype("datetime64[D]"))
    return f"{days} days from {day}" if days > 1 else f"one day from {day}"
