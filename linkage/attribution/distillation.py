"""Does a group behave like one that harvests a model? A score of parts, each compared with the population.

A part is the chance that an account of the group shows more of a habit than an account elsewhere, equals
counting half (the common-language effect size of McGraw and Wong, 1992; the area under the ROC curve): 0.5
is like everybody, 1 is more than anybody. The score is the mean, over the parts that are known, of how far
each lies above 0.5, on a scale of 0 to 1; what lies below counts as nothing. No part is weighed more than
another, for no published figures say how. It describes conduct: a firm's own application scores too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import DECIMALS, Floats, Ints
from linkage.settings.attribution import Distillation

HOURS_OF_DAY = 24

MEANINGS = {
    "template share": "requests built on a template or sentence that the account uses three times or more",
    "breadth of coverage": "of those requests, different texts: a work list asks nothing twice",
    "single-turn share": "requests that continue no conversation",
    "reasoning elicitation": "requests that ask for the way to the answer",
    "round-the-clock use": "hours of the day in effective use, of 24 (inverse Simpson index)",
    "output per input": "tokens received for each token sent",
    "filtered topics": "requests that were not refused, all together",
}
"""The parts, and what is measured of each account."""


@dataclass(frozen=True)
class Part:
    """One habit: `share` as described above (None: not known, `why`), and the median figure of an account
    of the group and elsewhere."""

    name: str
    share: float | None
    inside: float | None = None
    outside: float | None = None
    why: str = ""

    @property
    def meaning(self) -> str:
        """What is measured."""
        return MEANINGS[self.name]


def part(name: str, figures: Floats, others: Floats, chosen: Distillation) -> Part:
    """The part of a habit from a figure for each account; NaN where an account's is not known."""
    mine, theirs = (np.sort(each[~np.isnan(each)]) for each in (figures, others))
    if not len(mine) and not len(theirs):
        return Part(name, None, why="not recorded")
    if len(mine) < chosen.min_members or len(theirs) < chosen.min_others:
        known = f"known of {len(mine)} of its accounts and {len(theirs)} others"
        return Part(name, None, why=f"{known}, too few to compare")
    less = np.searchsorted(theirs, mine, side="left")
    equal = np.searchsorted(theirs, mine, side="right") - less
    twice = 2 * int(less.sum()) + int(equal.sum())
    share = round(twice / (2 * len(mine) * len(theirs)), DECIMALS)
    return Part(
        name, share, round(float(np.median(mine)), DECIMALS), round(float(np.median(theirs)), DECIMALS)
    )


@dataclass(frozen=True)
class Refusals:
    """Refused requests, and all requests, of some accounts together."""

    refused: int
    requests: int

    @property
    def rate(self) -> float:
        """Share of the requests that were refused."""
        return self.refused / self.requests


def filtered(group: Refusals, others: Refusals, chosen: Distillation) -> Part:
    """The part of refusals, which are too rare to compare account by account: the group's rate beside that of
    all others. Half at equal rates, 1 where the group has none."""
    name = "filtered topics"
    if not group.refused and not others.refused:
        return Part(name, None, why="no refusal is recorded")
    if not others.requests or not group.requests:
        return Part(name, None, why="nothing to compare with")
    if others.rate * group.requests < chosen.min_expected_refusals and not group.refused:
        return Part(name, None, why="too few requests for the absence of refusals to say anything")
    share = round(others.rate / (others.rate + group.rate), DECIMALS)
    return Part(name, share, round(1 - group.rate, DECIMALS), round(1 - others.rate, DECIMALS))


def score(parts: Sequence[Part], chosen: Distillation) -> float | None:
    """The distillation score from 0 to 1; None where too few parts are known."""
    known = [each.share for each in parts if each.share is not None]
    if len(known) < chosen.min_habits:
        return None
    return round(sum(max(0.0, 2 * share - 1) for share in known) / len(known), DECIMALS)


def effective_hours(counts: Ints, chosen: Distillation) -> Floats:
    """Hours of the day in use, of 24, for rows of requests by hour; NaN below `min_requests`.

    The inverse of Simpson's index in its unbiased form, so that few requests are not taken for few hours.
    """
    n = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1)
    pairs = n * (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        hours = np.where(same * HOURS_OF_DAY > pairs, pairs / (HOURS_OF_DAY * np.maximum(same, 1)), 1.0)
    result: Floats = np.where(n >= chosen.min_requests, hours, np.nan)
    return result


def ratio(part_of: Ints, whole: Ints, *, known: NDArray[np.bool_]) -> Floats:
    """One count over another for each account; NaN where it is not known or the whole is nothing."""
    usable = known & (whole > 0)
    result: Floats = np.where(usable, part_of / np.where(whole > 0, whole, 1), np.nan)
    return result
