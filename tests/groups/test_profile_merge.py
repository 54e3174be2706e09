"""Communities of the same means, and accounts that bear a community's marks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups import profile_merge
from linkage.groups.enrichment import OPENING, Facts, Mark
from linkage.groups.registration_windows import DAY, Registrations
from linkage.groups.trait_tests import Population, Trait

MARKS = (
    Mark(0, "asn", "network", "AS1", 1.0, 0.01, 20, 1e-9),
    Mark(0, "client", "device", "c", 1.0, 0.01, 20, 1e-9),
    Mark(0, "issuer", "payment", "b", 0.8, 0.01, 20, 1e-9),
    Mark(0, OPENING, "registration", "3 days", 1.0, 0.01, 20, 1e-9, 10 * DAY, 13 * DAY),
)


def of(group: int, marks: tuple[Mark, ...] = MARKS) -> list[Mark]:
    return [replace(mark, group=group) for mark in marks]


def test_the_same_client_network_card_and_days_make_two_pieces_one() -> None:
    assert profile_merge.alike({3: of(3), 8: of(8)}) == [(3, 8)]


def test_one_service_to_rent_from_makes_no_two_operators_one() -> None:
    rented = MARKS[:2]
    other = (*rented, replace(MARKS[2], value="another bank"), replace(MARKS[3], low=90 * DAY, high=93 * DAY))
    assert profile_merge.alike({3: of(3), 8: of(8, other)}) == []


def test_common_marks_say_less_the_more_communities_there_are() -> None:
    weak = tuple(replace(mark, outside=0.2, inside=0.9) for mark in MARKS)
    alone = {3: of(3, weak), 8: of(8, weak)}
    many = alone | {
        n: of(n, tuple(replace(m, value=f"{n}", low=n, high=n) for m in weak)) for n in range(9, 60)
    }
    assert profile_merge.alike(alone) == [(3, 8)]
    assert (3, 8) not in profile_merge.alike(many)


def test_without_payment_and_registration_nothing_is_held_against_others() -> None:
    assert profile_merge.able({1: of(1, MARKS[:3]), 2: of(2)}) == [2]


def test_only_links_between_several_accounts_of_either_tie_two_communities() -> None:
    labels = np.array([4, 4, 4, 7, 7, 7, 9, 9, -1])
    links = [(0, 3), (1, 4), (5, 6), (5, 7), (2, 8), (0, 1)]
    left, right = (np.array(side) for side in zip(*links, strict=True))
    pairs = [(4, 7), (7, 9), (4, 9)]
    assert profile_merge.tied(labels, left, right, pairs) == [(4, 7)], (
        "one account of 7 alone is linked with 9"
    )
    assert profile_merge.tied(labels, right, left, pairs) == [(4, 7)], "whichever end comes first"
    assert profile_merge.tied(labels, left[:1], right[:1], pairs) == []


@given(st.lists(st.integers(-1, 5), min_size=6, max_size=20), st.data())
def test_merging_only_ever_joins(labels: list[int], data: st.DataObject) -> None:
    before = np.array(labels)
    known = sorted(set(labels) - {-1})
    pairs = [tuple(sorted(data.draw(st.permutations(known))[:2])) for _ in range(len(known) // 2)]
    after = profile_merge.merged(before, [(a, b) for a, b in pairs if a != b] if len(known) > 1 else [])
    assert ((after < 0) == (before < 0)).all()
    for number in known:
        assert len(set(after[before == number])) == 1


def facts() -> Facts:
    """Five accounts: 0 bears every mark, 1 all but registration, 2 client and network, 3 nothing."""
    population = Population(np.zeros(5, dtype=np.int64))
    traits = {
        "asn": Trait("network", np.array([0, 1, 2]), np.array([0, 0, 0]), ["AS1"]),
        "client": Trait("device", np.array([0, 1, 2, 3]), np.array([1, 1, 1, 0]), ["d", "c"]),
        "issuer": Trait("payment", np.array([0, 1, 3]), np.array([0, 0, 1]), ["b", "x"]),
    }
    created = np.array([11.0, 99.0, 98.0, np.nan, 12.5]) * DAY
    return Facts(traits, Registrations(created, population), population)


def test_an_account_bears_the_rarest_mark_of_each_family_it_holds() -> None:
    bits, enough = profile_merge.bearing(facts(), MARKS, 5, families=3)
    one = float(np.log2(100))
    expected = [3 * one + np.log2(80), 2 * one + np.log2(80), 2 * one, 0.0, one]
    assert bits.tolist() == pytest.approx(expected, abs=1e-5)
    assert enough.tolist() == [True, False, False, False, False]
    assert profile_merge.bearing(facts(), MARKS, 5, families=2)[1].tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]
