"""What the gates are told of a community."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from linkage.evidence.rows import evidence_rows
from linkage.groups.assessment import Judge
from linkage.groups.community import SINGLE, dealt, provided, single
from linkage.groups.enrichment import OPENING, Facts, Mark
from linkage.groups.registration_windows import Registrations
from linkage.groups.trait_index import Known
from linkage.groups.trait_tests import Population, Trait
from linkage.links.log_odds import Scored
from linkage.links.stage import Links
from tests.groups.made_held import held

RULES: Any = SimpleNamespace(family=np.array([0, 1]))


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
    assert single(np.array(answers, dtype=np.int64)) is said


def links(answers: list[int], family: str = "lineage") -> Links:
    """A star of accounts around the first: each shares an address with it, and one answer (or number)."""
    n = len(answers)
    left, right = np.zeros(n, np.int64), np.arange(1, n + 1)
    pair, number = np.repeat(np.arange(n), 2), np.tile([0, 1], n)
    value = np.stack([np.zeros(n, np.int64), np.array(answers)]).T.ravel()
    bits = np.tile([5.0, 9.0], n)
    evidence = evidence_rows(number, left=left[pair], right=right[pair], value=value, bits=bits)
    scored = Scored(left, right, np.full(n, 4.0), np.full(n, 3), pair, bits)
    return Links(evidence, scored, np.ones(n, dtype=bool), {}, ("network", family), n)


@pytest.mark.parametrize("family", SINGLE)
def test_what_rests_on_a_single_value_shows_no_one_hand(family: str) -> None:
    """Two communities of one star each: the first quotes one answer, or gives one household's telephone
    number; in the second each passes on another."""
    found, every = links([7, 7, 7, 7, 21, 22, 23, 24], family), np.ones(2, dtype=bool)
    court: Any = SimpleNamespace(
        links=found,
        strong=found.by_family(RULES),
        identifiers={family: found.values_of(family, RULES, every)},
    )
    assert Judge._identifying(court, np.arange(4)).tolist() == [[5.0, 0.0]] * 4
    assert Judge._identifying(court, np.arange(4, 8)).tolist() == [[5.0, 9.0]] * 4
    assert court.strong[:, 1].tolist() == [9.0] * 8, "what is known of the links is left as it is"


def test_weak_reasons_of_a_family_are_not_what_its_links_rest_on() -> None:
    """Of the values by which links stand those of signals that support only are left out."""
    found = links([7, 8])
    assert found.values_of("lineage", RULES, np.array([True, True]))[1].tolist() == [7, 8]
    assert found.values_of("lineage", RULES, np.array([True, False]))[1].tolist() == []


MEMBERS = np.arange(8)


def facts(**holders: list[int]) -> Facts:
    """Twelve accounts, some of which hold the one value of each trait; all were opened on one day."""
    traits = {
        name: Trait("any", np.array(who), np.zeros(len(who), np.int64), ["this"])
        for name, who in holders.items()
    }
    population = Population(np.zeros(12, dtype=np.int64))
    return Facts(traits, Registrations(np.full(12, 5.0), population), population)


def told(of: Facts, marks: list[Mark], *, paid: bool = True) -> frozenset[str]:
    return provided(of, MEMBERS, marks, paid=paid)


def mark(trait: str, family: str = "payment", *, beyond: bool = True) -> Mark:
    """A mark of the community, beyond chance or not."""
    window = {"low": 0, "high": 9} if trait == OPENING else {}
    return Mark(0, trait, family, "this", 0.5, 0.01, 8, 1e-9, beyond_chance=beyond, **window)


def test_what_half_of_the_accounts_bear_was_provided_by_one_hand() -> None:
    few, many = facts(bin=[0, 1, 2]), facts(bin=[0, 1, 2, 3])
    assert told(few, [mark("bin")]) == frozenset()
    assert told(many, [mark("bin")]) == {"payment"}
    assert told(many, [mark("bin", beyond=False)]) == frozenset()


def test_several_cards_of_one_hand_count_together() -> None:
    """Three accounts on one card range and three on another: neither alone is half of them."""
    several = facts(bin=[0, 1, 2], issuer=[3, 4, 5], address_pattern=[0, 1, 2])
    marks = [mark("bin"), mark("issuer"), mark("address_pattern", "registration")]
    assert told(several, marks) == {"payment"}


def test_where_people_live_nobody_provided() -> None:
    assert told(facts(payment_country=list(range(8))), [mark("payment_country")]) == frozenset()


def test_days_of_opening_count_only_where_no_payment_is_known() -> None:
    opened = [mark(OPENING, "registration")]
    assert told(facts(), opened) == frozenset()
    assert told(facts(), opened, paid=False) == {"registration"}


def paying(**values: dict[str, list[int]]) -> Known:
    """Twenty accounts, and who holds which card, name and number."""
    traits = {
        trait: held((a, name) for name, who in values.get(trait, {}).items() for a in who)
        for trait in ("fingerprint", "billing_hash", "phone_hash")
    }
    accounts = np.zeros(20, dtype=np.int64)
    return Known(traits, accounts, np.full(20, np.nan), Population(accounts))


CARDS = {f"card {i}": [2 * i, 2 * i + 1] for i in range(6)}
NAMES = {f"name {i}": [2 * i + 1, 2 * i + 2] for i in range(5)}


def test_cards_and_names_dealt_to_half_of_the_accounts_show_one_hand() -> None:
    both = paying(fingerprint=CARDS, billing_hash=NAMES)
    assert dealt(both, np.arange(20)) == {"payment"}
    more = {f"card {i}": [i] for i in range(12, 20)}
    assert dealt(paying(fingerprint=more | CARDS, billing_hash=NAMES), np.arange(30)) == frozenset()


def test_each_family_must_be_half_of_the_accounts_own() -> None:
    numbers = {f"number {i}": who for i, who in enumerate(NAMES.values())}
    both = paying(fingerprint=CARDS, phone_hash=numbers)
    assert dealt(both, np.arange(20)) == {"payment", "registration"}
    rather = paying(fingerprint=CARDS, billing_hash=NAMES, phone_hash={"number": [0, 1, 2]})
    assert dealt(rather, np.arange(20)) == {"payment"}


def test_no_more_accounts_than_a_household_has_were_dealt_anything() -> None:
    few = {k: who for k, who in CARDS.items() if k != "card 5"}
    assert dealt(paying(fingerprint=few, billing_hash=NAMES), np.arange(10)) == frozenset()


def test_couples_with_a_card_each_were_not_dealt_any() -> None:
    same = {f"name {i}": who for i, who in enumerate(CARDS.values())}
    assert dealt(paying(fingerprint=CARDS, billing_hash=same), np.arange(12)) == frozenset()


def test_a_name_that_mostly_others_give_chains_nobody() -> None:
    """Such as the text that a form leaves where no name was given."""
    common = NAMES | {"name 2": [5, 6, *range(13, 19)]}
    assert dealt(paying(fingerprint=CARDS, billing_hash=common), np.arange(12)) == frozenset()
