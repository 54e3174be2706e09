"""Which pairs can become links at all, so that only their reasons leave the engine.

Of all pairs worth comparing about one in nine becomes a link, and the others hold most of the rows. The
bound follows the family rule (the strongest signal of a family counts, several of its values as fewer by
Kish's design effect) from above, without what speaks against a pair: no link is lost, and most others go.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.evidence.rows import starts

_SLACK = 0.01
"""Bits; what is rounded, and when, differs a little from the score itself."""


@dataclass(frozen=True)
class Needed:
    """What makes a link: for every signal number its `family` number, that family's `cap` and `correlation`,
    and whether it is `strong`; so many bits from all signals, and so many from strong ones, are needed."""

    family: Ints
    cap: Floats
    correlation: Floats
    strong: NDArray[np.bool_]
    bits: float
    strong_bits: float


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


def summed(pair: Ints, signal: Ints, bits: Floats) -> Sums:
    """Sums over rows in runs of one pair and signal, of what speaks for the pair."""
    first = starts(pair, signal)
    if not len(first):
        return Sums(pair, signal, *np.empty((2, 0), dtype=np.int64))
    whole = np.rint(np.maximum(bits, 0) * 1e6).astype(np.int64)
    total, top = np.add.reduceat(whole, first), np.maximum.reduceat(whole, first)
    return Sums(pair[first], signal[first], total, top)


def possible(sums: Sums, pairs: int, needed: Needed, later: Mapping[int, float]) -> NDArray[np.bool_]:
    """Which of so many pairs may reach what is needed; each pair and signal is summed once.

    `later` are signals that are not in the evidence yet, with the most bits each can give; as many are
    granted. They are weak ones: none counts among the strong.
    """
    signal, total, top = sums.signal, sums.total, np.maximum(sums.top, 1)
    # As if the values were all as strong as the strongest: the k that give the total then count most.
    together = total / (1 + (total / top - 1) * needed.correlation[signal])
    each = np.rint(np.minimum(together, needed.cap[signal] * 1e6)).astype(np.int64)
    families = int(needed.family.max(initial=0)) + 1
    cell = sums.pair * families + needed.family[signal]
    bits, strong = np.zeros((2, pairs * families), dtype=np.int64)
    np.maximum.at(bits, cell, each)
    np.maximum.at(strong, cell, np.where(needed.strong[signal], each, 0))
    # A family gives its best signal: what comes later adds only what is above the family's best so far.
    late = _by_family(needed.family, later, families)
    most = np.maximum(bits.reshape(pairs, families), late).sum(axis=1)
    alone = strong.reshape(pairs, families).sum(axis=1)
    enough = most >= (needed.bits - _SLACK) * 1e6
    result: NDArray[np.bool_] = enough & (alone >= (needed.strong_bits - _SLACK) * 1e6)
    return result


def _by_family(family: Ints, later: Mapping[int, float], families: int) -> Ints:
    """Millionths of a bit that each family may still give."""
    most = np.zeros(families, dtype=np.int64)
    for number, bits in later.items():
        most[family[number]] = max(most[family[number]], round(bits * 1e6))
    return most
