"""What a likeness is worth: how much oftener one hand has it than strangers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from linkage.observations.likeness import likeness_classes

LIKENESSES = arrays(np.float64, st.integers(1, 60), elements=st.floats(-1, 1))


@given(LIKENESSES, LIKENESSES, st.integers(2, 9))
def test_over_strangers_the_expected_ratio_is_one(own: np.ndarray, chance: np.ndarray, classes: int) -> None:
    """A fair bet: with one more in every class, the ratios weighted by chance add up to one."""
    edges, bits = likeness_classes(own, chance, classes)
    counts = np.bincount(np.searchsorted(edges, chance), minlength=classes) + 1
    assert len(edges) == classes - 1 and len(bits) == classes
    assert np.sum(2.0**bits * counts / counts.sum()) == pytest.approx(1)


@given(LIKENESSES, st.integers(2, 9))
def test_where_one_hand_is_like_strangers_nothing_is_said(same: np.ndarray, classes: int) -> None:
    assert likeness_classes(same, same, classes)[1].tolist() == [0.0] * classes


def test_likenesses_that_only_one_hand_has_speak_for_it() -> None:
    bits = likeness_classes(np.linspace(0.5, 1, 80), np.linspace(0, 0.4, 80), 4)[1]
    assert bits[:2].max() < -4 and bits[2:].min() > 4
