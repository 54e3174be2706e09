"""Who holds which values, as arrays, and what any two accounts hold in common.

Each account's values stand in order, so what two have in common is a merge of two short lists; an engine
would look up every value of the one with the other, which for busy accounts is most of the work of a run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import ibis.expr.types as ir
import numpy as np
from ibis import _
from scipy.sparse import csr_array

from linkage.arrays import Bools, Floats, Ints
from linkage.engines import Engine
from linkage.evidence.shared_values import LEAST_BITS

MOST_LOAD = 8_000_000
"""Values of all accounts of the pairs that are compared at once, of some ten bytes each."""

_NEVER = np.iinfo(np.int64).max // 4
"""Stands in for a moment that is not known: no two uses are taken to be apart by it."""


@dataclass(frozen=True)
class Common:
    """Values that pairs have in common, in runs of one pair and signal: the pair's place in the list asked
    about, number of the signal, number of the value, bits."""

    pair: Ints
    signal: Ints
    v: Ints
    bits: Floats

    def only(self, rows: Bools) -> "Common":
        """Those that are marked."""
        return Common(self.pair[rows], self.signal[rows], self.v[rows], self.bits[rows])


class Holdings:
    """The values of `accounts` accounts that say something.

    `held`: a, v, first_at, last_at, signal, bits, half_life, each account and value once. Values are
    numbered by trait, so that those of one signal follow each other.
    """

    def __init__(self, engine: Engine, held: ir.Table, accounts: int) -> None:
        rows = engine.collect(
            held.filter(_.bits >= LEAST_BITS)
            .select("a", "v", "first_at", "last_at", "signal", "bits", "half_life")
            .order_by("a", "v"),
            at_most=engine.max_rows,
        )
        self.accounts = accounts
        a, v = (rows[name].to_numpy().astype(np.int64) for name in ("a", "v"))
        values = int(v.max(initial=-1)) + 1
        self.signal = np.zeros(values, dtype=np.int64)
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
        pair, v = np.repeat(np.arange(len(left)), np.diff(both.indptr)), both.indices.astype(np.int64)
        bits = self.bits[v]
        fading = np.flatnonzero(self.half_life[v] > 0)
        at, of = pair[fading], v[fading]
        apart = self.apart(left[at], right[at], of)
        bits[fading] = np.round(bits[fading] * np.exp2(-apart / self.half_life[of]), 6)
        return Common(pair, self.signal[v], v, bits).only(bits >= LEAST_BITS)

    def apart(self, left: Ints, right: Ints, v: Ints) -> Ints:
        """µs between two accounts' uses of a value both hold; 0 where they overlap or no time is known."""
        one, other = self._place(left, v), self._place(right, v)
        begun = np.maximum(self._first[one], self._first[other])
        ended = np.minimum(self._last[one], self._last[other])
        result: Ints = np.maximum(begun - ended, 0)
        return result

    def _place(self, a: Ints, v: Ints) -> Ints:
        result: Ints = np.searchsorted(self._key, a * len(self.signal) + v)
        return result
