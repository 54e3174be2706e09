"""Communities of the same means: parts of one operator that few links tie together.

Where prompts are withheld an operator's accounts fall into pieces, by wave of registration or by address. The
pieces still show the same client, the same networks, the same kind of card, the same days: each common by
itself, seldom together. Two communities are held against one another as two accounts are, and a mark counts
once for each, however many accounts bear it.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.enrichment import OPENING, Facts, Mark
from linkage.groups.gates import independent

LEAST_FAMILIES = 3
"""Independent families in which two communities must be marked alike: where they work, how they pay, and when
they came. With fewer, two operators who rent from one service would be taken for one."""

TIES = 2
"""Accounts of either community that must be linked with the other: what ties two pieces of one operator."""

CERTAIN = 6.643856
"""Bits beyond even odds, a hundred to one, at which an account that no link held in a community is of it."""


def able(marks: Mapping[int, Sequence[Mark]]) -> list[int]:
    """Communities marked in enough families to be held against others."""
    said = {number: frozenset(mark.family for mark in some) for number, some in marks.items()}
    return sorted(number for number, some in said.items() if len(independent(some)) >= LEAST_FAMILIES)


def alike(marks: Mapping[int, Sequence[Mark]]) -> list[tuple[int, int]]:
    """Pairs of communities whose means are so alike that they are one operator's rather than two's.

    Before their marks are looked at, each of n communities is as likely as any other to belong to a given
    one, and most to none: 1 in n² for a pair. A family says log2 of how much commoner its rarest common
    mark is in both than elsewhere.
    """
    numbers = able(marks)
    prior = -2 * np.log2(max(len(numbers), 2))
    pairs = []
    for one, other in combinations(numbers, 2):
        said = _common(marks[one], marks[other])
        if len(independent(frozenset(said))) >= LEAST_FAMILIES and prior + sum(said.values()) >= 0:
            pairs.append((one, other))
    return pairs


def _common(one: Sequence[Mark], other: Sequence[Mark]) -> dict[str, float]:
    """For each family, bits of the rarest mark that both bear."""
    said: dict[str, float] = {}
    for mine in one:
        for theirs in other:
            if _same(mine, theirs):
                inside, outside = min(mine.inside, theirs.inside), max(mine.outside, theirs.outside)
                bits = float(np.log2(inside / max(outside, 1e-6)))
                said[mine.family] = max(said.get(mine.family, 0.0), bits)
    return {family: bits for family, bits in said.items() if bits > 0}


def _same(one: Mark, other: Mark) -> bool:
    if one.trait != other.trait:
        return False
    if one.trait == OPENING:
        return one.low <= other.high and other.low <= one.high
    return one.value == other.value


def tied(labels: Ints, left: Ints, right: Ints, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the pairs of communities between which links (`left`, `right`) run from more than one account
    of either: who rents from two operators' service may be linked with both, and ties them no closer."""
    wanted = {pair: (set[int](), set[int]()) for pair in pairs}
    across = (labels[left] != labels[right]) & (labels[left] >= 0) & (labels[right] >= 0)
    for ends in zip(left[across].tolist(), right[across].tolist(), strict=True):
        low, high = sorted(ends, key=lambda account: labels[account])
        if found := wanted.get((int(labels[low]), int(labels[high]))):
            found[0].add(low)
            found[1].add(high)
    return [pair for pair, ends in wanted.items() if min(map(len, ends)) >= TIES]


def merged(labels: Ints, pairs: Sequence[tuple[int, int]]) -> Ints:
    """The partition with these pairs of communities made one, each named by the lowest of its numbers."""
    root = np.arange(int(labels.max(initial=-1)) + 1)
    for one, other in pairs:
        low, high = sorted((root[one], root[other]))
        root[root == high] = low
    return np.where(labels >= 0, root[labels], -1) if len(root) else labels


def bearing(facts: Facts, marks: Sequence[Mark], accounts: int, *, families: int) -> tuple[Floats, Bools]:
    """For each account the bits that the marks of one community it bears say for its being of it, the rarest
    of each family; and whether it bears marks of so many independent `families`."""
    named = sorted({mark.family for mark in marks})
    said = np.zeros((len(named), accounts))
    for mark in marks:
        row = said[named.index(mark.family)]
        held = facts.bearers(mark)
        row[held] = np.maximum(row[held], mark.bits)
    kinds = [min(independent(frozenset((name,)))) for name in named]
    ways = np.array([np.any(said[[k == kind for k in kinds]] > 0, axis=0) for kind in sorted(set(kinds))])
    return said.sum(axis=0), ways.sum(axis=0) >= families
