"""Numbers looked up among others that are in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.arrays import Ints, distinct, places_of

NUMBERS = st.lists(st.integers(-3, 9), max_size=20)


def whole(numbers: list[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


@given(NUMBERS, NUMBERS)
def test_each_number_stands_where_it_stands(wanted: list[int], others: list[int]) -> None:
    ordered = sorted(others)
    expected = [at for number in wanted for at, each in enumerate(ordered) if each == number]
    assert places_of(whole(wanted), whole(ordered)).tolist() == expected


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_distinct_numbers_in_order(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, dtype=np.int64)).tolist() == sorted(set(numbers))
