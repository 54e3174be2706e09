"""Hangers-on are told from members by the weight of their links inside."""

import numpy as np
import pytest

from linkage.arrays import Floats, Ints
from linkage.groups.belonging import Leeway, belonging, drop_hangers_on, least_belonging, own_share
from linkage.groups.communities import WeightedLinks
from linkage.links.comparison import Measures
from linkage.settings.communities import Communities
from linkage.settings.groups import Groups
from tests.groups.made_links import among, as_linked, links, sparse

CHOSEN = Communities()


def leeway(spread: Floats | float, accounts: int = 1, enough: float = CHOSEN.min_belonging) -> Leeway:
    return Leeway(np.broadcast_to(spread, accounts), np.full(accounts, enough))


def dropped(
    labels: Ints,
    listed: WeightedLinks,
    every: WeightedLinks | None = None,
    *,
    spread: Floats | float = 5.0,
    enough: float = CHOSEN.min_belonging,
) -> Ints:
    """What is left, where of `every` link some are listed."""
    given, compare = leeway(spread, len(labels), enough), as_linked(every or listed)
    return drop_hangers_on(labels, listed, Groups(), leeway=given, by=Measures(compare), seed=0)


def test_one_who_hangs_on_by_one_weak_link_leaves() -> None:
    left, right, _ = links([*among(range(20), 0.8, 5), (0, 20)])
    strong = WeightedLinks(left, right, np.where(right == 20, 1.0, 27.0))
    found = belonging(np.zeros(21, dtype=np.int64), strong)
    assert found[20] < least_belonging(found, leeway(5.0), CHOSEN)[0] < found[:20].min()
    left_over = dropped(np.zeros(21, dtype=np.int64), strong)
    assert left_over.tolist() == [0] * 20 + [-1]


@pytest.mark.parametrize(("alike", "stays"), [(4.5, True), (0.0, False), (np.nan, False)])
def test_who_hangs_on_by_a_link_stays_if_he_asks_nearly_as_much_alike_as_members(
    alike: float, stays: bool
) -> None:
    """A quiet member has less in common with everybody, a stranger much less, and of one nothing is known."""
    left, right, _ = links([*among(range(20), 0.8, 5), (0, 20)])
    strong = WeightedLinks(left, right, np.where(right == 20, 1.0, 27.0))
    sent = np.append(np.linspace(5.0, 8.0, 20), alike)

    def content(one: Ints, other: Ints) -> Floats:
        return sent[one] + sent[other]

    for unit, kept in ((1.0, stays), (0.2, False)):
        by = Measures(as_linked(strong), lambda one, other, unit=unit: unit * content(one, other))
        labels = np.zeros(21, dtype=np.int64)
        left_over = drop_hangers_on(labels, strong, Groups(), leeway=leeway(5.0, 21), by=by, seed=0)
        assert (left_over[20] == 0) == kept, "what anybody asks makes nobody a member"


def test_members_of_a_large_sparse_operator_stay() -> None:
    """Each is linked to 2 % of the others, and hardly one in a hundred leaves."""
    labels = np.zeros(700, dtype=np.int64)
    assert (dropped(labels, links(sparse(range(700), 13, 2))) == 0).mean() > 0.99


def test_the_narrower_the_spread_the_more_leave_and_each_is_held_to_its_own() -> None:
    labels, some = np.zeros(700, dtype=np.int64), links(sparse(range(700), 6, 2))
    wide, narrow = (dropped(labels, some, spread=spread) == -1 for spread in (5.0, 2.0))
    assert 0 < 3 * wide.sum() < narrow.sum() < 350
    spreads = np.where(np.arange(700) < 350, 5.0, 2.0)
    found = dropped(labels, some, spread=spreads) == -1
    assert found[350:].sum() > 2 * found[:350].sum()


def test_many_hangers_on_do_not_make_each_other_members() -> None:
    hanging = [(i % 20, 20 + i) for i in range(200)]
    left, right, _ = links([*among(range(20), 0.8, 5), *hanging])
    some = WeightedLinks(left, right, np.where(right >= 20, 1.0, 27.0))
    left_over = dropped(np.zeros(220, dtype=np.int64), some)
    assert np.flatnonzero(left_over == 0).tolist() == list(range(20))


def test_only_links_inside_count_and_alike_members_belong_by_one() -> None:
    labels = np.array([0, 0, 0, 1, 1, -1])
    some = links([(0, 1), (1, 2), (0, 2), (2, 3), (3, 4), (4, 5)])
    assert belonging(labels, some).tolist() == pytest.approx([1, 1, 1, 1, 1, 0])


def test_a_community_without_links_and_no_links_at_all() -> None:
    assert belonging(np.array([0, 0, -1]), links([])).tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_a_member_who_was_compared_with_few_stays_and_one_who_is_linked_to_few_leaves(seed: int) -> None:
    """Of two accounts with three links in the list, one is linked with half of all others, one with three."""
    crew = among(range(300), 0.5, seed)
    few = [(9 * i, account) for account in (300, 301) for i in range(3)]
    listed = links([*crew, *few])
    every = links(sorted({*crew, *few, *((i, 300) for i in range(0, 300, 2))}))
    labels = np.zeros(302, dtype=np.int64)
    assert np.flatnonzero(dropped(labels, listed) == -1).tolist() == [300, 301]
    assert np.flatnonzero(dropped(labels, listed, every) == -1).tolist() == [301]


def test_where_the_others_have_nothing_in_common_nobody_who_hangs_on_stays() -> None:
    """By the list twenty are linked, in a comparison only one who hangs on with one of them."""
    listed = links([*among(range(20), 0.8, 5), (0, 20)])
    strong = listed._replace(weight=np.where(listed.right == 20, 1.0, 27.0))
    left_over = dropped(np.zeros(21, dtype=np.int64), strong, links([(0, 20)]))
    assert left_over.tolist() == [0] * 20 + [-1]


def test_who_has_enough_however_alike_the_others_are_stays_and_who_is_not_judged() -> None:
    left, right, _ = links([*among(range(20), 0.8, 5), (0, 20)])
    some = WeightedLinks(left, right, np.where(right == 20, 1.0, 27.0))
    labels = np.zeros(21, dtype=np.int64)
    assert dropped(labels, some)[20] == -1
    assert dropped(labels, some, enough=0.001)[20] == 0
    assert dropped(labels, some, spread=np.where(np.arange(21) == 20, np.inf, 5.0))[20] == 0


def test_the_share_of_an_account_s_weight_that_lies_inside() -> None:
    labels = np.array([0, 0, 1, 1, -1, -1])
    some = links([(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)])._replace(
        weight=np.array([1.0, 3.0, 1.0, 2.0, 4.0])
    )
    shares = dict(zip("012345", own_share(labels, some).tolist(), strict=True))
    by_hand = {(0, 1): 1.0, (0, 4): 3.0, (1, 2): 1.0, (2, 3): 2.0, (3, 4): 4.0}
    assert (
        dict(zip(zip(some.left.tolist(), some.right.tolist(), strict=True), some.weight, strict=True))
        == by_hand
    )
    assert shares == pytest.approx({"0": 1 / 4, "1": 1 / 2, "2": 2 / 3, "3": 2 / 6, "4": 0.0, "5": 0.0})
