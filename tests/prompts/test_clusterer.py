"""Clustering within one run's budget: the judge loads late, reads little, and what was cut is counted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from linkage.prompts.clusterer import Clusterer
from linkage.prompts.encoder import Encoder, HashingEncoder
from linkage.settings.prompts import Prompts
from tests.prompts.made import cloud

TEXTS = ["write one poem about the sea", "write one poem about cold lakes", "who is the king of siam"]


class Alike:
    """Says that everything is alike, and how often it was made and asked."""

    revision = "alike-1"
    made = 0
    read: list[str]

    def __init__(self) -> None:
        Alike.made += 1
        self.read = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.read += texts
        return np.tile(np.array([1, 0], np.float32), (len(texts), 1))


def clusterer(judge: Any = None, **changes: Any) -> Clusterer:
    chosen = Prompts(**{"same": 0.97, "maybe": 0.4, "max_judged": 2, "neighbours": 8, **changes})
    return Clusterer(HashingEncoder(), judge, chosen, seed=0)


def never() -> Encoder:
    raise AssertionError("nothing to judge")


def test_doubtful_clusters_are_joined_by_the_judge_and_it_is_counted() -> None:
    work = clusterer(Alike)
    found = work.find(TEXTS, [5, 5, 5], TEXTS)
    assert found.centre[0] == found.centre[1] != found.centre[2]
    assert work.counts["texts judged"] == 2
    assert found.pairs.method.tolist() == ["transformer"]


def test_the_budget_is_of_the_run_not_of_a_call() -> None:
    work, before = clusterer(Alike, max_judged=3), Alike.made
    assert len(set(work.find(TEXTS, [5, 5, 5], TEXTS).centre.tolist())) == 2
    again = work.find(TEXTS, [5, 5, 5], TEXTS)
    assert again.centre.tolist() == [0, 1, 2]
    assert (work.counts["texts judged"], work.counts["pairs not judged"]) == (2, 1)
    assert Alike.made == before + 1


def test_the_judge_is_made_only_where_there_are_doubts() -> None:
    clear = clusterer(never, same=0.4)
    clear.expect(TEXTS)
    clear.find(TEXTS, [5, 5, 5], TEXTS)
    before = Alike.made
    clusterer(Alike).expect(TEXTS)
    assert Alike.made == before + 1
    clusterer(never, max_judged=1).expect(TEXTS)


def test_texts_beyond_the_most_compared_are_alone_and_counted() -> None:
    work = clusterer(max_representatives=2, same=0.4)
    found = work.find([*TEXTS, TEXTS[0]], [1] * 4, [*TEXTS, "twin"])
    assert work.counts["texts not compared"] == 2
    assert set(found.centre.tolist()) <= set(range(4))
    alone = [at for at in range(4) if found.centre[at] == at and found.similarity[at] == 1]
    assert len(alone) >= 2


def test_pairs_are_named_by_the_places_of_their_items() -> None:
    work = clusterer(same=0.4)
    found = work.find(TEXTS, [1, 1, 1], TEXTS)
    pairs = found.pairs.named(np.array([10, 20, 30]))
    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == [(10, 20)]


@pytest.mark.parametrize("judge", [None, never])
def test_given_vectors_are_clustered_without_the_judge(judge: Any) -> None:
    rows = cloud(40, spread=0.5)
    work = clusterer(judge, same=0.8, maybe=0.5, max_judged=100)
    found = work.find_vectors(rows, [5] * 40, [f"{at:02d}" for at in range(40)])
    assert set(found.pairs.method) == {"embedding"}
    cosine = np.sum(rows * rows[found.centre], axis=1)
    assert (cosine >= 0.8 - 1e-5).all()
