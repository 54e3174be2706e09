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
from linkage.observations.durations import DAY, HOUR, MINUTE, SECOND
from linkage.settings.observations import Regularity

SCALES = ((SECOND, "seconds"), (MINUTE, "minutes"), (HOUR, "hours"), (DAY, "days"))
"""Unit and least gap of each scale, and its name; the next scale's least gap ends it."""

TINY = 1e-12
"""Keeps a logarithm finite; far below any share that can be met."""

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


def gaps(a: Ints, at: Ints, longest: int) -> Gaps:
    """Gaps (µs) below `longest` between consecutive events of one account; `a`, `at` are ordered so."""
    gap = np.diff(at, prepend=at[:1])
    within = np.diff(a, prepend=-1) == 0
    starts = np.array([least for least, _ in SCALES])
    scale = np.searchsorted(starts, gap, side="right") - 1
    event = np.flatnonzero(within & (scale >= 0) & (gap < longest))
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


def habits(found: Gaps, chosen: Regularity) -> tuple[Habit, Ints]:
    """Regular accounts, and the numbers of all accounts that had enough gaps somewhere to be compared."""
    key = found.scale * (int(found.a.max(initial=0)) + 1) + found.a
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    enough = count >= chosen.min_gaps
    known = enough[inverse]
    a, scale, gap, run = found.a[known], found.scale[known], found.gap[known], inverse[known]
    compared = np.unique(a)
    ends = (gap * chosen.band_ratio).astype(np.int64)
    # Gaps of one run ascend, and runs follow one another: one search over run and gap together.
    low, high = np.arange(len(gap)), _places(run, gap, run, ends)
    held = high - low
    n = count[run]
    share = _elsewhere(scale, gap, ends, 1.0 / n, held)
    tests = int(enough.sum()) * n
    chance = _tail(held, n, share) * tests
    regular = (chance < chosen.p_value) & (held >= chosen.min_share * n)
    best = _best(run, chance, regular)
    middle = gap[(low[best] + high[best]) // 2]
    event = np.array(
        [found.event[known][low[i] : high[i]].min(initial=np.iinfo(np.int64).max) for i in best], np.int64
    )
    return Habit(a[best], scale[best], middle, held[best], event), compared


def _places(part: Ints, gap: Ints, among: Ints, ends: Ints) -> Ints:
    """Places after the last gap of the part `among` up to `ends`; `gap` ascends within each part."""
    width = np.int64(max(gap.max(initial=0), ends.max(initial=0)) + 1)
    return np.searchsorted(part * width + gap, among * width + ends, "right")


def _elsewhere(scale: Ints, gap: Ints, ends: Ints, weight: Floats, held: Ints) -> Floats:
    """Share of the other accounts' gaps in the band from each gap to its end; each account counts alike."""
    order = np.lexsort((weight, gap, scale))
    summed = np.concatenate([[0.0], np.cumsum(weight[order])])
    low = _places(scale[order], gap[order], scale, gap - 1)
    high = _places(scale[order], gap[order], scale, ends)
    accounts = np.bincount(scale, weights=weight, minlength=len(SCALES))[scale]
    others = summed[high] - summed[low] - held * weight
    # One account more that is in the band: what nobody else does is not impossible.
    share: Floats = (np.maximum(others, 0.0) + 1) / (accounts - 1 + 2)
    return share


def _tail(k: Ints, n: Ints, share: Floats) -> Floats:
    """Upper bound on P(X ≥ k), X ~ Binomial(n, share): exp(−n·KL(k/n ‖ share))."""
    seen = np.minimum(k / n, 1 - TINY)
    p = np.clip(share, TINY, 1 - TINY)
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


def _label(scale: int, middle: int, steps: int) -> str:
    """The gap in words, on a grid of so many steps an octave: two machines of one make fall together."""
    unit, name = SCALES[scale]
    rounded = 2.0 ** (round(steps * float(np.log2(middle / unit))) / steps)
    return f"{name}: about every {rounded:.3g} {name}"


def regularity_facts(names: list[str], events: pa.Table, chosen: Regularity) -> pa.Table:
    """Facts for each account with enough gaps: the scales at which it is regular, or that it is not.

    The trait `regularity` is held by regular accounts only, for each scale with and without its gap;
    `rhythm` by all that were compared, so that a group can be held against them. `events` has a (account
    number), at (µs) and source, ordered by them.
    """
    a, at = events["a"].to_numpy().astype(np.int64), events["at"].to_numpy()
    found, compared = habits(gaps(a, at, chosen.longest_gap_days * DAY), chosen)
    first = np.searchsorted(a, np.arange(len(names)))
    last = np.searchsorted(a, np.arange(len(names)), side="right") - 1
    rows: list[tuple[int, str, str, int, int]] = []
    columns = (found.a, found.scale, found.middle, found.times, found.event)
    for who, scale, middle, times, event in zip(*(c.tolist() for c in columns), strict=True):
        unit_name, label = SCALES[scale][1], _label(scale, middle, chosen.steps_per_octave)
        rows += [(who, "regularity", value, times, event) for value in (unit_name, label)]
        rows.append((who, "rhythm", f"regular at {unit_name}", times, event))
    count = np.bincount(a, minlength=len(names))
    others = np.setdiff1d(compared, found.a)
    gap = np.diff(at)
    for who in others.tolist():
        middle = float(np.median(gap[first[who] : last[who]])) / SECOND
        value = f"{IRREGULAR}, middle gap {middle:.6f} s"
        rows.append((who, "rhythm", value, int(count[who]), int(first[who])))
    return _facts(sorted(rows), names, events, first, last)


_FACT = ("account number", "trait", "value", "count", "event")


def _facts(
    rows: list[tuple[int, str, str, int, int]], names: list[str], events: pa.Table, first: Ints, last: Ints
) -> pa.Table:
    """Facts from account number, trait, value, count and the place of the event that shows it."""
    who, trait, value, times, event = list(zip(*rows, strict=True)) if rows else [()] * len(_FACT)
    number, at = np.array(who, np.int64), events["at"].to_numpy()
    return pa.table(
        {
            "account": pa.array([names[i] for i in who], pa.string()),
            "trait": pa.array(trait, pa.string()),
            "value": pa.array(value, pa.string()),
            "first_at": pa.array(at[first[number]], pa.int64()),
            "last_at": pa.array(at[last[number]], pa.int64()),
            "count": pa.array(times, pa.int64()),
            "source": events["source"].take(pa.array(event, pa.int64())).cast(pa.string()),
        }
    )
