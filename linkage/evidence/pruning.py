"""Which pairs can become links at all, so that only their reasons leave the engine.

Of all pairs worth comparing about one in nine becomes a link, and the others hold most of the rows. What
makes a link is for the link rule to say; here is what it is asked with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import MICRO, Bools, Floats, Ints
from linkage.evidence.rows import starts

Numbers = NDArray[np.integer[Any]]
"""Whole numbers of any width."""


@dataclass(frozen=True)
class Sums:
    """What one signal says of one pair: the pair's place in a list, the signal's number, the sum of its
    values' bits and the most that one of them says, in millionths."""

    pair: Ints
    signal: Ints
    total: Ints
    top: Ints

    def beside(self, other: "Sums") -> "Sums":
        """These and others, of other signals."""
        both = ("pair", "signal", "total", "top")
        return Sums(*(np.concatenate([getattr(each, name) for each in (self, other)]) for name in both))


def summed(pair: Numbers, signal: Numbers, bits: Floats) -> Sums:
    """Sums over rows in runs of one pair and signal, of what speaks for the pair."""
    first = starts(pair, signal)
    if not len(first):
        return Sums(first, first, first, first)
    whole = np.rint(np.maximum(bits, 0) * MICRO).astype(np.int64)
    total, top = np.add.reduceat(whole, first), np.maximum.reduceat(whole, first)
    return Sums(pair[first].astype(np.int64), signal[first].astype(np.int64), total, top)


class Bound(Protocol):
    """A rule that can say from above which pairs may become links."""

    def could_be_link(self, sums: Sums, ends: tuple[Ints, Ints], later: Mapping[int, float]) -> Bools:
        """Which of these pairs (left, right) may, where the signals `later` may still give so many bits
        each."""
