"""Day–night profiles: how alike the hours are at which two accounts work.

What a likeness is worth is learnt from the accounts themselves: each one's even days against its own
odd days shows what one hand looks like, and odd days of strangers what chance looks like.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HOUR = 3_600_000_000
LEAST_EVENTS = 12
"""Events an account needs on its even and on its odd days before its hours are compared."""
MOST_BITS = 3.0
"""Hours say little: half of the world sleeps at the same time."""
BINS = 8


@dataclass(frozen=True)
class Halves:
    """Square roots of each hour's share, (accounts, 24), on even and on odd days; and who has enough."""

    even: NDArray[np.float64]
    odd: NDArray[np.float64]
    enough: NDArray[np.bool_]


def halves(a: NDArray[np.int64], at: NDArray[np.int64], accounts: int) -> Halves:
    """The hours of each account number `a` at moments `at` (µs), in two halves."""
    hour, odd = (at // HOUR) % 24, (at // (24 * HOUR)) % 2
    counts = np.bincount((a * 2 + odd) * 24 + hour, minlength=accounts * 48).reshape(accounts, 2, 24)
    total = counts.sum(axis=2, keepdims=True)
    # One event more in each hour: few events must not look like sharp habits.
    roots = np.sqrt((counts + 1.0) / (total + 24.0))
    enough = (total[:, :, 0] >= LEAST_EVENTS).all(axis=1)
    return Halves(roots[:, 0], roots[:, 1], enough)


def weigh_hours(
    halves: Halves, left: NDArray[np.int64], right: NDArray[np.int64], *, seed: int
) -> NDArray[np.float64]:
    """Bits for each pair, from −3 to 3; NaN where either account has too few events to be compared."""
    even, odd, enough = halves.even, halves.odd, halves.enough
    known = np.flatnonzero(enough)
    bits = np.full(len(left), np.nan)
    if len(known) < 50:
        return bits
    both = enough[left] & enough[right]
    own = np.einsum("ij,ij->i", even[known], odd[known])
    strangers = np.random.default_rng(seed).permutation(known)
    chance = np.einsum("ij,ij->i", even[known], odd[strangers])
    edges = np.quantile(np.concatenate([own, chance]), np.linspace(0, 1, BINS + 1)[1:-1])
    same = (np.bincount(np.searchsorted(edges, own), minlength=BINS) + 1) / (len(own) + BINS)
    other = (np.bincount(np.searchsorted(edges, chance), minlength=BINS) + 1) / (len(chance) + BINS)
    worth = np.clip(np.log2(same / other), -MOST_BITS, MOST_BITS)
    alike = np.einsum("ij,ij->i", even[left[both]], odd[right[both]])
    bits[both] = np.round(worth[np.searchsorted(edges, alike)], 6)
    return bits
