"""How far groups depend on single values."""

import numpy as np
import pytest

from linkage.groups import stability
from linkage.groups.communities import Links
from tests.groups.made_links import among, links

GROUPS = np.array([0] * 20 + [1] * 20 + [-1] * 2)
BOTH = [*among(range(20), 0.7, 1), *among(range(20, 40), 0.7, 2)]


def membership(*runs: Links) -> np.ndarray:
    return stability.membership(GROUPS, lambda run: runs[run], least=5, runs=len(runs), seed=0)


def test_groups_that_are_found_again_lose_nobody() -> None:
    assert membership(links(BOTH)).tolist() == [1.0] * 40 + [0.0] * 2


def test_a_group_in_parts_of_its_own_has_lost_nobody() -> None:
    parts = [*among(range(10), 1.0, 1), *among(range(10, 20), 1.0, 2), *among(range(20, 40), 0.7, 2)]
    assert membership(links(parts))[:20].tolist() == [1.0] * 20


def test_who_has_no_link_left_or_drifts_to_strangers_has_left() -> None:
    without = [pair for pair in BOTH if 3 not in pair]
    strangers = [*without, *[(3, other) for other in range(20, 40)]]
    assert membership(links(without), links(sorted(strangers)), links(BOTH))[3] == pytest.approx(1 / 3)


def test_without_runs_everyone_stays() -> None:
    assert membership().tolist() == [1.0] * 40 + [0.0] * 2


def test_a_value_is_left_out_with_all_of_its_rows() -> None:
    values = np.repeat(np.arange(2_000), 5)
    one = stability.kept(values, dropout=0.1, seed=1, run=0)
    assert one.mean() == pytest.approx(0.9, abs=0.03)
    assert (one.reshape(-1, 5).min(axis=1) == one.reshape(-1, 5).max(axis=1)).all()
    assert (one == stability.kept(values, dropout=0.1, seed=1, run=0)).all()
    assert (one != stability.kept(values, dropout=0.1, seed=1, run=1)).any()
    assert (one != stability.kept(values, dropout=0.1, seed=2, run=0)).any()


def test_what_compares_two_accounts_stays() -> None:
    assert stability.kept(np.full(50, -1), dropout=0.9, seed=0, run=0).all()
