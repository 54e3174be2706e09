"""Parts are one where accounts ask alike across as inside, or are linked nearly as much."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.arrays import Floats, Ints
from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.even_parts import Yardstick, join_even_parts, join_small_parts
from linkage.groups.held_out import DrawnPairs
from linkage.groups.partition import renumber
from linkage.groups.splitting import divide_components, split_communities
from linkage.links.comparison import Measures
from linkage.settings.groups import Groups
from tests.groups.made_links import TWO, as_linked, compared, links
from tests.groups.test_partition import parts

GROUPS = Groups()


def split(n: int, found: WeightedLinks) -> Ints:
    labels = np.zeros(n, dtype=np.int64)
    return split_communities(labels, found, GROUPS, by=Measures(compared(found)), power=1.0, seed=0)


def divided(n: int, found: WeightedLinks) -> Ints:
    return divide_components(n, found, GROUPS, by=Measures(compared(found)), power=1.0, seed=0)


LINKS = Yardstick(as_linked(links(TWO)), 1 / 3, 4_000)


def joined(
    place: Ints,
    found: WeightedLinks,
    *yardsticks: Yardstick,
    chosen: Groups = GROUPS,
) -> Ints:
    """The parts joined by these yardsticks; by how often accounts are linked, where none is given."""
    by = yardsticks or (LINKS._replace(measure=compared(found)),)
    drawn = DrawnPairs(np.arange(len(place)), found, chosen.splitting, seed=0)
    return join_even_parts(place, found, drawn, by, chosen)


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


def smallest_first(place: Ints, found: WeightedLinks, least: int) -> Ints:
    """Small parts joined one by one, each time with all that is known counted anew."""
    labels = place.copy()
    while True:
        sizes, weight = np.bincount(labels), np.zeros((labels.max() + 1,) * 2)
        np.add.at(weight, (labels[found.left], labels[found.right]), found.weight)
        weight = np.where(np.eye(len(weight), dtype=bool), 0, weight + weight.T)
        small = [part for part in np.unique(labels) if sizes[part] < least and weight[part].any()]
        if not small:
            return renumber(labels)
        one = min(small, key=lambda part: (sizes[part], part))
        labels[labels == one] = np.argmax(weight[one])


@given(seed=st.integers(0, 2**32), accounts=st.integers(2, 40), least=st.integers(1, 8))
def test_small_parts_are_joined_the_smallest_first_to_where_most_of_their_weight_leads(
    seed: int, accounts: int, least: int
) -> None:
    rng = np.random.default_rng(seed)
    place = renumber(rng.integers(0, rng.integers(1, accounts + 1), accounts))
    left, right = np.triu_indices(accounts, 1)
    kept = rng.random(len(left)) < rng.random()
    # Few different weights, so that many lead as strongly one way as another.
    found = WeightedLinks(left[kept], right[kept], rng.integers(1, 4, int(kept.sum())).astype(np.float64))
    assert parts(join_small_parts(place, found, least)) == parts(smallest_first(place, found, least))


@pytest.mark.parametrize(("share", "count"), [(0.9, 1), (0.2, 2)])
def test_what_is_linked_about_as_often_is_one_and_less_is_not(share: float, count: int) -> None:
    """Two parts of forty whose accounts are all linked inside, and a share of the pairs between them."""
    place = np.arange(80) // 40
    left, right = np.triu_indices(80, 1)
    kept = np.random.default_rng(1).random(len(left)) < np.where(place[left] == place[right], 1.0, share)
    found = WeightedLinks(left[kept], right[kept], np.ones(int(kept.sum())))
    assert len(parts(joined(place, found))) == count


@pytest.mark.parametrize(("share", "count"), [(0.9, 1), (0.5, 2)])
def test_operators_who_are_nearly_all_linked_but_less_are_two(share: float, count: int) -> None:
    """Who ask in common words, and each in words of their own besides: all pairs across are links, weaker."""
    place = np.arange(60) // 30
    left, right = np.triu_indices(60, 1)
    every = WeightedLinks(left, right, np.where(place[left] == place[right], 10.0, share * 10.0))
    assert len(parts(joined(place, every, LINKS._replace(measure=as_linked(every))))) == count


def alike(place: Ints, inside: float, across: float) -> Yardstick:
    """Accounts ask alike by so many bits, in one part and in two."""

    def bits(left: Ints, right: Ints) -> Floats:
        return np.where(place[left] == place[right], inside, across)

    return Yardstick(bits, 0.1, 500, 4.0)


@pytest.mark.parametrize(("across", "count"), [(14.0, 1), (11.0, 2)])
def test_teams_who_ask_the_same_are_one_operator_however_little_else_they_have_in_common(
    across: float, count: int
) -> None:
    """Each team has its own client, so that a quarter of the pairs across are links and all inside."""
    found, place = waves(30, 1.0, 0.25, 4), np.arange(90) // 30
    by_links = LINKS._replace(measure=compared(found))
    assert len(parts(joined(place, found, by_links))) == 3
    assert len(parts(joined(place, found, alike(place, 15.0, across), by_links))) == (1 if count == 1 else 3)


@pytest.mark.parametrize(("inside", "count"), [((15.0, 15.0), 2), ((15.0, 9.0), 1)])
def test_who_ask_less_alike_across_than_the_mean_of_both_are_two_however_alike_their_links(
    inside: tuple[float, float], count: int
) -> None:
    """Who has sent less has less in common with anybody: across a busy team and a quiet one lies the mean."""
    place = np.arange(60) // 30
    left, right = np.triu_indices(60, 1)
    every = WeightedLinks(left, right, np.ones(len(left)))

    def bits(one: Ints, other: Ints) -> Floats:
        return np.where(place[one] == place[other], np.array(inside)[place[one]], 12.0)

    asked, by_links = Yardstick(bits, 0.1, 500, 4.0), LINKS._replace(measure=as_linked(every))
    assert len(parts(joined(place, every, by_links))) == 1
    assert len(parts(joined(place, every, asked, by_links))) == count


def test_to_ask_what_anybody_asks_makes_nobody_one() -> None:
    found, place = waves(30, 1.0, 0.25, 4), np.arange(90) // 30
    by_links = LINKS._replace(measure=compared(found))
    assert len(parts(joined(place, found, alike(place, 3.9, 3.9), by_links))) == 3


def test_what_is_not_shown_to_be_two_stays_one() -> None:
    found, place = waves(30, 1.0, 0.25, 4), np.arange(90) // 30
    unknown = Yardstick(lambda left, _: np.full(len(left), np.nan), 0.1, 500)
    assert len(parts(joined(place, found, unknown))) == 1
    assert len(parts(joined(place, found, unknown, LINKS._replace(measure=compared(found))))) == 3


@pytest.mark.parametrize(("own", "count"), [(1.0, 3), (0.3, 1)])
def test_of_few_accounts_those_are_several_that_are_all_linked_inside(own: float, count: int) -> None:
    """Parts of eight, with 64 pairs between two, of which a dozen are held out; sparse ones may be the work
    of chance."""
    assert len(parts(joined(np.arange(24) // 8, waves(8, own, 0.1, 2)))) == count


def test_parts_hardly_linked_are_two_without_a_question() -> None:
    def never(left: Ints, right: Ints) -> Floats:
        raise AssertionError("nobody was to be compared")

    place = np.arange(60) // 30
    assert len(parts(joined(place, links(TWO), LINKS._replace(measure=never)))) == 2


def test_a_part_of_too_few_accounts_joins_where_most_of_its_weight_leads() -> None:
    pairs = links([*TWO, (60, 61), (60, 0), (61, 45), (60, 46)])
    labels = np.where(np.arange(62) < 60, np.arange(62) // 30, 2)
    assert parts(join_small_parts(labels, pairs, 5)) == {frozenset(range(30)), frozenset(range(30, 62))}
    alone = np.where(np.arange(62) < 60, 0, 1)
    assert parts(join_small_parts(alone, links([*TWO, (60, 61)]), 5)) == parts(alone), "no link leads away"


def test_links_to_the_nearest_only_do_not_part_what_is_one() -> None:
    """Accounts of either half are linked with all; across, each was compared with its nearest only."""
    n = 600
    place = np.arange(n) // (n // 2)
    left, right = np.triu_indices(n, 1)
    near = (place[left] == place[right]) | ((right - left) % (n // 2) < 20)
    listed = WeightedLinks(left[near], right[near], np.ones(int(near.sum())))
    everybody = LINKS._replace(measure=as_linked(WeightedLinks(left, right, np.ones(len(left)))))
    assert len(parts(joined(place, listed))) == 2
    assert len(parts(joined(place, listed, everybody))) == 1


def test_parts_of_fewer_accounts_than_a_group_are_not_asked_about() -> None:
    place = np.array([0] * 4 + [1] * 30)
    left, right = np.triu_indices(34, 1)
    everybody = WeightedLinks(left, right, np.ones(len(left)))
    assert len(parts(joined(place, everybody))) == 2
    assert len(parts(joined(place, everybody, chosen=Groups(min_accounts=4)))) == 1


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1_000), share=st.sampled_from([0.2, 0.9]))
def test_the_names_of_parts_change_nothing(seed: int, share: float) -> None:
    place = np.arange(60) // 30
    left, right = np.triu_indices(60, 1)
    kept = np.random.default_rng(seed).random(len(left)) < np.where(place[left] == place[right], 1.0, share)
    found = WeightedLinks(left[kept], right[kept], np.ones(int(kept.sum())))
    assert parts(joined(1 - place, found)) == parts(joined(place, found))
    assert len(parts(joined(place, found))) == (1 if share > 0.5 else 2)
