"""From links to communities: components, Leiden, joining, support, verdicts."""

from collections.abc import Iterable
from itertools import combinations
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.groups import communities as group
from tests.groups.made_links import Links, among, links


def parts(labels: np.ndarray) -> set[frozenset[int]]:
    kept = [np.flatnonzero(labels == c).tolist() for c in range(int(labels.max(initial=-1)) + 1)]
    assert all(kept), "a number that nobody has"
    return {frozenset(part) for part in kept}


def communities(n: int, given: Links, seed: int = 0) -> np.ndarray:
    return group.communities(n, *given, resolution=1.0, seed=seed)


# --- components ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(200))
def test_components_are_those_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    graph = nx.gnm_random_graph(n, int(rng.integers(0, 2 * n)), seed=seed)
    pairs = [tuple(rng.permutation(edge)) for edge in graph.edges]
    left, right = (np.array([p[side] for p in pairs], dtype=np.int64) for side in (0, 1))
    assert parts(group.components(n, left, right)) == {frozenset(c) for c in nx.connected_components(graph)}


def test_a_long_chain_is_one_component() -> None:
    order = np.random.default_rng(0).permutation(3_000)
    assert group.components(3_000, order[:-1], order[1:]).max() == 0


@given(st.lists(st.integers(-5, 5), min_size=1))
def test_renumbering_keeps_the_partition_and_counts_from_its_first(labels: list[int]) -> None:
    made = group.renumber(np.array(labels)).tolist()
    assert [made.index(x) for x in made] == [labels.index(x) for x in labels]
    firsts = list(dict.fromkeys(made))
    assert firsts == list(range(len(firsts)))


# --- communities ---------------------------------------------------------------------------------

TWO = among(range(0, 30), 0.6, 1) + among(range(30, 60), 0.6, 2) + [(3, 40)]


def test_a_bridge_does_not_melt_two_operators() -> None:
    found = communities(62, links(TWO))
    assert parts(found) == {frozenset(range(30)), frozenset(range(30, 60))}
    assert found[60] == found[61] == -1


def test_communities_lie_inside_components() -> None:
    rng = np.random.default_rng(4)
    pairs = [tuple(rng.integers(0, 120, 2)) for _ in range(110)]
    given = links([p for p in pairs if p[0] != p[1]])
    part = group.components(120, given[0], given[1])
    found = communities(120, given)
    assert all(len({part[i] for i in members}) == 1 for members in parts(found))


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_order_of_the_links_changes_no_byte(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right, _ = links([p for p in rng.integers(0, 40, (90, 2)).tolist() if p[0] != p[1]])
    weight = rng.random(len(left)) + 0.5
    order = rng.permutation(len(left))
    found = [communities(40, given, seed=seed).tobytes()
             for given in ((left, right, weight), (left[order], right[order], weight[order]))]  # fmt: skip
    assert found[0] == found[1]


def test_no_links_no_communities() -> None:
    assert communities(5, links([])).tolist() == [-1] * 5
    assert communities(0, links([])).tolist() == []


# --- verdicts ------------------------------------------------------------------------------------


def obeyed(labels: list[int], **said: str) -> list[int]:
    """`_0_1="linked"` forces the pair (0, 1)."""
    pairs = {tuple(map(int, key.strip("_").split("_"))): verdict for key, verdict in said.items()}
    found: list[int] = group.obey(np.array(labels), pairs).tolist()  # type: ignore[arg-type]
    return found


def test_without_verdicts_nothing_changes() -> None:
    assert obeyed([0, 0, 1, 1, -1]) == [0, 0, 1, 1, -1]


def test_linked_joins_communities_and_loners() -> None:
    assert obeyed([0, 0, 1, 1], _1_2="linked") == [0, 0, 0, 0]
    assert obeyed([0, 0, -1], _1_2="linked") == [0, 0, 0]
    assert obeyed([-1, -1, -1], _0_2="linked") == [0, -1, 0]


def test_not_linked_keeps_apart() -> None:
    assert obeyed([0, 0, 0], _0_1="not linked") == [0, -1, 0]


def test_not_linked_keeps_apart_even_through_a_third_account() -> None:
    """1 is linked to 2, and 2 to 0; 1 and 0 are apart all the same."""
    found = obeyed([0, 0, 0, 0], _0_1="not linked", _1_2="linked")
    assert found[0] != found[1] == found[2]
    assert found[0] == found[3]


def test_not_linked_holds_where_linked_verdicts_would_join() -> None:
    found = obeyed([0, 0, 1, 1], _1_2="linked", _0_3="not linked")
    assert found[0] != found[3] or found[0] == -1


def test_of_contradicting_verdicts_not_linked_wins() -> None:
    """0 is declared linked to 1 and to 2, which are to be kept apart: the first pair in name is joined."""
    found = obeyed([0, 0, 0], _0_1="linked", _0_2="linked", _1_2="not linked")
    assert found == [0, 0, -1]


def test_a_chain_of_linked_verdicts_breaks_where_it_would_join_what_is_kept_apart() -> None:
    found = obeyed([-1] * 5, _0_1="linked", _1_2="linked", _2_3="linked", _3_4="linked", _0_3="not linked")
    assert found == [0, 0, 0, 1, 1]


def test_a_linked_that_cannot_be_obeyed_joins_no_communities() -> None:
    said = {"_0_1": "linked", "_1_2": "linked", "_0_2": "not linked"}
    assert obeyed([0, 0, 1, 1, 1], **said) == [0, 0, 1, 1, 1]


def test_several_kept_apart_from_one_leave_one_by_one() -> None:
    assert obeyed([0, 0, 0, 0], _0_1="not linked", _0_2="not linked") == [0, -1, -1, 0]


ACCOUNTS = 10

verdicts = st.dictionaries(
    st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, ACCOUNTS - 1)).filter(lambda p: p[0] < p[1]),
    st.sampled_from(["linked", "not linked"]),
    max_size=16,
)
partitions = st.lists(st.integers(-1, 3), min_size=ACCOUNTS, max_size=ACCOUNTS)


def keeps_apart(pairs: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]]) -> bool:
    """Whether joining these pairs joins no pair that is to be kept apart."""
    graph = nx.Graph(list(pairs))
    graph.add_nodes_from(range(ACCOUNTS))
    return not any(nx.has_path(graph, *pair) for pair in apart)


@given(partitions, verdicts)
def test_no_community_holds_a_pair_that_a_person_keeps_apart(
    labels: list[int], forced: dict[tuple[int, int], str]
) -> None:
    found = group.obey(np.array(labels), forced)
    for (left, right), verdict in forced.items():
        assert verdict == "linked" or found[left] != found[right] or found[left] == -1


@given(partitions, verdicts)
def test_linked_joins_unless_that_would_join_what_is_kept_apart(
    labels: list[int], forced: dict[tuple[int, int], str]
) -> None:
    found = group.obey(np.array(labels), forced)
    linked = sorted(p for p, v in forced.items() if v == "linked")
    apart = [p for p, v in forced.items() if v == "not linked"]
    joined = [(x, y) for x, y in linked if found[x] == found[y] >= 0]
    assert keeps_apart(joined, apart)
    for pair in set(linked) - set(joined):
        assert not keeps_apart([*joined, pair], apart), f"{pair} could have been obeyed"
    if keeps_apart(linked, apart):
        assert joined == linked


@given(partitions, verdicts, st.randoms(use_true_random=False))
def test_the_order_of_verdicts_and_the_numbers_of_communities_change_nothing(
    labels: list[int], forced: dict[tuple[int, int], str], random: Random
) -> None:
    shuffled = dict(random.sample(sorted(forced.items()), len(forced)))
    renamed = {-1: -1, **dict(zip(range(4), random.sample(range(4), 4), strict=True))}
    other = group.obey(np.array([renamed[label] for label in labels]), shuffled)
    assert group.obey(np.array(labels), forced).tolist() == other.tolist()


@given(partitions, verdicts)
def test_accounts_nobody_judged_stay_with_their_community(
    labels: list[int], forced: dict[tuple[int, int], str]
) -> None:
    found = group.obey(np.array(labels), forced)
    free = sorted(set(range(ACCOUNTS)) - {account for pair in forced for account in pair})
    for x, y in combinations(free, 2):
        if labels[x] == labels[y] >= 0:
            assert found[x] == found[y] >= 0
    assert all(found[x] == -1 for x in free if labels[x] == -1)
    assert group.renumber(found[found >= 0]).tolist() == found[found >= 0].tolist()
    assert min(np.bincount(found[found >= 0]), default=2) > 1
