"""Which differences between two accounts speak for two operators."""

from typing import Any

from linkage.explain.differ import differences
from linkage.settings.explain import Pairs


def rows(**held: str) -> list[dict[str, Any]]:
    return [{"trait": trait, "value": value} for trait, value in held.items()]


def found(left: dict[str, str], right: dict[str, str]) -> dict[str, bool]:
    return {each.trait: each.speaks for each in differences(rows(**left), rows(**right), Pairs())}


def test_a_country_says_little_and_an_organisation_much() -> None:
    assert found({"country": "SE", "organisation": "A"}, {"country": "NO", "organisation": "B"}) == {
        "country": False,
        "organisation": True,
    }


def test_own_domains_speak_and_large_providers_do_not() -> None:
    assert found({"email_domain": "a.example"}, {"email_domain": "b.example"}) == {"email_domain": True}
    assert found({"email_domain": "a.example"}, {"email_domain": "Gmail.com"}) == {"email_domain": False}


def test_what_one_lacks_is_no_difference_and_neither_is_what_both_have() -> None:
    assert found({"country": "SE"}, {"funding": "virtual"}) == {}
    assert found({"country": "SE"}, {"country": "SE"}) == {}


def test_hours_speak_where_hardly_any_are_common() -> None:
    day, night = "0" * 8 + "9" * 8 + "0" * 8, "9" * 8 + "0" * 16
    late = "0" * 12 + "9" * 8 + "0" * 4
    assert found({"hours": day}, {"hours": night}) == {"hours": True}
    assert found({"hours": day}, {"hours": late}) == {}
    assert found({"hours": day}, {"hours": "seldom"}) == {}
    assert found({"hours": day}, {"hours": "²" * 24}) == {}
