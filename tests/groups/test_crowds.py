"""A mark of a community stands among all that are linked as its members are, or it is chosen from a crowd."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.arrays import Ints
from linkage.groups.crowds import Crowds, Ties, cut_from, ties
from linkage.groups.enriched_partition import enriched_partition
from linkage.groups.enrichment import OPENING, ComparedTraits, Enrichment
from linkage.groups.partition import members_by_community
from linkage.groups.registration_windows import DAY, Registrations
from linkage.groups.trait_tests import Communities, Population, Trait
from linkage.settings.group_assessment import TraitTests
from linkage.settings.groups import Groups

ACCOUNTS, CROWD, CHOSEN = 2000, 300, 10
BANK = Enrichment(0, "bin", "payment", "bank", 0.9, 0.03, CHOSEN, 1e-12)
"""Nine of ten accounts, and 3 % of all others."""


def compared(holders: int) -> ComparedTraits:
    """Accounts of which so many of the crowd, the chosen ones first, and 3 % of the rest have cards of one
    bank; the others of banks of their own. The chosen ones were opened on the first day, the others later."""
    rest = np.arange(CROWD, ACCOUNTS)
    value = np.arange(1, ACCOUNTS + 1)
    value[:holders] = 0
    value[rest[:: int(1 / 0.03)]] = 0
    names = ("bank", *(f"bank {i}" for i in range(ACCOUNTS)))
    created = np.linspace(2 * DAY, 400 * DAY, ACCOUNTS)
    created[:CHOSEN] = np.linspace(0, DAY, CHOSEN)
    population = Population(np.zeros(ACCOUNTS, dtype=np.int64))
    traits = {"bin": Trait("payment", np.arange(ACCOUNTS), value, names)}
    return ComparedTraits(traits, Registrations(created, population), population, TraitTests())


def star(accounts: int, bits: float = 8.0) -> Ties:
    """The chosen accounts tied to one another and to all others up to a number."""
    left, right = np.triu_indices(accounts, 1)
    some = left < CHOSEN
    return Ties(left[some], right[some], np.full(int(some.sum()), bits))


def labels() -> np.ndarray:
    """The ten accounts as a community."""
    return np.where(np.arange(ACCOUNTS) < CHOSEN, 0, -1)


def crowds_of(tied: Ties, home: Ints, share: float = 0.5) -> dict[int, Ints]:
    """The crowds that communities are cut from."""
    return cut_from(tied.around(home, share), members_by_community(home))


def test_what_ten_chosen_of_a_crowd_share_is_chance() -> None:
    crowds = crowds_of(star(CROWD), labels())
    assert crowds[0].tolist() == list(range(CROWD))
    assert Crowds(crowds, compared(CHOSEN)).p_value(BANK) > 0.01


def test_who_is_most_of_those_linked_alike_is_cut_from_no_crowd() -> None:
    assert crowds_of(star(2 * CHOSEN), labels()) == {}
    assert len(crowds_of(star(2 * CHOSEN + 1), labels())[0]) == 2 * CHOSEN + 1


@pytest.mark.parametrize(
    ("linked_alike", "cut", "nearly"),
    [(CROWD, {0}, set()), (2 * CHOSEN, set(), set()), (CHOSEN + 2, set(), {0})],
)
def test_a_partition_names_the_communities_that_are_cut_from_a_crowd_and_those_that_are_nearly_all_of_one(
    linked_alike: int, cut: set[int], nearly: set[int]
) -> None:
    communities = Communities(labels(), {"": np.ones(ACCOUNTS)})
    found = enriched_partition(
        compared(CHOSEN),
        communities,
        members_by_community(labels()),
        ties=star(linked_alike),
        chosen=Groups(),
    )
    assert found.cut_from_crowds == cut
    assert found.nearly_all_alike == nearly


def test_a_rare_mark_of_an_operator_stands_in_a_crowd() -> None:
    crowds = crowds_of(star(3 * CHOSEN), labels())
    rare = replace(BANK, outside=0.001, p_value=1e-30)
    assert rare.p_value < Crowds(crowds, compared(CHOSEN)).p_value(rare) < 1e-9


def test_what_hundreds_share_stands_among_hundreds() -> None:
    crowds = crowds_of(star(CROWD), labels())
    assert Crowds(crowds, compared(CROWD)).p_value(BANK) == BANK.p_value


def test_a_mark_never_gains() -> None:
    weak = replace(BANK, p_value=1.0)
    assert Crowds(crowds_of(star(CROWD), labels()), compared(CHOSEN)).p_value(weak) == 1.0
    assert Crowds({}, compared(CHOSEN)).p_value(BANK) == BANK.p_value


def test_windows_of_registration_are_held_to_the_crowd_as_well() -> None:
    opened = Enrichment(0, OPENING, "registration", "one day", 1.0, 0.005, CHOSEN, 1e-15, 0, DAY)
    few, many = (
        Crowds(crowds_of(star(size), labels()), compared(CHOSEN)).p_value(opened)
        for size in (3 * CHOSEN, CROWD)
    )
    assert 1e-15 < few < 1e-9
    assert many > 1e-5


def test_who_is_tied_by_less_is_not_linked_alike() -> None:
    whole = star(CROWD)
    weak = replace(whole, bits=np.where(whole.right < CHOSEN, 8.0, 3.0))
    assert crowds_of(weak, labels()) == {}
    assert len(crowds_of(weak, labels(), 0.3)[0]) == CROWD


def test_where_nothing_else_ties_a_community_nobody_is_linked_alike() -> None:
    assert crowds_of(star(CROWD, bits=0.0), labels()) == {}
    assert crowds_of(star(CROWD), np.full(ACCOUNTS, -1)) == {}


def test_ties_are_of_families_in_which_no_trait_is_tested() -> None:
    bits = np.array([[5.0, 4.0, -1.0], [7.0, -3.0, 1.0]])
    found = ties((np.array([0, 1]), np.array([2, 3])), bits, ("payment", "content", "timing"), ["payment"])
    assert found.bits.tolist() == [3.0, 0.0]


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 1.0))
def test_a_crowd_holds_the_members_and_more_others(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    left, right = rng.integers(0, 40, (2, 150))
    whole = Ties(left, right, rng.random(150) * 10)
    home = rng.integers(-1, 4, 40)
    found = crowds_of(whole, home, share)
    for number, accounts in found.items():
        members = set(np.flatnonzero(home == number))
        assert members <= set(accounts)
        assert len(accounts) > 2 * len(members)
    strict = crowds_of(whole, home, 1.0)
    assert all(set(strict[number]) <= set(found[number]) for number in strict)
