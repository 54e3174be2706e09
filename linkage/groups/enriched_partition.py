"""A partition as its communities were compared with comparable accounts, and what sets each apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from linkage.arrays import Bools, Ints
from linkage.groups.crowds import Crowds, Ties, cut_from, nearly_all
from linkage.groups.declared_units import PUBLIC_DOMAINS
from linkage.groups.enrichment import ComparedTraits, Enrichment, enrichments
from linkage.groups.registration_windows import Registrations
from linkage.groups.trait_index import TESTED_TRAITS, TraitIndex
from linkage.groups.trait_tests import Communities, Comparisons, Trait
from linkage.settings.group_assessment import TraitTests
from linkage.settings.groups import Groups

ADDRESS_TRAITS = frozenset(("address_pattern", "email_domain"))
"""Traits of addresses that were made in number."""


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
    compared, in which `traits`, the outcome in each, what sets each community apart, which are cut from a
    crowd, and which are nearly all who are tied as their accounts are."""

    members: dict[int, Ints]
    traits: ComparedTraits
    communities: Communities
    large: Ints
    comparisons: Mapping[str, Comparisons]
    enrichments: dict[int, list[Enrichment]]
    cut_from_crowds: frozenset[int] = frozenset()
    nearly_all_alike: frozenset[int] = frozenset()

    @cached_property
    def compared(self) -> dict[int, frozenset[str]]:
        """For each community the traits in which enough is known of it for a comparison."""
        names = sorted(self.traits.families())
        able = {name: self.traits.comparable(name, self.communities) for name in names}
        return {n: frozenset(name for name in names if able[name][n]) for n in self.large.tolist()}


def enriched_partition(
    traits: ComparedTraits,
    communities: Communities,
    members: dict[int, Ints],
    *,
    ties: Ties,
    aside: Bools | None = None,
    chosen: Groups,
) -> EnrichedPartition:
    """What sets communities apart from all other accounts but those set `aside`, and from the crowds they
    were cut from."""
    if aside is not None and aside.any():
        traits = traits.without(aside)
        communities = replace(communities, labels=np.where(aside, -1, communities.labels))
    compared = {name: traits.compare(name, communities) for name in sorted(traits.families())}
    large = np.unique(communities.labels[communities.labels >= 0])
    around = ties.around(communities.labels, chosen.tests.crowd_share)
    crowds = Crowds(cut_from(around, members), traits)
    found = enrichments(traits, compared, crowds.p_value, groups=len(large), rate=chosen.false_discovery)
    kept = {i: [e for e in some if not _is_provider(e, chosen)] for i, some in found.items()}
    whole = nearly_all(around, members, chosen.profiles.min_standing_share)
    cut = frozenset(crowds.of)
    return EnrichedPartition(members, traits, communities, large, compared, kept, cut, whole)


def _is_provider(found: Enrichment, chosen: Groups) -> bool:
    """Whether a value is a large mail provider's: that many have their mail there sets nobody apart."""
    if found.value.lower() in PUBLIC_DOMAINS:
        return True
    return found.trait in ADDRESS_TRAITS and found.outside > chosen.units.max_share
