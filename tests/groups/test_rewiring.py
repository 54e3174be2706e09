"""What chance makes of a graph, and how well a graph splits."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups import rewiring
from linkage.groups.communities import WeightedLinks
from linkage.groups.rewiring import modularity, overall_tie, rewire, ties
from tests.groups.made_links import TWO, links, sparse


def degrees(n: int, of: WeightedLinks) -> list[int]:
    return np.bincount(np.concatenate([of.left, of.right]), minlength=n).tolist()


@given(st.integers(0, 10_000))
def test_every_account_keeps_its_number_of_links_and_links_their_weights(seed: int) -> None:
    whole = links(sparse(range(60), 6, seed))
    weight = np.arange(len(whole.left)) + 1.0
    other = rewire(60, whole._replace(weight=weight), np.random.default_rng(seed), attempts=8)
    assert (other.left < other.right).all()
    pairs = set(zip(other.left.tolist(), other.right.tolist(), strict=True))
    assert len(pairs) == len(other.left) == len(other.weight)
    lost = np.array(degrees(60, whole)) - degrees(60, other)
    assert lost.min() >= 0
    assert lost.sum() == 2 * (len(whole.left) - len(pairs)) <= 8, "hardly any is let go"
    assert set(other.weight.tolist()) <= set(weight.tolist())
    assert len(set(other.weight.tolist())) == len(other.weight)


def test_a_rewiring_has_forgotten_the_parts() -> None:
    whole, halves = links(TWO), np.arange(60) // 30
    other = rewire(60, whole, np.random.default_rng(0), attempts=8)
    assert modularity(halves, whole) > 0.45
    assert abs(modularity(halves, other)) < 0.1


def test_what_cannot_be_dealt_is_let_go() -> None:
    """The ends of a star can only be dealt to the star itself, with loops at its middle."""
    star = links([(0, i) for i in range(1, 12)])
    other = rewire(12, star, np.random.default_rng(1), attempts=1)
    assert 0 < len(other.left) < 11
    assert len(other.weight) == len(other.left)


@pytest.mark.parametrize("seed", range(20))
def test_modularity_is_that_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right, _ = links(sparse(range(30), 5, seed))
    some = WeightedLinks(left, right, rng.random(len(left)) + 0.1)
    labels = rng.permutation(np.arange(30) % 4)
    graph = nx.Graph()
    graph.add_nodes_from(range(30))
    graph.add_weighted_edges_from(zip(*(column.tolist() for column in some), strict=True))
    wanted = nx.community.modularity(graph, [set(np.flatnonzero(labels == c)) for c in range(4)])
    assert modularity(labels, some) == pytest.approx(wanted)


def test_links_laid_without_regard_to_the_parts_tie_them_by_one() -> None:
    even = links(sparse(range(200), 40, 3))
    assert overall_tie(np.arange(200) % 2, even) == pytest.approx(1.0, abs=0.1)
    assert overall_tie(np.zeros(200, dtype=np.int64), even) == 1.0
    assert overall_tie(np.arange(60) // 30, links(TWO)) < 0.01


def test_a_tie_does_not_depend_on_how_many_links_either_side_has() -> None:
    """Half of the weight that evenly laid links would have across: a half, with few inside and with many."""
    across = np.array([[0.0, 20.0], [20.0, 0.0]])
    assert ties(across, np.array([20.0, 20.0]))[0, 1] == pytest.approx(0.5)
    assert ties(across, np.array([5.0, 80.0]))[0, 1] == pytest.approx(0.5)
    assert ties(across, np.array([0.0, 80.0]))[0, 1] == np.inf
    assert ties(np.zeros((2, 2)), np.array([0.0, 0.0]))[0, 1] == 0.0


@given(st.lists(st.integers(0, 30)), st.integers(0, 2**56))
def test_the_first_of_equal_codes_is_the_first_that_stands_there(codes: list[int], more: int) -> None:
    """Also of codes so large that code and place are no one number."""
    found = rewiring._first_of_each(np.array(codes, dtype=np.int64) + more)
    assert found.tolist() == [code not in codes[:place] for place, code in enumerate(codes)]
