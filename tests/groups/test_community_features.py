"""The features of a community that tell one operator from an innocent story."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from linkage.groups.community_facts import CommunityFacts, InnerLinks, KnownPart
from linkage.groups.community_features import community_features
from linkage.groups.dealt_values import DealtValues
from linkage.groups.enrichment import OPENING, Enrichment
from linkage.groups.features import Features
from linkage.groups.trait_index import TESTED_TRAITS, TraitIndex
from linkage.groups.workload import CommunityWork, Division
from tests.groups.made_facts import GROUPS, TEN, inner, known

NOTHING: Mapping[str, DealtValues] = {}

ALL = frozenset(TESTED_TRAITS) | {OPENING}


def features(
    index: TraitIndex,
    work: CommunityWork | None = None,
    *found: Enrichment,
    compared: frozenset[str] = ALL,
    dealt: Mapping[str, DealtValues] = NOTHING,
) -> Features:
    community = CommunityFacts(TEN, inner([], []), found, work, compared, dealt=dealt)
    return community_features(community, index, frozenset(), GROUPS)


def facts(work: CommunityWork, known: KnownPart) -> CommunityFacts:
    return CommunityFacts(TEN, inner([], []), (), work, ALL, known)


def test_what_the_source_does_not_say_is_unknown() -> None:
    """Only when accounts were opened is known here."""
    assert features(known()) == Features(opening=False, addresses=False)


def test_of_what_fewer_than_half_are_known_nothing_is() -> None:
    four, five = ({f"n{i}": [i] for i in range(number)} for number in (4, 5))
    assert features(known(prefix=four)).one_place is None
    assert features(known(prefix=five)).one_place == 0.1


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


def test_withheld_prompts_leave_no_feature_of_work() -> None:
    some = facts(CommunityWork(prompts=40, own=1, copied=0), KnownPart(False, 0.4))
    assert community_features(some, known(), frozenset(), GROUPS).work is None


def test_answers_seen_passed_on_are_known_whatever_prompts_are() -> None:
    """That none were seen says something only where it could be seen."""
    links = InnerLinks(
        np.ones(2), np.full((2, 1), 9.0), np.full((2, 1), 9.0), ("lineage",), 0.0, GROUPS.profiles
    )
    passed = CommunityFacts(TEN, links, (), None, ALL)
    assert community_features(passed, known(), frozenset(), GROUPS).answers is True
    assert features(known()).answers is None
    assert features(known(), CommunityWork(prompts=40, own=30, copied=0)).answers is False


def test_what_is_dealt_in_few_kinds_is_alike_where_most_accounts_have_one_of_them() -> None:
    index = known(client={f"c{i}": [i] for i in range(10)}, fingerprint={f"c{i}": [i] for i in range(10)})
    most, half = DealtValues(3, 0.5), DealtValues(3, 0.49)
    assert features(index, dealt={"client": most}).client is True
    assert features(index, dealt={"client": half}).client is False
    found = features(index, dealt={"issuer": most, "bin": DealtValues(4, 1.0)})
    assert (found.payment, found.issuers) == (True, 3), "the BIN where no issuer is known"
    assert features(index, dealt={"bin": most}).issuers == 3
    assert (features(index, dealt={"issuer": half}).payment, features(index).issuers) == (False, 0)
    assert features(known(), dealt={"issuer": most}).payment is None, "no card is known"
