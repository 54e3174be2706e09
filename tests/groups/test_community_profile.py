"""The profile of a community, which the gates look at."""

from dataclasses import replace

import numpy as np
import pytest

from linkage.groups.community_profile import (
    ALL_KNOWN,
    CommunityFacts,
    InnerLinks,
    KnownPart,
    chain_families,
    community_features,
    missing_kinds,
    mostly_one_value,
    own_domain_share,
    share_among_known,
)
from linkage.groups.enrichment import OPENING, Enrichment
from linkage.groups.features import Features
from linkage.groups.trait_index import INDEXED_TRAITS, TESTED_TRAITS, TraitIndex
from linkage.groups.trait_tests import Population
from linkage.groups.workload import CommunityWork, Division
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


# --- what tells one operator from an innocent story ----------------------------------------------


def known(count: int = 20, **values: dict[str, list[int]]) -> TraitIndex:
    """So many accounts, and who holds which value of which trait; all were opened at one moment."""
    traits = {
        trait: held((a, name) for name, who in values.get(trait, {}).items() for a in who)
        for trait in INDEXED_TRAITS
    }
    accounts = np.zeros(count, dtype=np.int64)
    return TraitIndex(traits, accounts, np.zeros(count), Population(accounts))


TEN = np.arange(10)


ALL = frozenset(TESTED_TRAITS) | {OPENING}


def features(
    index: TraitIndex,
    work: CommunityWork | None = None,
    *found: Enrichment,
    compared: frozenset[str] = ALL,
) -> Features:
    community = CommunityFacts(TEN, inner([], []), found, work, compared)
    return community_features(community, index, frozenset(), GROUPS)


def test_what_the_source_does_not_say_is_unknown() -> None:
    """Only when accounts were opened is known here."""
    found = features(known())
    assert found == Features(opening=False, addresses=False)
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


def facts(work: CommunityWork, known: KnownPart) -> CommunityFacts:
    return CommunityFacts(TEN, inner([], []), (), work, ALL, known)


def test_of_a_community_whose_prompts_are_mostly_withheld_no_work_is_known() -> None:
    """Of what is little of the known prompts more may be withheld: silence, not a life of one's own."""
    work = CommunityWork(prompts=40, own=1, copied=0)
    assert facts(work, ALL_KNOWN).known_work == work
    some = facts(work, KnownPart(False, 0.4))
    assert some.known_work is None
    assert community_features(some, known(), frozenset(), GROUPS).work is None


def test_copies_are_counted_as_where_every_prompt_is_known() -> None:
    """Both copies of a text are seen as seldom as the known share of prompts."""
    work = CommunityWork(prompts=40, own=30, copied=3)
    found = [
        community_features(facts(work, KnownPart(True, share)), known(), frozenset(), GROUPS).copies
        for share in (1.0, 0.5)
    ]
    assert found == pytest.approx([0.1, 0.2])


def test_what_too_few_are_known_of_for_a_comparison_is_unknown() -> None:
    """An operator whose accounts are five firms in name: that their clients do not stand out says nothing."""
    assert features(known(), compared=frozenset()) == Features()
    assert features(known(), compared=frozenset(("created_at",))) == Features(opening=False)


def test_of_what_fewer_than_half_are_known_nothing_is() -> None:
    four, five = ({f"n{i}": [i] for i in range(number)} for number in (4, 5))
    assert features(known(prefix=four)).one_place is None
    assert features(known(prefix=five)).one_place == 0.1
    assert share_among_known(known(billing_hash={"n": [0, 1, 2, 3]}), TEN, "billing_hash", 0.5) == 0.0
    assert (
        share_among_known(known(billing_hash={"n": [0, 1, 2, 3], "m": [4]}), TEN, "billing_hash", 0.5) == 0.8
    )


def test_a_value_in_which_chance_is_ruled_out_counts_where_half_bear_it() -> None:
    cards = known(fingerprint={f"c{i}": [i] for i in range(10)})
    sure = Enrichment(0, "bin", "payment", "55", 0.5, 0.01, 10, 1e-9, beyond_chance=True)
    assert features(cards, None, sure).payment is True
    assert features(cards, None, replace(sure, inside=0.4)).payment is False
    assert features(cards, None, replace(sure, beyond_chance=False)).payment is False
    assert features(known(), None, sure).payment is None, "no card is known"


def test_cards_of_two_accounts_each_are_lots() -> None:
    pairs = {f"c{i}": [2 * i, 2 * i + 1] for i in range(5)}
    assert features(known(fingerprint=pairs)).in_lots == 1.0
    assert features(known(fingerprint={f"c{i}": [i] for i in range(10)})).in_lots == 0.0


def test_a_domain_is_an_account_s_own_where_hardly_another_has_it_and_no_provider_s() -> None:
    domains = {f"d{i}.example": [i] for i in range(4)} | {"gmail.com": [4, 5], "firm.example": [6, 7, 8, 9]}
    assert own_domain_share(known(email_domain=domains), TEN, 2) == 0.4


def test_copies_and_division_are_known_where_enough_is_the_community_s_own() -> None:
    divided = Division(6.0, 4.0, 1.0)
    some, little = (CommunityWork(100, own, 5, divided) for own in (20, 19))
    assert features(known(), some).copies == 0.25
    assert features(known(), some).tasks == 6.0
    assert features(known(), little).copies is features(known(), little).tasks is None
    assert features(known(), little).work == 0.19


def test_volumes_are_held_against_all_accounts_and_unknown_of_accounts_that_did_little() -> None:
    everybody = np.exp(np.random.default_rng(2).normal(2, 1.2, 500)).astype(np.int64)
    index = replace(known(count=510), interactions=np.append(np.full(10, 30), everybody))
    found = features(index).volumes
    assert found is not None and found < 0.1
    idle = replace(index, interactions=np.append([1] * 5 + [30] * 5, everybody))
    assert features(idle).volumes is None
    assert features(replace(index, interactions=np.full(510, 30))).volumes is None, "all accounts are alike"
