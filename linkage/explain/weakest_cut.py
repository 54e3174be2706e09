"""Where a group is thinnest: the two sides it would come apart into, and the account that hangs by least."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.explain.ablation import Web
from linkage.groups.communities import communities

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEAM = 0.5
"""Two sides linked less than half as often as their accounts' numbers of links would have it are a seam: it
is the share of what chance ties from which two parts are joined (`settings.Grouping.split_loose`)."""


@dataclass(frozen=True)
class Seam:
    """The thinnest division into two sides of some size: `side` of each account (0 the larger), links across
    it, and how many there would be if the two were one, by how many links each account has."""

    side: Ints
    across: int
    expected: float

    @property
    def ratio(self) -> float:
        """Links across, relative to what one evenly linked group would have."""
        return self.across / self.expected if self.expected else 0.0

    @property
    def sizes(self) -> tuple[int, int]:
        """Accounts on each side."""
        smaller = int(self.side.sum())
        return len(self.side) - smaller, smaller


@dataclass(frozen=True)
class Weakest:
    """The account of a group with the fewest links, and of those the one whose strongest says least."""

    account: int
    links: int
    median: float
    strongest: float


def seam(web: Web, *, least: int, seed: int) -> Seam | None:
    """Parts by Leiden inside the group, the best linked joined until two sides are left.

    None where the group is too small for two sides of `least` accounts, or is one piece for Leiden.
    """
    left, right = web.ends
    weight = np.maximum(web.log_odds - web.bar.link_bits, 0) + 1
    if web.n < 2 * least:
        return None
    parts = communities(web.n, left, right, weight, resolution=1.0, seed=seed)
    _, parts = np.unique(parts, return_inverse=True)
    between = _between(parts, web.ends)
    # An account's declared unit is never cut in two: its accounts stand together whatever the links say.
    sides = _two_sides(parts, between)
    if sides is None:
        return None
    side = sides if 2 * int(sides.sum()) <= web.n else 1 - sides
    degree = np.bincount(web.ends.ravel(), minlength=web.n)
    across = int((side[left] != side[right]).sum())
    ends = [float(degree[side == each].sum()) for each in (0, 1)]
    found = Seam(side, across, round(ends[0] * ends[1] / max(2.0 * web.pairs, 1.0), 1))
    return found if min(found.sizes) >= least else None


def _between(parts: Ints, ends: Ints) -> Floats:
    """Links between each two parts, both ways; within a part twice."""
    count = int(parts.max(initial=-1)) + 1
    cells = np.bincount(parts[ends[0]] * count + parts[ends[1]], minlength=count * count)
    square: Floats = cells.reshape(count, count).astype(np.float64)
    return square + square.T


def _two_sides(parts: Ints, between: Floats) -> Ints | None:
    """0 or 1 for each account: the two parts with most links for their size joined, until two are left."""
    side = np.arange(len(between))
    while len(live := np.unique(side)) > 2:
        degree = between.sum(axis=1)
        expected = np.outer(degree[live], degree[live])
        ratio = between[np.ix_(live, live)] / np.where(expected > 0, expected, np.inf)
        np.fill_diagonal(ratio, -1.0)
        x, y = sorted(int(live[i]) for i in np.unravel_index(int(np.argmax(ratio)), ratio.shape))
        between[x] += between[y]
        between[:, x] += between[:, y]
        between[y] = between[:, y] = 0.0
        side[side == y] = x
    if len(live) < 2:
        return None
    result: Ints = np.where(side[parts] == live[0], 0, 1)
    return result


def weakest(web: Web) -> Weakest:
    """The account that hangs by the fewest links that count; the first in name among equals."""
    ends = web.ends[:, web.across]
    links = np.bincount(ends.ravel(), minlength=web.n)
    strongest = np.full(web.n, -np.inf)
    for side in ends:
        np.maximum.at(strongest, side, web.log_odds[web.across])
    account = int(np.lexsort((np.arange(web.n), strongest, links))[0])
    return Weakest(account, int(links[account]), float(np.median(links)), float(strongest[account]))
