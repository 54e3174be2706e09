"""A partition as its communities were compared with comparable accounts, and what sets each apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from linkage.arrays import Ints
from linkage.groups.enrichment import ComparedTraits, Enrichment
from linkage.groups.trait_tests import Communities, Comparisons


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
