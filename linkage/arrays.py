"""The array types that pass between stages: dense account, value and pair numbers, and bits."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DIGITS = 6
"""Digits after the point of every number in a table: bits and shares are whole millionths."""
