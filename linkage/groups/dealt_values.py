"""Values dealt to a community's accounts: few clients, or cards of few issuers, that set it apart together.

One operator has what he got: three programs, cards of two issuers, each on some of his accounts and on few
others. None of them is most of the group's, all together are. An event has one issuer of vouchers; what its
people bring is of many kinds, and each kind is on few of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from linkage.groups.enriched_partition import EnrichedPartition
from linkage.groups.trait_tests import compare_trait
from linkage.settings.groups import Groups

DEALT_TRAITS = ("client", "issuer", "bin")
"""Traits of what one operator gets in few kinds; the cards' issuer or, where it is not known, their BIN."""


@dataclass(frozen=True)
class DealtValues:
    """How many values of one trait set a community apart beyond chance, each held by a fair part of it, and
    the share of its accounts that hold any of them, of those of which the trait is known."""

    count: int = 0
    share: float = 0.0


def dealt_values(partition: EnrichedPartition, chosen: Groups) -> dict[int, Mapping[str, DealtValues]]:
    """By community and trait, what is dealt to its accounts; what is not there was found in none.

    Chance is bounded over all traits of all communities (Bonferroni), as where an accusation rests on a mark.
    """
    limits = chosen.tests.model_copy(update={"min_holding_share": chosen.tests.dealt_share})
    bound = chosen.false_discovery / max(len(partition.large) * len(partition.comparisons), 1)
    result: dict[int, dict[str, DealtValues]] = {}
    for name in DEALT_TRAITS:
        trait = partition.traits.traits[name]
        found = compare_trait(trait, partition.communities, partition.traits.population, limits)
        apart = (found.p_value <= bound) & (found.inside >= limits.min_lift * found.outside)
        for number in np.unique(found.community[apart]).tolist():
            own = found.value[apart & (found.community == number)]
            members = partition.members[number]
            holders, values = trait.of(members)
            holding = np.unique(holders[np.isin(values, own)])
            known = np.isin(members, trait.having).sum()
            result.setdefault(number, {})[name] = DealtValues(len(own), len(holding) / int(known))
    return dict(result)
