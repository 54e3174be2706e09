"""Builders of what is known of a community, shared by the tests of its facts, features and profile."""

import numpy as np

from linkage.groups.community_facts import InnerLinks
from linkage.groups.trait_index import INDEXED_TRAITS, TraitIndex
from linkage.groups.trait_tests import Population
from linkage.settings.groups import Groups
from tests.groups.made_held import held

GROUPS = Groups()


def inner(log_odds: list[float], bits: list[list[float]]) -> InnerLinks:
    """Links with these bits of content and network, all of identifying signals."""
    rows = np.array(bits).reshape(-1, 2)
    return InnerLinks(np.array(log_odds), rows, rows, ("content", "network"), 0.0, GROUPS.profiles)


def known(count: int = 20, **values: dict[str, list[int]]) -> TraitIndex:
    """So many accounts, and who holds which value of which trait; all were opened at one moment."""
    traits = {
        trait: held((a, name) for name, who in values.get(trait, {}).items() for a in who)
        for trait in INDEXED_TRAITS
    }
    accounts = np.zeros(count, dtype=np.int64)
    return TraitIndex(traits, accounts, np.zeros(count), Population(accounts))


TEN = np.arange(10)
