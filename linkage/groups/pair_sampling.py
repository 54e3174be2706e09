"""Questions about communities answered by a seeded sample of pairs: how cohesive, how alike, how held.

A community of 25,000 accounts has 312 million pairs; 48 of them tell its share of links to ± 0.14.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints

LinkedShare = Callable[[Ints, Ints], NDArray[np.bool_]]
"""Says of pairs (left, right) which of them are linked, whether or not they were candidates."""

SAMPLE = 48
"""Pairs asked for one decision: a share of a half is then known to ± 0.14 (two standard errors)."""


def sample_pairs(one: Ints, other: Ints, seed: Sequence[int]) -> tuple[Ints, Ints]:
    """Up to SAMPLE different pairs of one account of each side, drawn by seed; all where there are few."""
    if len(one) * len(other) <= 2 * SAMPLE:
        x, y = (grid.ravel() for grid in np.meshgrid(one, other, indexing="ij"))
    else:
        rng = np.random.default_rng(list(seed))
        x, y = rng.choice(one, SAMPLE * 2), rng.choice(other, SAMPLE * 2)
    apart = x != y
    pairs = np.unique(np.stack([np.minimum(x, y)[apart], np.maximum(x, y)[apart]]), axis=1)
    return pairs[0], pairs[1]


def shares(questions: list[tuple[Ints, Ints]], linked: LinkedShare) -> Floats:
    """The share of linked pairs for each question, all asked at once."""
    if not questions:
        return np.empty(0)
    number = np.concatenate([np.full(len(q[0]), i) for i, q in enumerate(questions)])
    left, right = (np.concatenate([q[side] for q in questions]) for side in (0, 1))
    yes = linked(left, right)
    asked = np.bincount(number, minlength=len(questions))
    result: Floats = np.bincount(number, weights=yes, minlength=len(questions)) / np.maximum(asked, 1)
    return result


def cohesion(labels: Ints, numbers: Sequence[int], linked: LinkedShare, *, seed: int) -> dict[int, float]:
    """For each of these communities, the share of a sample of its pairs that are linked."""
    members = {c: np.flatnonzero(labels == c) for c in numbers}
    asked = [sample_pairs(m, m, (seed, len(m), int(m[0]))) for m in members.values()]
    return dict(zip(members, shares(asked, linked).tolist(), strict=True))


def support(labels: Ints, linked: LinkedShare, *, least: int, seed: int) -> Floats:
    """For each account of a community of at least `least`, the share of sampled other members it is
    linked to, relative to the median of its community; 1 for all others."""
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    large = np.flatnonzero(sizes >= least)
    asked, who = [], []
    for number in large:
        members = np.flatnonzero(labels == number)
        for account in members:
            rng = np.random.default_rng([seed, int(account)])
            others = members[members != account]
            few = len(others) <= SAMPLE // 2
            chosen = others if few else rng.choice(others, SAMPLE // 2, replace=False)
            mine = np.full(len(chosen), account)
            asked.append((np.minimum(mine, chosen), np.maximum(mine, chosen)))
            who.append(account)
    result = np.ones(len(labels))
    result[who] = shares(asked, linked)
    for number in large:
        members = labels == number
        result[members] /= max(float(np.median(result[members])), 1e-9)
    return result
