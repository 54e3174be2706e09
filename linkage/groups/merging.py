"""Merging communities whose accounts are linked to one another as well as within.

Modularity cuts a large, evenly linked operator into pieces. Two communities are one when pairs across are
linked as often and as strongly as `settings.groups.merging` says, relative to pairs within either: to their
geometric mean, which is what is expected across one community whose accounts have more and fewer links
(Karrer and Newman 2011, degree-corrected blocks). Held to the looser of the two, a crowd would merge with
everyone, and others by way of it.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from linkage.arrays import Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks
from linkage.groups.pair_sampling import AreLinked, linked_shares, sample_pairs
from linkage.settings.groups import Groups


def merge_communities(
    labels: Ints, links: WeightedLinks, are_linked: AreLinked, chosen: Groups, *, seed: int
) -> Ints:
    """Merges communities (of at least the smallest group's accounts) whose accounts are linked across as
    within: as many of the pairs, and as strongly."""
    shares = _SampledShares(are_linked, chosen.communities.sampled_pairs, seed)
    for step in range(chosen.merging.merge_rounds):
        pairs = _alike(labels, links, shares, chosen, step)
        if not pairs:
            break
        labels = _merge(labels, pairs)
    return labels


class _SampledShares:
    """Shares of linked pairs in and between communities. Two that have not changed are asked about once:
    asked again and again, chance would merge them."""

    def __init__(self, are_linked: AreLinked, count: int, seed: int) -> None:
        self._are_linked, self._count, self._seed = are_linked, count, seed
        self._known: dict[tuple[int, ...], float] = {}

    def of(self, members: dict[int, Ints], pairs: Sequence[tuple[int, int]], step: int) -> list[float]:
        """For each pair of communities; `members` has the accounts of each, in order."""
        # Communities only grow together here, so the first account and the size tell which one it is.
        keys = [tuple(int(v) for c in pair for v in (members[c][0], len(members[c]))) for pair in pairs]
        new = [at for at, key in enumerate(keys) if key not in self._known]
        samples = []
        for x, y in (pairs[at] for at in new):
            seed = (self._seed, step, x) if x == y else (self._seed, step, x, y)
            samples.append(sample_pairs(members[x], members[y], seed, self._count))
        found = linked_shares(samples, self._are_linked).tolist()
        self._known |= zip((keys[at] for at in new), found, strict=True)
        return [self._known[key] for key in keys]


def _alike(
    labels: Ints, links: WeightedLinks, shares: _SampledShares, chosen: Groups, step: int
) -> list[tuple[int, int]]:
    """Pairs of communities that are linked across as within, the most alike first."""
    touching, count = _touching(labels, links, chosen)
    if not touching.shape[1]:
        return []
    limits = chosen.merging
    members = {int(c): np.flatnonzero(labels == c) for c in np.unique(touching)}
    own = dict(zip(members, shares.of(members, [(c, c) for c in members], step), strict=True))
    # Only neighbours joined by several links are worth a question.
    several = np.minimum(limits.min_links_across, partition.sizes(labels)[touching].min(axis=0))
    pairs = [(int(x), int(y)) for x, y in touching[:, count >= several].T]
    ranked = [
        (-share, x, y)
        for (x, y), share in zip(pairs, shares.of(members, pairs, step), strict=True)
        if share >= max(limits.min_share_across, limits.min_relative_share * sqrt(own[x] * own[y]))
    ]
    return [(x, y) for _, x, y in sorted(ranked)]


def _touching(labels: Ints, links: WeightedLinks, chosen: Groups) -> tuple[Ints, Ints]:
    """Pairs of communities (two rows) that links join which are, on the mean, about as strong as those inside
    the one where they are weaker; and how many links."""
    left, right, weight = links
    ends = np.sort(np.stack([labels[left], labels[right]]), axis=0)
    sizes, known = partition.sizes(labels), ends[0] >= 0
    inside = known & (ends[0] == ends[1])
    sums, counts = (np.bincount(ends[0][inside], w, minlength=len(sizes)) for w in (weight[inside], None))
    strength = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    across = known & ~inside & (sizes[ends] >= chosen.min_accounts).all(axis=0)
    touching, place, count = np.unique(ends[:, across], axis=1, return_inverse=True, return_counts=True)
    if not touching.shape[1]:
        return touching, count
    mean = np.bincount(place.ravel(), weight[across], minlength=len(count)) / count
    alike = mean >= chosen.merging.min_relative_share * strength[touching].min(axis=0)
    return touching[:, alike], count[alike]


def _merge(labels: Ints, pairs: Sequence[tuple[int, int]]) -> Ints:
    """Each community merges with at most one other in a round, the first pairs first."""
    taken: set[int] = set()
    merged = labels.copy()
    for x, y in pairs:
        if x not in taken and y not in taken:
            taken |= {x, y}
            merged[labels == y] = x
    return partition.renumber_communities(merged)
