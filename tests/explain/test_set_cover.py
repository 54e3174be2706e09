"""The greedy cover: it covers what can be covered, and keeps its bound."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.explain.set_cover import greedy_cover, harmonic

ELEMENTS = 6
SETS = st.lists(st.frozensets(st.integers(0, ELEMENTS - 1)), max_size=7)


@given(SETS, st.data())
def test_it_covers_what_can_be_covered_within_its_bound(
    sets: list[frozenset[int]], data: st.DataObject
) -> None:
    weights = [data.draw(st.integers(1, 9)) for _ in sets]
    found = greedy_cover(ELEMENTS, sets, weights)
    reachable = frozenset[int]().union(*sets)
    assert frozenset[int]().union(*(sets[i] for i in found.chosen)) == reachable
    assert sum(found.newly) == len(reachable) == ELEMENTS - found.uncovered
    assert found.weight == sum(weights[i] for i in found.chosen)
    best = min(
        sum(weights[i] for i in few)
        for size in range(len(sets) + 1)
        for few in itertools.combinations(range(len(sets)), size)
        if frozenset[int]().union(*(sets[i] for i in few)) == reachable
    )
    assert best <= found.weight <= found.bound * best + 1e-9
    assert found.least <= best + 1e-9


@given(SETS, st.data())
def test_it_is_the_plain_greedy_rule(sets: list[frozenset[int]], data: st.DataObject) -> None:
    """The queue only saves work: each choice is the best of all that are left."""
    weights = [data.draw(st.integers(1, 9)) for _ in sets]
    missing, chosen = set(range(ELEMENTS)), []
    while offers := [
        (weights[i] / len(s & missing), -len(s & missing), i) for i, s in enumerate(sets) if s & missing
    ]:
        chosen.append(min(offers)[2])
        missing -= sets[chosen[-1]]
    assert greedy_cover(ELEMENTS, sets, weights).chosen == tuple(chosen)


def test_the_worst_case_of_the_bound_is_met() -> None:
    """The example of Chvátal: singletons of weight 1/n, 1/(n-1), … against one set of a little over 1."""
    n = 8
    sets = [*({i} for i in range(n)), set(range(n))]
    weights = [*(1 / (n - i) for i in range(n)), 1.001]
    found = greedy_cover(n, sets, weights)
    assert found.chosen == tuple(range(n))
    assert found.weight == pytest.approx(harmonic(n))


def test_nothing_to_cover_and_nothing_to_cover_with() -> None:
    assert greedy_cover(0, [{0}], [1.0]).chosen == ()
    empty = greedy_cover(3, [], [])
    assert (empty.chosen, empty.uncovered, empty.weight, empty.least) == ((), 3, 0, 0.0)
    assert greedy_cover(3, [set(), {1}], [1.0, 1.0]).uncovered == 2


def test_the_bound_grows_like_a_logarithm() -> None:
    assert harmonic(1) == 1.0
    assert harmonic(1_000) <= 1 + math.log(1_000)
