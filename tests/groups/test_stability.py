"""How far groups depend on luck."""

import numpy as np
import pytest

from linkage.groups import stability

GROUPS = np.array([0, 0, 0, 0, 1, 1, 1, -1])


def stays(*others: list[int]) -> list[float]:
    runs = [np.array(each) for each in others]
    return stability.membership(GROUPS, lambda run: runs[run], runs=len(runs)).tolist()


def test_the_same_partition_under_other_numbers_loses_nobody() -> None:
    assert stays([5, 5, 5, 5, 2, 2, 2, -1]) == [1, 1, 1, 1, 1, 1, 1, 0]


def test_a_group_in_pieces_of_its_own_has_lost_nobody() -> None:
    assert stays([0, 0, 1, 1, 2, 2, 2, -1])[:4] == [1, 1, 1, 1]


def test_who_stands_alone_or_drifts_to_strangers_has_left() -> None:
    assert stays([0, 0, 0, -1, 1, 1, 1, -1])[:4] == [1, 1, 1, 0]
    assert stays([0, 0, 0, 1, 1, 1, 1, -1]) == [1, 1, 1, 0, 1, 1, 1, 0]


def test_a_melt_of_equal_halves_is_nobody_s() -> None:
    assert stays([0, 0, 0, -1, 0, 0, 0, -1]) == [0, 0, 0, 0, 0, 0, 0, 0]


def test_strangers_without_a_group_count_as_strangers() -> None:
    assert stays([0, 1, 1, 1, 2, 2, 2, 0])[0] == 0


def test_membership_is_the_share_of_runs() -> None:
    same, without = [0, 0, 0, 0, 1, 1, 1, -1], [0, 0, 0, -1, 1, 1, 1, -1]
    assert stays(same, without, without, same)[3] == 0.5


def test_without_runs_everyone_stays() -> None:
    assert stays() == [1, 1, 1, 1, 1, 1, 1, 0]


def test_nobody_linked_in_a_run() -> None:
    assert stays([-1] * 8) == [0] * 8


def test_what_is_left_out_is_drawn_by_seed_and_run() -> None:
    one = stability.kept(10_000, dropout=0.1, seed=1, run=0)
    assert one.mean() == pytest.approx(0.9, abs=0.02)
    assert (one == stability.kept(10_000, dropout=0.1, seed=1, run=0)).all()
    assert (one != stability.kept(10_000, dropout=0.1, seed=1, run=1)).any()
    assert (one != stability.kept(10_000, dropout=0.1, seed=2, run=0)).any()
    assert stability.kept(100, dropout=0.0, seed=0, run=0).all()
