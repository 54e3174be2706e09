"""Parts are one where links between them are nearly as frequent as inside, whatever the links weigh."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.arrays import Ints
from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.even_parts import join_evenly_linked
from linkage.groups.splitting import divide_components, split_communities
from linkage.settings.groups import Groups
from tests.groups.made_links import as_linked
from tests.groups.test_partition import parts

GROUPS = Groups()


def split(n: int, found: WeightedLinks) -> Ints:
    labels = np.zeros(n, dtype=np.int64)
    return split_communities(labels, found, GROUPS, compare=as_linked(found), seed=0)


def divided(n: int, found: WeightedLinks) -> Ints:
    return divide_components(n, found, GROUPS, compare=as_linked(found), seed=0)


def joined(place: Ints, found: WeightedLinks, chosen: Groups = GROUPS) -> Ints:
    return join_evenly_linked(place, found, as_linked(found), chosen, seed=0)


def waves(n: int, own: float, other: float, seed: int) -> WeightedLinks:
    """An operator of three waves of n accounts: shares `own` and `other` of the pairs of one wave and of two
    are linked; in a wave twenty times as strongly, as accounts are that were opened and paid for together."""
    rng, wave = np.random.default_rng(seed), np.arange(3 * n) // n
    left, right = np.triu_indices(3 * n, 1)
    same = wave[left] == wave[right]
    drawn = rng.random(len(left)) < np.where(same, own, other)
    return WeightedLinks(left[drawn], right[drawn], np.where(same, 200.0, 10.0)[drawn])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("n", "own", "other"), [(30, 0.9, 0.6), (200, 0.08, 0.06)])
def test_waves_of_one_operator_are_one_though_each_is_tied_more(
    n: int, own: float, other: float, seed: int
) -> None:
    """Dense, and sparse: the heavy links of a wave make it a part, that most are linked makes it one."""
    found = waves(n, own, other, seed)
    assert len(parts(divide(3 * n, found, GROUPS.communities, resolution=1.0, seed=0))) == 3
    assert len(parts(divided(3 * n, found))) == 1
    assert len(parts(split(3 * n, found))) == 1


@pytest.mark.parametrize("seed", range(3))
def test_operators_linked_seldom_are_not_joined_whatever_their_sizes(seed: int) -> None:
    assert len(parts(divided(90, waves(30, 0.9, 0.2, seed)))) == 3


def test_what_is_linked_half_as_often_is_one_and_less_is_not() -> None:
    """Two parts of twenty whose accounts are all linked inside, and so many pairs between them."""
    place = np.arange(40) // 20
    left, right = np.triu_indices(40, 1)
    across = np.flatnonzero(place[left] != place[right])
    for number, count in ((200, 1), (20, 2)):
        kept = np.concatenate([np.flatnonzero(place[left] == place[right]), across[:: 400 // number]])
        kept.sort()
        found = WeightedLinks(left[kept], right[kept], np.ones(len(kept)))
        assert len(parts(joined(place, found))) == count


def test_parts_of_fewer_accounts_than_a_group_are_not_asked_about() -> None:
    place = np.array([0] * 4 + [1] * 10)
    left, right = np.triu_indices(14, 1)
    everybody = WeightedLinks(left, right, np.ones(len(left)))
    assert len(parts(joined(place, everybody))) == 2
    assert len(parts(joined(place, everybody, Groups(min_accounts=4)))) == 1


@given(weight=st.lists(st.floats(0.001, 1e6), min_size=91, max_size=91), seed=st.integers(0, 5))
def test_weights_and_numbers_of_parts_change_nothing(weight: list[float], seed: int) -> None:
    place = np.array([0] * 7 + [1] * 7)
    left, right = np.triu_indices(14, 1)
    kept = np.random.default_rng(seed).random(len(left)) < np.where(place[left] == place[right], 1.0, 0.4)
    links = WeightedLinks(left[kept], right[kept], np.ones(int(kept.sum())))
    found = parts(joined(place, links))
    heavy = links._replace(weight=np.array(weight)[kept])
    assert parts(joined(place, heavy)) == found
    assert parts(joined(1 - place, heavy)) == found
