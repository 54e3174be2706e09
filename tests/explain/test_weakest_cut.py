"""Where a group is thinnest."""

from itertools import combinations

from linkage.explain.weakest_cut import cut, weakest
from linkage.settings.groups import Groups
from tests.explain.test_ablation import ADDRESS, CARD, clique, web


def test_two_dense_halves_with_few_links_across_have_a_thin_cut() -> None:
    across = [(x, y, CARD, 50 + x, 15.0) for x, y in ((0, 12), (3, 15), (5, 19))]
    whole = web(20, [*clique(range(12), ADDRESS, 1, 15.0), *clique(range(12, 20), ADDRESS, 2, 15.0), *across])
    found = cut(whole, Groups(), seed=0)
    assert found is not None
    assert found.sizes == (12, 8)
    assert found.links == 3
    assert found.ratio < 0.1
    assert found.side.tolist() == [0] * 12 + [1] * 8


def test_parts_that_are_well_joined_stand_on_one_side() -> None:
    near = [(x, y, CARD, 60 + x, 15.0) for x in range(8) for y in range(8, 16) if (x + y) % 4 == 0]
    far = [(0, 16, CARD, 80, 15.0), (9, 20, CARD, 81, 15.0)]
    blocks = [row for n in range(3) for row in clique(range(8 * n, 8 * n + 8), ADDRESS, n, 15.0)]
    found = cut(web(24, [*blocks, *near, *far]), Groups(), seed=0)
    assert found is not None
    assert (found.sizes, found.links) == ((16, 8), 2)


def test_an_evenly_linked_group_has_none_that_is_thin() -> None:
    pairs = [(x, y, CARD, 1, 15.0) for x, y in combinations(range(24), 2) if (x * 7 + y * 3) % 4]
    found = cut(web(24, pairs), Groups(), seed=0)
    assert found is None or found.ratio > 0.5


def test_a_group_too_small_for_two_sides_has_none() -> None:
    assert cut(web(8, clique(range(8), CARD, 1, 15.0)), Groups(), seed=0) is None


def test_the_weakest_hangs_by_the_fewest_links_and_then_by_the_least_bits() -> None:
    whole = web(7, [*clique(range(5), CARD, 1, 15.0), (0, 5, ADDRESS, 2, 15.0), (0, 6, ADDRESS, 3, 12.0)])
    found = weakest(whole)
    assert (found.account, found.links, found.median, found.strongest) == (6, 1, 4.0, 2.0)
