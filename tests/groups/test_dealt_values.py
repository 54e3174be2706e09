"""Values dealt to a community's accounts: few kinds, which together set it apart."""

import numpy as np
import pytest

from linkage.groups.dealt_values import DEALT_TRAITS, DealtValues, dealt_values
from linkage.groups.enriched_partition import EnrichedPartition
from linkage.groups.enrichment import ComparedTraits
from linkage.groups.registration_windows import Registrations
from linkage.groups.trait_tests import Communities, Population, Trait
from linkage.settings.groups import Groups

GROUPS = Groups()
MEMBERS, OTHERS = 60, 3000


def partition(clients: list[int]) -> EnrichedPartition:
    """Sixty accounts with these clients (−1: not known) beside 3,000 who have one of fifty, evenly."""
    everybody = np.array(clients + [i % 50 for i in range(OTHERS)])
    accounts = np.flatnonzero(everybody >= 0)
    client = Trait("device", accounts, everybody[accounts], [f"client {i}" for i in range(100)])
    empty = Trait("payment", np.empty(0, np.int64), np.empty(0, np.int64), [])
    population = Population(np.zeros(MEMBERS + OTHERS, dtype=np.int64))
    traits = ComparedTraits(
        dict.fromkeys(DEALT_TRAITS, empty) | {"client": client},
        Registrations(np.full(MEMBERS + OTHERS, np.nan), population),
        population,
        GROUPS.tests,
    )
    labels = np.where(np.arange(MEMBERS + OTHERS) < MEMBERS, 0, -1)
    communities = Communities(labels, {"": np.ones(MEMBERS + OTHERS)})
    return EnrichedPartition({0: np.arange(MEMBERS)}, traits, communities, np.array([0]), {}, {})


@pytest.mark.parametrize(
    ("clients", "dealt"),
    [
        ([60 + i % 3 for i in range(60)], DealtValues(3, 1.0)),
        ([60 + i % 5 for i in range(60)], DealtValues(5, 1.0)),
        # Each of six is on fewer than a fifth.
        ([60 + i % 6 for i in range(60)], None),
        # Two of three are common elsewhere too, at one in fifty; a third of the sixty is still far more.
        ([0] * 20 + [1] * 20 + [60] * 20, DealtValues(3, 1.0)),
        # As everybody has.
        ([i % 50 for i in range(60)], None),
        # Of those of whom a client is known.
        ([60] * 15 + [61] * 15 + [-1] * 30, DealtValues(2, 1.0)),
        ([60] * 15 + list(range(45)), DealtValues(1, 0.25)),
    ],
)
def test_few_values_that_set_a_community_apart_are_dealt(
    clients: list[int], dealt: DealtValues | None
) -> None:
    found = dealt_values(partition(clients), GROUPS)
    assert found == ({0: {"client": dealt}} if dealt else {})
