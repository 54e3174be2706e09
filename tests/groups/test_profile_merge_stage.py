"""Pieces of one operator put together where prompts are withheld: by their means, and by ties."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.groups.assessment import Judge
from linkage.groups.enrichment import OPENING, Facts, Mark
from linkage.groups.profile_merge_stage import together
from linkage.groups.registration_windows import DAY, Registrations
from linkage.groups.trait_index import partition
from linkage.groups.trait_tests import Population, Trait
from linkage.settings import Settings

Ints = NDArray[np.int64]

N = 60
ONE, OTHER = range(10), range(10, 20)
WEARING_ALL, TWO_FAMILIES, ONE_WAY_IN, UNLINKED = 20, 21, 22, 23
TIES = [(0, 10), (1, 11)]
MARKS = (
    Mark(0, "asn", "network", "AS1", 1.0, 0.01, 20, 1e-9),
    Mark(0, "client", "device", "c", 1.0, 0.01, 20, 1e-9),
    Mark(0, "issuer", "payment", "b", 0.8, 0.01, 20, 1e-9),
    Mark(0, OPENING, "registration", "3 days", 1.0, 0.01, 20, 1e-9, 10 * DAY, 13 * DAY),
)
"""What both communities bear alike: they work, pay and came as two who rent from one service would."""


def bearing(*more: int) -> Ints:
    return np.array([*ONE, *OTHER, WEARING_ALL, *more], dtype=np.int64)


def trait(family: str, who: Ints, name: str) -> Trait:
    return Trait(family, who, np.zeros(len(who), np.int64), [name])


class Court:
    """As much of a judge as putting together asks of one: every community bears the same marks."""

    linked_to = Judge.linked_to
    settings = Settings()

    def __init__(self, links: list[tuple[int, int]]) -> None:
        left, right = np.array(links, dtype=np.int64).T
        self.linked_pairs = left, right

    def one_unit(self, _members: Ints) -> bool:
        return False

    def marked(self, labels: Ints) -> Any:
        members = partition(labels)
        created = np.full(N, 90.0 * DAY)
        created[bearing()] = 11.0 * DAY
        population = Population(np.zeros(N, dtype=np.int64))
        traits = {
            "asn": trait("network", bearing(TWO_FAMILIES, ONE_WAY_IN, UNLINKED), "AS1"),
            "client": trait("device", bearing(ONE_WAY_IN), "c"),
            "issuer": trait("payment", bearing(TWO_FAMILIES, UNLINKED), "b"),
        }
        facts = Facts(traits, Registrations(created, population), population)
        marks = {number: [replace(mark, group=number) for mark in MARKS] for number in members}
        return Marked(members, facts, marks)


class Marked:
    """Communities with their members and marks."""

    def __init__(self, members: dict[int, Ints], facts: Facts, marks: dict[int, list[Mark]]) -> None:
        self.members, self.facts, self.marks = members, facts, marks


def put(links: list[tuple[int, int]]) -> list[int]:
    labels = np.full(N, -1, dtype=np.int64)
    labels[list(ONE)], labels[list(OTHER)] = 0, 1
    court: Any = Court(links)
    found: list[int] = together(court, labels).labels.tolist()
    return found


def test_two_who_rent_alike_are_not_one_unless_links_tie_them() -> None:
    apart = put([(0, 1), (10, 11)])
    assert apart[:20] == [0] * 10 + [1] * 10
    assert put([*TIES, (0, 1)])[:20] == [0] * 20


def test_one_link_ties_nobody() -> None:
    assert put([(0, 10), (0, 11)])[:20] == [0] * 10 + [1] * 10


def test_a_linked_account_that_bears_the_marks_in_two_families_is_taken_up() -> None:
    found = put([*TIES, *[(0, each) for each in (WEARING_ALL, TWO_FAMILIES, ONE_WAY_IN)]])
    assert found[WEARING_ALL] == found[TWO_FAMILIES] == 0
    assert found[ONE_WAY_IN] == -1, "a network and a client are one way in"
    assert found[UNLINKED] == -1
