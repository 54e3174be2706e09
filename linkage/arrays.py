"""The array types that pass between stages: dense account, value and pair numbers, and bits."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = TypeVar("Whole", bound=np.integer[Any])
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DECIMALS = 6
"""Places to which bits, shares and similarities are rounded: the last bits of a product depend on the
processor, and no table may. A unit of the tables, not a choice."""

MICRO = 1e6
"""Bits are added as whole millionths, so that no sum depends on its order."""


def distinct(numbers: NDArray[Whole]) -> NDArray[Whole]:
    """The distinct ones of some whole numbers, in order. NumPy's `unique` takes a hundred times as long for
    ten million: it hashes them, and then sorts."""
    ordered = np.sort(numbers)
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    result: NDArray[Whole] = ordered[new]
    return result


def places_of(wanted: Ints, ordered: Ints | NDArray[np.int32]) -> Ints:
    """Where some numbers stand in others that are in order: all places of the first, then of the next."""
    # Of another type, all that is ordered would be copied.
    wanted = wanted.astype(ordered.dtype, copy=False)
    low, high = (np.searchsorted(ordered, wanted, side) for side in ("left", "right"))
    return ranges(low, high)


def ranges(low: Ints, high: Ints) -> Ints:
    """The numbers from each `low` to before its `high`, range after range."""
    width = high - low
    result: Ints = np.arange(int(width.sum())) + np.repeat(low - (np.cumsum(width) - width), width)
    return result
