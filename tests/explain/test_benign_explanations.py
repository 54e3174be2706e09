"""Benign explanations, each decided by a figure that is told."""

from dataclasses import replace
from typing import Any

import pytest

from linkage.explain.benign_explanations import Figures, SharedValues, outcomes
from linkage.explain.findings import FITS, NOT, UNKNOWN, BenignExplanation
from linkage.settings.explain import BenignExplanations

CHOSEN = BenignExplanations()

CAMPAIGN = Figures(
    accounts=40,
    stand={"network": 0.99, "content": 0.1, "registration": 1.0, "payment": 0.9},
    networks=SharedValues(12, 0.1),
    texts=SharedValues(90, 0.05),
    one_place=0.2,
    one_card=0.1,
    cards=0.9,
    one_client=1.0,
    one_unit=0.0,
    unit="",
    one_referrer=0.0,
    verbatim=0.02,
    workload=0.85,
    opened=(30, 45, "7 days from 2025-07-01"),
)
"""An operator's group: nothing benign fits it."""

NOTHING = Figures(
    accounts=12, stand={}, networks=SharedValues(0, None), texts=SharedValues(0, None), one_place=None,
    one_card=None, cards=None, one_client=None, one_unit=0.0, unit="", one_referrer=None, verbatim=None,
    workload=None,
    opened=None,
)  # fmt: skip


def outcome(known: Figures, part: str) -> BenignExplanation:
    (found,) = [each for each in outcomes(known, CHOSEN) if part in each.explanation]
    return found


def test_nothing_fits_a_campaign_and_each_says_why() -> None:
    assert {each.outcome for each in outcomes(CAMPAIGN, CHOSEN)} == {NOT}
    assert all(any(digit.isdigit() for digit in each.figure) for each in outcomes(CAMPAIGN, CHOSEN))


@pytest.mark.parametrize(
    ("part", "changed", "figure"),
    [
        ("carrier", {"stand": {"network": 0.3}, "networks": SharedValues(3, 0.97)}, "30% of the links stand"),
        (
            "campus",
            {"one_place": 0.9, "one_unit": 0.95, "unit": "organisation X"},
            "95% lie in one declared unit",
        ),
        (
            "office",
            {"one_card": 0.9, "cards": 0.25},
            "one card pays for 90%; on average one card for every 4 accounts",
        ),
        ("office", {"one_card": 0.9, "cards": 0.9}, "on average one card for every 1.1 accounts"),
        ("office", {"one_card": 0.9, "cards": 1.0}, "on average one card for each account"),
        ("office", {"one_card": 0.9, "cards": 1.5}, "on average 1.5 cards for each account"),
        ("household", {"accounts": 6, "one_place": 1.0}, "6 accounts; 100% use one small network"),
        ("fleet", {"verbatim": 0.7}, "70% of the common prompts are exact"),
        ("boilerplate", {"texts": SharedValues(4, 0.9)}, "the median one has 90% of its users outside"),
        ("tutorial", {"verbatim": 0.6}, "60% of the common prompts"),
        ("tutorial", {"one_referrer": 0.8}, "80% came from one referring page"),
        (
            "launch",
            {"stand": {"registration": 0.2}, "opened": (30, 900, "one day")},
            "30 of the 900",
        ),
        ("reseller", {"workload": 0.3}, "30% of their prompts"),
    ],
)
def test_the_figure_decides(part: str, changed: dict[str, Any], figure: str) -> None:
    found = outcome(replace(CAMPAIGN, **changed), part)
    assert found.outcome == FITS
    assert figure in found.figure


def test_a_common_good_does_not_explain_links_that_stand_without_it() -> None:
    assert outcome(replace(CAMPAIGN, networks=SharedValues(3, 0.97)), "carrier").outcome == NOT
    standing = {"content": 0.9}
    assert (
        outcome(replace(CAMPAIGN, texts=SharedValues(3, 0.9), stand=standing), "boilerplate").outcome == NOT
    )


def test_what_is_not_known_is_not_decided() -> None:
    found = {each.explanation: each.outcome for each in outcomes(NOTHING, CHOSEN)}
    assert set(found.values()) == {UNKNOWN, NOT}
    assert [name for name, said in found.items() if said == NOT] == ["one household"]


def test_a_reseller_s_infrastructure_and_one_customer_s_work_contradict_nothing() -> None:
    found = outcome(replace(CAMPAIGN, reseller=True), "reseller")
    assert found.outcome == NOT and "as one customer of it" in found.figure
    fits = outcome(replace(CAMPAIGN, reseller=True, workload=0.3), "reseller")
    assert fits.outcome == FITS and "one customer" not in fits.figure
    assert "infrastructure" not in outcome(CAMPAIGN, "reseller").figure
