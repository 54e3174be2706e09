"""What chance makes of a graph of the same degrees."""

import networkx as nx
import numpy as np
import pytest

from linkage.groups import rewiring


def graph(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    edges = np.array(sorted(nx.gnm_random_graph(60, 200, seed=seed).edges), dtype=np.int64)
    return edges[:, 0], edges[:, 1], np.random.default_rng(seed).random(len(edges)) + 0.5


@pytest.mark.parametrize("seed", range(10))
def test_rewiring_keeps_degrees_and_makes_no_loop_and_no_second_link(seed: int) -> None:
    links = graph(seed)
    left, right, _weight = rewiring.rewired(60, links, np.random.default_rng(seed))
    degrees = [np.bincount(np.concatenate(each), minlength=60) for each in (links[:2], (left, right))]
    assert (left < right).all()
    assert len(np.unique(left * 60 + right)) == len(left)
    assert degrees[1].sum() >= 0.97 * degrees[0].sum()
    assert (degrees[1] <= degrees[0]).all()
    assert set(zip(*links[:2], strict=True)) != set(zip(left, right, strict=True))


@pytest.mark.parametrize("seed", range(10))
def test_modularity_is_that_of_networkx(seed: int) -> None:
    left, right, weight = graph(seed)
    parts = np.random.default_rng(seed).integers(0, 4, 60)
    whole = nx.Graph()
    whole.add_nodes_from(range(60))
    whole.add_weighted_edges_from(zip(left, right, weight, strict=True))
    sets = [set(np.flatnonzero(parts == k).tolist()) for k in range(4)]
    expected = nx.community.modularity(whole, sets, weight="weight")
    assert rewiring.modularity(parts, (left, right, weight)) == pytest.approx(expected)


def test_parts_laid_without_regard_to_them_are_tied_by_one() -> None:
    left, right = np.triu_indices(400, 1)
    kept = np.random.default_rng(0).random(len(left)) < 0.3
    links = left[kept], right[kept], np.ones(int(kept.sum()))
    parts = np.arange(400) % 2
    assert rewiring.tied_on_the_whole(parts, links) == pytest.approx(1.0, abs=0.03)
    assert rewiring.tied(rewiring.between(parts, links))[0, 1] == pytest.approx(1.0, abs=0.03)
