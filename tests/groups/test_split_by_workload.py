"""Splitting communities by what their accounts ask: a reseller's customers are not members."""

from types import MappingProxyType

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.arrays import Ints
from linkage.groups.split_by_workload import SplitPartition, split_by_workload, unsplit
from linkage.groups.workload import CommunityWork, Workloads
from linkage.settings.groups import Groups

DAY = 86_400_000_000


def counted(
    prompts: list[int],
    own: list[int],
    *,
    known: tuple[int, ...] = (0,),
    days: int = 9,
    own_days: list[int] | None = None,
    breadth: list[float] | None = None,
) -> Workloads:
    """Accounts with so many prompts over so many days, so many of them their community's own, in so much of
    its work."""
    of = MappingProxyType({number: CommunityWork(1, 1, 0) for number in known})
    spans = np.full(len(prompts), days * DAY), np.array(own_days or [days] * len(prompts)) * DAY
    broad = np.array(breadth or [1.0] * len(prompts))
    return Workloads(of, np.array(prompts), np.array(own), *spans, broad, None)


def split_of(labels: Ints, found: Workloads, *, least: int) -> SplitPartition:
    """The partition split once, where a group has at least so many accounts."""
    withheld = np.zeros(len(labels), dtype=bool)
    return split_by_workload(unsplit(labels, 0.2), found, withheld, Groups(min_accounts=least))


def test_whose_prompts_are_withheld_is_not_judged_by_work() -> None:
    labels, found = np.zeros(12, dtype=np.int64), counted([10] * 12, [6] * 9 + [1] * 3)
    hidden = np.arange(12) == 11
    parts = split_by_workload(unsplit(labels, 0.2), found, hidden, Groups(min_accounts=5))
    assert parts.left.nonzero()[0].tolist() == [9, 10]


def test_accounts_without_a_part_in_the_work_leave_together() -> None:
    labels = np.zeros(12, dtype=np.int64)
    parts = split_of(labels, counted([10] * 12, [6] * 6 + [1] * 6), least=5)
    assert parts.labels.tolist() == [0] * 6 + [1] * 6
    assert parts.infrastructure(np.arange(6)) == "reseller"
    assert parts.infrastructure(np.arange(6, 12)) == "unknown"
    assert parts.beside(np.arange(6)).tolist() == list(range(6, 12))


def test_one_idle_account_leaves_and_makes_nobody_a_reseller() -> None:
    labels = np.zeros(12, dtype=np.int64)
    parts = split_of(labels, counted([10] * 12, [6] * 11 + [1]), least=5)
    assert parts.labels.tolist() == [0] * 11 + [-1]
    assert parts.infrastructure(np.arange(11)) == "unknown"


def test_a_few_victims_who_left_are_not_a_resellers_customers() -> None:
    labels = np.zeros(12, dtype=np.int64)
    few = split_of(labels, counted([10] * 12, [6] * 10 + [1] * 2), least=5)
    assert few.beside(np.arange(10)).tolist() == [10, 11]
    assert few.customers(np.arange(10)).tolist() == []
    many = split_of(labels, counted([10] * 12, [6] * 9 + [1] * 3), least=5)
    assert many.customers(np.arange(9)).tolist() == [9, 10, 11]


def test_a_community_with_no_work_in_common_is_left_whole() -> None:
    labels = np.zeros(12, dtype=np.int64)
    parts = split_of(labels, counted([10] * 12, [6] * 4 + [0] * 8), least=5)
    assert parts.labels.tolist() == labels.tolist()
    assert not parts.left.any()


def test_an_account_whose_prompts_are_not_known_stays() -> None:
    labels = np.zeros(8, dtype=np.int64)
    parts = split_of(labels, counted([10] * 7 + [0], [6] * 7 + [0]), least=5)
    assert parts.labels.tolist() == [0] * 8


def test_a_community_whose_work_was_not_looked_at_is_left_whole() -> None:
    labels = np.zeros(8, dtype=np.int64)
    parts = split_of(labels, counted([10] * 8, [0] * 4 + [9] * 4, known=()), least=2)
    assert parts.labels.tolist() == [0] * 8


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60))
def test_a_split_only_divides(rows: list[tuple[int, int, int]]) -> None:
    labels, prompts, own = (np.array(column) for column in zip(*rows, strict=True))
    found = counted(prompts.tolist(), np.minimum(own, prompts).tolist(), known=(0, 1, 2, 3))
    parts = split_of(labels, found, least=3)
    assert ((parts.labels < 0) >= (labels < 0)).all()
    for number in set(parts.labels[parts.labels >= 0].tolist()):
        inside = parts.labels == number
        assert len(set(labels[inside].tolist())) == 1
        if parts.left[inside].any():
            assert parts.left[inside].all()
            assert inside.sum() > 1


def test_who_did_it_on_one_occasion_among_other_things_is_no_member() -> None:
    """As a planted value looks: three requests within minutes, in a life of its own."""
    labels = np.zeros(12, dtype=np.int64)
    planted = counted([10] * 12, [6] * 11 + [3], own_days=[9] * 11 + [0])
    assert split_of(labels, planted, least=5).labels.tolist() == [0] * 11 + [-1]


def test_a_planted_value_is_not_what_a_reseller_sends_along() -> None:
    """However many it is planted on: who did the work once is nobody's customer."""
    labels = np.zeros(12, dtype=np.int64)
    planted = split_of(labels, counted([6] * 12, [5] * 8 + [3] * 4, own_days=[9] * 8 + [0] * 4), least=5)
    assert planted.left.nonzero()[0].tolist() == [8, 9, 10, 11]
    assert planted.beside(np.arange(8)).tolist() == []
    assert planted.infrastructure(np.arange(8)) == "unknown"


def test_that_half_of_a_few_prompts_is_what_an_account_is_for_has_to_be_shown() -> None:
    labels = np.zeros(12, dtype=np.int64)
    few = counted([5] * 12, [5] * 11 + [3], own_days=[9] * 11 + [0])
    assert split_of(labels, few, least=5).left.nonzero()[0].tolist() == [11]
    many = counted([50] * 12, [50] * 11 + [33], own_days=[9] * 11 + [0])
    assert not split_of(labels, many, least=5).left.any()


def test_who_was_there_on_one_day_only_or_mostly_for_it_stays() -> None:
    labels = np.zeros(12, dtype=np.int64)
    once = counted([10] * 12, [6] * 11 + [3], days=0, own_days=[0] * 12)
    assert not split_of(labels, once, least=5).left.any()
    mostly = counted([10] * 12, [9] * 12, own_days=[9] * 11 + [0])
    assert not split_of(labels, mostly, least=5).left.any()


def test_who_sends_one_of_many_sentences_over_and_over_is_no_member() -> None:
    labels = np.zeros(12, dtype=np.int64)
    narrow = counted([100] * 12, [60] * 12, breadth=[1.0] * 10 + [0.2, 0.5])
    assert split_of(labels, narrow, least=5).labels.tolist() == [0] * 10 + [-1] + [0]


def test_of_a_single_prompt_it_is_not_said_how_much_of_the_work_it_is() -> None:
    labels = np.zeros(12, dtype=np.int64)
    few = counted([10] * 10 + [2, 2], [9] * 10 + [1, 1], breadth=[1.0] * 10 + [0.2, 0.2])
    assert not split_of(labels, few, least=5).left.any()
