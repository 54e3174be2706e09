"""What one signal says of one pair, summed for the link rule."""

import numpy as np

from linkage.evidence.pruning import summed


def test_a_pair_and_signal_have_the_sum_and_the_most_of_what_speaks_for_them() -> None:
    pair, signal = np.array([0, 0, 0, 2]), np.array([1, 1, 4, 1])
    found = summed(pair, signal, np.array([2.0, 3.5, -4.0, 0.25]))
    assert found.pair.tolist() == [0, 0, 2]
    assert found.signal.tolist() == [1, 4, 1]
    assert found.total.tolist() == [5_500_000, 0, 250_000]
    assert found.top.tolist() == [3_500_000, 0, 250_000]


def test_other_signals_stand_beside() -> None:
    one = summed(np.array([0]), np.array([1]), np.array([2.0]))
    both = one.beside(summed(np.array([0]), np.array([3]), np.array([1.0])))
    assert (both.pair.tolist(), both.signal.tolist()) == ([0, 0], [1, 3])
    assert (both.total.tolist(), both.top.tolist()) == ([2_000_000, 1_000_000],) * 2


def test_nothing_sums_to_nothing() -> None:
    none = np.empty(0, dtype=np.int64)
    assert len(summed(none, none, np.empty(0)).total) == 0
