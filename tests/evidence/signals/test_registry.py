"""Every signal can be read, and every trait is either weighed or said not to identify anyone."""

from dataclasses import replace

import pytest

from linkage.errors import UsageError
from linkage.evidence.kinds import Kind
from linkage.evidence.signals import registry
from linkage.evidence.signals.signal import Shared, Signal
from linkage.schema import FAMILIES, OTHER, SOURCES, TRAIT_FAMILY
from linkage.settings import Settings

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


@pytest.mark.parametrize("each", registry.SIGNALS, ids=lambda each: each.name)
def test_a_signal_says_what_it_needs_of_a_source(each: Signal) -> None:
    columns = {column for table in SOURCES.values() for column in table.columns} | set(TRAIT_FAMILY)
    assert each.alternatives
    assert all(needed and needed <= columns for needed in each.alternatives)


@pytest.mark.parametrize("each", (*registry.SIGNALS, *registry.WHOLE_CASE), ids=lambda each: each.name)
def test_evidence_without_a_value_says_what_stands_in_its_place(each: Signal) -> None:
    named = each.kind in (Kind.VALUE, Kind.EXPLAINED)
    assert bool(each.shown) is not named
    assert each.observed in ("", *TRAIT_FAMILY)


def test_settings_override_the_numbers_of_a_signal() -> None:
    chosen = Settings.load(None, evidence={"signals": {"address": {"agreement": 0.7, "half_life_days": 0}}})
    every = {each.name: each.rule for each in registry.all_signals({}, chosen)}
    before = {each.name: each.rule for each in registry.SIGNALS}
    assert every["address"] == replace(before["address"], agreement=0.7, half_life_days=None)
    assert {n: r for n, r in every.items() if n in before and n != "address"} == {
        n: r for n, r in before.items() if n != "address"
    }


def test_the_settings_of_a_run_hold_the_numbers_of_every_signal() -> None:
    full = registry.with_signals(Settings())
    assert set(full.evidence.signals) == {each.name for each in registry.SIGNALS if each.rule}
    assert registry.with_signals(full) == full
    assert registry.all_signals({}, full) == registry.all_signals({}, Settings())
    other = Settings.load(None, evidence={"signals": {"card": {"floor": 0.01}}})
    assert registry.with_signals(other).digest() != full.digest() != Settings().digest()


def test_numbers_of_a_signal_that_is_not_there_are_an_error() -> None:
    for name in ("cards", "response echo"):
        chosen = Settings.load(None, evidence={"signals": {name: {"agreement": 0.7}}})
        with pytest.raises(UsageError, match=name):
            registry.with_signals(chosen)


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


def test_habits_and_divided_work_only_support() -> None:
    """What a profession, a time zone or a public data set can bring about makes no link by itself."""
    weak = {"queue draining", "common themes", "same object again and again", "day–night profile"}
    weak |= {"regular gaps", "move to a new model"}
    assert {each.name for each in registry.SIGNALS if not each.strong} >= weak
