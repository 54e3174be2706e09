import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.lab.calibrate import (
    APART,
    BITS,
    EXPLAINED,
    PLACES,
    REPORTED,
    TENTHS,
    UNRESOLVED,
    Base,
    Links,
    Sums,
    as_predicted,
    base,
    check_groups,
    class_weighted,
    links,
    probability,
    resampled,
    tally,
    with_true_prior,
    worth,
)

TRUTH = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": None, "g": None, "h": ""}


def row(left: str, right: str, log_odds: float, verdict: str | None = None) -> dict[str, object]:
    return {"left": left, "right": right, "log_odds": log_odds, "verdict": verdict}


def made(log_odds: list[float], same: list[bool]) -> Links:
    count = len(same)
    left = np.arange(count) * 2
    return Links(
        left, left + 1, np.array(log_odds), np.array(same, bool), np.full(count, PLACES.index(APART))
    )


def test_links_stand_beside_the_truth_and_know_where_they_ended() -> None:
    found = links(
        [row("a", "b", 3.5), row("a", "d", 1.0), row("f", "g", 2.0), row("d", "e", 0.5), row("c", "h", 2.0)],
        TRUTH,
        groups={"a": "1", "b": "1", "d": "2"},
        unresolved={"h": "5", "c": "5"},
        explained={"f": "3", "g": "3", "e": "4"},
    )
    assert found.same.tolist() == [True, False, False, True, False]
    assert [PLACES[n] for n in found.place] == [REPORTED, APART, EXPLAINED, APART, UNRESOLVED]
    assert found.log_odds.tolist() == [3.5, 1.0, 2.0, 0.5, 2.0]


def test_two_innocents_are_never_right() -> None:
    found = links(
        [row("f", "g", 9.0), row("g", "h", 9.0), row("f", "new", 9.0)],
        TRUTH,
        groups={},
        unresolved={},
        explained={},
    )
    assert not found.same.any()


def test_a_person_s_verdict_is_not_judged() -> None:
    rows = [row("a", "b", -20.0, "linked"), row("a", "c", 4.0)]
    assert links(rows, TRUTH, groups={}, unresolved={}, explained={}).log_odds.tolist() == [4.0]


def test_no_links_at_all() -> None:
    found = links([], TRUTH, groups={}, unresolved={}, explained={})
    assert as_predicted(found).error() is None
    assert as_predicted(found).bins() == ()
    assert class_weighted(found) is None
    assert resampled(found, runs=2, seed=0)[0].error() is None


def test_probability_is_that_of_the_odds() -> None:
    assert probability(np.array([0.0, 1.0, -2.0])).tolist() == pytest.approx([1 / 2, 2 / 3, 1 / 5])
    assert probability(np.array([5000.0, -5000.0])).tolist() == pytest.approx([1.0, 0.0])


def test_error_is_that_of_the_definition() -> None:
    # 1 bit: predicted 2/3, right 1 of 2. 5 bits: predicted 32/33, right 1 of 3.
    found = made([1.0, 1.0, 5.0, 5.0, 5.0], [True, False, True, False, False])
    expected = (2 * abs(2 / 3 - 1 / 2) + 3 * abs(32 / 33 - 1 / 3)) / 5
    assert as_predicted(found).error() == pytest.approx(expected)
    assert as_predicted(found).excess() == pytest.approx((2 * (2 / 3 - 1 / 2) + 3 * (32 / 33 - 1 / 3)) / 5)
    low, high = as_predicted(found).bins()
    assert (low.low, low.high, low.count, low.right) == (1.0, 2.0, 2, 0.5)
    assert (high.low, high.high, high.count) == (4.0, 6.0, 3)


def test_log_odds_drawn_as_they_say_are_calibrated() -> None:
    rng = np.random.default_rng(4)
    said = rng.uniform(0, 12, 40_000)
    found = made(said.tolist(), (rng.random(len(said)) < probability(said)).tolist())
    assert (as_predicted(found).error() or 0) < 0.01
    shifted = made((said + 6).tolist(), found.same.tolist())
    assert (as_predicted(shifted).error() or 0) > 0.05
    # A prior that is wrong by six bits is all that is wrong with them.
    moved = with_true_prior(shifted, Base(assumed=-10.0, planted=-16.0))
    assert moved is not None
    assert (moved.error() or 0) < 0.01


def test_class_weighting_does_not_ask_how_many_operators_there_are() -> None:
    rng = np.random.default_rng(5)
    said = rng.normal(2, 3, 60_000)
    same = rng.random(len(said)) < probability(said)
    # Nine of ten right links are taken away: the odds fall, by the same factor everywhere.
    kept = ~same | (rng.random(len(said)) < 0.1)
    whole = class_weighted(made(said.tolist(), same.tolist()))
    part = class_weighted(made(said[kept].tolist(), same[kept].tolist()))
    assert whole is not None
    assert part is not None
    assert (whole.error() or 0) < 0.02
    assert (part.error() or 0) > 0.1  # the log-odds were not told of it
    told = class_weighted(made((said[kept] + math.log2(0.1)).tolist(), same[kept].tolist()))
    assert told is not None
    assert (told.error() or 0) < 0.02


def test_the_truth_gives_the_odds_of_a_random_pair() -> None:
    known = base(TRUTH, -7.0)
    assert known.assumed == -7.0
    assert known.planted == pytest.approx(math.log2(4 / 24))
    assert base({"a": None, "b": None}, -7.0).planted is None
    assert with_true_prior(made([1.0], [True]), base({"a": None}, -7.0)) is None


def test_worth_is_free_of_the_prior() -> None:
    # Of all 4 right pairs, 2 lie in the bin; of all 24 wrong ones, 3 do.
    found = made([1.5] * 5, [True, True, False, False, False])
    assert worth(as_predicted(found), TRUTH) == (pytest.approx(math.log2((2 / 4) / (3 / 24))),)
    assert worth(as_predicted(made([1.5], [True])), TRUTH) == (None,)


@given(st.lists(st.tuples(st.floats(-60, 60), st.booleans()), max_size=40), st.integers(0, 40))
def test_sums_of_parts_are_the_sum_of_all(given_links: list[tuple[float, bool]], cut: int) -> None:
    parts = [given_links[:cut], given_links[cut:]]
    first, second, whole = (
        as_predicted(made([s for s, _ in some], [r for _, r in some])) for some in (*parts, given_links)
    )
    assert np.allclose((first + second).table, whole.table)
    assert whole.table[:, 0].sum() == len(given_links)
    error = whole.error()
    assert error is None or 0 <= error <= 1
    excess = whole.excess()
    assert excess is None or abs(excess) <= (error or 0) + 1e-12


def test_sums_over_other_bins_do_not_add() -> None:
    empty = np.zeros(0)
    with pytest.raises(ValueError, match="different bins"):
        tally(empty, empty, empty.astype(bool), edges=BITS) + tally(
            empty, empty, empty.astype(bool), edges=TENTHS
        )


def test_accounts_are_drawn_not_links() -> None:
    # One account in every link: drawn not at all, nothing is left; drawn twice, everything counts double.
    star = Links(
        np.zeros(6, np.int64), np.arange(1, 7), np.full(6, 3.0), np.ones(6, bool), np.zeros(6, np.int64)
    )
    totals = [sums.table[:, 0].sum() for sums in resampled(star, runs=200, seed=1)]
    assert 0.0 in totals
    assert max(totals) > 6
    assert any(total % 6 for total in totals)  # the other ends are drawn too
    assert np.mean(totals) == pytest.approx(6, rel=0.3)
    again = [sums.table[:, 0].sum() for sums in resampled(star, runs=200, seed=1)]
    assert totals == again


# --- groups --------------------------------------------------------------------------------------


def member(group: str, account: str, membership: float) -> dict[str, object]:
    return {"group": group, "account": account, "membership": membership}


def test_groups_are_right_when_one_operator_runs_half() -> None:
    findings = [
        {"group": "1", "log_odds": 20.0, "q_value": 0.01, "stability": 0.9},
        {"group": "2", "log_odds": 5.0, "q_value": None, "stability": 0.6},
    ]
    members = [
        member("1", "a", 1.0),
        member("1", "b", 0.9),
        member("1", "f", 0.5),
        member("2", "d", 0.7),
        member("2", "f", 0.7),
        member("2", "g", 0.7),
    ]
    (good, bad), sums = check_groups(findings, members, TRUTH)
    assert (good.operator, good.right, good.q_value) == ("x", True, 0.01)
    assert good.share == pytest.approx(2 / 3)
    assert (bad.operator, bad.right, bad.q_value) == ("y", False, None)
    # In a wrong group nobody is right, not even the operator's own account.
    assert sums.table[:, 2].sum() == 2
    assert isinstance(sums, Sums)


def test_a_group_of_innocents_has_no_operator() -> None:
    findings = [{"group": "1", "log_odds": 1.0, "q_value": 0.5, "stability": 0.5}]
    (check,), _ = check_groups(findings, [member("1", "f", 1.0), member("1", "g", 1.0)], TRUTH)
    assert (check.operator, check.share, check.right) == (None, 0.0, False)


def test_nothing_reported() -> None:
    checks, sums = check_groups([], [], TRUTH)
    assert checks == ()
    assert sums.error() is None
