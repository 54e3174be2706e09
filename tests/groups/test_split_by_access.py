"""Who takes part in a group's doings where prompts are withheld: those that come by its own ways in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.groups.split_by_access import split_by_access
from linkage.groups.split_by_workload import SplitPartition, unsplit
from linkage.groups.trait_index import TraitHolders, TraitIndex
from linkage.groups.trait_tests import Population
from linkage.groups.workload import is_withheld
from linkage.settings import Settings
from tests.groups.made_held import held

N = 400
CREW, VICTIM, STRANGERS = range(10), 10, range(11, N)
LABELS = np.where(np.arange(N) <= VICTIM, 0, -1)


@dataclass(frozen=True)
class Outcome:
    """What is said of one community."""

    reported: bool


class StandIn:
    """As much of an assessor as is asked of one: what is known, and whether a community would be reported."""

    chosen = Settings().groups

    def __init__(
        self, prefix: TraitHolders, *, reported: bool = True, carried: Sequence[tuple[int, int]] = ()
    ) -> None:
        """`carried`: pairs of accounts that carry on conversations together."""
        client = held((a, "browser") for a in range(N))
        self.index = TraitIndex(
            {"prefix": prefix, "client": client},
            np.full(N, 12, dtype=np.int64),
            np.full(N, np.nan),
            Population(np.zeros(N, dtype=np.int64)),
        )
        self._outcomes = [Outcome(reported)]
        self.withheld = np.ones(N, dtype=bool)
        left, right = np.array(carried, dtype=np.int64).reshape(-1, 2).T
        self.links = SimpleNamespace(
            scored=SimpleNamespace(left=left, right=right),
            linked=np.ones(len(left), dtype=bool),
            families=("network", "lineage"),
        )
        self.bits = np.tile([0.0, 9.0], (len(left), 1))

    def is_withheld(self, members: NDArray[np.int64]) -> bool:
        return is_withheld(members, self.withheld, self.chosen.workload)

    def assess(
        self, _split: SplitPartition, _work: dict[int, Any], _membership: NDArray[np.float64]
    ) -> list[Outcome]:
        return self._outcomes


def uses(of: dict[int, dict[str, int]]) -> TraitHolders:
    """Who came how often by which way; all others came a dozen times from home."""
    often = {a: {f"home {a}": 12} for a in STRANGERS} | of
    rows = held((a, way) for a, ways in often.items() for way in ways)
    counts = [often[a][rows.names[v]] for a, v in zip(rows.a.tolist(), rows.value.tolist(), strict=True)]
    return replace(rows, count=np.array(counts, dtype=np.int64))


POOL: dict[int, dict[str, int]] = {a: {"pool": 10, f"home {a}": 2} for a in CREW}


def whole(labels: NDArray[np.int64]) -> SplitPartition:
    return unsplit(labels, 0.2)


def left(prefix: TraitHolders, *, reported: bool = True) -> list[int]:
    assessor: Any = StandIn(prefix, reported=reported)
    split = split_by_access(assessor, whole(LABELS), {})
    assert (split.labels[split.left] == -1).all()
    return split.left.nonzero()[0].tolist()


def test_who_came_by_the_group_s_ways_a_few_times_is_no_member() -> None:
    planted = POOL | {VICTIM: {"pool": 3, "home": 20}}
    assert left(uses(planted)) == [VICTIM]


def test_who_comes_by_them_half_as_often_as_the_others_stays() -> None:
    assert left(uses(POOL | {VICTIM: {"pool": 10, "home": 10}})) == []


def test_a_community_that_accuses_nobody_is_left_whole() -> None:
    assert left(uses(POOL | {VICTIM: {"pool": 3, "home": 20}}), reported=False) == []


def test_accounts_that_each_come_from_home_have_no_ways_of_their_own() -> None:
    assert left(uses({a: {f"home {a}": 12} for a in [*CREW, VICTIM]})) == []


def test_an_account_that_was_never_seen_on_a_way_stays() -> None:
    assert left(uses(POOL)) == []


def test_who_carries_on_the_group_s_conversations_stays() -> None:
    """Half of the group do so; the victim does not, and of the others nobody is asked."""
    come = uses(POOL | {a: {"pool": 3, f"home {a}": 20} for a in (0, VICTIM)})
    assessor: Any = StandIn(come, carried=[(0, 1), (0, 2), (3, 4)])
    assert split_by_access(assessor, whole(LABELS), {}).left.nonzero()[0].tolist() == [VICTIM]
    weak: Any = StandIn(come, carried=[(0, 1), (0, 2)])
    weak.bits = weak.bits / 9
    assert split_by_access(weak, whole(LABELS), {}).left.nonzero()[0].tolist() == [0, VICTIM]


def test_a_group_is_not_taken_apart_until_too_few_are_left() -> None:
    few = {a: POOL[a] for a in range(4)} | {a: {"pool": 3, "home": 20} for a in range(4, 7)}
    labels = np.where(np.arange(N) < 7, 0, -1)
    assessor: Any = StandIn(uses(few | {a: {f"home {a}": 12} for a in range(7, 11)}))
    assert not split_by_access(assessor, whole(labels), {}).left.any()


def test_whose_prompts_are_known_is_not_judged_by_access() -> None:
    assessor: Any = StandIn(uses(POOL | {VICTIM: {"pool": 3, "home": 20}}))
    assessor.withheld[[*CREW[:6], VICTIM]] = False
    assert not split_by_access(assessor, whole(LABELS), {}).left.any()


def test_of_a_community_whose_work_is_not_known_nobody_is_judged_by_it() -> None:
    assessor: Any = StandIn(uses(POOL | {VICTIM: {"pool": 3, "home": 20}}))
    assessor.withheld = np.isin(np.arange(N), range(6))
    assert split_by_access(assessor, whole(LABELS), {}).left.nonzero()[0].tolist() == [VICTIM]


def test_who_left_by_work_stays_beside_and_counts_as_gone() -> None:
    assessor: Any = StandIn(uses(POOL | {VICTIM: {"pool": 3, "home": 20}}))
    gone = np.arange(N) == 0
    before = replace(whole(LABELS), labels=np.where(gone, 1, LABELS), left=gone)
    assessor._outcomes = [Outcome(True), Outcome(False)]
    split = split_by_access(assessor, before, {})
    assert split.labels[0] == 1 and split.labels[VICTIM] == -1
    assert split.left.nonzero()[0].tolist() == [0, VICTIM]
