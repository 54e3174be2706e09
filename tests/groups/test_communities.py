"""Communities in the links: Leiden inside each connected component."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.groups.communities import WeightedLinks, detect_communities
from linkage.groups.partition import components
from linkage.settings.communities import Communities
from tests.groups.made_links import TWO, links
from tests.groups.test_partition import parts

CHOSEN = Communities()


def communities(n: int, given: WeightedLinks, seed: int = 0, chosen: Communities = CHOSEN) -> np.ndarray:
    return detect_communities(n, given, chosen, resolution=1.0, seed=seed)


def test_a_bridge_does_not_melt_two_operators() -> None:
    found = communities(62, links(TWO))
    assert parts(found) == {frozenset(range(30)), frozenset(range(30, 60))}
    assert found[60] == found[61] == -1


def test_communities_lie_inside_components() -> None:
    rng = np.random.default_rng(4)
    pairs = [tuple(rng.integers(0, 120, 2)) for _ in range(110)]
    given = links([p for p in pairs if p[0] != p[1]])
    part = components(120, given.left, given.right)
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
             for given in (WeightedLinks(left, right, weight),
                           WeightedLinks(left[order], right[order], weight[order]))]  # fmt: skip
    assert found[0] == found[1]


def test_no_links_no_communities() -> None:
    assert communities(5, links([])).tolist() == [-1] * 5
    assert communities(0, links([])).tolist() == []


def test_a_component_of_few_accounts_is_not_divided() -> None:
    chain = links([(i, i + 1) for i in range(7)])
    assert len(parts(communities(8, chain, chosen=Communities(min_component_accounts=8)))) > 1
    assert parts(communities(8, chain)) == {frozenset(range(8))}
