"""How strong the evidence for a group is, and what is written against it, from what its examination found."""

from dataclasses import replace
from typing import Any

import pytest

from linkage.explain import strength
from linkage.explain.findings import (
    FITS,
    NOT,
    Agreement,
    BenignExplanation,
    CounterEvidence,
    Examination,
    FamilyAblation,
    HoursCompared,
    MemberDifference,
    Remains,
    Source,
    SourceAblation,
    Strength,
    Value,
    WeakestCut,
    WeakestMember,
)
from linkage.settings.explain import Strength as Thresholds

CHOSEN = Thresholds()
WHOLE = Remains(links=50, of=50, accounts=20, parts=(20,), alone=0)
FIRM = Examination(
    accounts=20,
    core=20,
    fringe=0,
    stability=1.0,
    links=50,
    links_examined=50,
    whole=WHOLE,
    without_family=(FamilyAblation("payment", WHOLE, ()),),
    sources=(),
    smallest_set=None,
    weakest_cut=None,
    weakest_member=WeakestMember("a", links=3, median_links=5.0, strongest_bits=4.0, membership=1.0),
    counter_evidence=(),
    hours=HoursCompared(0, 0),
    outliers=(),
    least_typical=(),
    agreement=(),
    benign_explanations=(BenignExplanation("one household", NOT, "20 accounts"),),
    strength=Strength("firm", ()),
)
"""A group against which nothing was found."""

CARD = Source("payment", (Value("fingerprint", "X", 20),), more=0, accounts=20, bits=300.0)
BROKEN = SourceAblation((CARD,), Remains(20, 50, 12, (12, 8), 0), falls_apart=True)
CUT = WeakestCut((12, 8), links=3, expected=40.0, ratio=0.075, thin=True, smaller_side=("a",))
HOUSEHOLD = BenignExplanation("one household", FITS, "6 accounts")


def found(**changed: Any) -> tuple[Strength, list[str]]:
    examined = replace(FIRM, **changed)
    return strength.strength(examined, CHOSEN, min_accounts=5), strength.against(examined, CHOSEN)


def test_where_nothing_was_found_nothing_is_written() -> None:
    assert found() == (Strength("firm", ()), [])


def test_a_card_that_holds_it_together_is_named_with_the_parts() -> None:
    evidence, points = found(smallest_set=BROKEN)
    assert evidence == Strength("thin", ("one source of evidence holds it together: fingerprint X",))
    assert points == ["without fingerprint X, the group falls apart into 12 + 8 accounts"]


def test_what_it_survives_is_nothing_against_it() -> None:
    assert found(smallest_set=replace(BROKEN, falls_apart=False))[1] == []


def test_two_sources_that_only_together_take_it_apart_make_it_no_thinner() -> None:
    evidence, points = found(smallest_set=replace(BROKEN, sources=(CARD, CARD)))
    assert evidence.level == "firm"
    assert len(points) == 1


def test_a_family_without_which_it_fails_makes_it_narrow() -> None:
    evidence, points = found(without_family=(FamilyAblation("payment", WHOLE, ("size",)),))
    assert evidence.level == "narrow"
    assert list(evidence.reasons) == points
    assert points == ["without payment evidence it would not be reported: too few accounts would be left"]


def test_a_benign_explanation_that_fits_leaves_no_group_firm() -> None:
    evidence, _ = found(benign_explanations=(HOUSEHOLD,))
    assert evidence == Strength("narrow", ("a benign explanation fits, one household: 6 accounts",))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"accounts": 9}, "only 9 accounts"),
        ({"stability": 0.6}, "60% of resampled runs"),
        ({"links": 30}, "30 links among 20 accounts"),
        ({"weakest_cut": CUT}, "two sides of 12 and 8 accounts are joined by 3 links"),
    ],
)
def test_what_makes_it_thin_is_written(changed: dict[str, Any], why: str) -> None:
    evidence, _ = found(**changed)
    assert evidence.level == "thin"
    assert why in evidence.reasons[0]


@pytest.mark.parametrize(
    ("changed", "threshold"),
    [
        ({"stability": 0.6}, {"min_stability": 0.6}),
        ({"links": 30}, {"min_links_per_account": 1.5}),
    ],
)
def test_what_is_thin_is_a_setting(changed: dict[str, Any], threshold: dict[str, float]) -> None:
    examined = replace(FIRM, **changed)
    assert strength.strength(examined, Thresholds(**threshold), min_accounts=5).level == "firm"


def test_each_finding_has_its_sentence() -> None:
    _, points = found(
        outliers=(MemberDifference("pay otherwise", 3, 20, 0.7, ()), MemberDifference("x", 1, 100, None, ())),
        agreement=(Agreement("country", "registration", 0.1, 0.1, 20, like_strangers=True),),
        counter_evidence=(CounterEvidence("hours", 1, -1.5, -1.5),),
        benign_explanations=(HOUSEHOLD,),
    )
    assert points == [
        "a benign explanation fits, one household: 6 accounts",
        "3 of 20 members (15%) pay otherwise; 70% of other accounts do",
        "members agree less than twice as often as strangers in country"
        " (the same in 10% of pairs of members, 10%"
        " of pairs of strangers)",
        "hours speaks against 1 link (2.0%), with at most 1.5 bits",
    ]
