"""A community is split where its parts are not one, and stays whole elsewhere."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.splitting import divide_components, split_communities
from linkage.links.comparison import Measures
from linkage.settings.groups import Groups
from tests.groups.made_links import TWO, compared, links, sparse
from tests.groups.test_partition import parts

GROUPS = Groups()
OPERATOR = frozenset(range(300, 310))
CROWD = links(
    [*sparse(range(300), 10, 1), *combinations(sorted(OPERATOR), 2), (4, 301), (90, 305), (200, 308)]
)
"""A crowd of 300, and in it an operator of ten who are all linked to one another, and three to the crowd."""


def with_strength(of: WeightedLinks, strength: float) -> WeightedLinks:
    """The operator's own links weigh so many times as much as the crowd's."""
    return of._replace(weight=np.where(of.left >= 300, strength, 1.0))


LARGE = sparse(range(700), 13, 2)
"""One operator of 700 accounts, each linked to a few others, evenly."""


def split(n: int, found: WeightedLinks, chosen: Groups = GROUPS, *, power: float = 1.0) -> np.ndarray:
    labels, by = np.zeros(n, dtype=np.int64), Measures(compared(found))
    return split_communities(labels, found, chosen, by=by, power=power, seed=0)


@pytest.mark.parametrize("strength", [8.0, 64.0, 512.0])
def test_a_small_operator_inside_a_crowd_is_split_off(strength: float) -> None:
    found = parts(split(310, with_strength(CROWD, strength)))
    assert found == {OPERATOR, frozenset(range(300))}, "the crowd itself is even"


def test_a_large_sparse_operator_is_not_cut() -> None:
    whole = links(LARGE)
    pieces = divide(700, whole, GROUPS.communities, resolution=1.0, seed=0)
    assert len(parts(pieces)) > 5, "Leiden always has a partition of it"
    assert parts(split(700, whole)) == {frozenset(range(700))}


@pytest.mark.parametrize("seed", range(3))
def test_strength_that_comes_without_regard_to_the_parts_cuts_nothing(seed: int) -> None:
    """Weights of bits to the third power: few links have most of the weight."""
    some = links(LARGE)
    weight = np.random.default_rng(seed).exponential(3, len(some.left)) + 1
    assert parts(split(700, some._replace(weight=weight), power=3.0)) == {frozenset(range(700))}


def test_an_operator_linked_to_nobody_else_is_one_community() -> None:
    """Two even components: neither is cut, and who has no link is in no community."""
    pairs = links([*LARGE, *sparse(range(700, 800), 12, 3)])
    found = divide_components(802, pairs, GROUPS, by=Measures(compared(pairs)), power=1.0, seed=0)
    assert parts(found) == {frozenset(range(700)), frozenset(range(700, 800))}
    assert found[800:].tolist() == [-1, -1]


@pytest.mark.parametrize("strength", [1.0, 512.0])
def test_a_crowd_and_an_operator_in_one_component_are_two(strength: float) -> None:
    found = divide_components(
        310, with_strength(CROWD, strength), GROUPS, by=Measures(compared(CROWD)), power=1.0, seed=0
    )
    assert OPERATOR in parts(found)


def test_two_operators_in_one_community_are_cut() -> None:
    assert parts(split(60, links(TWO))) == {frozenset(range(30)), frozenset(range(30, 60))}


def test_what_was_split_off_is_split_again() -> None:
    """Beside the crowd two operators look like one; asked about alone they are two."""
    one, other = frozenset(range(300, 312)), frozenset(range(312, 324))
    pairs = [*sparse(range(300), 10, 1), *combinations(sorted(one), 2), *combinations(sorted(other), 2)]
    pairs += [(4, 301), (90, 305), (200, 315)]
    pairs += [(300 + i, 312 + i) for i in range(12)] + [(300 + i, 312 + (i + 5) % 12) for i in range(12)]
    found = parts(split(324, with_strength(links(pairs), 8.0)))
    assert found == {one, other, frozenset(range(300))}


def test_communities_too_small_for_two_groups_are_left_alone() -> None:
    pairs = links([*combinations(range(6), 2), *combinations(range(6, 12), 2), (0, 6)])
    assert parts(split(12, pairs)) == {frozenset(range(6)), frozenset(range(6, 12))}
    assert parts(split(12, pairs, Groups(min_accounts=7))) == {frozenset(range(12))}


def test_who_is_in_no_community_stays_in_none() -> None:
    labels = np.where(np.arange(62) < 60, 0, -1)
    found = split_communities(
        labels, links(TWO), GROUPS, by=Measures(compared(links(TWO))), power=1.0, seed=0
    )
    assert found[60:].tolist() == [-1, -1]
    assert len(parts(found)) == 2


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_the_links_changes_no_byte(seed: int) -> None:
    rng = np.random.default_rng(seed)
    left, right, weight = with_strength(CROWD, 8.0)
    weight = weight + rng.random(len(weight))
    order = rng.permutation(len(left))
    shuffled = WeightedLinks(left[order], right[order], weight[order])
    ordered = WeightedLinks(left, right, weight)
    assert split(310, ordered).tobytes() == split(310, shuffled).tobytes()
    one, other = (
        divide_components(310, each, GROUPS, by=Measures(compared(each)), power=1.0, seed=0)
        for each in (ordered, shuffled)
    )
    assert one.tobytes() == other.tobytes()
