"""Objects are looked through seldom while rows are read, and as before afterwards."""

import gc

import pytest

from linkage.ingest.rare_collections import OBJECTS, rare_collections


def test_what_was_set_is_set_again_whatever_happens() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="broken"), rare_collections():
        assert gc.get_threshold() == (max(OBJECTS, before[0]), *before[1:])
        raise ValueError("broken")
    assert gc.get_threshold() == before


@pytest.mark.parametrize("set_before", [(0, 10, 10), (OBJECTS + 1, 5, 5)])
def test_nobody_is_looked_through_more_often_than_without(set_before: tuple[int, int, int]) -> None:
    before = gc.get_threshold()
    gc.set_threshold(*set_before)
    try:
        with rare_collections():
            assert gc.get_threshold() == set_before
        assert gc.get_threshold() == set_before
    finally:
        gc.set_threshold(*before)
