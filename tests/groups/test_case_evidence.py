"""Evidence that only the whole case gives: explained sharing, missing company, the size of the group."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evidence.rows import evidence_rows
from linkage.evidence.signals.registry import WHOLE_CASE
from linkage.evidence.signals.signal import Signal, signal
from linkage.groups import case_evidence
from linkage.groups.assessment import Assessment
from linkage.groups.case_evidence import (
    Explanations,
    add_case_evidence,
    common_neighbours,
    company_bits,
    explained_bits,
    size_bits,
    split_chance,
)
from linkage.groups.declared_units import Units
from linkage.groups.gates import Gate
from linkage.groups.split_by_workload import SplitPartition
from linkage.links.log_odds import Rules, Scored
from linkage.links.stage import Links
from linkage.settings import Settings
from linkage.settings.groups import CaseEvidence, Groups

CHOSEN = CaseEvidence()

# --- the bits of each kind -----------------------------------------------------------------------

FOUR = ("network", "device", "payment", "content")


def test_what_is_explained_takes_back_what_its_families_had_said() -> None:
    explained = Explanations(
        np.array([0, 1, -1]), ("a household", "a tutorial"), (frozenset(FOUR), frozenset(("content",)))
    )
    bits = np.array([[3.0, -2.0, 8.0, 1.0], [3.0, 0.0, 0.0, 20.0], [9.0, 9.0, 9.0, 9.0]])
    assert explained_bits(explained, bits, FOUR).tolist() == [-12.0, -20.0, 0.0]


def test_nothing_is_explained_where_no_reason_is_known() -> None:
    none = Explanations(np.array([-1, -1]), (), ())
    assert explained_bits(none, np.ones((2, 4)), FOUR).tolist() == [0.0, 0.0]


def test_a_crowd_has_company_and_strangers_have_none() -> None:
    pairs = np.array([*combinations(range(6), 2), (7, 8)]).T
    asked = np.array([0, 7]), np.array([1, 8])
    assert common_neighbours(pairs[0], pairs[1], asked, 9).tolist() == [4, 0]


def test_the_less_company_the_more_speaks_against_one_operator_of_twenty() -> None:
    bits = company_bits(np.arange(19), 20, CHOSEN)
    assert bits[0] == pytest.approx(18 * np.log2(0.75))
    assert (np.diff(bits) >= 0).all()
    assert bits[-1] == 0


@given(st.integers(2, 10_000), st.integers(0, 10_000))
def test_company_never_speaks_for_a_link(operator: int, found: int) -> None:
    bits = company_bits(np.array([found]), operator, CHOSEN)[0]
    assert bits <= 0
    assert bits >= -CHOSEN.max_bits


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), unique=True))
def test_company_is_counted_as_sets_would(pairs: list[tuple[int, int]]) -> None:
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    near: list[set[int]] = [set() for _ in range(10)]
    for one, two in pairs:
        near[one].add(two)
        near[two].add(one)
    expected = [len(near[one] & near[two]) for one, two in pairs]
    assert common_neighbours(left, right, (left, right), 10).tolist() == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_evidence, "MOST_NEIGHBOURS", 7)
        assert common_neighbours(left, right, (left, right), 10).tolist() == expected


def test_the_more_firmly_groups_hold_the_more_it_says_to_be_put_apart() -> None:
    assert split_chance(np.ones(500), 0.5) < 0.003
    assert split_chance(np.full(500, 0.5), 0.5) == pytest.approx(0.75, abs=0.01)
    assert split_chance(np.empty(0), 0.5) == 0.75


def test_the_size_of_a_large_group_speaks_for_its_links_up_to_a_limit() -> None:
    bits = size_bits(np.array([5.0, 20.0, 80.0, 1e9]), np.array([20.0]), CHOSEN.max_bits)
    assert bits.tolist() == [0.0, 0.0, 2.0, CHOSEN.max_bits]


# --- the links of a finished run -----------------------------------------------------------------

FAMILIES = ("network", "payment", "other")
ACCOUNTS = 64
OPERATOR = 16
"""Accounts of the operator after whom the prior is: a quarter of them all."""

GROUP, LEFT, STRANGERS = range(40), range(40, 44), range(44, ACCOUNTS)


@signal("address", "network")
def address() -> None:
    """A shared address."""


@signal("card", "payment")
def card() -> None:
    """A shared card."""


SIGNALS: tuple[Signal, ...] = (address, card, *WHOLE_CASE)
NAMES = [each.name for each in SIGNALS]
RULES = Rules(
    -8.0,
    np.array([0, 1, *(2 for _ in WHOLE_CASE)]),
    np.full(len(FAMILIES), 99.0),
    np.full(len(FAMILIES), 0.3),
)

PAIRS = [*((0, n) for n in range(1, 40)), (0, 40), (41, 42), (44, 45)]
"""Members by their first; one who left with a member; two who left; two strangers."""

SAID = {"address": 9.0, "card": 3.0}


def assessment(members: range, **fields: Any) -> Assessment:
    gates = (Gate("size", fields.pop("passed", True), ""),)
    return Assessment(
        np.array(members), None, [], gates, "habits", 3.0, (), **fields  # type: ignore[arg-type]
    )  # fmt: skip


def links(forced: dict[tuple[int, int], str]) -> Links:
    """Each pair is linked by an address of 9 bits and a card of 3."""
    left, right = np.array(PAIRS).T
    pair, number = np.repeat(np.arange(len(PAIRS)), 2), np.tile([0, 1], len(PAIRS))
    bits = np.tile(list(SAID.values()), len(PAIRS))
    evidence = evidence_rows(number, left=left[pair], right=right[pair], value=number, bits=bits)
    scored = Scored(left, right, np.full(len(PAIRS), 4.0), np.full(len(PAIRS), 3), pair, bits)
    return Links(evidence, scored, np.ones(len(PAIRS), dtype=bool), forced, FAMILIES, len(PAIRS))


def evidence_of(
    *found: Assessment,
    stays: float = 1.0,
    forced: dict[tuple[int, int], str] | None = None,
    rules: Rules = RULES,
) -> dict[tuple[int, int], dict[str, float]]:
    """What the whole case says of each pair."""
    before = np.full(ACCOUNTS, -1)
    before[:44] = 0
    out = np.zeros(ACCOUNTS, dtype=bool)
    out[40:44] = True
    assessor: Any = SimpleNamespace(
        links=links(forced or {}),
        units=Units(np.full(ACCOUNTS, -1), (), np.full(ACCOUNTS, -1)),
        customers=SimpleNamespace(payer=np.arange(ACCOUNTS)),
        settings=Settings(),
        chosen=Groups(),
    )
    split = SplitPartition(np.where(out, 1, before), before, out, np.zeros_like(out), 0.2)
    result = add_case_evidence(assessor, found, np.full(ACCOUNTS, stays), split, signals=SIGNALS, rules=rules)
    said: dict[tuple[int, int], dict[str, float]] = {pair: {} for pair in PAIRS}
    rows = zip(result.evidence["signal"].to_pylist(), result.scored.pair, result.scored.counted, strict=True)
    for number, pair, bits in rows:
        said[PAIRS[pair]][NAMES[number]] = float(bits)
    # What is added to the prior is in the log-odds from the first.
    before = rules.more_bits(*np.array(PAIRS).T)
    sums = [
        round(sum(each.values()) - sum(SAID.values()) - added, 6)
        for each, added in zip(said.values(), before.tolist(), strict=True)
    ]
    assert (result.scored.log_odds - 4.0).round(6).tolist() == sums
    return said


def test_inside_a_group_its_size_speaks_and_nothing_is_held_against() -> None:
    said = evidence_of(assessment(GROUP))
    assert said[0, 1] == {**SAID, "size of the group": pytest.approx(np.log2(40 / OPERATOR), abs=1e-6)}
    assert all("size of the group" not in said[pair] for pair in ((0, 40), (41, 42), (44, 45)))


def test_what_withheld_prompts_add_to_the_prior_is_shown_however_little() -> None:
    known = np.where(np.arange(ACCOUNTS) == 0, 0.0, np.where(np.arange(ACCOUNTS) == 44, 0.95, 1.0))
    said = evidence_of(assessment(GROUP), rules=replace(RULES, known=known, withheld_bits=1.0))
    assert said[0, 1]["prompts withheld"] == 1.0
    assert said[0, 1]["size of the group"] == pytest.approx(np.log2(40 / OPERATOR) - 0.5, abs=1e-6)
    assert said[44, 45]["prompts withheld"] == pytest.approx(0.05)
    assert "prompts withheld" not in said[41, 42]


def test_size_is_counted_in_memberships() -> None:
    said = evidence_of(assessment(GROUP), stays=0.9)
    assert said[0, 1]["size of the group"] == pytest.approx(np.log2(40 * 0.9**3 / OPERATOR), abs=1e-6)
    assert "size of the group" not in evidence_of(assessment(range(15)))[0, 1]


def test_no_size_is_known_of_a_group_that_only_a_person_confirmed() -> None:
    assert evidence_of(assessment(GROUP, passed=False, confirmed=True))[0, 1] == SAID


def test_who_took_no_part_in_the_work_shares_the_way_in_but_not_the_card() -> None:
    said = evidence_of(assessment(GROUP))
    assert said[0, 40]["explained sharing"] == said[41, 42]["explained sharing"] == -9.0
    assert said[0, 40]["grouped apart"] < 0
    assert "explained sharing" not in said[44, 45]


def test_where_no_group_is_reported_nobody_is_beside_one() -> None:
    said = evidence_of(assessment(GROUP, passed=False))
    assert "explained sharing" not in said[0, 40]


def test_what_a_person_decided_stays_as_it_is() -> None:
    said = evidence_of(assessment(GROUP), forced={(0, 1): "linked", (44, 45): "not linked"})
    assert said[0, 1] == said[44, 45] == SAID
