"""On which families an account of a group rests, and what the group's marks say of it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linkage.arrays import Floats
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.enrichment import Enrichment
from linkage.groups.member_families import bits_of_marks, resting_families, rests_on_enough
from tests.groups.test_assessment import SIZE, assessed, assessor


def test_an_account_rests_on_its_links_and_on_what_sets_the_group_apart() -> None:
    """The links are of content; cards of one bin set the group apart, and every account has one."""
    of = assessor()
    crew, _others = assessed(of)
    found = resting_families(of, crew)
    assert found.all() and found.shape == (SIZE, 2)
    assert rests_on_enough(of, crew).all()


def test_one_who_only_asks_alike_does_not_rest_on_enough() -> None:
    of = assessor()
    crew, _others = assessed(of)
    without(of, 3, "bin", "funding")
    resting = rests_on_enough(of, crew)
    assert np.flatnonzero(~resting).tolist() == [3]


def crew_with(*marks: Enrichment, asked: set[str] | None = None) -> tuple[Assessor, Assessment]:
    """A crew with these marks; `asked`: the families that tie its accounts by links."""
    of = assessor()
    crew, _others = assessed(of)
    pair = frozenset(crew.profile.pair_families if asked is None else asked)
    said = frozenset(mark.family for mark in marks)
    return of, replace(
        crew, enrichments=list(marks), profile=replace(crew.profile, pair_families=pair, group_families=said)
    )


def mark(trait: str, value: str, inside: float, outside: float, family: str = "payment") -> Enrichment:
    return Enrichment(0, trait, family, value, inside, outside, SIZE, 1e-9)


def payment_bits(of: Assessor, crew: Assessment) -> Floats:
    return bits_of_marks(of, crew)["payment"]


def without(of: Assessor, account: int, *names: str) -> None:
    """As if an account had none of these traits."""
    for name in names:
        trait = of.traits.traits[name]
        kept = trait.a != account
        changed(of, name, a=trait.a[kept], value=trait.value[kept])


def with_value(of: Assessor, account: int, name: str, value: str) -> None:
    """As if an account had this value of a trait."""
    trait = of.traits.traits[name]
    changed(of, name, value=np.where(trait.a == account, trait.names.index(value), trait.value))


def changed(of: Assessor, name: str, **columns: Any) -> None:
    traits: Any = of.traits.traits
    traits[name] = replace(traits[name], **columns)


def test_marks_speak_for_who_has_them_and_against_who_has_others() -> None:
    rare, virtual = mark("bin", "rare", 0.9, 0.01), mark("funding", "virtual", 0.9, 0.2)
    of, crew = crew_with(rare, virtual)
    assert payment_bits(of, crew).tolist() == [rare.bits] * SIZE, "of one family the mark that says most"
    with_value(of, 3, "bin", "bin 1")
    assert payment_bits(of, crew)[3] == virtual.bits
    of, crew = crew_with(mark("bin", "bin 1", 0.9, 0.01))
    lacking = np.log2((0.1 * SIZE + 0.5) / (SIZE + 1) / 0.99)
    assert payment_bits(of, crew) == pytest.approx([lacking] * SIZE)


def test_a_mark_of_which_nothing_is_known_says_nothing() -> None:
    of, crew = crew_with(mark("bin", "bin 1", 0.9, 0.01))
    without(of, 3, "bin")
    assert payment_bits(of, crew)[3] == 0.0


def test_all_having_it_does_not_make_the_next_one_impossible() -> None:
    of, crew = crew_with(mark("bin", "bin 1", 1.0, 0.0001))
    assert -8 < payment_bits(of, crew).max() < -4


def test_marks_against_an_account_leave_it_out() -> None:
    """All but one have the card of the crew, and this one a card of its own; what it asks it asks alike."""
    of, crew = crew_with(mark("bin", "rare", 0.95, 0.01), mark("funding", "virtual", 0.5, 0.4))
    assert rests_on_enough(of, crew).all()
    with_value(of, 3, "bin", "bin 1")
    assert rests_on_enough(of, crew)[3], "half of everybody have virtual cards: enough for a family"
    with_value(of, 3, "funding", "credit")
    assert not rests_on_enough(of, crew)[3]


def test_what_can_be_planted_does_not_outweigh_how_an_account_was_opened() -> None:
    """All have the rare card; one was not opened in the days in which nearly all others were."""
    rare, days = (
        mark("bin", "rare", 0.95, 0.001),
        mark("email_domain", "made.example", 1.0, 0.01, "registration"),
    )
    of, crew = crew_with(rare, days)
    traits: Any = of.traits.traits
    names = ("made.example", "another.example")
    traits["email_domain"] = replace(traits["bin"], family="registration", names=names)
    changed(of, "email_domain", value=np.zeros_like(of.traits.traits["email_domain"].value))
    assert rests_on_enough(of, crew).all()
    with_value(of, 3, "email_domain", "another.example")
    said = bits_of_marks(of, crew)
    assert said["payment"][3] + said["registration"][3] > 0 > said["registration"][3]
    assert np.flatnonzero(~rests_on_enough(of, crew)).tolist() == [3]
