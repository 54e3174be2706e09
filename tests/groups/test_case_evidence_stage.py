"""The links of a finished run, seen whole: who is held to be beside a group, and what its size says."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from linkage.evidence.rows import evidence_rows
from linkage.evidence.signals.registry import WHOLE_CASE
from linkage.evidence.signals.signal import Signal, signal
from linkage.groups import case_evidence_stage
from linkage.groups.assessment import Judged
from linkage.groups.declared_units import Units
from linkage.groups.gates import Gate
from linkage.groups.split_by_workload import Parts
from linkage.links.log_odds import Scored
from linkage.links.stage import Links
from linkage.settings import Settings

FAMILIES = ("network", "payment", "other")
ACCOUNTS = 64
GROUP, LEFT, STRANGERS = range(40), range(40, 44), range(44, ACCOUNTS)


@signal("address", "network")
def address() -> None:
    """A shared address."""


@signal("card", "payment")
def card() -> None:
    """A shared card."""


SIGNALS: tuple[Signal, ...] = (address, card, *WHOLE_CASE)
NAMES = [each.name for each in SIGNALS]
RULES: Any = SimpleNamespace(family=np.array([0, 1, *(2 for _ in WHOLE_CASE)]))

PAIRS = [*((0, n) for n in range(1, 40)), (0, 40), (41, 42), (44, 45)]
"""Members by their first; one who left with a member; two who left; two strangers."""

SAID = {"address": 9.0, "card": 3.0}


def judged(members: range, **fields: Any) -> Judged:
    gates = (Gate("size", fields.pop("passed", True), ""),)
    return Judged(
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


def seen(
    *found: Judged, stays: float = 1.0, forced: dict[tuple[int, int], str] | None = None
) -> dict[tuple[int, int], dict[str, float]]:
    """What the whole case says of each pair."""
    before = np.full(ACCOUNTS, -1)
    before[:44] = 0
    out = np.zeros(ACCOUNTS, dtype=bool)
    out[40:44] = True
    court: Any = SimpleNamespace(
        links=links(forced or {}),
        units=Units(np.full(ACCOUNTS, -1), ()),
        customers=SimpleNamespace(purse=np.arange(ACCOUNTS)),
        settings=Settings(),
    )
    parts = Parts(np.where(out, 1, before), before, out)
    result = case_evidence_stage.seen_whole(
        court, found, np.full(ACCOUNTS, stays), parts, signals=SIGNALS, rules=RULES
    )
    said: dict[tuple[int, int], dict[str, float]] = {pair: {} for pair in PAIRS}
    rows = zip(result.evidence["signal"].to_pylist(), result.scored.pair, result.scored.counted, strict=True)
    for number, pair, bits in rows:
        said[PAIRS[pair]][NAMES[number]] = float(bits)
    sums = [round(sum(each.values()) - sum(SAID.values()), 6) for each in said.values()]
    assert (result.scored.log_odds - 4.0).round(6).tolist() == sums
    return said


def test_inside_a_group_its_size_speaks_and_nothing_is_held_against() -> None:
    said = seen(judged(GROUP))
    assert said[0, 1] == {**SAID, "size of the group": 1.0}
    assert all("size of the group" not in said[pair] for pair in ((0, 40), (41, 42), (44, 45)))


def test_size_is_counted_in_memberships() -> None:
    said = seen(judged(GROUP), stays=0.9)
    assert said[0, 1]["size of the group"] == pytest.approx(np.log2(40 * 0.9**3 / 20), abs=1e-6)
    assert "size of the group" not in seen(judged(range(15)))[0, 1]


def test_no_size_is_known_of_a_group_that_only_a_person_confirmed() -> None:
    assert seen(judged(GROUP, passed=False, confirmed=True))[0, 1] == SAID


def test_who_took_no_part_in_the_work_shares_the_way_in_but_not_the_card() -> None:
    said = seen(judged(GROUP))
    assert said[0, 40]["explained sharing"] == said[41, 42]["explained sharing"] == -9.0
    assert said[0, 40]["grouped apart"] < 0
    assert "explained sharing" not in said[44, 45]


def test_where_no_group_is_reported_nobody_is_beside_one() -> None:
    said = seen(judged(GROUP, passed=False))
    assert "explained sharing" not in said[0, 40]


def test_what_a_person_decided_stays_as_it_is() -> None:
    said = seen(judged(GROUP), forced={(0, 1): "linked", (44, 45): "not linked"})
    assert said[0, 1] == said[44, 45] == SAID
