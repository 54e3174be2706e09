"""Python's search for objects that hold one another: rows have none, and it took a third of reading."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 100_000
"""Objects made before they are looked through for such: those of the rows of a block are gone by then."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """In it the objects of rows are seldom looked through; they go as always when nothing holds them."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], OBJECTS) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
