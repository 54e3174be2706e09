"""Hangers-on are told from members by the weight of their links inside."""

import numpy as np
import pytest

from linkage.arrays import Ints
from linkage.groups.belonging import belonging, drop_hangers_on, least_belonging
from linkage.groups.communities import WeightedLinks
from linkage.settings.communities import Communities
from tests.groups.made_links import among, as_linked, links, sparse

CHOSEN = Communities()


def dropped(
    labels: Ints, listed: WeightedLinks, every: WeightedLinks | None = None, *, spread: float = 5.0
) -> Ints:
    """What is left, where of `every` link some are listed."""
    spreads, compare = np.full(len(labels), spread), as_linked(every or listed)
    return drop_hangers_on(labels, listed, CHOSEN, spread=spreads, compare=compare, seed=0)


def test_one_who_hangs_on_by_one_weak_link_leaves() -> None:
    left, right, _ = links([*among(range(20), 0.8, 5), (0, 20)])
    strong = WeightedLinks(left, right, np.where(right == 20, 1.0, 27.0))
    found = belonging(np.zeros(21, dtype=np.int64), strong)
    assert found[20] < least_belonging(found, np.array([5.0]), CHOSEN)[0] < found[:20].min()
    left_over = dropped(np.zeros(21, dtype=np.int64), strong)
    assert left_over.tolist() == [0] * 20 + [-1]


def test_members_of_a_large_sparse_operator_stay() -> None:
    """Each is linked to 2 % of the others, and hardly one in a hundred leaves."""
    labels = np.zeros(700, dtype=np.int64)
    assert (dropped(labels, links(sparse(range(700), 13, 2))) == 0).mean() > 0.99


def test_the_narrower_the_spread_the_more_leave_and_each_is_held_to_its_own() -> None:
    labels, some = np.zeros(700, dtype=np.int64), links(sparse(range(700), 6, 2))
    wide, narrow = (dropped(labels, some, spread=spread) == -1 for spread in (5.0, 2.0))
    assert 0 < 3 * wide.sum() < narrow.sum() < 350
    spreads = np.where(np.arange(700) < 350, 5.0, 2.0)
    found = drop_hangers_on(labels, some, CHOSEN, spread=spreads, compare=as_linked(some), seed=0) == -1
    assert found[350:].sum() > 2 * found[:350].sum()


def test_many_hangers_on_do_not_make_each_other_members() -> None:
    hanging = [(i % 20, 20 + i) for i in range(200)]
    left, right, _ = links([*among(range(20), 0.8, 5), *hanging])
    some = WeightedLinks(left, right, np.where(right >= 20, 1.0, 27.0))
    left_over = dropped(np.zeros(220, dtype=np.int64), some)
    assert np.flatnonzero(left_over == 0).tolist() == list(range(20))


def test_only_links_inside_count_and_alike_members_belong_by_one() -> None:
    labels = np.array([0, 0, 0, 1, 1, -1])
    some = links([(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5)])
    assert belonging(labels, some).tolist() == pytest.approx([1, 1, 1, 1, 1, 0])


def test_a_community_without_links_and_no_links_at_all() -> None:
    assert belonging(np.array([0, 0, -1]), links([])).tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_a_member_who_was_compared_with_few_stays_and_one_who_is_linked_to_few_leaves(seed: int) -> None:
    """Of two accounts with three links in the list, one is linked with half of all others, one with three."""
    crew = among(range(300), 0.5, seed)
    few = [(9 * i, account) for account in (300, 301) for i in range(3)]
    listed = links([*crew, *few])
    every = links(sorted({*crew, *few, *((i, 300) for i in range(0, 300, 2))}))
    labels = np.zeros(302, dtype=np.int64)
    assert np.flatnonzero(dropped(labels, listed) == -1).tolist() == [300, 301]
    assert np.flatnonzero(dropped(labels, listed, every) == -1).tolist() == [301]


def test_where_the_others_have_nothing_in_common_nobody_who_hangs_on_stays() -> None:
    """By the list twenty are linked, in a comparison only one who hangs on with one of them."""
    listed = links([*among(range(20), 0.8, 5), (0, 20)])
    strong = listed._replace(weight=np.where(listed.right == 20, 1.0, 27.0))
    left_over = dropped(np.zeros(21, dtype=np.int64), strong, links([(0, 20)]))
    assert left_over.tolist() == [0] * 20 + [-1]
