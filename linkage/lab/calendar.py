"""The simulated year: its days and hours, launches of models, and who lives in which time zone."""

import numpy as np

from linkage.arrays import Floats, Ints

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 1_740_960_000_000_000
"""Monday, 3 March 2025, 00:00 UTC, in microseconds: a Monday so that day number modulo 7 is the weekday."""

DAYS = 365
END = START + DAYS * DAY
TICK = 1_000
"""Times are whole milliseconds, as logs have them (and rounding hides the last bits of floating point)."""

COUNTRIES = (
    ("US", -6, 0.27), ("IN", 5, 0.13), ("DE", 1, 0.07), ("GB", 0, 0.07), ("BR", -3, 0.06), ("JP", 9, 0.05),
    ("FR", 1, 0.05), ("VN", 7, 0.04), ("ID", 7, 0.04), ("CA", -5, 0.04), ("KR", 9, 0.03), ("NG", 1, 0.03),
    ("PL", 1, 0.03), ("TR", 3, 0.03), ("MX", -6, 0.02), ("NL", 1, 0.02), ("SG", 8, 0.01), ("AU", 10, 0.01),
)  # fmt: skip
"""Country, hours ahead of UTC, share of accounts: a few large markets and a long tail."""

OFFSETS = np.array([offset for _, offset, _ in COUNTRIES], np.int64) * HOUR

LARGE = ((-1, "atlas-3.5"), (24, "atlas-4"), (171, "atlas-4.5"), (262, "atlas-5"))
SMALL = ((-1, "atlas-3.5-mini"), (96, "atlas-4-mini"), (327, "atlas-5-mini"))
"""Models of each line with the day they appeared."""

LAUNCH_DAYS = (24, 96, 171, 262, 327)
LAUNCH_SHARE = 0.22
"""Share of sign-ups that fall into the hours after a launch: thousands at once, strangers all."""

EVENING, OFFICE, STUDENT, CLOCK, CRON = range(5)
_PROFILES = np.array(
    [
        [2, 1, 1, 0.5, 0.5, 1, 2, 3, 4, 5, 5, 5, 6, 5, 5, 5, 6, 7, 8, 10, 11, 11, 9, 5],
        [0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 4, 9, 12, 12, 11, 7, 10, 12, 12, 10, 7, 3, 2, 1.5, 1, 0.7, 0.4],
        [6, 4, 2, 1, 0.5, 0.5, 1, 2, 4, 6, 8, 8, 7, 8, 9, 9, 9, 8, 8, 9, 10, 11, 10, 8],
        [1] * 24,
        [1] * 24,
    ],
    np.float64,
)
HOUR_SHARES: Floats = _PROFILES / _PROFILES.sum(axis=1, keepdims=True)
"""Share of the day's activity by local hour: evening people, offices, students, machines, timers."""

WEEKEND = np.array([1.1, 0.12, 0.8, 1.0, 1.0])
"""Activity of a weekend day beside a weekday, by the same profiles."""


def local_moments(day: Ints, hours: Ints, country: Ints, rng: np.random.Generator) -> Ints:
    """A moment on a local day number, its hour drawn from each one's profile."""
    cumulated = HOUR_SHARES.cumsum(axis=1)
    drawn = rng.random(len(day))
    hour = np.zeros(len(day), np.int64)
    for profile in range(len(cumulated)):
        mine = hours == profile
        hour[mine] = np.searchsorted(cumulated[profile], drawn[mine]).clip(0, 23)
    within = (rng.random(len(day)) * HOUR).astype(np.int64)
    return START + day * DAY + hour * HOUR + within - OFFSETS[country]


def off_weekends(day: Ints, hours: Ints, rng: np.random.Generator) -> Ints:
    """Move what would fall on a weekend to the next two working days as often as the profile says."""
    weekend = day % 7 >= 5
    return day + np.where(weekend & (rng.random(len(day)) > WEEKEND[hours]), 2, 0)


def sign_ups(hours: Ints, country: Ints, rng: np.random.Generator) -> Ints:
    """Moments of registration over the year: growth, weeks, days, and launch-day bursts."""
    count = len(hours)
    growth = np.sqrt(rng.random(count)) * 0.5 + rng.random(count) * 0.5
    day = (growth * DAYS).astype(np.int64)
    usual = local_moments(off_weekends(day, hours, rng), hours, country, rng)
    launch = START + rng.choice(np.array(LAUNCH_DAYS), count) * DAY + 16 * HOUR
    burst = launch + (rng.exponential(7.0, count) * HOUR).astype(np.int64)
    moment = np.where(rng.random(count) < LAUNCH_SHARE, burst, usual)
    return whole(np.clip(moment, START, END - 2 * DAY))


def whole(moment: Ints) -> Ints:
    """Cut to whole milliseconds."""
    return moment // TICK * TICK


def model_names(at: Ints, lag: Ints, small: np.ndarray) -> np.ndarray:
    """The newest model of each one's line that had been out for that one's lag."""
    names = np.array([name for _, name in (*LARGE, *SMALL)], object)
    day = (at - lag - START) // DAY
    large = np.searchsorted([when for when, _ in LARGE[1:]], day, side="right")
    tiny = np.searchsorted([when for when, _ in SMALL[1:]], day, side="right") + len(LARGE)
    return np.asarray(names[np.where(small, tiny, large)])
