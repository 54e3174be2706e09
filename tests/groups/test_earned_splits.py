"""One detection; a split must beat the rewirings of what it splits."""

import numpy as np
import pytest

from linkage.groups.earned_splits import Splitting, detected
from tests.groups.made_links import among, links

RULE = Splitting(least=5, resolution=1.0, beyond=5.0, loose=0.5, rewirings=6, seed=0)


def sparse(seed: int) -> list[tuple[int, int]]:
    """An operator of 400 accounts with a dozen links each."""
    return among(range(400), 0.03, seed)


@pytest.mark.parametrize("seed", range(3))
def test_a_large_sparse_operator_in_one_community_stays_whole(seed: int) -> None:
    inside = among(range(400), 0.2, seed)
    assert np.bincount(detected(400, links(inside), RULE)).max() >= 396


def test_a_dense_few_inside_a_crowd_are_split_off() -> None:
    pairs = sorted({*sparse(1), *among(range(400, 412), 1.0, 2), (3, 400), (9, 401), (77, 405)})
    found = detected(412, links(pairs), RULE)
    few = set(np.flatnonzero(found == found[400]).tolist())
    assert few == set(range(400, 412))


def test_the_order_of_the_links_changes_nothing() -> None:
    left, right, weight = links(sparse(2))
    order = np.random.default_rng(0).permutation(len(left))
    shuffled = detected(400, (left[order], right[order], weight[order]), RULE)
    assert (detected(400, (left, right, weight), RULE) == shuffled).all()
