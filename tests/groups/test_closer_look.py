"""Communities that are not reported, and the parts that take their place."""

from dataclasses import replace

import numpy as np

from linkage.arrays import Ints
from linkage.groups.assessment import Assessment
from linkage.groups.closer_look import (
    Assessed,
    accounts_of,
    replaced_by_parts,
    with_reported,
    worth_a_look,
)
from linkage.groups.partition import members_by_community
from linkage.groups.split_by_workload import unsplit
from linkage.settings.groups import Groups
from tests.groups.made_assessments import FAILED, assessment
from tests.groups.test_gates import OPERATOR

N = 40
REPORTED, EXPLAINED, UNRESOLVED = "reported", "explained", "unresolved"


def assessed(labels: Ints, *outcomes: str) -> Assessed:
    """A partition whose communities have these outcomes, in the order of their numbers."""
    made = []
    for members, outcome in zip(members_by_community(labels).values(), outcomes, strict=True):
        one = assessment(*members.tolist()) if outcome == REPORTED else assessment(*members, gate=FAILED)
        made.append(replace(one, unresolved=outcome == UNRESOLVED, profile=OPERATOR))
    split = unsplit(labels, 0.2)
    return Assessed(split, made, np.ones(len(labels)))


def partition(*communities: range) -> Ints:
    labels = np.full(N, -1, dtype=np.int64)
    for number, members in enumerate(communities):
        labels[list(members)] = number
    return labels


def test_what_is_reported_or_small_or_one_customer_s_is_not_looked_at() -> None:
    whole = assessed(partition(range(10), range(10, 20), range(20, 29)), EXPLAINED, REPORTED, EXPLAINED)
    assert worth_a_look(whole, Groups()).tolist() == [0] * 10 + [-1] * 30
    open_one = whole.assessments[0]
    profile = replace(open_one.profile, unit_share=0.9)
    shown = replace(whole, assessments=[replace(open_one, profile=profile), *whole.assessments[1:]])
    assert (worth_a_look(shown, Groups()) == -1).all()


def looked_at(outcome: str, *parts: str) -> Ints | None:
    """The partition when a community of twenty, with this outcome, has two parts with these."""
    labels = partition(range(20), range(20, 30))
    whole = assessed(labels, outcome, REPORTED)
    within = assessed(partition(range(5), range(5, 12)), *parts)
    look = replaced_by_parts(whole, np.where(labels == 0, 0, -1), within)
    if look is None:
        return None
    assert look.replaced.tolist() == [True] * 20 + [False] * 20
    assert [one.members.tolist() for one in look.reported] == [
        one.members.tolist() for one in within.reported
    ]
    return look.split.labels


PARTS = [0] * 5 + [1] * 7 + [-1] * 8 + [2] * 10 + [-1] * 10


def test_a_crowd_gives_way_to_its_parts() -> None:
    """An innocent story explains it, and weak links alone made it."""
    found = looked_at(EXPLAINED, EXPLAINED, EXPLAINED)
    assert found is not None and found.tolist() == PARTS


def test_an_unresolved_community_gives_way_only_to_a_reported_part() -> None:
    assert looked_at(UNRESOLVED, EXPLAINED, UNRESOLVED) is None
    found = looked_at(UNRESOLVED, EXPLAINED, REPORTED)
    assert found is not None and found.tolist() == PARTS


def test_a_group_found_by_a_closer_look_stays_as_it_was_assessed_there() -> None:
    """Compared once more, beside everybody but itself, it would be compared with nobody like it."""
    found = assessed(partition(range(5), range(5, 12)), REPORTED, EXPLAINED)
    again: list[Assessment] = [replace(one, gates=(FAILED,)) for one in found.assessments]
    last = with_reported(again, found.reported)
    assert [one.reported for one in last] == [True, False]
    assert accounts_of(last[:1], N).nonzero()[0].tolist() == list(range(5))
