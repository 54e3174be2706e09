"""Bursts: windows in which something happens far more often than around them (scan statistic).

For each start the count in the window is held against a Poisson law whose rate is that of the
surrounding days; the bound is divided by the number of windows looked at (Bonferroni), as in Naus's
scan statistic and its use on sign-ups by Xiao, Freeman and Hwa (2015).
"""

import itertools

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

HOUR = 3_600_000_000
DAY = 24 * HOUR


def poisson_tail(count: NDArray[np.int64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upper bound on P(X ≥ count), X ~ Poisson(rate) (Chernoff): exp(count − rate − count·ln(count/rate))."""
    safe = np.maximum(rate, 1e-12)
    ratio = np.maximum(count / safe, 1e-12)
    exponent = count - safe - count * np.log(ratio)
    return np.where(count <= safe, 1.0, np.exp(np.minimum(exponent, 0.0)))


def windows(
    at: NDArray[np.int64], *, width: int, around: int, alpha: float = 0.01
) -> list[tuple[int, int, float]]:
    """Bursts among sorted moments: (first index, end index, expected count), apart from one another.

    `width` is the window and `around` the stretch on either side that gives the local rate, in µs.
    Overlapping windows are joined greedily, the least likely first.
    """
    n = len(at)
    if n < 5:
        return []
    end = np.searchsorted(at, at + width, side="right")
    count = (end - np.arange(n)).astype(np.int64)
    low = np.searchsorted(at, at - around)
    high = np.searchsorted(at, at + width + around, side="right")
    # The stretch is cut at the edges of the data, where fewer days can be looked at.
    span = np.minimum(at + width + around, at[-1]) - np.maximum(at - around, at[0])
    outside = np.maximum(span - width, width)
    expected = (np.maximum(high - low - count, 0) + 1) / outside * width
    tail = poisson_tail(count, expected)
    found = np.flatnonzero((tail * n < alpha) & (count >= 5))
    taken = np.zeros(n, dtype=bool)
    bursts = []
    for start in found[np.lexsort((found, tail[found]))]:
        if not taken[start : end[start]].any():
            taken[start : end[start]] = True
            bursts.append((int(start), int(end[start]), float(expected[start])))
    return sorted(bursts)


def _label(prefix: str, start: int, width: int) -> str:
    moment = str(np.datetime64(start, "us").astype("datetime64[m]")).replace("T", " ")
    span = f"{width // DAY} d" if width >= DAY else f"{width // HOUR} h"
    return f"{prefix}{moment} +{span}"


def _facts(rows: list[tuple[str, str, str, int, str]]) -> pa.Table:
    account, trait, value, at, source = list(zip(*rows, strict=True)) if rows else [()] * 5
    texts = {"account": account, "trait": trait, "value": value, "source": source}
    times = {"first_at": at, "last_at": at, "count": [1] * len(at)}
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in texts.items()}
        | {name: pa.array(column, pa.int64()) for name, column in times.items()}
    )


def burst_facts(seen: pa.Table, *, trait: str, width: int, around: int, by: str | None = None) -> pa.Table:
    """Facts for the accounts in a burst: account, trait, value (the window), times, count and source.

    `seen` has account, at, source and, with `by`, a column whose values are scanned one by one.
    """
    keys_first = [by or "at", "at", "account", "source"]
    ordered = seen.sort_by([(name, "ascending") for name in keys_first])
    at = ordered["at"].to_numpy()
    keys = np.array(ordered[by].to_pylist(), dtype=object) if by else np.full(len(at), "", dtype=object)
    bounds = np.r_[0, np.flatnonzero(keys[1:] != keys[:-1]) + 1, len(at)]
    names, sources = ordered["account"].to_pylist(), ordered["source"].to_pylist()
    rows = []
    for low, high in itertools.pairwise(bounds.tolist()):
        for start, end, _ in windows(at[low:high], width=width, around=around):
            label = _label(f"{keys[low]} from " if by else "", int(at[low + start]), width)
            for i in range(low + start, low + end):
                rows.append((names[i], trait, label, int(at[i]), sources[i]))
    return _facts(rows)
