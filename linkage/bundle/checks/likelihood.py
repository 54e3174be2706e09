"""How large a likelihood ratio the validation data can support, and the words for it.

The bounds are the empirical lower and upper bound (ELUB) of Vergeer, van Es, de Jongh, Alberink and Stoel,
"Numerical likelihood ratios outputted by LR systems are often based on extrapolation: when to stop
extrapolating?", Science & Justice 56 (2016), 482-491. Beyond them, somebody who decides by the numbers would
do no better than somebody who ignores them, were there one more misleading result on either side than seen.
"""

import math
from bisect import bisect_right
from typing import Any

STEP = 10
"""Bounds and counted numbers are in tenths of a bit, which is finer than any word."""

WIDEST = 1_000
"""Tenths of a bit to which bounds are looked for."""

LOG10_OF_2 = math.log10(2)

Counts = dict[int, int]
"""How many accounts got a number, by the number in tenths of a bit: rounded down for accounts of one
operator, up for others, so that rounding never helps."""

SCALE = (
    (0.0, "supports another explanation rather than one operator"),
    (1.0, "supports neither"),
    (3.321928, "weak support for one operator"),
    (6.643856, "moderate support for one operator"),
    (9.965784, "moderately strong support for one operator"),
    (13.287712, "strong support for one operator"),
    (19.931569, "very strong support for one operator"),
    (float("inf"), "extremely strong support for one operator"),
)
"""Upper bounds in bits: likelihood ratios of 1, 2, 10, 100, 1,000, 10,000 and 1,000,000."""

REASON = """\
The table is this program's own. A word covers a factor of ten (the topmost but one a factor of a hundred),
because that is how many accounts have to be known to be innocent, and to be found so, before the word can be
used: some 10 for the end of weak, 10,000 for the end of strong. The words themselves follow the custom of
forensic reporting (ENFSI, 2015), which leaves it to the issuer to set a table and to give its reason."""

NO_DATA = "no word: no validation data say how far such a number can be trusted"


def support(bits: float) -> str:
    """The word for a likelihood ratio of so many bits; the prior is not in it."""
    return next(word for bound, word in SCALE if bits < bound or bound == float("inf"))


def log10_of(bits: float) -> float:
    """The same number as a power of ten."""
    return bits * LOG10_OF_2


def supported_range(same: Counts, different: Counts, totals: tuple[int, int]) -> tuple[int, int]:
    """Lower and upper bound in tenths of a bit: the widest range around 0 in which the numbers help.

    `same` and `different` count accounts whose truth is known, by the number they got; `totals` says how many
    there were of each kind. Those without a number were not reported, which says as much as a ratio of 1.
    """
    missing, wrong = _Above(same, totals[0]), _Above(different, totals[1])

    def helps(threshold: int) -> bool:
        # One misleading result more on either side than was seen, and so one more of each kind.
        misses = 1 - missing.share(threshold, more=0)
        odds = 2.0 ** (threshold / STEP)
        return bool(misses + odds * wrong.share(threshold, more=1) <= min(1.0, odds) * (1 + 1e-12))

    if not helps(0):
        return 0, 0
    upper = lower = 0
    while upper < WIDEST and helps(upper + 1):
        upper += 1
    while lower > -WIDEST and helps(lower - 1):
        lower -= 1
    return lower, upper


class _Above:
    """Which share of the accounts of one kind got more than a number."""

    def __init__(self, counts: Counts, total: int) -> None:
        rest = total - sum(counts.values())
        if rest < 0 or min(counts.values(), default=0) < 0:
            raise ValueError("more accounts with a number than there are")
        whole = {**counts, 0: counts.get(0, 0) + rest}
        self.total = total
        self.bits = sorted(whole)
        self.up_to = [0]
        for bits in self.bits:
            self.up_to.append(self.up_to[-1] + whole[bits])

    def share(self, threshold: int, *, more: int) -> float:
        """The share above a threshold, were there one account more, and `more` of it above."""
        above = self.total - self.up_to[bisect_right(self.bits, threshold)]
        return (above + more) / (self.total + 1)


def counted(rows: Any) -> Counts:
    """Counts as the validation unit holds them: pairs of tenths of a bit and how many."""
    return {int(bits): int(count) for bits, count in rows}


def bounds_of(validation: Any) -> tuple[int, int] | None:
    """The bounds that a validation unit supports, computed again; None where it has no such data."""
    known = validation.get("likelihood") if isinstance(validation, dict) else None
    if not known:
        return None
    totals = int(known["same_accounts"]), int(known["different_accounts"])
    return supported_range(counted(known["same"]), counted(known["different"]), totals)


def capped_micro(bits: int, bounds: tuple[int, int]) -> int:
    """A number in millionths of a bit, kept within bounds in tenths."""
    return min(max(bits, bounds[0] * 100_000), bounds[1] * 100_000)
