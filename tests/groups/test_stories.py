"""One operator and the innocent stories: who leads in which community, and what is silent."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.features import Features
from linkage.groups.stories import (
    IN_WORDS,
    SETTLES,
    SILENT,
    best_innocent,
    feature_bits,
    settling_facts,
    story_bits,
)
from linkage.hypothesis_names import (
    CUSTOMER,
    EVENT,
    HIJACKED,
    INNOCENT,
    ONE_OPERATOR,
    PLATFORM,
    RESELLER,
    TOOL,
    UNRELATED,
)
from linkage.settings.stories import Stories

CHOSEN = Stories()

OPERATOR = Features(
    copies=0.0, work=0.9, tasks=30.0, tasks_each=6.0, dispersion=1.1, chained=True, in_lots=0.6, payment=True,
    openness="not open", opening=True, one_place=0.1, client=True, addresses=False, answers=False,
    volumes=0.2, past=0.0,
)  # fmt: skip

WINNERS: dict[str, Features] = {
    # The same assignments letter for letter, vouchers of one issuer, one week, own devices, no card twice.
    EVENT: Features(
        copies=0.9, work=0.7, tasks=8.0, tasks_each=4.0, dispersion=2.5, chained=False, in_lots=0.0,
        payment=True, openness="not open", opening=True, one_place=0.3, client=False, addresses=False,
        volumes=0.6,
    ),
    # One public text in a client; nothing else in common.
    TOOL: Features(
        copies=0.6, work=0.2, tasks=1.0, tasks_each=1.0, chained=False, in_lots=0.0, payment=False,
        openness="not open", opening=False, one_place=0.05, client=True, addresses=False,
        volumes=0.9,
    ),
    CUSTOMER: Features(
        copies=0.05, work=0.5, tasks=3.0, tasks_each=2.0, dispersion=3.0, chained=False, in_lots=0.6,
        payment=True, openness="one customer", opening=False, one_place=0.5, client=False, addresses=False,
        volumes=0.7,
    ),
    # An own domain each, by the platform's servers and client.
    PLATFORM: Features(
        copies=0.0, work=0.9, tasks=20.0, tasks_each=2.0, dispersion=1.2, chained=False, in_lots=0.0,
        payment=True, openness="own domains", opening=False, one_place=1.0, client=True, addresses=False,
        volumes=0.6,
    ),
    RESELLER: Features(
        copies=0.0, work=0.5, tasks=2.0, tasks_each=1.0, dispersion=4.0, chained=False, in_lots=0.0,
        payment=False, openness="not open", opening=False, one_place=1.0, client=False, addresses=False,
        volumes=1.0,
    ),
    # An operator's work from his network, on accounts that people had before and each pays for as he likes.
    HIJACKED: Features(
        copies=0.0, work=0.5, tasks=9.0, tasks_each=4.0, dispersion=1.0, chained=False, in_lots=0.0,
        payment=False, openness="not open", opening=False, one_place=0.5, client=True, addresses=False,
        volumes=0.6, past=0.9,
    ),
    UNRELATED: Features(
        copies=0.01, work=0.1, tasks=1.0, tasks_each=1.0, chained=False, in_lots=0.0, payment=False,
        openness="not open", opening=False, one_place=0.02, client=False, addresses=False,
        volumes=1.0,
    ),
}  # fmt: skip
"""For each innocent story a community that it explains better than one operator and every other story."""


@pytest.mark.parametrize("story", INNOCENT)
def test_each_story_has_a_community_that_it_wins(story: str) -> None:
    winner, bits = best_innocent(story_bits(WINNERS[story], CHOSEN))
    assert (winner, bits < 0) == (story, True)


def test_an_operator_who_deals_work_and_cards_leads_every_story_by_the_margin() -> None:
    assert best_innocent(story_bits(OPERATOR, CHOSEN))[1] >= CHOSEN.margin_bits


def test_only_a_past_shows_whether_accounts_were_hijacked() -> None:
    """Everything else about them is an operator's work on people's accounts; without a past, one who made his
    accounts one by one would be taken for an intruder."""
    taken = WINNERS[HIJACKED]
    assert HIJACKED not in story_bits(replace(taken, past=None), CHOSEN)
    since = story_bits(replace(taken, past=0.1), CHOSEN)
    assert since[HIJACKED] > story_bits(taken, CHOSEN)[HIJACKED] + CHOSEN.margin_bits
    assert story_bits(OPERATOR, CHOSEN)[HIJACKED] >= CHOSEN.margin_bits


def test_nothing_known_favours_nobody() -> None:
    assert story_bits(Features(), CHOSEN) == {story: 0.0 for story in INNOCENT if story != HIJACKED}
    assert feature_bits(Features(), CHOSEN) == {}


SHARE, FIGURE = (st.none() | st.floats(0, most) for most in (1, 99))
EITHER = st.none() | st.booleans()
KNOWN = st.builds(
    Features,
    copies=SHARE, work=SHARE, tasks=FIGURE, tasks_each=FIGURE, dispersion=FIGURE, chained=EITHER,
    in_lots=SHARE, payment=EITHER, openness=st.sampled_from([None, *CHOSEN.likelihoods["openness"]]),
    opening=EITHER, one_place=SHARE, client=EITHER, addresses=EITHER, answers=EITHER,
    issuers=st.none() | st.integers(0, 4), past=SHARE,
)  # fmt: skip


@given(KNOWN)
def test_a_feature_of_which_nothing_is_known_never_changes_bits(known: Features) -> None:
    """Whether a feature is in the table or not: where the source does not give it, it is silent."""
    row = dict.fromkeys((ONE_OPERATOR, *INNOCENT), 0.5) | {ONE_OPERATOR: 0.9}
    more = Stories(likelihoods={**CHOSEN.likelihoods, "shoe size": {"alike": row}})
    assert story_bits(known, more) == story_bits(known, CHOSEN)
    silent = CHOSEN.likelihoods.keys() - known.states(CHOSEN).keys()
    less = Stories(likelihoods={k: v for k, v in CHOSEN.likelihoods.items() if k not in silent})
    assert story_bits(known, less) == story_bits(known, CHOSEN)


@given(KNOWN)
def test_bits_are_those_of_the_features_together(known: Features) -> None:
    said, total = feature_bits(known, CHOSEN), story_bits(known, CHOSEN)
    for story in total:
        assert total[story] == pytest.approx(sum(each[story] for each in said.values()), abs=1e-5)


def test_no_feature_alone_reports_anybody() -> None:
    """Nor clears anybody who is otherwise an operator in all there is."""
    known: list[dict[str, Any]] = [{"tasks": 30.0, "tasks_each": 6.0, "dispersion": 1.0}]
    known += [{each.name: getattr(OPERATOR, each.name)} for each in fields(Features)]
    for one in known:
        assert best_innocent(story_bits(Features(**one), CHOSEN))[1] < CHOSEN.margin_bits
    assert all(
        share >= 0.005
        for states in CHOSEN.likelihoods.values()
        for row in states.values()
        for share in row.values()
    )


def test_the_states_of_a_feature_are_all_there_are() -> None:
    for states in CHOSEN.likelihoods.values():
        for story in (ONE_OPERATOR, *INNOCENT):
            assert sum(row[story] for row in states.values()) == pytest.approx(1.0)


def test_a_table_that_lacks_a_story_is_refused() -> None:
    row = {ONE_OPERATOR: 0.5}
    with pytest.raises(ValueError, match=r"likelihoods\.copies\.many: a share above 0"):
        Stories(likelihoods={"copies": {"many": row}})


# --- what would decide ---------------------------------------------------------------------------


@pytest.mark.parametrize("story", INNOCENT)
def test_every_story_has_words_and_somebody_to_ask(story: str) -> None:
    assert IN_WORDS[story]
    assert settling_facts(story, OPERATOR, CHOSEN) == SETTLES[story]
    assert SILENT.keys() == CHOSEN.likelihoods.keys()


def test_what_the_source_does_not_say_is_named_most_telling_first() -> None:
    blind = replace(OPERATOR, copies=None, addresses=None)
    assert settling_facts(EVENT, blind, CHOSEN).endswith(
        "find out what these logs do not say: whether they send the same texts,"
        " whether a program made their e-mail addresses"
    )
    assert "ask the card processor whether one party bought the cards of BIN 5555" in settling_facts(
        EVENT, OPERATOR, CHOSEN, "5555"
    )
