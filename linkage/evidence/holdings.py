"""Who holds which values, as arrays, and what any two accounts hold in common.

Each account's values stand in order, so what two have in common is a merge of two short lists; an engine
would look up every value of the one with the other, which for busy accounts is most of the work of a run.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from itertools import pairwise

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray
from scipy.sparse import csr_array

from linkage.arrays import DECIMALS, Bools, Floats, Ints

MOST_LOAD = 2_000_000
"""Values of all accounts of the pairs that are compared at once, of some ten bytes each."""

_NEVER = np.iinfo(np.int64).max // 2
"""Stands in for a moment that is not known: no two uses are taken to be apart by it."""


def informative_holdings(held: ir.Table, least_bits: float) -> ir.Table:
    """Each account with each value of at least so many bits, once and in order: a, v, first_at, last_at,
    signal, bits, half_life. Values are numbered by trait, so those of one signal follow each other."""
    return (
        held.filter(_.bits >= least_bits)
        .select("a", "v", "first_at", "last_at", "signal", "bits", "half_life")
        .order_by("a", "v")
    )


@dataclass(frozen=True)
class Common:
    """Values that pairs have in common, in runs of one pair and signal: the pair's place in the list asked
    about, number of the signal, number of the value, bits: 18 bytes each, since millions are held at once."""

    pair: NDArray[np.int32]
    signal: NDArray[np.int16]
    v: NDArray[np.int32]
    bits: Floats

    def only(self, rows: Bools | Ints) -> "Common":
        """Those that are marked, or stand at these places."""
        return Common(self.pair[rows], self.signal[rows], self.v[rows], self.bits[rows])

    def of_pairs(self, kept: Bools) -> "Common":
        """Those of the pairs that are marked, whose places are then among these."""
        place = np.cumsum(kept, dtype=np.int32) - 1
        some = self.only(kept[self.pair])
        return Common(place[some.pair], some.signal, some.v, some.bits)


class Holdings:
    """The values of `accounts` accounts that say something.

    `rows` are those of `informative_holdings`; `least_bits` is what a value must say after fading.
    """

    def __init__(self, rows: pa.Table, accounts: int, *, least_bits: float) -> None:
        self.accounts, self._least_bits = accounts, least_bits
        a, v = (rows[name].to_numpy().astype(np.int64) for name in ("a", "v"))
        values = int(v.max(initial=-1)) + 1
        self.signal = np.zeros(values, dtype=np.int16)
        self.bits, self.half_life = np.zeros(values), np.zeros(values)
        self.signal[v], self.bits[v] = rows["signal"].to_numpy(), rows["bits"].to_numpy()
        self.half_life[v] = rows["half_life"].to_numpy()
        self._first = rows["first_at"].fill_null(-_NEVER).to_numpy()
        self._last = rows["last_at"].fill_null(_NEVER).to_numpy()
        self._key = a * values + v
        starts = np.searchsorted(a, np.arange(accounts + 1))
        self._held = csr_array(
            (np.ones(len(v), dtype=np.int8), v.astype(np.int32), starts), shape=(accounts, max(values, 1))
        )

    def of_signals(self, signals: Bools) -> "Holdings":
        """The same without the values of the other signals, given which (by number) are wanted."""
        some, held = copy(self), self._held
        kept = signals[self.signal[held.indices]]
        before = np.concatenate([[0], np.cumsum(kept)])
        some._held = csr_array((held.data[kept], held.indices[kept], before[held.indptr]), shape=held.shape)
        return some

    def pieces(self, left: Ints, right: Ints) -> Iterator[slice]:
        """The pairs in pieces that can be compared at once."""
        many = np.diff(self._held.indptr)
        load = np.cumsum(many[left] + many[right] + 1) // MOST_LOAD
        ends = [0, *(np.flatnonzero(np.diff(load)) + 1).tolist(), len(left)]
        for low, high in pairwise(ends):
            if low < high:
                yield slice(low, high)

    def common(self, left: Ints, right: Ints) -> Common:
        """What each pair has in common, in bits by rarity, faded by the time between the two uses."""
        both = self._held[left].multiply(self._held[right]).tocsr()
        pair = np.repeat(np.arange(len(left), dtype=np.int32), np.diff(both.indptr))
        v = both.indices.astype(np.int32, copy=False)
        bits = self.bits[v]
        fading = np.flatnonzero(self.half_life[v] > 0)
        at, of = pair[fading], v[fading]
        apart = self.apart(left[at], right[at], of)
        bits[fading] = np.round(bits[fading] * np.exp2(-apart / self.half_life[of]), DECIMALS)
        return Common(pair, self.signal[v], v, bits).only(bits >= self._least_bits)

    def apart(self, left: Ints, right: Ints, v: NDArray[np.int32]) -> Ints:
        """µs between two accounts' uses of a value both hold; 0 where they overlap or no time is known."""
        one, other = self._place(left, v), self._place(right, v)
        begun = np.maximum(self._first[one], self._first[other])
        ended = np.minimum(self._last[one], self._last[other])
        result: Ints = np.maximum(begun - ended, 0)
        return result

    def _place(self, a: Ints, v: NDArray[np.int32]) -> Ints:
        result: Ints = np.searchsorted(self._key, a * len(self.signal) + v)
        return result
