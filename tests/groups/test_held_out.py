"""Pairs that made no parts say without bias how alike these are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.arrays import Floats, Ints
from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.held_out import DrawnPairs, held_out
from linkage.settings.groups import Groups
from tests.groups.made_links import as_linked, links, sparse

LIMITS = Groups().splitting


@given(
    st.lists(st.integers(0, 2**31), min_size=1, max_size=50),
    st.lists(st.integers(0, 2**31), min_size=1, max_size=50),
)
def test_a_pair_is_held_out_or_not_whichever_end_comes_first(one: list[int], other: list[int]) -> None:
    size = min(len(one), len(other))
    left, right = np.array(one[:size]), np.array(other[:size])
    assert held_out(left, right, 5).tolist() == held_out(right, left, 5).tolist()


@pytest.mark.parametrize("one_in", [2, 5, 10])
def test_one_in_so_many_is_held_out_of_every_account(one_in: int) -> None:
    left, right = np.triu_indices(400, 1)
    out = held_out(left, right, one_in)
    assert out.mean() == pytest.approx(1 / one_in, rel=0.05)
    each = np.bincount(left[out], minlength=400) + np.bincount(right[out], minlength=400)
    assert each.min() > 399 / one_in / 2 and each.max() < 399 / one_in * 2


def test_what_parts_were_made_of_flatters_them_and_held_out_pairs_do_not() -> None:
    """A sparse graph without any structure: by its links its parts look apart."""
    whole = links(sparse(range(600), 12, 1))
    out = held_out(whole.left, whole.right, LIMITS.held_out_pairs)
    seen = WeightedLinks(*(each[~out] for each in whole))
    parts = divide(600, seen, Groups().communities, resolution=1.0, seed=0)
    drawn = DrawnPairs(np.arange(600), seen, LIMITS, seed=0)
    largest = np.argsort(-np.bincount(parts))[:4]
    pairs = [(int(a), int(b)) for a in largest for b in largest if a < b]
    across, inside, listed = [], [], []
    for pair in pairs:
        found = drawn.between(parts, pair, as_linked(whole), 4_000)
        across.append(found[0].mean)
        inside += [each.mean for each in found[1:]]
        members = [parts == n for n in pair]
        between = (members[0][whole.left] & members[1][whole.right]) | (
            members[1][whole.left] & members[0][whole.right]
        )
        own = sum((m[whole.left] & m[whole.right]).sum() / (m.sum() * (m.sum() - 1) / 2) for m in members) / 2
        listed.append(between.sum() / members[0].sum() / members[1].sum() / own)
    assert np.mean(listed) < 0.4
    assert np.mean(across) / np.mean(inside) > 0.75


def test_who_hangs_on_hardly_counts() -> None:
    """Ten accounts linked to one another, and ten each linked to one of them."""
    own = [(i, j) for i in range(10) for j in range(i)]
    seen = links([*own, *((i, i + 10) for i in range(10))])
    labels = np.zeros(20, dtype=np.int64)

    def both_members(left: Ints, right: Ints) -> Floats:
        return ((left < 10) & (right < 10)).astype(np.float64)

    every = DrawnPairs(np.arange(20), seen, LIMITS, seed=0).between(labels, (0, 0), both_members, 4_000)[1]
    assert every.share == every.mean > 0.75, "by number they are a quarter of the pairs"
    assert 10 < every.pairs < 190


def test_pairs_of_which_nothing_is_known_do_not_count() -> None:
    seen = links([(i, j) for i in range(30) for j in range(i)])

    def known_below_ten(left: Ints, right: Ints) -> Floats:
        return np.where(np.maximum(left, right) < 10, 3.0, np.nan)

    drawn = DrawnPairs(np.arange(30), seen, LIMITS, seed=0)
    found = drawn.between(np.zeros(30, dtype=np.int64), (0, 0), known_below_ten, 4_000)[1]
    assert found.mean == pytest.approx(3.0) and found.share == 1.0 and 0 < found.pairs <= 45
    assert found.variance == pytest.approx(0.0)
    nothing = drawn.between(
        np.zeros(30, dtype=np.int64), (0, 0), lambda one, _: np.full(len(one), np.nan), 9
    )[0]
    assert nothing == (0.0, 0.0, 0.0, 0.0)


def test_many_pairs_are_drawn_at_random_and_alike_every_time() -> None:
    seen = links(sparse(range(500), 20, 3))
    labels = np.arange(500) % 2
    asked: list[tuple[Ints, Ints]] = []

    def remembered(left: Ints, right: Ints) -> Floats:
        asked.append((left, right))
        return np.ones(len(left))

    for _ in range(2):
        DrawnPairs(np.arange(500), seen, LIMITS, seed=7).between(labels, (0, 1), remembered, 100)
    assert len(asked) == 6, "inside each of the parts, and across, of either"
    (left, right), again = asked[2], asked[5]
    assert 60 < len(left) < 150 and (labels[left] == 0).all() and (labels[right] == 1).all()
    assert held_out(left, right, LIMITS.held_out_pairs).all()
    assert left.tolist() == again[0].tolist() and right.tolist() == again[1].tolist()


def test_what_is_known_is_asked_once_until_parts_change() -> None:
    seen = links([(i, j) for i in range(30) for j in range(i)])
    asked: list[int] = []

    def counted(left: Ints, _: Ints) -> Floats:
        asked.append(len(left))
        return np.ones(len(left))

    drawn = DrawnPairs(np.arange(30), seen, LIMITS, seed=0)
    labels = np.arange(30) // 10
    drawn.between(labels, (0, 1), counted, 4_000)
    often = len(asked)
    drawn.between(labels, (0, 1), counted, 4_000)
    assert len(asked) == often
    drawn.forget((2,))
    drawn.between(labels, (0, 1), counted, 4_000)
    assert len(asked) == often
    drawn.forget((1,))
    drawn.between(labels, (0, 1), counted, 4_000)
    assert often < len(asked) < 2 * often, "inside the first part nothing has changed"
