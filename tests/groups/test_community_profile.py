"""The profile of a community, which the gates look at."""

import numpy as np
import pytest

from linkage.groups.community_profile import (
    InnerLinks,
    chain_families,
    mostly_one_value,
    provision_families,
)
from linkage.groups.enrichment import OPENING, ComparedTraits, Enrichment
from linkage.groups.registration_windows import Registrations
from linkage.groups.trait_index import TraitIndex
from linkage.groups.trait_tests import Population, Trait
from linkage.settings.groups import Groups
from tests.groups.made_held import held

GROUPS = Groups()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([], False),
        ([7], True),
        ([7, 7, 7, 8], True),
        ([7, 7, 8, 9], False),
        ([7, 8, 9, 10], False),
    ],
)
def test_one_answer_that_many_send_on_was_published(answers: list[int], said: bool) -> None:
    assert mostly_one_value(np.array(answers, dtype=np.int64), GROUPS.profiles) is said


def inner(log_odds: list[float], bits: list[list[float]]) -> InnerLinks:
    """Links with these bits of content and network, all of identifying signals."""
    rows = np.array(bits).reshape(-1, 2)
    return InnerLinks(np.array(log_odds), rows, rows, ("content", "network"), 0.0, GROUPS.profiles)


def test_a_family_speaks_for_a_community_in_a_quarter_of_its_links_and_identifies_in_half() -> None:
    found = inner([5.0] * 4, [[9.0, 3.0], [9.0, 2.9], [0.0, 0.0], [0.0, 0.0]])
    assert found.families() == {"content", "network"}
    assert found.identifying_families() == {"content"}


def test_a_family_is_needed_where_too_few_links_stand_without_it() -> None:
    found = inner([5.0] * 5, [[9.0, 1.0], [9.0, 1.0], [0.0, 9.0], [0.0, 1.0], [0.0, 1.0]])
    assert found.needed_families() == {"content"}, "three of five stand without it; four without the network"
    assert inner([], []).needed_families() == frozenset()


MEMBERS = np.arange(8)


def traits_of(**holders: list[int]) -> ComparedTraits:
    """Twelve accounts, some of which hold the one value of each trait; all were opened on one day."""
    traits = {
        name: Trait("any", np.array(who), np.zeros(len(who), np.int64), ["this"])
        for name, who in holders.items()
    }
    population = Population(np.zeros(12, dtype=np.int64))
    return ComparedTraits(traits, Registrations(np.full(12, 5.0), population), population, GROUPS.tests)


def provision(of: ComparedTraits, found: list[Enrichment], *, paid: bool = True) -> frozenset[str]:
    return provision_families(of, MEMBERS, found, paid=paid, share=0.5)


def enriched(trait: str, family: str = "payment", *, beyond: bool = True) -> Enrichment:
    """A value in which the community is enriched, beyond chance or not."""
    window = {"low": 0, "high": 9} if trait == OPENING else {}
    return Enrichment(0, trait, family, "this", 0.5, 0.01, 8, 1e-9, beyond_chance=beyond, **window)


def test_what_half_of_the_accounts_bear_was_provided_by_one_operator() -> None:
    few, many = traits_of(bin=[0, 1, 2]), traits_of(bin=[0, 1, 2, 3])
    assert provision(few, [enriched("bin")]) == frozenset()
    assert provision(many, [enriched("bin")]) == {"payment"}
    assert provision(many, [enriched("bin", beyond=False)]) == frozenset()


def test_several_cards_of_one_operator_count_together() -> None:
    """Three accounts on one card range and three on another: neither alone is half of them."""
    several = traits_of(bin=[0, 1, 2], issuer=[3, 4, 5], address_pattern=[0, 1, 2])
    found = [enriched("bin"), enriched("issuer"), enriched("address_pattern", "registration")]
    assert provision(several, found) == {"payment"}


def test_where_people_live_nobody_provided() -> None:
    assert provision(traits_of(payment_country=list(range(8))), [enriched("payment_country")]) == frozenset()


def test_days_of_opening_count_only_where_no_payment_is_known() -> None:
    opened = [enriched(OPENING, "registration")]
    assert provision(traits_of(), opened) == frozenset()
    assert provision(traits_of(), opened, paid=False) == {"registration"}


def paying(**values: dict[str, list[int]]) -> TraitIndex:
    """Twenty accounts, and who holds which card, name and number."""
    traits = {
        trait: held((a, name) for name, who in values.get(trait, {}).items() for a in who)
        for trait in ("fingerprint", "billing_hash", "phone_hash")
    }
    accounts = np.zeros(20, dtype=np.int64)
    return TraitIndex(traits, accounts, np.full(20, np.nan), Population(accounts))


CARDS = {f"card {i}": [2 * i, 2 * i + 1] for i in range(6)}
NAMES = {f"name {i}": [2 * i + 1, 2 * i + 2] for i in range(5)}


def test_cards_and_names_dealt_to_half_of_the_accounts_show_one_operator() -> None:
    both = paying(fingerprint=CARDS, billing_hash=NAMES)
    assert chain_families(both, np.arange(20), GROUPS) == {"payment"}
    more = {f"card {i}": [i] for i in range(12, 20)}
    dealt = paying(fingerprint=more | CARDS, billing_hash=NAMES)
    assert chain_families(dealt, np.arange(30), GROUPS) == frozenset()


def test_each_family_must_be_half_of_the_accounts_own() -> None:
    numbers = {f"number {i}": who for i, who in enumerate(NAMES.values())}
    both = paying(fingerprint=CARDS, phone_hash=numbers)
    assert chain_families(both, np.arange(20), GROUPS) == {"payment", "registration"}
    rather = paying(fingerprint=CARDS, billing_hash=NAMES, phone_hash={"number": [0, 1, 2]})
    assert chain_families(rather, np.arange(20), GROUPS) == {"payment"}


def test_no_more_accounts_than_a_household_has_were_dealt_anything() -> None:
    few = {k: who for k, who in CARDS.items() if k != "card 5"}
    dealt = paying(fingerprint=few, billing_hash=NAMES)
    assert chain_families(dealt, np.arange(10), GROUPS) == frozenset()


def test_couples_with_a_card_each_were_not_dealt_any() -> None:
    same = {f"name {i}": who for i, who in enumerate(CARDS.values())}
    dealt = paying(fingerprint=CARDS, billing_hash=same)
    assert chain_families(dealt, np.arange(12), GROUPS) == frozenset()


def test_a_name_that_mostly_others_give_chains_nobody() -> None:
    """Such as the text that a form leaves where no name was given."""
    common = NAMES | {"name 2": [5, 6, *range(13, 19)]}
    dealt = paying(fingerprint=CARDS, billing_hash=common)
    assert chain_families(dealt, np.arange(12), GROUPS) == frozenset()
