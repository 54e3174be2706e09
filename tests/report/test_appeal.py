"""The page for the owner of an account: what it says, and what it must not."""

from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from linkage.explain.account import AccountFacts, AccountView, account_view
from linkage.explain.gate_words import would_fail
from linkage.explain.objections import GroupDoubts
from linkage.report import html
from linkage.report.appeal import HELPS, Page, appeal
from linkage.schema import FAMILIES
from tests import made_case
from tests.made_case import GROUP, OPERATOR

ME = OPERATOR[5]
RUN = made_case.receipt()


def facts() -> AccountFacts:
    made = made_case.tables()
    made["evidence"].append(made_case.pair(OPERATOR[0], ME, "card", "card_of_another", 3.0))
    return AccountFacts(
        account=ME,
        observations=[
            {**row, "first_at": None, "last_at": None} for row in made["observations"] if row["account"] == ME
        ],
        links=[row for row in made["links"] if ME in (row["left"], row["right"])],
        evidence=[row for row in made["evidence"] if ME in (row["left"], row["right"])],
        texts={"tmpl_9": made_case.SENTENCE},
        places={row["account"]: [{**row, "outcome": "groups"}] for row in made["groups"]},
        members=6,
        verdicts=[
            {
                "left": OPERATOR[0], "right": ME, "verdict": "not linked", "who": "mira", "seq": 1,
                "reason": f"the card of {OPERATOR[0]}",
            }
        ],
        detail=RUN["groups"][GROUP],
    )  # fmt: skip


def page(view: AccountView | None = None, **more: Any) -> str:
    known = facts()
    plain = {"observations": known.observations, "contact": "appeals@provider.example", "hide": str}
    made = appeal(view or account_view(known, RUN), Page(**{**plain, **more}))
    return unescape(html.render(made).decode("utf-8"))


def test_it_says_what_was_found_and_how_to_contest_it() -> None:
    text = page()
    for told in (
        "found 6 accounts, this one among them, that may have one operator. Nobody has decided this yet.",
        "it can be wrong",
        "card_1",
        "1 text, held as digests",
        "One card pays for both accounts",
        "it is in its group in 60% of resampled runs",
        "this account and another one: not linked",
        "day–night profile speaks against 5 pairs, by up to 1.8 bits: the two accounts work at other hours",
        "What links it with other accounts",
        "Over its 5 links.",
        "The group as a whole",
        "The evidence for the group is thin.",
        made_case.SPREAD,
        "6 accounts",
        "no observation of: network, device, timing, lineage",
        "Write to appeals@provider.example",
        HELPS["payment"],
        "A person decides.",
    ):
        assert told in text, told
    assert HELPS["network"] not in text, "no evidence of that family"


def test_nothing_on_it_is_about_another_account() -> None:
    text = page()
    for other in (*OPERATOR[:5], "card_of_another", made_case.SENTENCE, "tmpl_9", "mira"):
        assert other not in text, other
    assert "withheld: a comparison with other accounts" in text


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("unresolved", "The group is not reported."),
        ("explained", "for an innocent reason"),
        ("none", "in no group of accounts"),
    ],
)
def test_an_account_that_is_not_reported_is_not_accused(outcome: str, told: str) -> None:
    view = replace(
        account_view(facts(), RUN), outcome=outcome, reason="one firm of owner_7", settles="ask owner_7"
    )
    text = page(view, hide=lambda said: said.replace("owner_7", "[withheld]"))
    assert told in text
    assert "may have one operator" not in text
    assert "one firm of [withheld]" in text and "ask [withheld]" in text


def test_no_word_is_one_of_the_program() -> None:
    """Traits and tests are called by what they are, and a burst has its length in words."""
    burst = {**facts().observations[0], "family": "registration", "trait": "registration_burst"}
    address = {**burst, "trait": "email_domain", "value": "inbox.example"}
    doubts = GroupDoubts("narrow", (would_fail(["one operator leads"]),), (), (), ())
    view = replace(account_view(facts(), RUN), group_doubts=doubts)
    text = page(view, observations=[{**burst, "value": "2026-03-31 11:02 +3 d"}, address])
    assert "registration burst" in text and "2026-03-31 11:02 for 3 days" in text
    assert "e-mail domain" in text and "email_domain" not in text
    assert "one operator would not lead every innocent explanation" in text


def test_hostile_text_stays_text() -> None:
    view = replace(account_view(facts(), RUN), account="<script>alert(1)</script>\u202e")
    made = html.render(appeal(view, Page([], "x", str))).decode("utf-8")
    assert "<script>alert" not in made
    assert "\u202e" not in made


def test_a_pair_that_is_no_link_is_not_called_one() -> None:
    weak = replace(facts(), links=[{**row, "log_odds": -7.8} for row in facts().links], places={}, detail={})
    text = page(account_view(weak, RUN))
    assert "What was compared (no link)" in text
    assert "Over 5 pairs that are not linked: what they have in common is too little for a link." in text
    assert "What links it" not in text and "The group as a whole" not in text


def test_codes_are_explained() -> None:
    coded = made_case.observation(ME, "hours", "9" * 24, "timing")
    assert f"9 for the busiest hour: {'9' * 24}" in page(
        observations=[{**coded, "first_at": None, "last_at": None}]
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("no timer, middle gap 13352.741000 s", "at no regular gap; half of the gaps are at most 3.7 hours"),
        ("no timer, middle gap 0.500000 s", "at most 0.5 seconds"),
        ("regular at hours", "requests come regular at hours"),
    ],
)
def test_a_rhythm_is_a_sentence(value: str, told: str) -> None:
    made = made_case.observation(ME, "rhythm", value, "timing")
    assert told in page(observations=[{**made, "first_at": None, "last_at": None}])


def test_rival_explanations_stand_beside_the_group() -> None:
    stories = [
        {"hypothesis": "one customer", "bits": 9.5},
        {"hypothesis": "unrelated accounts", "bits": 20.0},
    ]
    detail = {**RUN["groups"][GROUP], "competing": {"stories": stories}}
    text = page(account_view(replace(facts(), detail=detail), RUN))
    assert text.index("one customer") < text.index("unrelated accounts")
    assert "+9.5" in text


def test_what_speaks_against_the_group_names_nobody() -> None:
    detail = {**RUN["groups"][GROUP], "against": ["owner_7 holds most"]}
    view = account_view(replace(facts(), detail=detail), RUN)
    assert "owner_7" not in page(view, hide=lambda said: said.replace("owner_7", "[withheld]"))


def test_without_links_it_says_so() -> None:
    bare = replace(facts(), links=[], evidence=[], places={}, detail={}, verdicts=[])
    assert "Nothing was found that links it" in page(account_view(bare, RUN))


def test_there_is_help_for_every_family() -> None:
    assert set(HELPS) == set(FAMILIES)
