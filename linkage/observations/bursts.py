"""Bursts: windows in which something happens far more often than around them (scan statistic).

For each start the count in the window is held against a Poisson law whose rate is that of the
surrounding days; the bound is divided by the number of windows looked at (Bonferroni), as in Naus's
scan statistic and its use on sign-ups by Xiao, Freeman and Hwa (2015).
"""

import itertools
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.observations.durations import DAY, HOUR
from linkage.settings.observations import Bursts as BurstSettings

TINY = 1e-12
"""Keeps a ratio and a logarithm finite; far below any rate that can be met."""


class Window(NamedTuple):
    """The width of a window and the stretch on either side that gives the local rate, in µs."""

    width: int
    around: int


def poisson_tail(count: NDArray[np.int64], rate: Floats) -> Floats:
    """Upper bound on P(X ≥ count), X ~ Poisson(rate) (Chernoff): exp(count − rate − count·ln(count/rate))."""
    safe = np.maximum(rate, TINY)
    ratio = np.maximum(count / safe, TINY)
    exponent = count - safe - count * np.log(ratio)
    return np.where(count <= safe, 1.0, np.exp(np.minimum(exponent, 0.0)))


def bursts(at: Ints, window: Window, chosen: BurstSettings) -> list[tuple[int, int, float]]:
    """Bursts among sorted moments (µs): first index, end index, expected count; apart from one another.

    Where windows overlap the least likely one is taken.
    """
    n = len(at)
    if n < chosen.min_events:
        return []
    end = np.searchsorted(at, at + window.width, side="right")
    count = (end - np.arange(n)).astype(np.int64)
    expected = _expected(at, count, window)
    tail = poisson_tail(count, expected)
    found = np.flatnonzero((tail * n < chosen.p_value) & (count >= chosen.min_events))
    covered = np.zeros(n, dtype=bool)
    kept = []
    for start in found[np.lexsort((found, tail[found]))]:
        if not covered[start : end[start]].any():
            covered[start : end[start]] = True
            kept.append((int(start), int(end[start]), float(expected[start])))
    return sorted(kept)


def _expected(at: Ints, count: Ints, window: Window) -> Floats:
    """Events expected in the window that begins at each moment, from the stretch around it."""
    width, around = window
    low = np.searchsorted(at, at - around)
    high = np.searchsorted(at, at + width + around, side="right")
    # The stretch is cut at the edges of the data, where fewer days can be looked at.
    span = np.minimum(at + width + around, at[-1]) - np.maximum(at - around, at[0])
    outside = np.maximum(span - width, width)
    expected: Floats = (np.maximum(high - low - count, 0) + 1) / outside * width
    return expected


def burst_facts(
    events: pa.Table, window: Window, chosen: BurstSettings, *, trait: str, by: str | None = None
) -> pa.Table:
    """Facts for the accounts in a burst: account, trait, value (the window), times, count and source.

    `events` has account, at, source and, with `by`, a column whose values are scanned one by one.
    """
    keys_first = [by or "at", "at", "account", "source"]
    ordered = events.sort_by([(name, "ascending") for name in keys_first])
    at = ordered["at"].to_numpy()
    keys = np.array(ordered[by].to_pylist(), dtype=object) if by else np.full(len(at), "", dtype=object)
    bounds = np.r_[0, np.flatnonzero(keys[1:] != keys[:-1]) + 1, len(at)]
    names, sources = ordered["account"].to_pylist(), ordered["source"].to_pylist()
    rows = []
    for low, high in itertools.pairwise(bounds.tolist()):
        for start, end, _ in bursts(at[low:high], window, chosen):
            label = _label(f"{keys[low]} from " if by else "", int(at[low + start]), window.width)
            for i in range(low + start, low + end):
                rows.append((names[i], trait, label, int(at[i]), sources[i]))
    return _facts(rows)


def _label(prefix: str, start: int, width: int) -> str:
    moment = str(np.datetime64(start, "us").astype("datetime64[m]")).replace("T", " ")
    span = f"{width // DAY} d" if width >= DAY else f"{width // HOUR} h"
    return f"{prefix}{moment} +{span}"


_COLUMNS = ("account", "trait", "value", "at", "source")


def _facts(rows: list[tuple[str, str, str, int, str]]) -> pa.Table:
    account, trait, value, at, source = list(zip(*rows, strict=True)) if rows else [()] * len(_COLUMNS)
    texts = {"account": account, "trait": trait, "value": value, "source": source}
    times = {"first_at": at, "last_at": at, "count": [1] * len(at)}
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in texts.items()}
        | {name: pa.array(column, pa.int64()) for name, column in times.items()}
    )


def registration_burst_facts(accounts: pa.Table, chosen: BurstSettings) -> pa.Table:
    """Facts for accounts opened in a burst, of hours or of days: `accounts` has account, at, source."""
    short = Window(chosen.registration_hours * HOUR, chosen.registration_hours_around_days * DAY)
    long = Window(chosen.registration_days * DAY, chosen.registration_days_around_days * DAY)
    return pa.concat_tables(
        burst_facts(accounts, window, chosen, trait="registration_burst") for window in (short, long)
    )


def issuing_burst_facts(payments: pa.Table, chosen: BurstSettings) -> pa.Table:
    """Facts for cards first used in a burst of their BIN: `payments` has account, at, source, bin."""
    window = Window(chosen.issuing_days * DAY, chosen.issuing_around_days * DAY)
    return burst_facts(payments, window, chosen, trait="issuing_burst", by="bin")
