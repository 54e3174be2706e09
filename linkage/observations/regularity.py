"""Accounts whose requests come at gaps more equal than the population's, at several scales.

At each scale (gaps of seconds, minutes, hours, days) the account's gaps are searched for a narrow band
that holds most of them. The chance of so many there, given how often other accounts' gaps lie in that
band, is bounded (Chernoff) and multiplied by the number of bands and accounts looked at (Bonferroni).
Timers that many use (every hour on the hour) are thereby no mark of anybody.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints

SECOND = 1_000_000
SCALES = (
    (SECOND, "seconds", SECOND),
    (60 * SECOND, "minutes", 60 * SECOND),
    (3_600 * SECOND, "hours", 3_600 * SECOND),
    (86_400 * SECOND, "days", 86_400 * SECOND),
)
"""Least gap of each scale, its name and its unit; the next scale's least gap ends it, a month the last."""

LONGEST = 30 * 86_400 * SECOND

LEAST_GAPS = 8
"""Gaps of a scale an account needs there: of fewer, half would agree by chance too often."""

BAND = 1.1
"""Upper end of a band over its lower end: machines keep time to a few per cent."""

MOST = 0.5
"""Share of the account's gaps at the scale that the band must hold to be its habit."""

ALPHA = 0.01
"""Chance of any regular account in a population that draws its gaps from one law."""

IRREGULAR = "no timer"
"""Begins the value of an account that was compared and keeps no regular gaps; its middle gap ends it, so
that the value is its own and can be no mark of a group."""


@dataclass(frozen=True)
class Gaps:
    """Gaps in µs with account number, scale, and the place of the event that ends each; ordered by scale,
    account and gap."""

    a: Ints
    scale: Ints
    gap: Ints
    event: Ints


def gaps(a: Ints, at: Ints) -> Gaps:
    """All gaps between consecutive events of one account; `a` and `at` are ordered by account and time."""
    gap = np.diff(at, prepend=at[:1])
    within = np.diff(a, prepend=-1) == 0
    starts = np.array([least for least, _, _ in SCALES])
    scale = np.searchsorted(starts, gap, side="right") - 1
    event = np.flatnonzero(within & (scale >= 0) & (gap < LONGEST))
    order = np.lexsort((event, gap[event], a[event], scale[event]))
    event = event[order]
    return Gaps(a[event], scale[event], gap[event], event)


@dataclass(frozen=True)
class Habit:
    """Accounts with regular gaps at a scale: account, scale, the middle gap (µs), how many gaps lie in the
    band, and the first event that ends one of them."""

    a: Ints
    scale: Ints
    middle: Ints
    times: Ints
    event: Ints


def habits(found: Gaps) -> tuple[Habit, Ints]:
    """Regular accounts, and the numbers of all accounts that had enough gaps somewhere to be compared."""
    key = found.scale * (int(found.a.max(initial=0)) + 1) + found.a
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    enough = count >= LEAST_GAPS
    known = enough[inverse]
    a, scale, gap, run = found.a[known], found.scale[known], found.gap[known], inverse[known]
    compared = np.unique(a)
    low, high = _bands(run, gap)
    held = high - low
    n = count[run]
    share = _elsewhere(scale, gap, 1.0 / n, held)
    tests = int(enough.sum()) * n
    chance = _tail(held, n, share) * tests
    regular = (chance < ALPHA) & (held >= MOST * n)
    best = _best(run, chance, regular)
    middle = gap[(low[best] + high[best]) // 2]
    event = np.array(
        [found.event[known][low[i] : high[i]].min(initial=np.iinfo(np.int64).max) for i in best], np.int64
    )
    return Habit(a[best], scale[best], middle, held[best], event), compared


def _bands(run: Ints, gap: Ints) -> tuple[Ints, Ints]:
    """For each gap the places from and to which gaps of the same run lie in the band it begins."""
    width = np.int64(2 * LONGEST)
    place = np.arange(len(gap))
    # Gaps of one run ascend, and runs follow one another: one search over run and gap together.
    return place, np.searchsorted(run * width + gap, run * width + (gap * BAND).astype(np.int64), "right")


def _elsewhere(scale: Ints, gap: Ints, weight: Floats, held: Ints) -> Floats:
    """Share of the other accounts' gaps in the band that each gap begins; each account counts alike."""
    order = np.lexsort((weight, gap, scale))
    width = np.int64(2 * LONGEST)
    key = scale[order] * width + gap[order]
    summed = np.concatenate([[0.0], np.cumsum(weight[order])])
    low = np.searchsorted(key, scale * width + gap, "left")
    high = np.searchsorted(key, scale * width + (gap * BAND).astype(np.int64), "right")
    accounts = np.bincount(scale, weights=weight, minlength=len(SCALES))[scale]
    others = summed[high] - summed[low] - held * weight
    # One account more that is in the band: what nobody else does is not impossible.
    share: Floats = (np.maximum(others, 0.0) + 1) / (accounts - 1 + 2)
    return share


def _tail(k: Ints, n: Ints, share: Floats) -> Floats:
    """Upper bound on P(X ≥ k), X ~ Binomial(n, share): exp(−n·KL(k/n ‖ share))."""
    seen = np.minimum(k / n, 1 - 1e-12)
    p = np.clip(share, 1e-12, 1 - 1e-12)
    divergence = seen * np.log(seen / p) + (1 - seen) * np.log((1 - seen) / (1 - p))
    result: Floats = np.where(seen <= p, 1.0, np.exp(-n * divergence))
    return result


def _best(run: Ints, chance: Floats, regular: NDArray[np.bool_]) -> Ints:
    """The least likely regular band of each run; the first among equals."""
    able = np.flatnonzero(regular)
    order = able[np.lexsort((able, chance[able], run[able]))]
    first = np.ones(len(order), dtype=bool)
    first[1:] = run[order][1:] != run[order][:-1]
    result: Ints = order[first]
    return result


def _named(scale: int, middle: int) -> str:
    """The gap in words, on a grid of a quarter octave (19 %): two machines of one make fall together."""
    _, name, unit = SCALES[scale]
    rounded = 2.0 ** (round(4 * float(np.log2(middle / unit))) / 4)
    return f"{name}: about every {rounded:.3g} {name}"


def regularity_facts(names: list[str], acts: pa.Table) -> pa.Table:
    """Facts for each account with enough gaps: the scales at which it is regular, or that it is not.

    The trait `regularity` is held by regular accounts only, for each scale with and without its gap;
    `rhythm` by all that were compared, so that a group can be held against them. `acts` has a (account
    number), at (µs) and source, ordered by them.
    """
    a, at = acts["a"].to_numpy().astype(np.int64), acts["at"].to_numpy()
    found, compared = habits(gaps(a, at))
    first = np.searchsorted(a, np.arange(len(names)))
    last = np.searchsorted(a, np.arange(len(names)), side="right") - 1
    rows: list[tuple[int, str, str, int, int]] = []
    columns = (found.a, found.scale, found.middle, found.times, found.event)
    for who, scale, middle, times, event in zip(*(c.tolist() for c in columns), strict=True):
        name = SCALES[scale][1]
        rows += [(who, "regularity", value, times, event) for value in (name, _named(scale, middle))]
        rows.append((who, "rhythm", f"regular at {name}", times, event))
    count = np.bincount(a, minlength=len(names))
    others = np.setdiff1d(compared, found.a)
    gap = np.diff(at)
    for who in others.tolist():
        middle = float(np.median(gap[first[who] : last[who]])) / SECOND
        value = f"{IRREGULAR}, middle gap {middle:.6f} s"
        rows.append((who, "rhythm", value, int(count[who]), int(first[who])))
    return _facts(sorted(rows), names, acts, first, last)


def _facts(
    rows: list[tuple[int, str, str, int, int]], names: list[str], acts: pa.Table, first: Ints, last: Ints
) -> pa.Table:
    """Facts from account number, trait, value, count and the place of the event that shows it."""
    who, trait, value, times, event = list(zip(*rows, strict=True)) if rows else [()] * 5
    number, at = np.array(who, np.int64), acts["at"].to_numpy()
    return pa.table(
        {
            "account": pa.array([names[i] for i in who], pa.string()),
            "trait": pa.array(trait, pa.string()),
            "value": pa.array(value, pa.string()),
            "first_at": pa.array(at[first[number]], pa.int64()),
            "last_at": pa.array(at[last[number]], pa.int64()),
            "count": pa.array(times, pa.int64()),
            "source": acts["source"].take(pa.array(event, pa.int64())).cast(pa.string()),
        }
    )
