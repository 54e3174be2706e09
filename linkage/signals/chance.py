"""What two accounts that do much share by chance: the more values each holds, the more they have in common.

A shared value is weighed by how few accounts hold it, whoever they are. Of a trait of which an account holds
hundreds of values, two busy strangers share several rare ones. So what such values say together is held to
the chance that two accounts with n₁ and n₂ of them have at least as many in common. Where accounts and values
keep their numbers and all else is chance, that number is close to Poisson, with mean n₁·n₂·q, q being the
rate at which all other accounts have values in common (the configuration model: Newman, Strogatz and Watts
2001). No likelihood ratio is larger than one over the chance of what is seen.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from linkage.signals.holdings import Common, Holdings
from linkage.signals.shared import LEAST_BITS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = 8
"""Rarities looked at apart, in steps of one bit: at the floor, up to one bit below it, and so on."""


class Chance:
    """How many values of each of `signals` (numbers, in order) two accounts would share, at each level of
    rarity and above. Their bits must not fade. `correlation` is that between values of one signal, by which
    several count as fewer."""

    def __init__(self, holdings: Holdings, signals: Sequence[int], correlation: float) -> None:
        self.signals, self._correlation = np.array(signals, dtype=np.int64), correlation
        self._top = np.zeros(int(max(signals, default=-1)) + 1)
        v = holdings.v
        own = np.isin(holdings.signal[v], self.signals)
        a, v = holdings.a[own], v[own]
        signal, bits = holdings.signal[v], holdings.bits[v]
        np.maximum.at(self._top, signal, bits)
        row, level = np.searchsorted(self.signals, signal), self._level(signal, bits)
        shape = (len(signals), LEVELS, holdings.accounts)
        cell = np.ravel_multi_index((row, level, a), shape) if len(a) else a
        values = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        self._values = values.cumsum(axis=1).astype(np.int32)
        # Pairs of accounts that hold a value, over all values: half the sum of d − 1 over all holdings.
        met = np.zeros(shape[:2], dtype=np.int64)
        np.add.at(met, (row, level), holdings.degree[v] - 1)
        self._met = met.cumsum(axis=1) // 2
        held = self._values.astype(float)
        self._chances = (held.sum(axis=2) ** 2 - (held**2).sum(axis=2)) / 2

    def _level(self, signal: Ints, bits: Floats) -> Ints:
        below = np.ceil(self._top[signal] - bits - 1e-6).astype(np.int64)
        return np.clip(below, 0, LEVELS - 1)

    def held(self, found: Common, left: Ints, right: Ints) -> Common:
        """What these pairs have in common, its bits held to the chance of so many values of a signal.

        What then says less than LEAST_BITS is left out.
        """
        own = np.flatnonzero(np.isin(found.signal, self.signals))
        if not len(own):
            return found
        some = found.only(own)
        starts = some.starts()
        run = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(own)]))
        cell = run * LEVELS + self._level(some.signal, some.bits)
        shape = (len(starts), LEVELS)
        count = np.bincount(cell, minlength=len(starts) * LEVELS).reshape(shape)
        whole = np.bincount(cell, np.rint(some.bits * 1e6), minlength=len(starts) * LEVELS).reshape(shape)
        told = np.flatnonzero(count)  # at other levels nothing is added
        count, total = count.cumsum(axis=1).ravel()[told], whole.cumsum(axis=1).ravel()[told] / 1e6
        at, level = np.divmod(told, LEVELS)
        place, pair = np.searchsorted(self.signals, some.signal[starts])[at], some.pair[starts][at]
        chances = self._values[place, level, left[pair]].astype(float)
        chances *= self._values[place, level, right[pair]]
        others = np.maximum(self._chances[place, level] - chances, 1.0)
        expected = chances * np.maximum(self._met[place, level] - count, 0) / others
        rule = total / (1 + (count - 1) * self._correlation)
        allowed = np.minimum(rule, surprise(count, expected))
        first = np.searchsorted(at, np.arange(len(starts)))
        share = np.maximum.reduceat(allowed, first) / np.maximum.reduceat(rule, first)
        bits = found.bits.copy()
        bits[own] = np.round(some.bits * share[run], 6)
        return replace(found, bits=bits).only(bits >= LEAST_BITS)


def surprise(count: Ints, expected: Floats) -> Floats:
    """−log₂ of the chance of at least so many where so many are expected, by Poisson's law."""
    from scipy.special import gammainc

    with np.errstate(divide="ignore"):
        result: Floats = -np.log2(gammainc(count, expected))
    return result
