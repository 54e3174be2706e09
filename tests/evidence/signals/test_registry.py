"""Every signal can be read, and every trait is either weighed or said not to identify anyone."""

import pytest

from linkage.evidence.signals import registry
from linkage.evidence.signals.signal import Shared, Signal, signal
from linkage.schema import FAMILIES, OTHER, TRAIT_FAMILY

COMPUTED = {
    "rotating address",
    "same object in a window",
    "same object again and again",
    "hand-over",
    "day–night profile",
    "queue draining",
    "common themes",
    "response echo",
    "continued conversation",
}


@pytest.mark.parametrize("each", registry.SIGNALS, ids=lambda each: each.name)
def test_a_signal_says_what_it_means(each: Signal) -> None:
    assert each.family in FAMILIES
    assert each.meaning.endswith(".") and len(each.meaning.split()) >= 8
    assert "  " not in each.meaning and "\n" not in each.meaning
    if each.rule is None:
        assert each.name in COMPUTED
    else:
        assert 0 < each.rule.agreement <= 1 and 0 <= each.rule.floor < each.rule.agreement
        assert TRAIT_FAMILY[each.rule.trait] == each.family


def test_names_and_traits_are_used_once() -> None:
    names = [each.name for each in registry.SIGNALS]
    traits = [each.rule.trait for each in registry.SIGNALS if each.rule]
    assert len(set(names)) == len(names)
    assert len(set(traits)) == len(traits)
    assert set(names) >= COMPUTED


def test_every_family_has_a_signal_that_can_make_a_link() -> None:
    assert {each.family for each in registry.SIGNALS if each.strong} == set(FAMILIES)


def test_every_trait_of_the_contract_is_weighed_or_known_not_to_identify() -> None:
    weighed = {each.rule.trait for each in registry.SIGNALS if each.rule}
    by_computing = {"hours", "handover", "response", "context", "themes"}
    assert set(TRAIT_FAMILY) == weighed | registry.NOT_IDENTIFYING | by_computing
    assert not weighed & registry.NOT_IDENTIFYING


def test_a_foreign_trait_gets_a_signal_of_its_own() -> None:
    found = registry.declared({"wallet": ("payment", 0.9), "colour": ("", 0.5)})
    assert [(each.name, each.family) for each in found] == [
        ("shared colour", OTHER),
        ("shared wallet", "payment"),
    ]
    assert found[1].rule == Shared("wallet", agreement=0.9)
    assert "“wallet”" in found[1].meaning


def test_strong_signals_propose_or_compute() -> None:
    rule = Shared("x", agreement=0.5)
    weak = Shared("x", agreement=0.5, proposes=False)
    assert Signal("", "", "", rule).strong and Signal("", "", "", None).strong
    assert not Signal("", "", "", weak).strong
    assert not Signal("", "", "", None, supports_only=True).strong


def test_the_docstring_becomes_one_line() -> None:
    @signal("name", "network")
    def made() -> Shared:
        """First line
        and second."""
        return Shared("x", agreement=0.5)

    assert (made.name, made.family, made.meaning) == ("name", "network", "First line and second.")


def test_habits_and_divided_work_only_support() -> None:
    """What a profession, a time zone or a public data set can bring about makes no link by itself."""
    weak = {"queue draining", "common themes", "same object again and again", "day–night profile"}
    weak |= {"regular gaps", "move to a new model"}
    assert {each.name for each in registry.SIGNALS if not each.strong} >= weak
