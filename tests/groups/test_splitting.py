"""Splitting communities that hold several operators, or a crowd."""

import numpy as np

from linkage.groups.splitting import split_communities, split_once
from linkage.settings.groups import Groups
from tests.groups.made_links import TWO, among, asking, links
from tests.groups.test_partition import parts

GROUPS = Groups()


def test_two_operators_in_one_community_are_cut() -> None:
    labels = np.zeros(60, dtype=np.int64)
    refined = split_communities(labels, links(TWO), asking(TWO), GROUPS, seed=0)
    assert parts(refined) == {frozenset(range(30)), frozenset(range(30, 60))}


def test_a_crowd_hardly_linked_is_cut_and_cut_again() -> None:
    pairs = [(i, i + 1) for i in range(199)]
    refined = split_communities(np.zeros(200, dtype=np.int64), links(pairs), asking(pairs), GROUPS, seed=0)
    assert max(len(part) for part in parts(refined)) <= 25


def test_small_communities_are_left_alone() -> None:
    pairs = [(0, 1), (1, 2), (5, 6)]
    labels = np.array([0, 0, 0, -1, -1, 1, 1])
    assert (split_communities(labels, links(pairs), asking(pairs), GROUPS, seed=0) == labels).all()
    assert (split_once(labels, links(pairs), GROUPS, seed=0) == labels).all()


def test_a_cohesive_community_is_split_once_and_no_further() -> None:
    pairs = among(range(80), 0.7, 3)
    labels = np.zeros(80, dtype=np.int64)
    once = split_once(labels, links(pairs), GROUPS, seed=0)
    found = split_communities(labels, links(pairs), asking(pairs), GROUPS, seed=0)
    assert parts(found) == parts(once)
