"""Why two accounts are not in one group, and when too little is known to say."""

from dataclasses import replace
from typing import Any

import pytest

from linkage.explain.explain import Explanation, explain
from linkage.explain.why_not import AGAINST, LINKED, LITTLE, UNKNOWN, PairContext, why_not
from tests.explain.test_explain import RUN, line, pair


def apart(explanation: Explanation, **known: Any) -> Any:
    return why_not(
        explanation, PairContext(**{"observations": {}, "degrees": {}, "places": {}, **known}), RUN
    )


def observed(account: str, family: str, value: str) -> dict[str, Any]:
    return {
        "account": account,
        "trait": "t",
        "value": value,
        "family": family,
        "first_at": None,
        "last_at": None,
    }


@pytest.mark.parametrize(
    ("degree", "told"),
    [
        (600, "too common for comparing its holders, and no rarer value"),
        (60, "nearest in time"),
        (40, "too common for comparing its holders"),
        (20, "no evidence for this pair"),
    ],
)
def test_a_common_value_says_why_it_weighs_nothing(degree: int, told: str) -> None:
    holders = {"a": [observed("a", "payment", "v")], "b": [observed("b", "payment", "v")]}
    shared = apart(explain(pair(link=False), RUN), observations=holders, degrees={("t", "v"): degree}).shared
    assert told in shared[0].why
    assert f"{degree:,} of 1,001 accounts" in shared[0].why
    assert shared[0].bits is None


def test_too_weak_says_how_much_is_missing() -> None:
    found = apart(explain(pair(line("card", "payment", 9.0)), RUN))
    assert any("-1.0 bits; a link needs +2.0, so 3.0 are missing" in reason for reason in found.failed)


def test_linked_but_in_no_group_names_the_gates() -> None:
    found = apart(explain(pair(line("card", "payment", 20.0)), RUN))
    assert len(found.failed) == 2
    assert all("5 accounts, 2 families" in reason for reason in found.failed)


def test_linked_but_in_two_groups() -> None:
    places = {"a": [{"group": "op-1"}], "b": [{"group": "op-2"}]}
    found = apart(explain(pair(line("card", "payment", 20.0)), RUN), places=places)
    assert any("op-1, op-2" in reason for reason in found.failed)


def test_what_one_side_lacks_was_not_compared() -> None:
    holders = {
        "a": [observed("a", "payment", "v"), observed("a", "shoes", "9")],
        "b": [observed("b", "payment", "w")],
    }
    given = replace(pair(link=False), held=holders)
    found = apart(explain(given, RUN), observations=holders)
    missing = {each.family: each.missing for each in found.not_compared}
    assert "payment" not in missing
    assert missing["shoes"] == ("b",)
    assert missing["network"] == ("a", "b")


def seen(account: str, **held: str) -> list[dict[str, Any]]:
    families = {"country": "registration", "organisation": "registration", "funding": "payment"}
    families |= {"prefix": "network", "client": "device", "template": "content", "hours": "timing"}
    return [{**observed(account, families[trait], value), "trait": trait} for trait, value in held.items()]


WIDE = {"country": "SE", "funding": "virtual", "prefix": "p", "client": "c", "template": "t"}


def two(
    left: dict[str, str], right: dict[str, str], *lines: dict[str, Any], link: bool = False, **more: Any
) -> Any:
    held = {"a": seen("a", **left), "b": seen("b", **right)}
    given = replace(pair(*lines, link=link, **more), held=held)
    return apart(explain(given, RUN), observations=held)


def test_families_compared_and_not_are_named() -> None:
    found = two(WIDE, {"country": "SE", "prefix": "q"}).explanation
    assert found.compared == ("network", "registration")
    assert {each.family: each.missing for each in found.not_compared} == {
        "device": ("b",), "payment": ("b",), "content": ("b",), "timing": ("a", "b"), "lineage": ("a", "b"),
    }  # fmt: skip
    assert found.silent == ("network", "registration")
    assert found.balance() == (0, 0)


def test_little_in_common_is_said_only_of_what_was_compared_widely() -> None:
    found = two(WIDE, {**WIDE, "prefix": "q", "template": "u"})
    assert found.state == LITTLE
    assert "compared in network, device, payment, registration, content" in found.because


def test_too_few_families_are_not_enough_to_say() -> None:
    # An address and a client are one way in.
    known = {"country": "SE", "prefix": "q", "client": "c"}
    found = two(known, {**known, "prefix": "p"})
    assert found.state == UNKNOWN
    assert "3 independent families are needed" in found.because
    assert "no family knows both" in two({"country": "SE"}, {"funding": "virtual"}).because


def test_too_few_observations_are_not_enough_to_say() -> None:
    known = {"country": "SE", "funding": "virtual", "prefix": "q"}
    found = two(WIDE, known)
    assert (found.state, found.because) == (UNKNOWN, "only 3 observations of b")


def test_close_to_the_threshold_is_not_enough_to_say() -> None:
    found = two(WIDE, WIDE, line("card", "payment", 9.5), link=True)
    assert found.state == UNKNOWN
    assert "-0.5 bits, close to the +2.0 that a link needs: odds under 10 to 1" in found.because


def test_evidence_against_speaks_even_where_little_is_known() -> None:
    found = two({"country": "SE"}, {"country": "SE"}, line("hours", "timing", -1.5), link=True)
    assert (found.state, found.because) == (AGAINST, "1.5 bits of evidence speak against a link")


def test_another_organisation_speaks_against() -> None:
    found = two({**WIDE, "organisation": "A"}, {**WIDE, "organisation": "B"})
    assert found.state == AGAINST
    assert "A and B" in found.because


def test_a_person_s_word_is_the_state() -> None:
    assert two(WIDE, WIDE, verdict="linked").state == LINKED
    found = two(WIDE, WIDE, line("card", "payment", 20.0), link=True, verdict="not linked")
    assert (found.state, found.because) == (AGAINST, "a person decided that they are not linked")


def test_a_link_is_linked_whatever_else_differs() -> None:
    found = two(
        {**WIDE, "organisation": "A"}, {**WIDE, "organisation": "B"}, line("card", "payment", 20.0), link=True
    )
    assert found.state == LINKED
    assert [each.trait for each in found.differences] == ["organisation"]
