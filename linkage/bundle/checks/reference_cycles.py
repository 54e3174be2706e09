"""Python's search for values that refer to one another in a circle, left out where there are none.

It goes through everything that is kept, over and over, while millions of small values are read: an eighth of
the time that a verification takes. Values without circles are freed without it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """No search inside; afterwards as it was."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
