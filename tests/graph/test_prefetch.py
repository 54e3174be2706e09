"""Rows made ahead come in their order, each once; what goes wrong in making them is told."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.graph.prefetch import DEPTH, ahead


@given(st.lists(st.integers() | st.none(), max_size=4 * DEPTH))
def test_the_same_items_in_the_same_order(items: list[int | None]) -> None:
    assert list(ahead(iter(items))) == items


@given(st.integers(0, 3 * DEPTH))
def test_what_fails_in_the_making_is_raised_after_what_was_made(good: int) -> None:
    def made() -> Iterator[int]:
        yield from range(good)
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"):
        for item in ahead(made()):
            seen.append(item)
    assert seen == list(range(good))


def test_no_more_is_made_than_is_said() -> None:
    made: list[int] = []

    def making() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    ahead_of = ahead(making())
    assert [next(ahead_of), next(ahead_of)] == [0, 1]
    ahead_of.close()
    assert len(made) <= DEPTH + 2
