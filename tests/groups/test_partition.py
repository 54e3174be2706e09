"""Partitions of accounts: components, numbers of communities, their members."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups import partition


def parts(labels: np.ndarray) -> set[frozenset[int]]:
    found = partition.members_by_community(labels).values()
    assert all(len(each) for each in found), "a number that nobody has"
    return {frozenset(each.tolist()) for each in found}


@pytest.mark.parametrize("seed", range(200))
def test_components_are_those_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    graph = nx.gnm_random_graph(n, int(rng.integers(0, 2 * n)), seed=seed)
    pairs = [tuple(rng.permutation(edge)) for edge in graph.edges]
    left, right = (np.array([p[side] for p in pairs], dtype=np.int64) for side in (0, 1))
    assert parts(partition.components(n, left, right)) == {
        frozenset(c) for c in nx.connected_components(graph)
    }


def test_a_long_chain_is_one_component() -> None:
    order = np.random.default_rng(0).permutation(3_000)
    assert partition.components(3_000, order[:-1], order[1:]).max() == 0


@given(st.lists(st.integers(-5, 5), min_size=1))
def test_renumbering_keeps_the_partition_and_counts_from_its_first(labels: list[int]) -> None:
    made = partition.renumber(np.array(labels)).tolist()
    assert [made.index(x) for x in made] == [labels.index(x) for x in labels]
    firsts = list(dict.fromkeys(made))
    assert firsts == list(range(len(firsts)))


@given(st.lists(st.integers(-1, 5), max_size=30))
def test_members_are_those_of_each_number_in_order(labels: list[int]) -> None:
    found = partition.members_by_community(np.array(labels, dtype=np.int64))
    assert list(found) == list(range(max(labels, default=-1) + 1))
    for number, accounts in found.items():
        assert accounts.tolist() == [i for i, label in enumerate(labels) if label == number]


@given(st.lists(st.integers(-1, 5), min_size=1))
def test_renumbering_communities_leaves_others_in_none(labels: list[int]) -> None:
    made = partition.renumber_communities(np.array(labels)).tolist()
    assert [x == -1 for x in made] == [x == -1 for x in labels]
    assert partition.sizes(np.array(made)).min() > 0 or max(labels) == -1
    assert [made.index(x) for x in made] == [labels.index(x) for x in labels]
