"""What is written against a group, from what its examination found."""

from dataclasses import replace
from typing import Any

import pytest

from linkage.explain import sentences
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
    return sentences.strength(examined, CHOSEN, min_accounts=5), sentences.against(examined, CHOSEN)


def test_where_nothing_was_found_nothing_is_written() -> None:
    assert found() == (Strength("firm", ()), [])


def test_a_card_that_holds_it_together_is_named_with_the_parts() -> None:
    strength, points = found(smallest_set=BROKEN)
    assert strength == Strength("thin", ("one source of evidence holds it together: fingerprint X",))
    assert points == ["without fingerprint X, the group falls apart into 12 + 8 accounts"]


def test_what_it_survives_is_nothing_against_it() -> None:
    assert found(smallest_set=replace(BROKEN, falls_apart=False))[1] == []


def test_two_sources_that_only_together_take_it_apart_make_it_no_thinner() -> None:
    strength, points = found(smallest_set=replace(BROKEN, sources=(CARD, CARD)))
    assert strength.level == "firm"
    assert len(points) == 1


def test_a_family_without_which_it_fails_makes_it_narrow() -> None:
    strength, points = found(without_family=(FamilyAblation("payment", WHOLE, ("provision",)),))
    assert strength.level == "narrow"
    assert list(strength.reasons) == points
    assert points == ['without payment evidence it would not be reported: it would fail the gate "provision"']


def test_a_benign_explanation_that_fits_leaves_no_group_firm() -> None:
    strength, _ = found(benign_explanations=(HOUSEHOLD,))
    assert strength == Strength("narrow", ("a benign explanation fits, one household: 6 accounts",))


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
    strength, _ = found(**changed)
    assert strength.level == "thin"
    assert why in strength.reasons[0]


@pytest.mark.parametrize(
    ("changed", "threshold"),
    [
        ({"stability": 0.6}, {"min_stability": 0.6}),
        ({"links": 30}, {"min_links_per_account": 1.5}),
    ],
)
def test_what_is_thin_is_a_setting(changed: dict[str, Any], threshold: dict[str, float]) -> None:
    examined = replace(FIRM, **changed)
    assert sentences.strength(examined, Thresholds(**threshold), min_accounts=5).level == "firm"


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


@pytest.mark.parametrize(
    ("parts", "alone", "words"),
    [
        ((20,), 0, "one part of all 20 accounts"),
        ((12, 8), 0, "12 + 8 accounts"),
        ((1_200,), 3, "1,200 accounts, 3 alone or in smaller parts"),
        ((), 20, "20 alone or in smaller parts"),
        ((), 0, "nothing"),
    ],
)
def test_parts_in_words(parts: tuple[int, ...], alone: int, words: str) -> None:
    assert sentences.parts(Remains(0, 0, 0, parts, alone)) == words


def test_a_set_that_the_group_survives_is_counted() -> None:
    survived = replace(BROKEN, falls_apart=False)
    assert "any single source" in sentences.smallest_set(survived)
    assert "even when 2 sources" in sentences.smallest_set(replace(survived, sources=(CARD, CARD)))


def test_values_are_shortened_as_the_reader_wants() -> None:
    several = replace(CARD, more=2)
    assert sentences.source(several, str.lower) == "fingerprint x (and 2 other values of the same accounts)"
    weakest = replace(FIRM.weakest_member, account="LONG", links=1)
    assert sentences.weakest_member(weakest, str.lower) == (
        "the weakest member is long: 1 link, the strongest of +4.0 bits (the median member has 5), in the"
        " group in 100% of resampled runs"
    )


def test_a_sample_is_stated() -> None:
    assert sentences.sample(FIRM) == ""
    assert sentences.sample(replace(FIRM, links=80)) == "a sample of 50 of its 80 links was examined"
