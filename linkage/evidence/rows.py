"""Rows of evidence: what one reason says of one pair, in numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.evidence.shared_values import LEAST_BITS

HOURS = -1
"""Stands for a value where the evidence is a comparison of two accounts' hours of the day."""

THEMES = -2
"""The same for a comparison of the themes they ask about."""

COMPANY = -3
"""The same for the accounts linked with both."""

APART = -4
"""The same for where grouping put the two."""

SIZE = -5
"""The same for how many accounts the group of both has."""

EXPLAINED = -6
"""The same for the first reason that explains what they share; further reasons are numbered downwards."""

ROWS = pa.schema(
    [
        pa.field("left", pa.int32()),
        pa.field("right", pa.int32()),
        pa.field("signal", pa.int16()),
        pa.field("v", pa.int64()),
        pa.field("bits", pa.float64()),
        pa.field("gap", pa.int64()),
    ]
)
"""One reason for one pair: account numbers, number of the signal in the list, number of the value (or
HOURS, or another of the above), bits before the family rules, and µs between the uses. For signals that
count, `gap` is how often; for those that count twice, both counts (`packed`)."""

PAIR = pa.schema([pa.field("left", pa.int32()), pa.field("right", pa.int32())])

NO_PAIRS = PAIR.empty_table()

PACK = 1_000_000


def packed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two counts in one number: the first in millions, the second (below a million) in the rest."""
    result: np.ndarray = first.astype(np.int64) * PACK + np.minimum(second.astype(np.int64), PACK - 1)
    return result


def said(signal: int, columns: Sequence[Any], *, bits: np.ndarray, gap: Any) -> pa.Table:
    """Rows of one signal from left, right and value numbers."""
    left, right, v = columns
    filled = [left, right, np.full(len(bits), signal), v, bits, gap]
    return pa.table(dict(zip(ROWS.names, filled, strict=True))).cast(ROWS)


def telling(rows: pa.Table) -> pa.Table:
    """Rows that say enough to change a decision."""
    return rows.filter(pc.greater_equal(rows["bits"], LEAST_BITS))


def starts(*keys: np.ndarray) -> np.ndarray:
    """Where runs of equal keys begin."""
    new = np.ones(len(keys[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(new)


def pair_numbers(pairs: pa.Table, accounts: int) -> np.ndarray:
    """One number for each pair: left times the number of accounts, plus right."""
    left, right = (pairs[side].to_numpy().astype(np.int64) for side in PAIR.names)
    result: np.ndarray = left * accounts + right
    return result
