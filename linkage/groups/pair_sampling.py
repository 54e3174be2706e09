"""Shares of linked pairs in and between communities, from a seeded sample of pairs.

A community of 25,000 accounts has 312 million pairs; 48 of them tell its share of links to ± 0.14.
"""

from collections.abc import Callable, Sequence

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups import partition

AreLinked = Callable[[Ints, Ints], Bools]
"""Says of pairs (left, right) which of them are linked, whether or not they were candidates."""

Pairs = tuple[Ints, Ints]
"""The left and right accounts of pairs."""


def sample_pairs(one: Ints, other: Ints, seed: Sequence[int], count: int) -> Pairs:
    """Different pairs of one account of each side: up to twice `count`, drawn by seed; all where there are
    no more."""
    if len(one) * len(other) <= 2 * count:
        x, y = (grid.ravel() for grid in np.meshgrid(one, other, indexing="ij"))
    else:
        rng = np.random.default_rng(list(seed))
        x, y = rng.choice(one, count * 2), rng.choice(other, count * 2)
    apart = x != y
    pairs = np.unique(np.stack([np.minimum(x, y)[apart], np.maximum(x, y)[apart]]), axis=1)
    return pairs[0], pairs[1]


def linked_shares(samples: Sequence[Pairs], are_linked: AreLinked) -> Floats:
    """The share of linked pairs in each sample, all asked about at once."""
    if not samples:
        return np.empty(0)
    number = np.concatenate([np.full(len(pairs[0]), i) for i, pairs in enumerate(samples)])
    left, right = (np.concatenate([pairs[side] for pairs in samples]) for side in (0, 1))
    yes = are_linked(left, right)
    asked = np.bincount(number, minlength=len(samples))
    result: Floats = np.bincount(number, weights=yes, minlength=len(samples)) / np.maximum(asked, 1)
    return result


def cohesion(
    labels: Ints, numbers: Sequence[int], are_linked: AreLinked, *, count: int, seed: int
) -> dict[int, float]:
    """For each of these communities, the share of a sample of its pairs that are linked."""
    members = {c: np.flatnonzero(labels == c) for c in numbers}
    samples = [sample_pairs(m, m, (seed, len(m), int(m[0])), count) for m in members.values()]
    return dict(zip(members, linked_shares(samples, are_linked).tolist(), strict=True))


def support(labels: Ints, are_linked: AreLinked, *, least: int, count: int, seed: int) -> Floats:
    """For each account of a community of at least `least`, the share of sampled other members it is
    linked to, relative to the median of its community; 1 for all others."""
    large = np.flatnonzero(partition.sizes(labels) >= least)
    samples, accounts = [], []
    for number in large:
        members = np.flatnonzero(labels == number)
        for account in members:
            samples.append(_with_others(int(account), members, count // 2, seed))
            accounts.append(account)
    result = np.ones(len(labels))
    result[accounts] = linked_shares(samples, are_linked)
    for number in large:
        members = labels == number
        result[members] /= max(float(np.median(result[members])), np.finfo(float).tiny)
    return result


def _with_others(account: int, members: Ints, count: int, seed: int) -> Pairs:
    """An account with other members: with all, or with so many drawn by seed."""
    rng = np.random.default_rng([seed, account])
    others = members[members != account]
    chosen = others if len(others) <= count else rng.choice(others, count, replace=False)
    mine = np.full(len(chosen), account)
    return np.minimum(mine, chosen), np.maximum(mine, chosen)


def drop_unsupported(labels: Ints, support_of: Floats, least: float) -> Ints:
    """The partition without accounts that hang on to their community by few of its members."""
    return np.where(support_of < least, -1, labels)
