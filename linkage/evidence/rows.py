"""Rows of evidence: what one signal says of one pair of accounts, in declared columns."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.arrays import Ints
from linkage.evidence.kinds import Kind

ROWS = pa.schema(
    [
        pa.field("left", pa.int32()),
        pa.field("right", pa.int32()),
        pa.field("signal", pa.int16()),
        pa.field("kind", pa.int8()),
        pa.field("value", pa.int64()),
        pa.field("bits", pa.float64()),
        pa.field("gap", pa.int64()),
        pa.field("count", pa.int64()),
        pa.field("expected", pa.float64()),
        pa.field("scale", pa.int8()),
    ]
)
"""One reason for one pair.

left, right: numbers of the accounts. signal: place in the list of signals. kind: see `Kind`.
value: number of the value (kind VALUE) or of the reason (kind EXPLAINED), else null.
bits: before the family rules. gap: µs between the two accounts' uses of a value.
count: how often, or how many accounts. expected: how many were to be expected by accident, or of APART the
share of the pairs of one group that resampled runs part. scale: place in the widths of `settings.recurrence`.
The last four are null for signals that measure no such thing.
"""

PAIR = pa.schema([pa.field("left", pa.int32()), pa.field("right", pa.int32())])

NO_PAIRS = PAIR.empty_table()


def evidence_rows(signal: int | Ints, *, kind: Kind = Kind.VALUE, **columns: Any) -> pa.Table:
    """ROWS of one signal (or of one for each row) from the named columns: `left`, `right`, `bits`, and what
    else it measures; a column that is not given is null. Raises ValueError for a name that ROWS lacks."""
    number = len(columns["bits"])
    same = {"signal": np.full(number, signal, np.int16), "kind": np.full(number, kind, np.int8)}
    filled = same | columns
    if not filled.keys() <= set(ROWS.names):
        raise ValueError(f"no columns of evidence: {sorted(filled.keys() - set(ROWS.names))}")
    arrays = [filled.get(field.name, pa.nulls(number, field.type)) for field in ROWS]
    return pa.table(arrays, ROWS.names).cast(ROWS)


def value_numbers(rows: pa.Table) -> Ints:
    """The number of each row's value; 0 where its kind has none, so look at `kind` too."""
    result: Ints = rows["value"].fill_null(0).to_numpy().astype(np.int64, copy=False)
    return result


def informative(rows: pa.Table, least_bits: float) -> pa.Table:
    """Rows that say enough to change a decision."""
    return rows.filter(pc.greater_equal(rows["bits"], least_bits))


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
