"""Intervals of claims, where there is an honest one; in millionths, so that every reader gets the same."""

import math

Z = 1.959964
"""Of a two-sided interval at 95 %."""


def wilson(share: float, trials: int) -> tuple[int, int]:
    """Wilson's interval at 95 % of a share among so many independent trials, in millionths."""
    spread = Z * Z / trials
    middle, wide = share + spread / 2, Z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low, high = (middle - wide) / (1 + spread), (middle + wide) / (1 + spread)
    return max(0, round(low * 1e6)), min(1_000_000, round(high * 1e6))


def of_resamples(mean: int, runs: int) -> tuple[int, int] | None:
    """Of a mean share of resampled runs, in millionths. The accounts of one run stay or go together, so there
    are no more independent trials than runs, however many accounts there are."""
    return wilson(mean / 1e6, runs) if runs > 0 else None
