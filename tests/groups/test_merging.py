"""Merging communities whose accounts are linked across as within."""

from itertools import combinations

import numpy as np

from linkage.groups.communities import WeightedLinks
from linkage.groups.merging import merge_communities
from linkage.settings.groups import Groups
from tests.groups.made_links import TWO, among, asking, links
from tests.groups.test_partition import parts

GROUPS = Groups()


def test_pieces_of_one_operator_are_joined_again() -> None:
    pairs = among(range(40), 0.7, 3)
    labels = np.arange(40) // 10
    assert parts(merge_communities(labels, links(pairs), asking(pairs), GROUPS, seed=0)) == {
        frozenset(range(40))
    }


def test_two_operators_joined_by_few_links_stay_two() -> None:
    labels = np.arange(60) // 30
    pairs = [*TWO, (4, 41), (5, 42), (6, 50)]
    assert (merge_communities(labels, links(pairs), asking(pairs), GROUPS, seed=0) == labels).all()


def test_communities_less_alike_across_than_within_stay_two() -> None:
    rng = np.random.default_rng(6)
    across = [(i, j) for i in range(30) for j in range(30, 60) if rng.random() < 0.25]
    pairs = [*combinations(range(30), 2), *combinations(range(30, 60), 2), *across]
    labels = np.arange(60) // 30
    assert (merge_communities(labels, links(pairs), asking(pairs), GROUPS, seed=0) == labels).all()


def test_communities_that_have_not_changed_are_asked_about_once() -> None:
    """Four pieces of one operator take two rounds to be joined; two others are asked about in the first."""
    pairs = [*among(range(40), 0.7, 3), *combinations(range(40, 60), 2), *combinations(range(60, 80), 2)]
    pairs += [(40, 61), (41, 62), (42, 63), (43, 64)]
    labels = np.concatenate([np.arange(40) // 10, [4] * 20, [5] * 20])
    answer, asked = asking(pairs), []

    def watched(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        asked.append(int(np.sum((left < 60) & (left >= 40) & (right >= 60))))
        return answer(left, right)

    found = merge_communities(labels, links(pairs), watched, GROUPS, seed=0)
    assert parts(found) == {frozenset(range(40)), frozenset(range(40, 60)), frozenset(range(60, 80))}
    assert len(asked) >= 4 and sum(count > 0 for count in asked) == 1


def test_small_operators_with_tastes_in_common_stay_several() -> None:
    """Linked across in every second pair, but far more weakly than within."""
    rng = np.random.default_rng(6)
    across = [(i, j) for i in range(6) for j in range(6, 12) if rng.random() < 0.6]
    pairs = sorted([*combinations(range(6), 2), *combinations(range(6, 12), 2), *across])
    left, right, _ = links(pairs)
    labels = np.arange(12) // 6
    weak = np.where(labels[left] == labels[right], 30.0, 5.0)
    assert (
        merge_communities(labels, WeightedLinks(left, right, weak), asking(pairs), GROUPS, seed=0) == labels
    ).all()
    alike = np.full(len(pairs), 30.0)
    assert parts(
        merge_communities(labels, WeightedLinks(left, right, alike), asking(pairs), GROUPS, seed=0)
    ) == {frozenset(range(12))}


def test_a_loose_crowd_joins_nobody_through_itself() -> None:
    """Two operators are linked with a crowd less than half as often as accounts of one hand would be."""
    rng = np.random.default_rng(8)
    crowd = [p for p in combinations(range(20), 2) if rng.random() < 0.3]
    own = [*combinations(range(20, 30), 2), *combinations(range(30, 40), 2)]
    across = [(i, j) for i in range(20) for j in range(20, 40) if rng.random() < 0.2]
    pairs, labels = [*crowd, *own, *across], np.repeat([0, 1, 2], [20, 10, 10])
    assert (merge_communities(labels, links(pairs), asking(pairs), GROUPS, seed=0) == labels).all()
