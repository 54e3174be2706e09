"""Where a group is weakest: the cut with fewest links for its size, and the account with fewest links."""

from dataclasses import dataclass

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.explain.ablation import GroupEvidence
from linkage.groups.communities import WeightedLinks, detect_communities
from linkage.settings.groups import Groups


@dataclass(frozen=True)
class Cut:
    """The weakest division into two sides of some size: `side` of each account (0 the larger), `links` across
    it, and links `expected` in one evenly linked group, by how many links each account has."""

    side: Ints
    links: int
    expected: float

    @property
    def ratio(self) -> float:
        """Links across, relative to what one evenly linked group would have."""
        return self.links / self.expected if self.expected else 0.0

    @property
    def sizes(self) -> tuple[int, int]:
        """Accounts on each side."""
        smaller = int(self.side.sum())
        return len(self.side) - smaller, smaller


@dataclass(frozen=True)
class Weakest:
    """The account of a group with the fewest links, and of those the one whose strongest has fewest bits."""

    account: int
    links: int
    median: float
    strongest: float


def cut(evidence: GroupEvidence, groups: Groups, *, seed: int) -> Cut | None:
    """Parts by Leiden inside the group, the best linked joined until two sides are left.

    None where the group is too small for two sides of a group's accounts, or is one piece for Leiden.
    """
    left, right = evidence.ends
    links = WeightedLinks(left, right, evidence.rule.weight(evidence.log_odds))
    parts = detect_communities(
        evidence.n, links, groups.communities, resolution=groups.splitting.split_resolution, seed=seed
    )
    _, parts = np.unique(parts, return_inverse=True)
    between = _between(parts, evidence.ends)
    # An account's declared unit is never cut in two: its accounts stand together whatever the links say.
    sides = _two_sides(parts, between)
    if sides is None:
        return None
    side = sides if 2 * int(sides.sum()) <= evidence.n else 1 - sides
    degree = np.bincount(evidence.ends.ravel(), minlength=evidence.n)
    across = int((side[left] != side[right]).sum())
    ends = [float(degree[side == each].sum()) for each in (0, 1)]
    found = Cut(side, across, round(ends[0] * ends[1] / max(2.0 * evidence.pairs, 1.0), 1))
    return found if min(found.sizes) >= groups.min_accounts else None


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


def weakest(evidence: GroupEvidence) -> Weakest:
    """The account with the fewest links that count; the first in name among equals."""
    ends = evidence.ends[:, evidence.across]
    links = np.bincount(ends.ravel(), minlength=evidence.n)
    strongest = np.full(evidence.n, -np.inf)
    for side in ends:
        np.maximum.at(strongest, side, evidence.log_odds[evidence.across])
    account = int(np.lexsort((np.arange(evidence.n), strongest, links))[0])
    return Weakest(account, int(links[account]), float(np.median(links)), float(strongest[account]))
