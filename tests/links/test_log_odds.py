"""From evidence to log-odds, against the rules written out pair by pair."""

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evidence.rows import evidence_rows
from linkage.links import log_odds as score
from linkage.links.log_odds import Rules, Scored

NAMES = ("network", "payment", "content")
FAMILIES = ("network", "network", "payment", "content")
"""Family of each signal number."""

PRIOR, CAPS, RHO = -12.5, {"network": 16.0, "payment": 20.0, "content": 9.0}, {"network": 0.5, "": 0.25}
RULES = score.rules(FAMILIES, NAMES, prior=PRIOR, caps=CAPS, rho=RHO)

Row = tuple[int, int, int, int, float]
"""Left, right, signal, value, bits."""

bits_drawn = st.integers(-3_000_000, 15_000_000).map(lambda n: n / 1e6)
rows_drawn = st.lists(
    st.tuples(
        st.sampled_from([(0, 1), (0, 2), (1, 2), (3, 9)]), st.integers(0, 3), st.integers(0, 5), bits_drawn
    ),
    max_size=40,
    unique_by=lambda row: row[:3],
).map(lambda rows: [(*pair, signal, v, bits) for pair, signal, v, bits in rows])


def table(rows: list[Row]) -> pa.Table:
    columns = np.array(rows, dtype=object).reshape(-1, 5).T
    left, right, signal, value = columns[:4].astype(np.int64)
    return evidence_rows(signal, left=left, right=right, value=value, bits=columns[4].astype(float))


def scored(rows: list[Row], rules: Rules = RULES) -> tuple[pa.Table, Scored]:
    ordered = table(rows).take(pa.array(score.order(table(rows), rules)))
    return ordered, score.score(ordered, rules)


def log_odds(rows: list[Row], rules: Rules = RULES) -> dict[tuple[int, int], float]:
    _, found = scored(rows, rules)
    pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
    return dict(zip(pairs, found.log_odds.tolist(), strict=True))


def reference(rows: list[Row]) -> dict[tuple[int, int], float]:
    """The rules in plain words."""
    sums: dict[tuple[int, int], float] = {}
    by_signal: dict[tuple[tuple[int, int], str, int], list[float]] = defaultdict(list)
    for left, right, signal, _, bits in rows:
        sums.setdefault((left, right), PRIOR)
        if bits > 0:
            by_signal[(left, right), FAMILIES[signal], signal].append(bits)
        else:
            sums[left, right] += bits
    best: dict[tuple[tuple[int, int], str], float] = defaultdict(float)
    for (pair, family, _), values in by_signal.items():
        ordered, rho = sorted(values, reverse=True), RHO.get(family, RHO[""])
        together = [sum(ordered[:k]) / (1 + (k - 1) * rho) for k in range(1, len(ordered) + 1)]
        best[pair, family] = max(best[pair, family], min(max(together), CAPS[family]))
    for (pair, _), bits in best.items():
        sums[pair] += bits
    return sums


@given(rows_drawn)
def test_log_odds_are_those_of_the_rules(rows: list[Row]) -> None:
    found = log_odds(rows)
    assert found.keys() == reference(rows).keys()
    assert found == pytest.approx(reference(rows), abs=1e-5)


@given(rows_drawn)
def test_log_odds_are_the_prior_and_what_is_counted(rows: list[Row]) -> None:
    ordered, found = scored(rows)
    assert len(found.counted) == ordered.num_rows
    sums = PRIOR + np.bincount(found.pair, weights=found.counted, minlength=len(found.left))
    assert np.abs(sums - found.log_odds).max(initial=0) < 1e-6


@given(rows_drawn, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows: list[Row], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    (ordered, one), (other_rows, other) = scored(rows), scored(shuffled)
    assert ordered.equals(other_rows)
    assert (one.log_odds == other.log_odds).all() and (one.counted == other.counted).all()
    assert (one.families == other.families).all()


@given(rows_drawn.filter(bool), st.data())
def test_less_evidence_for_never_says_more(rows: list[Row], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(rows))
    before, after = log_odds(rows), log_odds([row for row in rows if row != gone])
    pair = gone[0], gone[1]
    if gone[4] > 0 and pair in after:
        assert after[pair] <= before[pair] + 1e-5
    assert all(after[other] == before[other] for other in after if other != pair)


@given(rows_drawn)
def test_no_row_counts_for_more_than_it_says(rows: list[Row]) -> None:
    ordered, found = scored(rows)
    bits = ordered["bits"].to_numpy()
    assert (found.counted <= np.maximum(bits, 0) + 1e-6).all() or (bits < 0).any()
    assert (found.counted[bits < 0] == bits[bits < 0]).all()
    assert (found.counted[bits >= 0] >= 0).all()


# --- each rule by itself -------------------------------------------------------------------------


def counted(*rows: tuple[int, int, float]) -> list[float]:
    """Counted bits of one pair's (signal, value, bits)."""
    _, found = scored([(0, 1, *row) for row in rows])
    return found.counted.tolist()


def test_a_family_gives_its_best_signal_only() -> None:
    assert counted((0, 0, 5.0), (1, 0, 7.0), (2, 0, 3.0)) == [0, 7, 3]


def test_the_first_of_equal_signals_counts() -> None:
    assert counted((0, 0, 5.0), (1, 0, 5.0)) == [5, 0]


def test_several_values_count_as_fewer() -> None:
    # Two values at a correlation of a half: 12 / 1.5.
    assert counted((0, 0, 6.0), (0, 1, 6.0)) == [4, 4]


def test_a_weak_value_takes_nothing_from_a_strong_one() -> None:
    assert counted((0, 0, 10.0), (0, 1, 1.0)) == [10, 0]


def test_a_family_is_capped() -> None:
    assert sum(counted((3, 0, 8.0), (3, 1, 8.0))) == pytest.approx(9)
    assert sum(counted((0, 0, 40.0))) == 16


def test_evidence_against_always_counts() -> None:
    assert counted((0, 0, 6.0), (0, 1, -2.0), (1, 0, -1.0)) == [6, -2, -1]


def test_families_that_speak_are_marked() -> None:
    _, found = scored([(0, 1, 0, 0, 5.0), (0, 1, 2, 0, -1.0), (0, 1, 3, 0, 2.0), (0, 2, 1, 0, 0.0)])
    assert found.families.tolist() == [0b101, 0]


def test_nothing_scores_nothing() -> None:
    _, found = scored([])
    assert len(found.left) == len(found.log_odds) == len(found.counted) == 0


# --- the prior -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "bits"), [(0.025, -10.6), (20 / 1_000_000, -31.2), (1.0, 29.9), (0.0, -59.8), (0.5**0.5, 0.0)]
)
def test_the_prior_of_an_operator_s_size(share: float, bits: float) -> None:
    assert score.prior_bits(share) == pytest.approx(bits, abs=0.06)


def test_unknown_families_get_the_tightest_cap_and_the_default_correlation() -> None:
    made = score.rules(["new"], ["network", "new"], prior=0.0, caps={"network": 7.0}, rho={"": 0.25})
    assert made.caps.tolist() == [7, 7] and made.correlation.tolist() == [0.25, 0.25]
    assert made.family.tolist() == [1]


@given(rows_drawn, st.integers(1, 12))
def test_rows_counted_some_at_a_time_say_the_same(rows: list[Row], piece: int) -> None:
    _, whole = scored(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(score, "PIECE", piece)
        ordered, parts = scored(rows)
        slices = list(score.pieces(parts.pair))
    for one, other in zip(vars(whole).values(), vars(parts).values(), strict=True):
        assert one.tolist() == other.tolist()
    assert [row for each in slices for row in range(each.start, each.stop)] == list(range(ordered.num_rows))
    pairs = [set(parts.pair[each].tolist()) for each in slices]
    assert sum(map(len, pairs)) == len(set().union(*pairs)), "no pair is cut in two"
