"""Hypotheses about a group: the bits of a match, how hypotheses compete, and how high confidence may be."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.attribution import hypotheses
from linkage.attribution.hypotheses import (
    UNKNOWN,
    UNRELATED,
    Group,
    Hypothesis,
    Match,
    Weighing,
    Weight,
)
from linkage.links.log_odds import Rules, rules
from linkage.settings.attribution import Hypotheses

DAY = 86_400_000_000
CHOSEN = Hypotheses()
HIGH = hypotheses.bands(CHOSEN).high
WEIGHTS = {
    "fingerprint": Weight("payment", 0.5, 0.0, 0.0, identifies=True),
    "billing_hash": Weight("payment", 0.5, 0.0, 0.0, identifies=True),
    "funding": Weight("payment", 0.5, 0.01, 0.0, identifies=False),
    "ip": Weight("network", 0.5, 0.0, 14.0 * DAY, identifies=True),
    "device": Weight("device", 0.5, 0.0, 0.0, identifies=True),
    "segment": Weight("content", 0.5, 0.002, 0.0, identifies=True),
}
TWENTY = Group(accounts=20, others=10_000, log_odds=30.0)
CARD = Match("Heron", "fingerprint", "c1", holders=3, outside=0, confidence=1.0, observations=("o1", "o2"))
PLACE = Match("Heron", "ip", "198.51.100.7", holders=2, outside=0, confidence=1.0, observations=("o3",))


def family_rules() -> Rules:
    families = ["network", "device", "payment", "content"]
    caps = {"network": 16.0, "device": 10.0, "payment": 20.0, "content": 24.0}
    mine = [WEIGHTS[trait].family for trait in sorted(WEIGHTS)]
    return rules(mine, families, prior=0.0, caps=caps, rho={"": 0.3})


def weigh(match: Match, weight: Weight, group: Group, *, came: int = 1) -> float:
    return hypotheses.weigh(match, weight, group, CHOSEN.unstated_confidence, came=came)


def compared(
    *matches: Match, group: Group = TWENTY, known: tuple[str, ...] = ("Heron",)
) -> dict[str, Hypothesis]:
    weighing = Weighing(WEIGHTS, family_rules(), CHOSEN)
    found = hypotheses.compare(matches, group, known=known, weighing=weighing)
    assert [each.log_odds for each in found] == sorted((each.log_odds for each in found), reverse=True)
    return {each.name: each for each in found}


# --- one match -----------------------------------------------------------------------------------


def test_a_card_that_nobody_else_has_says_nearly_as_much_as_in_a_link() -> None:
    of_a_link = math.log2(0.5 * 10_000)

    assert weigh(CARD, WEIGHTS["fingerprint"], TWENTY) == pytest.approx(
        of_a_link + math.log2(2 / 3), abs=1e-5
    )


def test_of_many_known_values_some_come_back_by_chance() -> None:
    """Six of two hundred sentences, each on a few of a hundred accounts: as many as strangers bring."""
    weight, common = WEIGHTS["segment"], replace(CARD, trait="segment", holders=1, outside=15)

    assert weigh(common, weight, TWENTY) > 3
    assert weigh(replace(common, tried=200), weight, TWENTY, came=6) == 0
    assert weigh(replace(common, tried=200), weight, TWENTY, came=180) > 3


def test_a_few_of_many_cards_still_name_their_owner() -> None:
    found = compared(*(replace(CARD, value=f"c{n}", tried=500) for n in range(5)))

    assert found["Heron"].bits > 5


@given(came=st.integers(1, 10_000), missing=st.integers(0, 10_000))
def test_a_value_comes_back_less_surely_the_more_stay_away(came: int, missing: int) -> None:
    tried = came + missing

    assert 0 < hypotheses.again(came, tried + 1) < hypotheses.again(came, tried) <= 1
    assert hypotheses.again(came, 0) == hypotheses.again(came, came)


def test_twenty_accounts_with_one_card_are_one_coincidence() -> None:
    one, many = replace(CARD, holders=3), replace(CARD, holders=20)

    assert weigh(one, WEIGHTS["fingerprint"], TWENTY) == weigh(many, WEIGHTS["fingerprint"], TWENTY)


def test_one_account_of_many_may_hold_a_value_by_chance() -> None:
    crowd = Group(accounts=1_000, others=10_000, log_odds=30.0)
    common = replace(CARD, outside=20)

    assert weigh(replace(common, holders=1), WEIGHTS["fingerprint"], crowd) == 0
    assert weigh(replace(common, holders=900), WEIGHTS["fingerprint"], crowd) > 7


def test_rarity_is_that_of_the_commoner_of_both_logs() -> None:
    here = weigh(replace(CARD, outside=100), WEIGHTS["fingerprint"], TWENTY)
    there = weigh(replace(CARD, elsewhere=0.01), WEIGHTS["fingerprint"], TWENTY)

    assert here == there < weigh(CARD, WEIGHTS["fingerprint"], TWENTY)


def test_a_text_is_never_rarer_than_its_floor() -> None:
    text = replace(CARD, trait="segment", holders=20)

    assert weigh(text, WEIGHTS["segment"], TWENTY) == pytest.approx(math.log2(0.5 * 2 / 3 / 0.002), abs=1e-5)


def test_an_address_fades_and_a_card_does_not() -> None:
    old = 14 * DAY

    assert weigh(replace(PLACE, gap=old), WEIGHTS["ip"], TWENTY) == pytest.approx(
        weigh(PLACE, WEIGHTS["ip"], TWENTY) / 2, abs=1e-5
    )
    assert weigh(replace(CARD, gap=old), WEIGHTS["fingerprint"], TWENTY) == weigh(
        CARD, WEIGHTS["fingerprint"], TWENTY
    )


def test_what_may_be_wrong_says_less_and_what_is_surely_wrong_nothing() -> None:
    said = [weigh(replace(CARD, confidence=c), WEIGHTS["fingerprint"], TWENTY) for c in (0, 0.01, None, 1)]

    assert said[0] == 0
    assert said == sorted(said)
    assert said[3] - said[2] == pytest.approx(1, abs=0.01)


@given(
    holders=st.integers(1, 50),
    outside=st.integers(0, 5_000),
    confidence=st.none() | st.floats(0, 1),
    elsewhere=st.none() | st.floats(0, 1),
    gap=st.integers(0, 10**18),
)
def test_a_match_says_something_finite_and_never_against(
    holders: int, outside: int, confidence: float | None, elsewhere: float | None, gap: int
) -> None:
    match = replace(
        PLACE, holders=holders, outside=outside, confidence=confidence, elsewhere=elsewhere, gap=gap
    )
    group = Group(50, 5_000, 10.0)

    said = weigh(match, WEIGHTS["ip"], group)

    assert 0 <= said <= math.log2(0.5 * 5_000) + 1e-6
    assert weigh(replace(match, outside=outside + 1), WEIGHTS["ip"], group) <= said


# --- hypotheses ----------------------------------------------------------------------------------


def test_without_indicators_two_hypotheses_are_left() -> None:
    found = compared(known=())

    assert found[UNKNOWN].log_odds == 30.0
    assert found[UNRELATED].log_odds == -30.0
    assert (found[UNKNOWN].confidence, found[UNRELATED].confidence) == ("high", "low")


def test_a_weak_group_may_be_unrelated_accounts() -> None:
    assert compared(known=(), group=replace(TWENTY, log_odds=-8.0))[UNRELATED].confidence == "moderate"


def test_a_known_operator_without_a_match_is_listed_and_stays_behind() -> None:
    found = compared(known=("Heron", "Ibis"))

    assert set(found) == {"Heron", "Ibis", UNKNOWN, UNRELATED}
    assert found["Heron"].log_odds == found["Ibis"].log_odds < -6
    assert found["Heron"].observations == []


def test_two_families_name_an_operator() -> None:
    found = compared(CARD, PLACE)

    heron = found["Heron"]
    assert heron.confidence == "high"
    assert heron.families == ("network", "payment")
    assert heron.bits == pytest.approx(sum(match.counted for match in heron.matches), abs=1e-6)
    assert heron.log_odds == pytest.approx(heron.bits + math.log2(0.01), abs=0.01)
    assert set(heron.observations) == {"o1", "o2", "o3"}
    assert found[UNKNOWN].log_odds == pytest.approx(-heron.log_odds, abs=0.01)


def test_one_family_is_moderate_at_most_whatever_the_odds() -> None:
    many = [replace(CARD, value=f"c{n}") for n in range(9)]

    heron = compared(*many)["Heron"]

    assert heron.log_odds > HIGH - 1
    assert heron.confidence == "moderate"


def test_network_and_device_are_one_way_in() -> None:
    device = replace(CARD, trait="device", value="d1")

    assert compared(PLACE, device)["Heron"].confidence == "moderate"


def test_network_and_texts_are_what_customers_of_one_proxy_and_one_tool_share() -> None:
    text = replace(CARD, trait="segment", holders=20)

    found = compared(replace(PLACE, holders=20), *(replace(text, value=f"s{n}") for n in range(9)))["Heron"]

    assert found.families == ("content", "network")
    assert found.log_odds > HIGH
    assert found.confidence == "moderate"


def test_a_family_that_says_little_is_no_second_one() -> None:
    faint = replace(PLACE, outside=1_000, holders=20)
    many = [replace(CARD, value=f"c{n}") for n in range(9)]

    found = compared(faint, *many)["Heron"]

    assert found.families == ("network", "payment")
    assert found.confidence == "moderate"


def test_what_only_describes_names_nobody() -> None:
    describing = [replace(CARD, trait="funding", value=f"v{n}", holders=20) for n in range(9)]

    assert compared(*describing)["Heron"].confidence == "low"


def test_a_family_gives_no_more_than_its_cap() -> None:
    many = [replace(CARD, value=f"c{n}") for n in range(40)]
    billing = [replace(CARD, trait="billing_hash", value=f"b{n}") for n in range(40)]

    assert compared(*many, *billing)["Heron"].bits == pytest.approx(20.0, abs=1e-4)


def test_one_value_from_two_sources_is_one_coincidence() -> None:
    other = replace(CARD, source="partner", confidence=0.2)

    assert compared(CARD, other)["Heron"].bits == compared(CARD)["Heron"].bits


def test_the_same_value_of_two_operators_decides_for_neither() -> None:
    found = compared(CARD, replace(CARD, operator="Ibis"), PLACE, replace(PLACE, operator="Ibis"),
                 known=("Heron", "Ibis"))  # fmt: skip

    assert found["Heron"].log_odds == found["Ibis"].log_odds == pytest.approx(0, abs=0.01)
    assert found["Heron"].confidence == "low"


def test_a_long_list_raises_the_bar() -> None:
    long = (*(f"name {n}" for n in range(10_000)), "Heron")

    assert compared(CARD, PLACE, known=long)["Heron"].log_odds < compared(CARD, PLACE)["Heron"].log_odds - 7


@given(st.permutations(range(6)))
def test_the_order_of_matches_changes_nothing(order: list[int]) -> None:
    matches = [CARD, PLACE, replace(CARD, operator="Ibis"), replace(CARD, value="c2", outside=4)]
    matches += [replace(PLACE, gap=DAY, source="x"), replace(CARD, trait="segment", value="s")]
    known = ("Heron", "Ibis")
    mixed = [matches[at] for at in order]

    assert compared(*mixed, known=known) == compared(*matches, known=known)


@given(st.lists(st.floats(-200, 200), min_size=2, max_size=30))
def test_at_most_one_hypothesis_is_likelier_than_all_others(scores: list[float]) -> None:
    odds = hypotheses._against_the_rest({f"s{n}": score for n, score in enumerate(scores)})

    assert all(math.isfinite(each) for each in odds.values())
    assert sum(each > 1e-6 for each in odds.values()) <= 1
    assert sum(1 / (1 + 2.0 ** -min(each, 1000)) for each in odds.values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("log_odds", "said"),
    [(-50, "low"), (3.3, "low"), (3.4, "moderate"), (13.2, "moderate"), (13.3, "high"), (90, "high")],
)
def test_words_are_tied_to_numbers(log_odds: float, said: str) -> None:
    assert hypotheses.word(log_odds, hypotheses.bands(CHOSEN)) == said
