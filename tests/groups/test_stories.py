"""Which story fits: coverage against redundancy, openness, and what is not known."""

from dataclasses import replace

import pytest

from linkage.groups import stories
from linkage.groups.features import Features

OPERATOR = Features(
    copies=0.0, work=0.8, tasks=20.0, each=9.0, dispersion=1.0, chained=False, in_lots=0.1, payment=True,
    one_name=0.05, own_domains=0.02, unit=0.0, opening=True, one_place=0.05, client=False, addresses=False,
    answers=False,
)  # fmt: skip
CLASS = replace(OPERATOR, copies=0.4, dispersion=3.5)
TENANTS = replace(OPERATOR, own_domains=1.0, one_place=1.0, client=True, opening=False)
FRAMEWORK = replace(OPERATOR, tasks=1.0, each=1.0, dispersion=None, payment=False, opening=False, client=True)


def test_every_row_of_the_table_is_a_distribution() -> None:
    for row in stories.TABLE.values():
        for chances in (row.operator, *row.innocent):
            assert len(chances) == len(row.states)
            assert sum(chances) == pytest.approx(1.0)
            assert min(chances) >= 0.005


def test_dealt_work_with_own_cards_is_an_operator_s() -> None:
    assert stories.outcome(stories.log_odds(OPERATOR), 6.0) == stories.REPORTED


@pytest.mark.parametrize(
    ("features", "story"),
    [(CLASS, stories.EVENT), (TENANTS, stories.PLATFORM), (FRAMEWORK, stories.TOOL)],
)
def test_innocents_who_do_something_together_are_explained(features: Features, story: str) -> None:
    bits = stories.log_odds(features)
    assert stories.best_innocent(bits)[0] == story
    assert stories.outcome(bits, 6.0) == stories.EXPLAINED


def test_what_is_not_known_says_nothing() -> None:
    asked = ("chained", "payment", "opening", "client", "addresses", "answers")
    silent = dict.fromkeys(asked)
    known = stories.said(replace(OPERATOR, **silent))
    assert set(known) == {"copies", "work", "division", "openness", "way in"}


def test_cards_of_one_kind_alone_convict_nobody() -> None:
    alone = replace(FRAMEWORK, payment=True, client=False)
    assert stories.outcome(stories.log_odds(alone), 6.0) != stories.REPORTED
