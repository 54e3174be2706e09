"""One account, as a person reads it."""

from dataclasses import replace
from typing import Any

from linkage.explain.account import AccountFacts, account_view, read_in_words
from linkage.explain.who import NO_GROUP
from tests import made_case
from tests.made_case import FAMILY, GROUP, OPERATOR

RUN = made_case.receipt()
ME = OPERATOR[5]


def facts(**more: Any) -> AccountFacts:
    made = made_case.tables()
    places = {
        row["account"]: [{**row, "outcome": name}]
        for name in ("groups", "explained")
        for row in made.get(name, ())
    }
    return replace(
        AccountFacts(
            account=ME,
            observations=[
                {**row, "first_at": None, "last_at": None}
                for row in made["observations"]
                if row["account"] == ME
            ],
            links=[row for row in made["links"] if ME in (row["left"], row["right"])],
            evidence=[row for row in made["evidence"] if ME in (row["left"], row["right"])],
            texts={"tmpl_9": made_case.SENTENCE},
            places=places,
            members=6,
            verdicts=[],
            detail=RUN["groups"][GROUP],
        ),
        **more,
    )  # fmt: skip


def test_it_has_its_group_and_its_partners() -> None:
    found = account_view(facts(), RUN)
    assert (found.outcome, found.group, found.role, found.membership) == ("groups", GROUP, "fringe", 0.6)
    assert found.links == len(found.partners) == 5
    assert {each.account for each in found.partners} == set(OPERATOR[:5])
    assert found.by_family == {"content": 2, "payment": 1, "registration": 1}
    assert found.registered == {"country": ("SE",)}


def test_reasons_come_with_values_and_texts_the_weightiest_family_first() -> None:
    card, template = account_view(facts(), RUN).reasons
    assert (card.signal, card.value, card.links, card.bits, card.sum_bits) == (
        "card",
        "card_1",
        5,
        15.25,
        76.25,
    )
    assert template.text == made_case.SENTENCE
    assert card.meaning.startswith("One card pays")


def test_what_speaks_against_is_all_there() -> None:
    verdict = {
        "left": OPERATOR[0], "right": ME, "verdict": "not linked", "reason": "two firms",
        "who": "mira", "seq": 1,
    }  # fmt: skip
    detail = {**RUN["groups"][GROUP], "shares": {ME: {"own": 2, "prompts": 9}}}
    found = account_view(facts(verdicts=[verdict], detail=detail), RUN)
    said = "\n".join(each.said for each in found.against)
    for each in (
        f"about {OPERATOR[0]}: not linked (two firms)",
        "in its group in 60% of resampled runs, each without part of the evidence (fringe of the group)",
        "2 of its 9 prompts are the group's work",
        "the weakest member of its group, with 2 links (the median member has 5)",
        "day–night profile speaks against 5 pairs",
        "hours of the day compared (-1.8 bits)",
    ):
        assert each in said, each
    assert found.work == (2, 9)
    assert not any(name in each.to_owner for name in OPERATOR[:5] for each in found.against)
    assert found.verdicts == (verdict,)


def test_a_member_unlike_the_others_is_told() -> None:
    first = account_view(facts(account=OPERATOR[0]), RUN)
    assert any("name another country; work at other hours" in each.said for each in first.against)


def test_what_is_not_known_are_families_without_an_observation() -> None:
    assert account_view(facts(), RUN).unknown == ("network", "device", "timing", "lineage")


def test_an_account_in_no_group_is_in_none() -> None:
    found = account_view(facts(places={}, detail={}, links=[], evidence=[]), RUN)
    assert (found.outcome, found.group, found.partners, found.reasons) == (NO_GROUP, None, (), ())
    assert found.against == ()


def test_a_verdict_on_others_is_not_its_own() -> None:
    others = {
        "left": FAMILY[0],
        "right": FAMILY[1],
        "verdict": "linked",
        "reason": "",
        "who": "mira",
        "seq": 1,
    }
    assert account_view(facts(verdicts=[others]), RUN).verdicts == ()


def test_a_pair_below_the_threshold_is_no_link() -> None:
    weak = [{**row, "log_odds": -3.0} for row in facts().links]
    found = account_view(facts(links=weak), RUN)
    assert (found.links, found.not_linked, found.inside) == (0, 5, 0)
    assert len(found.partners) == 5
    assert read_in_words(found) == "5 pairs that are not linked"
    assert found.reasons, "what was compared is shown"


def test_links_and_pairs_are_counted_apart() -> None:
    first, *others = facts().links
    one = account_view(facts(links=[{**first, "log_odds": -3.0}, *others]), RUN)
    assert (one.links, one.not_linked, one.inside) == (4, 1, 4)
    assert read_in_words(one) == "its 4 links and 1 pair that is not linked"
    assert {each.links for each in one.reasons} == {4}
    some = account_view(facts(evidence=facts().evidence[:3]), RUN)
    assert read_in_words(some) == "its 1 strongest link"
    assert account_view(facts(places={}), RUN).inside == 0
