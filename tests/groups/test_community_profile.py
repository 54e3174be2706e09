"""The profile of a community, which the gates look at."""

from dataclasses import replace

import numpy as np

from linkage.groups.community_profile import (
    chain_families,
    missing_kinds,
    own_domain_share,
    share_among_known,
)
from linkage.groups.trait_index import TraitIndex
from linkage.groups.trait_tests import Population
from linkage.groups.workload import CommunityWork
from tests.groups.made_facts import GROUPS, TEN, known
from tests.groups.made_held import held


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


def test_a_domain_is_an_account_s_own_where_hardly_another_has_it_and_no_provider_s() -> None:
    domains = {f"d{i}.example": [i] for i in range(4)} | {"gmail.com": [4, 5], "firm.example": [6, 7, 8, 9]}
    assert own_domain_share(known(email_domain=domains), TEN, 2) == 0.4


def test_kinds_of_source_that_show_nothing_are_missing() -> None:
    work = CommunityWork(prompts=40, own=30, copied=0)
    assert missing_kinds(known(), None, withheld=False) == ("payments", "prompts")
    never = replace(known(fingerprint={"c": [0]}), created=np.full(20, np.nan))
    assert missing_kinds(never, None, withheld=False) == ("registration", "prompts")
    assert missing_kinds(never, work, withheld=False) == ("registration",)
    assert missing_kinds(never, work, withheld=True) == ("registration", "prompts")
    asked = known(template={"t": [19]})
    assert missing_kinds(asked, None, withheld=False) == ("payments",)
    assert missing_kinds(asked, None, withheld=True) == ("payments", "prompts"), (
        "others' prompts clear nobody"
    )


def test_of_a_name_that_fewer_than_half_give_no_share_is_known() -> None:
    four, five = {"n": [0, 1, 2, 3]}, {"n": [0, 1, 2, 3], "m": [4]}
    assert share_among_known(known(billing_hash=four), TEN, "billing_hash", 0.5) == 0.0
    assert share_among_known(known(billing_hash=five), TEN, "billing_hash", 0.5) == 0.8
