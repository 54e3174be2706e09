"""Figures with 95 % intervals: Wilson for rates, Garwood for counts, the bootstrap for the rest."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

Z = 1.959964
"""Standard normal quantile of 97.5 %."""

DRAWS = 2000


@dataclass(frozen=True)
class Interval:
    """A figure and the bounds of its 95 % interval; None where it cannot be told."""

    value: float
    low: float | None
    high: float | None


def wilson(hits: int, of: int) -> Interval | None:
    """A rate (Wilson 1927), which has a sensible interval for 0 hits too. Takes cases for independent."""
    if not of:
        return None
    share, square = hits / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return Interval(share, max(0.0, middle - half) if hits else 0.0, min(1.0, middle + half))


def per_run(count: int, runs: int) -> Interval | None:
    """A mean count per run with the exact interval of a Poisson rate (Garwood 1936)."""
    if not runs:
        return None
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return Interval(count / runs, float(low) / runs, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / runs)


def bootstrap(values: Sequence[float], again: Sequence[np.ndarray]) -> Interval | None:
    """The mean over runs; runs are drawn with replacement, and for each one of its figures in `again`, made
    over from what the run holds, itself drawn with replacement."""
    if not values:
        return None
    rng, count = np.random.default_rng(0), len(values)
    table = np.stack(again)
    run = rng.integers(0, count, (DRAWS, count))
    means = table[run, rng.integers(0, table.shape[1], run.shape)].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(np.mean(values)), float(low), float(high))


def of_runs(values: Sequence[float]) -> Interval | None:
    """The mean over runs when only runs can be drawn; no bounds from fewer than two."""
    if len(values) < 2:
        return Interval(values[0], None, None) if values else None
    return bootstrap(values, [np.array([value]) for value in values])


def ratio(parts: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Interval | None:
    """The mean over runs of Σ part / Σ whole, where a run holds (parts, wholes) by operator."""
    arrays = [(np.array(part, float), np.array(whole, float)) for part, whole in parts if len(whole)]
    rng, again = np.random.default_rng(1), []
    for part, whole in arrays:
        drawn = rng.integers(0, len(whole), (DRAWS, len(whole)))
        again.append(part[drawn].sum(axis=1) / whole[drawn].sum(axis=1))
    return bootstrap([float(part.sum() / whole.sum()) for part, whole in arrays], again)


def of_pairs(table: np.ndarray) -> Interval | None:
    """The mean over pairs of different runs of a symmetric table; runs are drawn with replacement."""
    count = len(table)
    if count < 2:
        return None

    def mean(drawn: np.ndarray) -> float | None:
        left, right = np.triu_indices(len(drawn), 1)
        other = drawn[left] != drawn[right]
        return float(table[drawn[left], drawn[right]][other].mean()) if other.any() else None

    rng = np.random.default_rng(0)
    means = [each for _ in range(DRAWS) if (each := mean(rng.integers(0, count, count))) is not None]
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(mean(np.arange(count)) or 0.0, float(low), float(high))
