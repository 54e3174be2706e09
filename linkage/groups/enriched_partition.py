"""A partition as its communities were compared with comparable accounts, and what sets each apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from linkage.arrays import Ints
from linkage.groups.enrichment import ComparedTraits, Enrichment
from linkage.groups.registration_windows import Registrations
from linkage.groups.trait_index import TESTED_TRAITS, TraitIndex
from linkage.groups.trait_tests import Communities, Comparisons, Trait
from linkage.settings.group_assessment import TraitTests


def compared_traits(index: TraitIndex, chosen: TraitTests) -> ComparedTraits:
    """In what communities are compared.

    Whether an account came in a burst is known of all that paid, or whose opening is known. Held against
    those in any burst alone, three cards of one burst would set a campus apart.
    """
    holders = index.holders
    among = {
        "issuing_burst": holders["bin"].a,
        "registration_burst": np.flatnonzero(~np.isnan(index.created)),
    }
    traits = {
        name: Trait(family, holders[name].a, holders[name].value, holders[name].names, among.get(name))
        for name, family in TESTED_TRAITS.items()
    }
    return ComparedTraits(traits, Registrations(index.created, index.population), index.population, chosen)


@dataclass(frozen=True)
class EnrichedPartition:
    """The communities of a partition: their members, those large enough to be compared (`large`) as they were
    compared, in which `traits`, the outcome in each, and what sets each community apart."""

    members: dict[int, Ints]
    traits: ComparedTraits
    communities: Communities
    large: Ints
    comparisons: Mapping[str, Comparisons]
    enrichments: dict[int, list[Enrichment]]

    @cached_property
    def compared(self) -> dict[int, frozenset[str]]:
        """For each community the traits in which enough is known of it for a comparison."""
        names = sorted(self.traits.families())
        able = {name: self.traits.comparable(name, self.communities) for name in names}
        return {n: frozenset(name for name in names if able[name][n]) for n in self.large.tolist()}
