import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.prompts.clusters import Clusters, Items, Judge
from linkage.prompts.clusters import cluster as clusters_of
from linkage.settings.prompts import Prompts
from tests.prompts.made import cloud, unit

LIMITS = Prompts(same=0.8, maybe=0.6, neighbours=8)


def cluster(items: Items, chosen: Prompts, judge: Judge | None = None) -> Clusters:
    return clusters_of(items, chosen, judge, seed=0)


def items(rows: np.ndarray, weights: list[int] | None = None) -> Items:
    return Items(
        rows, np.array(weights or [1] * len(rows)), pa.array([f"{at:06d}" for at in range(len(rows))])
    )


def flat(degrees: list[float]) -> np.ndarray:
    """Vectors in a plane, by their angle."""
    angle = np.radians(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def members(found: Clusters) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(found.label == one).tolist()) for one in np.unique(found.label)}


def test_a_chain_does_not_become_one_cluster() -> None:
    rows = flat([step * 30 for step in range(7)])  # neighbours are .87 alike, ends are opposite
    found = cluster(items(rows), LIMITS)
    for group in members(found):
        assert all(rows[a] @ rows[b] > 0 for a in group for b in group)
    assert len(members(found)) >= 3


def check_closeness(rows: np.ndarray, weights: list[int]) -> None:
    found = cluster(items(rows, weights), LIMITS)
    medoid = found.medoid[found.label]
    cosine = np.sum(rows * rows[medoid], axis=1)
    assert np.all((cosine >= LIMITS.same - 1e-5) | (medoid == np.arange(len(rows))))
    assert np.allclose(cosine, found.similarity, atol=1e-5)
    assert np.array_equal(found.label[found.medoid], np.arange(len(found.medoid)))


@settings(max_examples=40)
@given(st.lists(st.floats(0, 360), min_size=1, max_size=60), st.integers(0, 5))
def test_every_member_is_close_to_its_medoid(degrees: list[float], seed: int) -> None:
    check_closeness(flat(degrees), np.random.default_rng(seed).integers(1, 9, len(degrees)).tolist())


@pytest.mark.parametrize("spread", [0.4, 0.5, 0.6])
def test_members_that_merging_left_behind_are_alone(spread: float) -> None:
    check_closeness(cloud(500, spread=spread), [1] * 500)


def test_near_clusters_between_the_thresholds_stay_two() -> None:
    found = cluster(items(flat([0, 1, 2, 45, 46, 47])), LIMITS)
    assert members(found) == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


def test_a_dense_group_larger_than_the_cap_is_one_cluster() -> None:
    rng = np.random.default_rng(0)
    groups = [unit(centre + rng.normal(size=(200, 64)) * 0.02) for centre in unit(rng.normal(size=(5, 64)))]
    found = cluster(items(np.concatenate(groups)), LIMITS)
    assert members(found) == {frozenset(range(at, at + 200)) for at in range(0, 1000, 200)}
    assert found.cut["neighbours"] == 1000


def test_order_of_items_does_not_matter() -> None:
    rows = cloud(500, spread=0.7)
    given_items = items(rows, np.random.default_rng(0).integers(1, 5, 500).tolist())
    first = cluster(given_items, LIMITS)
    order = np.random.default_rng(1).permutation(500)
    shuffled = Items(rows[order], given_items.weights[order], given_items.ids.take(pa.array(order)))
    again = cluster(shuffled, LIMITS)
    assert np.array_equal(again.label, first.label[order])
    assert np.array_equal(order[again.medoid], first.medoid)
    assert again.similarity.tobytes() == first.similarity[order].tobytes()


def test_unrelated_items_that_come_along_change_nothing() -> None:
    rows = np.zeros((130, 64), np.float32)
    rows[:100, :32], rows[100:, 32:] = cloud(100, spread=0.6), cloud(30, seed=9)
    alone = cluster(items(rows[:100]), LIMITS)
    both = cluster(items(rows), LIMITS)
    assert members(alone) == {group for group in members(both) if min(group) < 100}


class Saying:
    """A judge that has one answer, and remembers what it was asked."""

    def __init__(self, similarity: float) -> None:
        self.similarity = similarity
        self.asked: list[tuple[int, int]] = []

    def __call__(self, pairs: list[tuple[int, int]]) -> np.ndarray:
        self.asked += pairs
        return np.full(len(pairs), self.similarity)


def judged(texts: int) -> Prompts:
    return Prompts(same=0.8, maybe=0.6, judged_same=0.7, max_judged=texts)


ROWS = flat([0, 45, 180, 225])  # two pairs of .71, between maybe and same


def test_the_judge_joins_what_is_doubtful() -> None:
    limits = judged(10)
    yes, no = Saying(0.9), Saying(0.5)
    joined = cluster(items(ROWS, [2, 2, 2, 2]), limits, yes)
    assert members(joined) == {frozenset({0, 1}), frozenset({2, 3})}
    assert sorted(yes.asked) == [(0, 1), (2, 3)] and joined.judged == 4
    assert set(joined.method) == {"transformer"} and joined.near.tolist() == pytest.approx([0.9, 0.9])
    apart = cluster(items(ROWS, [2, 2, 2, 2]), limits, no)
    assert len(members(apart)) == 4 and len(apart.left) == 0


def test_the_budget_goes_where_it_connects_most_and_the_rest_is_counted() -> None:
    judge = Saying(0.9)
    found = cluster(items(ROWS, [2, 2, 5, 5]), judged(3), judge)
    assert judge.asked == [(2, 3)] and found.judged == 2 and found.cut["unjudged"] == 1


def test_one_accounts_own_wordings_are_not_worth_judging() -> None:
    judge = Saying(0.9)
    cluster(items(ROWS), judged(10), judge)
    assert judge.asked == []


def test_what_the_judge_joins_is_no_chain_either() -> None:
    rows = flat([0, 45, 90, 135, 180])
    found = cluster(items(rows, [2, 2, 9, 2, 2]), judged(10), Saying(1.0))
    assert members(found) == {frozenset({1, 2, 3}), frozenset({0}), frozenset({4})}


def test_nothing_in_nothing_out() -> None:
    found = cluster(items(np.zeros((0, 8), np.float32)), LIMITS)
    assert len(found.label) == 0 and len(found.medoid) == 0
