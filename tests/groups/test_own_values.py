"""What of a community's prompts is its own: rare among accounts that send as much."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.own_values import EXCLUSIVE, SIGNATURE, expected_share, own_value_kinds, own_values
from linkage.groups.trait_index import TraitIndex
from linkage.groups.trait_tests import Population
from linkage.settings.communities import Workload
from tests.groups.made_held import held

N = 400
CREW = np.arange(10)
CHOSEN = Workload()
NOBODY = np.empty(0, dtype=np.int64)


def known(holders: dict[str, list[int]], *, busy: int = 12) -> TraitIndex:
    """Accounts of whom the first ten send `busy` prompts each, the others twelve, and who holds what."""
    prompts = np.full(N, 12, dtype=np.int64)
    prompts[CREW] = busy
    template = held((a, name) for name, who in holders.items() for a in who)
    return TraitIndex(
        {"template": template}, prompts, np.full(N, np.nan), Population(np.zeros(N, dtype=np.int64))
    )


def own(of: TraitIndex, beside: np.ndarray = NOBODY) -> list[str]:
    names = of.holders["template"].names
    return [names[v] for v in own_values(of, CREW, "template", beside, CHOSEN)]


def test_a_text_of_a_fifth_of_the_accounts_that_others_hardly_hold_is_their_own() -> None:
    several = {"job": [0, 1, 2, 50], "popular": [0, 1, 2, *range(50, 130)], "two hold it": [3, 4]}
    assert own(known(several)) == ["job"]


def test_what_accounts_so_busy_hold_anyway_is_not_their_own() -> None:
    """Ten others of 390 hold it: no wonder that three do who send eight times as much."""
    tutorial = {"tutorial": [0, 1, 2, *range(50, 60)]}
    assert own(known(tutorial)) == ["tutorial"]
    assert own(known(tutorial, busy=96)) == []


def test_what_their_neighbours_on_the_same_infrastructure_hold_is_not_their_own() -> None:
    pool = {"pool": [0, 1, 2, 3, 50, 51, 52]}
    assert own(known(pool)) == ["pool"]
    assert own(known(pool), beside=np.arange(50, 60)) == []


def test_the_signature_is_what_half_hold_and_few_others_do() -> None:
    several = {
        "a every job": list(range(10)),
        "b some jobs": [0, 1, 2, 3],
        "c public questions": [*range(10), *range(50, 61)],
        "d planted on as many": [*range(5), *range(50, 55)],
        "e public, as often theirs": [*range(4), *range(50, 54)],
    }
    found = own_value_kinds(known(several), CREW, "template", np.arange(5), CHOSEN.own_ratio)
    assert found.tolist() == [SIGNATURE | EXCLUSIVE, EXCLUSIVE, 0, SIGNATURE, 0]


def test_busy_accounts_hold_more_by_chance_than_idle_ones() -> None:
    """Forty of 2,000 accounts with twelve prompts each: one in fifty of those, one in nine of busy ones."""
    idle, busy = (expected_share(np.array([40]), 24_000, np.array([n] * 10))[0] for n in (12, 70))
    assert idle == pytest.approx(0.02, rel=0.02)
    assert busy == pytest.approx(0.11, rel=0.02)


def test_what_nobody_else_holds_is_no_chance() -> None:
    assert expected_share(np.array([0, 1]), 0, np.array([5])).tolist() == [0.0, pytest.approx(1.0, abs=0.01)]


def test_accounts_whose_prompts_are_not_known_count_as_of_one() -> None:
    assert expected_share(np.array([3]), 300, np.array([0, 0])) == pytest.approx(0.01, rel=0.01)


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=5),
    st.lists(st.integers(0, 400), min_size=1, max_size=20),
)
def test_more_holders_and_more_prompts_are_more_chance(holders: list[int], busy: list[int]) -> None:
    chance = expected_share(np.array(sorted(holders)), 1000, np.array(busy))
    more = expected_share(np.array(sorted(holders)), 1000, np.array(busy) + 1)
    assert (np.diff(chance) >= 0).all()
    assert ((chance >= 0) & (chance <= 1) & (more >= chance)).all()
