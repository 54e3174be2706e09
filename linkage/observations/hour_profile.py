"""Day–night profiles: how alike the hours are at which two accounts work.

What a likeness is worth is learnt from the accounts themselves: each one's even days against its own
odd days shows what one hand looks like, and odd days of strangers what chance looks like.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import DECIMALS, Floats, Ints
from linkage.observations.durations import DAY, HOUR
from linkage.observations.likeness import likeness_classes
from linkage.settings.observations import HourProfile

HOURS = DAY // HOUR

HIGHEST_DIGIT = 9
"""The busiest hour in the text of a profile, which has one decimal digit for each hour."""


@dataclass(frozen=True)
class HourProfiles:
    """Square roots of each hour's share, (accounts, 24), on even and on odd days; and who has enough."""

    even: Floats
    odd: Floats
    enough: NDArray[np.bool_]


def hour_profiles(a: Ints, at: Ints, accounts: int, chosen: HourProfile) -> HourProfiles:
    """The hours of each account number `a` at moments `at` (µs), in two halves."""
    hour, odd = (at // HOUR) % HOURS, (at // DAY) % 2
    counts = np.bincount((a * 2 + odd) * HOURS + hour, minlength=accounts * 2 * HOURS)
    counts = counts.reshape(accounts, 2, HOURS)
    total = counts.sum(axis=2, keepdims=True)
    # One event more in each hour: few events must not look like sharp habits.
    roots = np.sqrt((counts + 1.0) / (total + float(HOURS)))
    enough = (total[:, :, 0] >= chosen.min_events).all(axis=1)
    return HourProfiles(roots[:, 0], roots[:, 1], enough)


@dataclass(frozen=True)
class LearntHours:
    """What a likeness of hours is worth: bits of each class, and the edges between classes. None of either
    where too few accounts have enough hours to learn from."""

    edges: Floats
    worth: Floats


def learnt_hours(profiles: HourProfiles, chosen: HourProfile, *, seed: int) -> LearntHours:
    """What a likeness of hours is worth among these accounts."""
    even, odd = profiles.even, profiles.odd
    known = np.flatnonzero(profiles.enough)
    if len(known) < chosen.min_accounts:
        return LearntHours(np.empty(0), np.empty(0))
    own = np.einsum("ij,ij->i", even[known], odd[known])
    strangers = np.random.default_rng(seed).permutation(known)
    chance = np.einsum("ij,ij->i", even[known], odd[strangers])
    edges, ratio = likeness_classes(own, chance, chosen.classes)
    return LearntHours(edges, np.clip(ratio, -chosen.max_bits, chosen.max_bits))


def hour_bits(profiles: HourProfiles, left: Ints, right: Ints, learnt: LearntHours) -> Floats:
    """Bits for each pair, from −max_bits to max_bits; NaN where either account cannot be compared."""
    bits = np.full(len(left), np.nan)
    if not len(learnt.worth):
        return bits
    both = profiles.enough[left] & profiles.enough[right]
    alike = np.einsum("ij,ij->i", profiles.even[left[both]], profiles.odd[right[both]])
    bits[both] = np.round(learnt.worth[np.searchsorted(learnt.edges, alike)], DECIMALS)
    return bits


def hour_facts(names: list[str], events: pa.Table, chosen: HourProfile) -> pa.Table:
    """One fact for each account with enough events: its 24 hours as digits 0–9, busiest hour 9.

    `events` has a (account number), at (µs) and source, ordered by them.
    """
    a, at = events["a"].to_numpy(), events["at"].to_numpy()
    enough = hour_profiles(a, at, len(names), chosen).enough
    counts = np.bincount(a * HOURS + (at // HOUR) % HOURS, minlength=len(names) * HOURS).reshape(-1, HOURS)
    digits = (counts * HIGHEST_DIGIT // np.maximum(counts.max(axis=1, keepdims=True), 1)).astype(int)
    first = np.full(len(names), -1)
    first[a[::-1]] = np.arange(len(a))[::-1]
    last = np.full(len(names), -1)
    last[a] = np.arange(len(a))
    who = np.flatnonzero(enough)
    return pa.table(
        {
            "account": pa.array([names[i] for i in who], pa.string()),
            "trait": pa.array(["hours"] * len(who), pa.string()),
            "value": pa.array(["".join(map(str, digits[i])) for i in who], pa.string()),
            "first_at": pa.array([int(at[first[i]]) for i in who], pa.int64()),
            "last_at": pa.array([int(at[last[i]]) for i in who], pa.int64()),
            "count": pa.array([int(n) for n in counts[who].sum(axis=1)], pa.int64()),
            "source": events["source"].take(pa.array(first[who])),
        }
    )
