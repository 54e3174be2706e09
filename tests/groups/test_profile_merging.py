"""Merging communities with the same profile, and accounts that match the profile of one."""

from collections.abc import Collection
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.arrays import Ints
from linkage.groups.assessment import Assessor
from linkage.groups.enrichment import OPENING, ComparedTraits, Enrichment
from linkage.groups.partition import members_by_community
from linkage.groups.profile_merging import (
    alike,
    comparable_communities,
    merge_pairs,
    merge_profiles,
    profile_match,
    tied,
    unmerged,
)
from linkage.groups.registration_windows import DAY, Registrations
from linkage.groups.trait_tests import Population, Trait
from linkage.groups.workload import is_withheld, withheld_accounts
from linkage.prompts.known_prompts import KnownPrompts
from linkage.settings import Settings
from linkage.settings.group_assessment import TraitTests

PROFILE = (
    Enrichment(0, "asn", "network", "AS1", 1.0, 0.01, 20, 1e-9),
    Enrichment(0, "client", "device", "c", 1.0, 0.01, 20, 1e-9),
    Enrichment(0, "issuer", "payment", "b", 0.8, 0.01, 20, 1e-9),
    Enrichment(0, OPENING, "registration", "3 days", 1.0, 0.01, 20, 1e-9, 10 * DAY, 13 * DAY),
)


def of(group: int, found: tuple[Enrichment, ...] = PROFILE) -> list[Enrichment]:
    return [replace(mark, group=group) for mark in found]


def test_the_same_client_network_card_and_days_make_two_pieces_one() -> None:
    assert alike({3: of(3), 8: of(8)}, 3) == [(3, 8)]


def test_one_service_to_rent_from_makes_no_two_operators_one() -> None:
    rented = PROFILE[:2]
    other = (
        *rented,
        replace(PROFILE[2], value="another bank"),
        replace(PROFILE[3], low=90 * DAY, high=93 * DAY),
    )
    assert alike({3: of(3), 8: of(8, other)}, 3) == []


def test_common_marks_say_less_the_more_communities_there_are() -> None:
    weak = tuple(replace(mark, outside=0.2, inside=0.9) for mark in PROFILE)
    alone = {3: of(3, weak), 8: of(8, weak)}
    many = alone | {
        n: of(n, tuple(replace(m, value=f"{n}", low=n, high=n) for m in weak)) for n in range(9, 60)
    }
    assert alike(alone, 3) == [(3, 8)]
    assert (3, 8) not in alike(many, 3)


def test_without_payment_and_registration_nothing_is_held_against_others() -> None:
    assert comparable_communities({1: of(1, PROFILE[:3]), 2: of(2)}, 3) == [2]


def test_only_links_between_several_accounts_of_either_tie_two_communities() -> None:
    labels = np.array([4, 4, 4, 7, 7, 7, 9, 9, -1])
    links = [(0, 3), (1, 4), (5, 6), (5, 7), (2, 8), (0, 1)]
    left, right = (np.array(side) for side in zip(*links, strict=True))
    pairs = [(4, 7), (7, 9), (4, 9)]
    assert tied(labels, (left, right), pairs, 2) == [(4, 7)], "one account of 7 alone is linked with 9"
    assert tied(labels, (right, left), pairs, 2) == [(4, 7)], "whichever end comes first"
    assert tied(labels, (left[:1], right[:1]), pairs, 2) == []


@given(st.lists(st.integers(-1, 5), min_size=6, max_size=20), st.data())
def test_merging_only_ever_joins(labels: list[int], data: st.DataObject) -> None:
    before = np.array(labels)
    known = sorted(set(labels) - {-1})
    pairs = [tuple(sorted(data.draw(st.permutations(known))[:2])) for _ in range(len(known) // 2)]
    after = merge_pairs(before, [(a, b) for a, b in pairs if a != b] if len(known) > 1 else [])
    assert ((after < 0) == (before < 0)).all()
    for number in known:
        assert len(set(after[before == number])) == 1


def five_accounts() -> ComparedTraits:
    """Five accounts: 0 holds every value, 1 all but registration, 2 client and network, 3 nothing."""
    population = Population(np.zeros(5, dtype=np.int64))
    traits = {
        "asn": Trait("network", np.array([0, 1, 2]), np.array([0, 0, 0]), ["AS1"]),
        "client": Trait("device", np.array([0, 1, 2, 3]), np.array([1, 1, 1, 0]), ["d", "c"]),
        "issuer": Trait("payment", np.array([0, 1, 3]), np.array([0, 0, 1]), ["b", "x"]),
    }
    created = np.array([11.0, 99.0, 98.0, np.nan, 12.5]) * DAY
    return ComparedTraits(traits, Registrations(created, population), population, TraitTests())


def test_of_each_family_the_rarest_value_that_an_account_holds_counts() -> None:
    bits, enough = profile_match(five_accounts(), PROFILE, 5, families=3)
    one = float(np.log2(100))
    expected = [3 * one + np.log2(80), 2 * one + np.log2(80), 2 * one, 0.0, one]
    assert bits.tolist() == pytest.approx(expected, abs=1e-5)
    assert enough.tolist() == [True, False, False, False, False]
    assert profile_match(five_accounts(), PROFILE, 5, families=2)[1].tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]


# --- a partition merged --------------------------------------------------------------------------

N = 60
ONE, OTHER = range(10), range(10, 20)
HOLDS_ALL, TWO_FAMILIES, ONE_WAY_IN, UNLINKED = 20, 21, 22, 23
TIES = [(0, 10), (1, 11)]


def bearing(*more: int) -> Ints:
    return np.array([*ONE, *OTHER, HOLDS_ALL, *more], dtype=np.int64)


def trait(family: str, who: Ints, name: str) -> Trait:
    return Trait(family, who, np.zeros(len(who), np.int64), [name])


class StandIn:
    """As much of an assessor as merging asks of one: every community has the same profile."""

    linked_to = Assessor.linked_to
    settings = Settings()
    chosen = settings.groups

    def __init__(self, links: list[tuple[int, int]], known: Collection[int] = ()) -> None:
        left, right = np.array(links, dtype=np.int64).T
        self.linked_pairs = left, right
        self.known = KnownPrompts(np.ones(N, dtype=np.int64), np.isin(np.arange(N), list(known)) * 1)
        self.withheld = withheld_accounts(self.known, self.chosen.workload)

    def is_withheld(self, members: Ints) -> bool:
        return is_withheld(members, self.withheld, self.chosen.workload)

    def is_one_unit(self, _members: Ints) -> bool:
        return False

    def enriched(self, labels: Ints) -> Any:
        members = members_by_community(labels)
        created = np.full(N, 90.0 * DAY)
        created[bearing()] = 11.0 * DAY
        population = Population(np.zeros(N, dtype=np.int64))
        traits = {
            "asn": trait("network", bearing(TWO_FAMILIES, ONE_WAY_IN, UNLINKED), "AS1"),
            "client": trait("device", bearing(ONE_WAY_IN), "c"),
            "issuer": trait("payment", bearing(TWO_FAMILIES, UNLINKED), "b"),
        }
        registrations = Registrations(created, population)
        self.traits = ComparedTraits(traits, registrations, population, self.chosen.tests)
        found = {number: [replace(mark, group=number) for mark in PROFILE] for number in members}
        return SimpleNamespace(members=members, enrichments=found)


def merged(links: list[tuple[int, int]], known: Collection[int] = ()) -> list[int]:
    labels = np.full(N, -1, dtype=np.int64)
    labels[list(ONE)], labels[list(OTHER)] = 0, 1
    assessor: Any = StandIn(links, known)
    found: list[int] = merge_profiles(assessor, labels).labels.tolist()
    return found


def test_two_who_rent_alike_are_not_one_unless_links_tie_them() -> None:
    apart = merged([(0, 1), (10, 11)])
    assert apart[:20] == [0] * 10 + [1] * 10
    assert merged([*TIES, (0, 1)])[:20] == [0] * 20


def test_one_link_ties_nobody() -> None:
    assert merged([(0, 10), (0, 11)])[:20] == [0] * 10 + [1] * 10


def test_a_linked_account_that_matches_the_profile_in_two_families_joins() -> None:
    found = merged([*TIES, *[(0, each) for each in (HOLDS_ALL, TWO_FAMILIES, ONE_WAY_IN)]])
    assert found[HOLDS_ALL] == found[TWO_FAMILIES] == 0
    assert found[ONE_WAY_IN] == -1, "a network and a client are one way in"
    assert found[UNLINKED] == -1


def test_only_where_prompts_are_withheld_a_profile_ties() -> None:
    assert merged(TIES, known=range(N))[:20] == [0] * 10 + [1] * 10
    assert merged(TIES, known=ONE)[:20] == [0] * 20, "of one of the two nothing else is known"
    some = merged([*TIES, (0, HOLDS_ALL), (0, TWO_FAMILIES)], known=[*ONE, *OTHER, HOLDS_ALL])
    assert some[:20] == [0] * 10 + [1] * 10
    assert (some[HOLDS_ALL], some[TWO_FAMILIES]) == (-1, 0)


def test_membership_is_that_of_resampled_runs_but_for_accounts_that_joined() -> None:
    whole = unmerged(np.array([0, 0, -1]))
    assert whole.membership(np.array([1.0, 0.9, 0.0])).tolist() == [1.0, 0.9, 0.0]
    joined = replace(whole, joined=np.array([np.nan, np.nan, 0.7]))
    assert joined.membership(np.array([1.0, 0.9, 0.0])).tolist() == [1.0, 0.9, 0.7]
