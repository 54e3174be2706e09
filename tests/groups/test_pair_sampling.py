"""Shares of linked pairs from a sample of pairs."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups import pair_sampling
from linkage.settings.communities import Communities
from tests.groups.made_links import among, asking

SAMPLE = 48


def test_who_hangs_on_by_one_link_has_little_support() -> None:
    pairs = [*among(range(20), 0.8, 5), (0, 20)]
    labels = np.array([0] * 21 + [1, 1])
    share = pair_sampling.support(labels, asking(pairs), least=5, count=48, seed=0)
    assert share[20] < Communities().min_support
    assert (share[:20] > 0.6).all()
    assert share[21:].tolist() == [1, 1]


def test_cohesion_is_the_share_of_linked_pairs() -> None:
    pairs = [*combinations(range(8), 2), *among(range(10, 60), 0.3, 6)]
    labels = np.array([0] * 8 + [-1] * 2 + [1] * 50)
    found = pair_sampling.cohesion(labels, [0, 1], asking(pairs), count=48, seed=0)
    assert found[0] == 1
    assert found[1] == pytest.approx(0.3, abs=0.15)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 5))
def test_sampled_pairs_are_different_and_ordered(one: int, other: int, seed: int) -> None:
    left, right = pair_sampling.sample_pairs(np.arange(one), np.arange(40, 40 + other), (seed,), SAMPLE)
    assert (left < right).all()
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(left)
    assert len(left) == one * other or SAMPLE <= len(left) <= 2 * SAMPLE


def test_sampled_pairs_of_one_community_hold_each_pair_once() -> None:
    left, right = pair_sampling.sample_pairs(np.arange(5), np.arange(5), (0,), SAMPLE)
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == list(combinations(range(5), 2))


def test_no_questions_no_shares() -> None:
    assert len(pair_sampling.linked_shares([], asking([]))) == 0


def test_accounts_with_little_support_are_left_out() -> None:
    labels, share = np.array([0, 0, 1, -1]), np.array([1.0, 0.2, 0.25, 1.0])
    assert pair_sampling.drop_unsupported(labels, share, 0.25).tolist() == [0, -1, 1, -1]
