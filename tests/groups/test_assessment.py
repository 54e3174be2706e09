"""The assessment of communities, from links and holders to what is reported."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from linkage.evidence.rows import evidence_rows
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.community_facts import SEVERAL_VALUES
from linkage.groups.declared_units import Units
from linkage.groups.split_by_workload import unsplit
from linkage.groups.trait_index import INDEXED_TRAITS, TraitIndex
from linkage.groups.trait_tests import Population
from linkage.groups.workload import CommunityWork, Division
from linkage.links.log_odds import Scored
from linkage.links.stage import Links
from linkage.settings import Settings
from linkage.settings.groups import Groups
from tests.groups.made_assessments import FAILED, assessment
from tests.groups.made_held import held

RULES: Any = SimpleNamespace(family=np.array([0, 1]))


def test_what_a_person_decided_comes_before_the_gates() -> None:
    assert assessment(0, 1).reported
    assert not replace(assessment(0, 1), dismissed=True).reported
    assert not assessment(0, 1, gate=FAILED).reported
    assert replace(assessment(0, 1, gate=FAILED), confirmed=True).reported


# --- bits that identify --------------------------------------------------------------------------


def links(answers: list[int], family: str = "lineage") -> Links:
    """A star of accounts around the first: each shares an address with it, and one answer (or number)."""
    n = len(answers)
    left, right = np.zeros(n, np.int64), np.arange(1, n + 1)
    pair, number = np.repeat(np.arange(n), 2), np.tile([0, 1], n)
    value = np.stack([np.zeros(n, np.int64), np.array(answers)]).T.ravel()
    bits = np.tile([5.0, 9.0], n)
    evidence = evidence_rows(number, left=left[pair], right=right[pair], value=value, bits=bits)
    scored = Scored(left, right, np.full(n, 4.0), np.full(n, 3), pair, bits)
    return Links(evidence, scored, np.ones(n, dtype=bool), {}, ("network", family), n)


@pytest.mark.parametrize("family", SEVERAL_VALUES)
def test_what_rests_on_a_single_value_identifies_no_operator(family: str) -> None:
    """Two communities of one star each: the first quotes one answer, or gives one household's telephone
    number; in the second each passes on another."""
    found, every = links([7, 7, 7, 7, 21, 22, 23, 24], family), np.ones(2, dtype=bool)
    assessor: Any = SimpleNamespace(
        chosen=Groups(),
        links=found,
        strong=found.by_family(RULES),
        identifiers={family: found.values_of(family, RULES, every)},
    )
    assert Assessor._identifying_bits(assessor, np.arange(4)).tolist() == [[5.0, 0.0]] * 4
    assert Assessor._identifying_bits(assessor, np.arange(4, 8)).tolist() == [[5.0, 9.0]] * 4
    assert assessor.strong[:, 1].tolist() == [9.0] * 8, "what is known of the links is left as it is"


def test_weak_reasons_of_a_family_are_not_what_its_links_rest_on() -> None:
    """Of the values by which links stand those of signals that support only are left out."""
    found = links([7, 8])
    assert found.values_of("lineage", RULES, np.array([True, True]))[1].tolist() == [7, 8]
    assert found.values_of("lineage", RULES, np.array([True, False]))[1].tolist() == []


# --- a whole partition ---------------------------------------------------------------------------

N, SIZE = 600, 12


def assessor(*, bin_of_crew: str = "rare", unit: int = -1) -> Assessor:
    """Two communities of twelve, linked by shared texts: the first pays with cards of one bin that any name
    can be put on, the second with anybody's; `unit` is the declared unit of the first."""
    rng = np.random.default_rng(0)
    bins = {a: bin_of_crew if a < SIZE else f"bin {rng.integers(20)}" for a in range(N)}
    funding = {a: "virtual" if a < SIZE else "credit" for a in range(N)}
    holders = {name: held([]) for name in INDEXED_TRAITS}
    holders |= {"bin": held(bins.items()), "funding": held(funding.items())}
    holders["referrer"] = held([(N - 1, "a page")])  # the source has registrations
    population = Population(np.zeros(N, dtype=np.int64))
    index = TraitIndex(holders, np.full(N, 12), np.full(N, np.nan), population)
    pairs = [(first + x, first + y) for first in (0, SIZE) for x in range(SIZE) for y in range(x + 1, SIZE)]
    left, right = np.array(pairs).T
    number = np.arange(len(pairs))
    bits, log_odds = np.full(len(pairs), 20.0), np.full(len(pairs), 9.0)
    evidence = evidence_rows(number * 0, left=left, right=right, value=number, bits=bits)
    scored = Scored(left, right, log_odds, np.full(len(pairs), 1), number, bits)
    families = ("content", "payment", *SEVERAL_VALUES)
    links = Links(evidence, scored, np.ones(len(pairs), dtype=bool), {}, families, len(pairs))
    declared = np.where(np.arange(N) < SIZE, unit, -1)
    units = Units(declared, ("organisation Acme",) if unit == 0 else (), declared)
    return Assessor(index, links, units, rules=RULES, strong=np.ones(2, dtype=bool), settings=Settings())


def assessed(of: Assessor, work: float = 0.9) -> list[Assessment]:
    labels = np.where(np.arange(N) < 2 * SIZE, np.arange(N) // SIZE, -1)
    works = {number: CommunityWork(100, round(100 * work), 0, Division(9.0, 4.0, 1.0)) for number in (0, 1)}
    return of.assess(unsplit(labels, 0.2), works, np.ones(N))


def test_a_community_set_apart_by_its_cards_is_reported_and_one_alike_in_texts_alone_is_not() -> None:
    crew, others = assessed(assessor())
    assert crew.reported and crew.reason == ""
    assert [each.value for each in crew.enrichments if each.trait == "bin"] == ["rare"]
    assert crew.families == ("content", "payment")
    assert crew.q_value <= 0.05
    assert not others.reported
    assert others.reason.startswith("a popular tool, tutorial or public text")
    assert crew.members.tolist() == list(range(SIZE))


def test_what_accounts_are_not_for_is_not_reported() -> None:
    little = assessed(assessor(), work=0.1)[0]
    assert not little.reported


def test_each_community_lies_in_the_table_of_its_outcome() -> None:
    crew, others = assessed(assessor())
    assert (crew.table, others.table) == ("groups", "explained")
    unsure = replace(crew, gates=(FAILED,), unresolved=True)
    assert unsure.table == "unresolved"
    assert replace(unsure, dismissed=True).table == "explained"
    assert replace(unsure, confirmed=True).table == "groups"
    assert crew.favours == min(crew.stories.values()) > 6.64


def test_one_customer_s_links_count_only_where_there_are_no_others() -> None:
    declared = assessor(unit=0)
    assert declared.is_one_unit(np.arange(SIZE))
    assert not declared.across[:3].any(), "links inside the unit are no links across"
    crew, _others = assessed(declared)
    assert crew.profile.unit == "organisation Acme"
    assert crew.profile.pair_families == {"content"}


def test_who_is_linked_to_some_accounts() -> None:
    some = np.zeros(N, dtype=bool)
    some[0] = True
    assert assessor().linked_to(some).nonzero()[0].tolist() == list(range(1, SIZE))
