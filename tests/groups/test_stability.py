"""How far communities depend on single values."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from linkage.evidence.kinds import Kind
from linkage.evidence.rows import evidence_rows
from linkage.groups import stability
from linkage.groups.communities import WeightedLinks
from linkage.links import log_odds
from linkage.links.stage import Links
from linkage.settings.groups import Groups
from tests.groups.made_links import among, links, sparse

N = 30
LABELS = np.where(np.arange(N) < 10, 0, np.where(np.arange(N) < 20, 1, -1))
CREW = list(combinations(range(10), 2))
OTHERS = list(combinations(range(10, 20), 2))


def stays(*runs: list[tuple[int, int]]) -> list[float]:
    chosen = Groups(resamples=len(runs))
    return stability.membership(LABELS, lambda run: links(runs[run]), chosen, seed=0).tolist()


def test_who_is_found_again_has_stayed() -> None:
    assert stays([*CREW, *OTHERS]) == [1] * 20 + [0] * 10


def test_one_who_is_cut_off_has_left() -> None:
    without = [pair for pair in CREW if 9 not in pair]
    assert stays([*without, *OTHERS])[:10] == [1] * 9 + [0]


def test_one_who_drifts_to_others_has_left() -> None:
    moved = [*(pair for pair in CREW if 9 not in pair), *((9, i) for i in range(10, 20))]
    assert stays([*moved, *OTHERS])[:10] == [1] * 9 + [0]


def test_what_becomes_of_neighbours_is_nothing_to_a_group() -> None:
    """Accounts linked to its own, with many links among themselves, are a community of others."""
    around = [(0, 20), (0, 21), (1, 22), (1, 23), (2, 24), (2, 25)]
    beside = [*CREW, *combinations(range(20, 26), 2), *around]
    assert stays(beside)[:10] == [1] * 10
    halves = [*combinations(range(5), 2), *combinations(range(5, 10), 2), (0, 5), (4, 9)]
    assert stays([*halves, *combinations(range(20, 26), 2), *around])[:10] == [1] * 10


def test_one_who_brings_a_neighbour_along_has_stayed() -> None:
    assert stays([*CREW, (0, 20), (1, 21), (20, 21)])[:10] == [1] * 10


def test_a_group_found_as_parts_of_itself_has_lost_nobody() -> None:
    parts = [*combinations(range(5), 2), *combinations(range(5, 10), 2), (0, 5)]
    assert stays(parts)[:10] == [1] * 10


def test_a_group_that_falls_apart_keeps_its_largest_piece() -> None:
    apart = [*combinations(range(6), 2), *combinations(range(6, 10), 2)]
    assert stays(apart)[:10] == [1] * 6 + [0] * 4


def test_a_group_of_which_nothing_is_left_has_lost_everybody() -> None:
    assert stays(OTHERS)[:10] == [0] * 10


def test_membership_is_the_share_of_runs() -> None:
    without = [pair for pair in CREW if 9 not in pair]
    assert stays(CREW, without, without, CREW)[9] == 0.5


def test_accounts_of_a_community_too_small_for_a_group_stay() -> None:
    chosen = Groups(resamples=1)
    labels = np.where(np.arange(N) < 4, 0, -1)
    found = stability.membership(labels, lambda run: links([]), chosen, seed=0)
    assert found.tolist() == [1] * 4 + [0] * 26


def test_without_runs_everyone_stays() -> None:
    assert stays() == [1] * 20 + [0] * 10


def test_a_sparse_and_a_dense_operator_are_alike_stable() -> None:
    """One of 700 accounts with 13 links each, one of 40 all linked; a tenth of the links is left out."""
    pairs = np.array([*sparse(range(700), 13, 2), *among(range(700, 740), 0.9, 3)])
    labels = np.where(np.arange(740) < 700, 0, 1)

    def resample(run: int) -> WeightedLinks:
        left = np.random.default_rng(run).random(len(pairs)) >= 0.1
        return links([(int(x), int(y)) for x, y in pairs[left]])

    found = stability.membership(labels, resample, Groups(resamples=4), seed=0)
    assert found[:700].mean() > 0.99
    assert found[700:].mean() > 0.99


def test_a_value_goes_with_all_of_its_rows() -> None:
    values = np.arange(20_000) // 10
    one = stability.kept(values, dropout=0.1, seed=1, run=0)
    assert one.mean() == pytest.approx(0.9, abs=0.03)
    assert (one.reshape(-1, 10).all(axis=1) | ~one.reshape(-1, 10).any(axis=1)).all()


def test_a_comparison_of_two_accounts_rests_on_no_value_and_stays() -> None:
    values = np.where(np.arange(2_000) % 2, -1, np.arange(2_000))
    stay = stability.kept(values, dropout=0.5, seed=1, run=0)
    assert stay[1::2].all()
    assert not stay[::2].all()
    assert stability.kept(np.full(3, -1), dropout=0.9, seed=0, run=0).all()


def test_what_is_left_out_is_drawn_by_seed_and_run() -> None:
    values = np.arange(10_000)
    one = stability.kept(values, dropout=0.1, seed=1, run=0)
    assert (one == stability.kept(values, dropout=0.1, seed=1, run=0)).all()
    assert (one != stability.kept(values, dropout=0.1, seed=1, run=1)).any()
    assert (one != stability.kept(values, dropout=0.1, seed=2, run=0)).any()
    assert stability.kept(values, dropout=0.0, seed=0, run=0).all()


def test_log_odds_without_a_value_are_those_without_its_rows() -> None:
    """Two pairs share a card; one of them also keeps the same hours, which is no value."""
    families = ("payment", "timing")
    rules = log_odds.rules(families, families, prior=-10.0, caps={"": 30.0}, rho={"": 0.3})
    columns = {"left": [0, 0, 2], "right": [1, 1, 3], "value": [7, None, 7], "bits": [20.0, 4.0, 20.0]}
    kind = np.array([Kind.VALUE, Kind.HOURS, Kind.VALUE], dtype=np.int8)
    rows = evidence_rows(np.array([0, 1, 0]), **columns).set_column(3, "kind", pa.array(kind))
    scored = log_odds.score(rows, rules)
    some = Links(rows, scored, np.array([True, True]), {}, families, 2)
    reasons = stability.Reasons.of(some, some.linked)
    assert reasons.value.tolist() == [7, -1, 7]
    prior = rules.priors(scored.left, scored.right)
    every = reasons.log_odds(np.ones(3, dtype=bool), rules, prior)
    assert every.tolist() == scored.log_odds.tolist() == [14.0, 10.0]
    assert reasons.log_odds(reasons.value != 7, rules, prior).tolist() == [-6.0, -10.0]
    one = stability.Reasons.of(some, np.array([True, False]))
    assert one.log_odds(np.ones(2, dtype=bool), rules, prior).tolist() == [14.0, -10.0]
