"""From links to communities: components, Leiden inside each, communities of one hand joined again.

Leiden (Traag, Waltman and van Eck 2019) maximises modularity inside every connected component, so one
weak bridge does not melt two operators together. Modularity also cuts a large, evenly linked operator
into pieces; pieces whose accounts are linked to one another as well as within are joined again, by
asking a seeded sample of pairs across them. Same input, same groups: nodes are numbered in the order
of their names, the seed is a setting, one thread does the work.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.pair_sampling import LinkedShare, cohesion, sample_pairs, shares

ALIKE = 0.5
"""Two communities are one when pairs across are linked at least this often, relative to pairs within either:
to their geometric mean, which is what is expected across one community whose accounts have more and fewer
links (Karrer and Newman 2011, degree-corrected blocks). Held to the looser of the two, a crowd would join
with everyone, and others by way of it."""

LEAST_ACROSS = 0.1
"""And at least this often in absolute terms."""

LEAST_COHESION = 0.1
"""A community less than a tenth of whose pairs are linked is a crowd; it is split further."""


def components(n: int, left: Ints, right: Ints) -> Ints:
    """Component of each of n nodes, numbered by their first node."""
    parent = np.arange(n)
    while True:
        low = np.minimum(parent[left], parent[right])
        before = parent.copy()
        np.minimum.at(parent, parent[left], low)
        np.minimum.at(parent, parent[right], low)
        parent = parent[parent]
        if np.array_equal(before, parent):
            return renumber(parent)


def renumber(labels: Ints) -> Ints:
    """The same partition with numbers in the order of each part's first member."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]


def _leiden(nodes: int, left: Ints, right: Ints, weight: Floats, *, resolution: float, seed: int) -> Ints:
    from graspologic_native import leiden_csr

    ends = np.concatenate([left, right])
    others = np.concatenate([right, left])
    doubled = np.concatenate([weight, weight])
    order = np.lexsort((others, ends))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=nodes))]).astype(np.int64)
    _, found = leiden_csr(
        indptr,
        others[order].astype(np.int32),
        doubled[order],
        nodes,
        resolution=resolution,
        iterations=2,
        seed=seed,
    )
    return np.fromiter((found[i] for i in range(nodes)), dtype=np.int64, count=nodes)


def communities(n: int, left: Ints, right: Ints, weight: Floats, *, resolution: float, seed: int) -> Ints:
    """Community of each of n nodes (−1 where it has no link); links have left < right and weight > 0."""
    part = components(n, left, right)
    sizes = np.bincount(part, minlength=1)
    result = np.full(n, -1, dtype=np.int64)
    by_part = np.argsort(part[left], kind="stable")
    edge_part = part[left][by_part]
    next_label = 0
    for number in np.lexsort((np.arange(len(sizes)), -sizes)):
        if sizes[number] < 2:
            break
        members = np.flatnonzero(part == number)
        low, high = np.searchsorted(edge_part, [number, number + 1])
        rows = by_part[low:high]
        local = np.searchsorted(members, np.stack([left[rows], right[rows]]))
        labels = _split(len(members), local, weight[rows], resolution=resolution, seed=seed)
        result[members] = labels + next_label
        next_label += int(labels.max()) + 1
    linked = result >= 0
    result[linked] = renumber(result[linked])
    return result


def _split(n: int, ends: Ints, weight: Floats, *, resolution: float, seed: int) -> Ints:
    """A small component stays whole: there is nothing to tell its parts from chance."""
    if n < 4:
        return np.zeros(n, dtype=np.int64)
    return renumber(_leiden(n, ends[0], ends[1], weight, resolution=resolution, seed=seed))


# --- joining what was cut, dropping what hangs on by a thread -------------------------------------


def refine(
    labels: Ints, links: tuple[Ints, Ints, Floats], linked: LinkedShare, *, least: int, seed: int
) -> Ints:
    """Splits communities by Leiden inside each: once in any case, and on while a part is not cohesive.

    Modularity has a resolution limit (Fortunato and Barthélemy 2007): beside a large, strongly linked
    operator a crowd joined by chance looks like one community and can swallow a small operator, and two
    small operators look like one. What was cut too far, `join` puts together again.
    """
    splitting = _large(labels, least)
    for depth in range(12):
        if not len(splitting):
            break
        before = labels
        labels, nodes = _cut(before, splitting, links, seed=seed + depth)
        splitting = _still_loose(labels, nodes, before[nodes], linked, least=least, seed=seed)
    return labels


def _large(labels: Ints, least: int) -> Ints:
    """Communities of at least twice `least` accounts."""
    return np.flatnonzero(np.bincount(labels[labels >= 0], minlength=1) >= 2 * least)


def _cut(labels: Ints, splitting: Ints, links: tuple[Ints, Ints, Floats], *, seed: int) -> tuple[Ints, Ints]:
    """The partition with these communities cut by Leiden inside each, and the nodes that were in them."""
    left, right, weight = links
    inside = (labels[left] == labels[right]) & np.isin(labels[left], splitting)
    nodes = np.unique(np.concatenate([left[inside], right[inside]]))
    ends = np.searchsorted(nodes, np.stack([left[inside], right[inside]]))
    parts = _split_each(labels[nodes], ends, weight[inside], splitting.tolist(), seed=seed)
    result = labels.copy()
    result[np.isin(result, splitting)] = -1
    result[nodes] = parts + int(labels.max(initial=-1)) + 1
    result[result >= 0] = renumber(result[result >= 0])
    return result, nodes


def _still_loose(
    labels: Ints, nodes: Ints, before: Ints, linked: LinkedShare, *, least: int, seed: int
) -> Ints:
    """Parts that are smaller than what they were cut from, large enough to cut again, and not cohesive."""
    sizes, whole = np.bincount(labels[labels >= 0], minlength=1), np.bincount(before)
    parts, first = np.unique(labels[nodes], return_index=True)
    cut = parts[(sizes[parts] >= 2 * least) & (sizes[parts] < whole[before[first]])]
    known = cohesion(labels, cut.tolist(), linked, seed=seed)
    return np.array([c for c in cut.tolist() if known[c] < LEAST_COHESION], dtype=np.int64)


def split(labels: Ints, links: tuple[Ints, Ints, Floats], *, least: int, seed: int) -> Ints:
    """Every community of at least twice `least` accounts cut once more by Leiden inside it."""
    splitting = _large(labels, least)
    return _cut(labels, splitting, links, seed=seed)[0] if len(splitting) else labels


def _split_each(labels: Ints, ends: Ints, weight: Floats, loose: Sequence[int], *, seed: int) -> Ints:
    """Leiden inside each loose community; nodes are numbered within `labels`."""
    parts, base = np.zeros(len(labels), dtype=np.int64), 0
    for number in loose:
        members = np.flatnonzero(labels == number)
        rows = labels[ends[0]] == number
        local = np.searchsorted(members, ends[:, rows])
        parts[members] = base + _split(len(members), local, weight[rows], resolution=1.0, seed=seed)
        base += len(members)
    return parts


class _Asked:
    """Shares of linked pairs in and between communities. Two that have not changed are asked about once:
    asked again and again, chance would join them."""

    def __init__(self, linked: LinkedShare, seed: int) -> None:
        self._linked, self._seed = linked, seed
        self._known: dict[tuple[int, ...], float] = {}

    def shares(self, members: dict[int, Ints], pairs: list[tuple[int, int]], step: int) -> list[float]:
        """For each pair of communities; `members` has the accounts of each, in order."""
        # Communities only grow together here, so the first account and the size tell which one it is.
        keys = [tuple(int(v) for c in pair for v in (members[c][0], len(members[c]))) for pair in pairs]
        new = [at for at, key in enumerate(keys) if key not in self._known]
        asked = []
        for x, y in (pairs[at] for at in new):
            seed = (self._seed, step, x) if x == y else (self._seed, step, x, y)
            asked.append(sample_pairs(members[x], members[y], seed))
        self._known |= zip((keys[at] for at in new), shares(asked, self._linked).tolist(), strict=True)
        return [self._known[key] for key in keys]


def join(
    labels: Ints, links: tuple[Ints, Ints, Floats], linked: LinkedShare, *, least: int, seed: int
) -> Ints:
    """Joins communities (of at least `least` accounts) whose accounts are linked across as within: as many of
    the pairs, and as strongly."""
    asked = _Asked(linked, seed)
    for step in range(8):
        touching, count = _touching(labels, links, least)
        if not touching.shape[1]:
            return labels
        sizes = np.bincount(labels[labels >= 0], minlength=1)
        involved = np.unique(touching)
        members = {int(c): np.flatnonzero(labels == c) for c in involved}
        own = dict(zip(members, asked.shares(members, [(c, c) for c in members], step), strict=True))
        # Only neighbours joined by several links are worth a question.
        worth = touching[:, count >= np.minimum(3, sizes[touching].min(axis=0))]
        pairs = [(int(x), int(y)) for x, y in worth.T]
        wanted = [
            (-share, x, y)
            for (x, y), share in zip(pairs, asked.shares(members, pairs, step), strict=True)
            if share >= max(LEAST_ACROSS, ALIKE * sqrt(own[x] * own[y]))
        ]
        if not wanted:
            return labels
        labels = _merge(labels, sorted(wanted))
    return labels


def _touching(labels: Ints, links: tuple[Ints, Ints, Floats], least: int) -> tuple[Ints, Ints]:
    """Pairs of communities (two rows) of at least `least` accounts that links join, on the mean at least
    ALIKE as strong as those inside the one where they are weaker; and how many links."""
    left, right, weight = links
    ends = np.sort(np.stack([labels[left], labels[right]]), axis=0)
    sizes, known = np.bincount(labels[labels >= 0], minlength=1), ends[0] >= 0
    inside = known & (ends[0] == ends[1])
    sums, counts = (np.bincount(ends[0][inside], w, minlength=len(sizes)) for w in (weight[inside], None))
    strength = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    across = known & ~inside & (sizes[ends] >= least).all(axis=0)
    touching, place, count = np.unique(ends[:, across], axis=1, return_inverse=True, return_counts=True)
    mean = np.bincount(place.ravel(), weight[across], minlength=len(count)) / np.maximum(count, 1)
    alike = mean >= ALIKE * strength[touching].min(axis=0) if touching.shape[1] else np.zeros(0, dtype=bool)
    return touching[:, alike], count[alike]


def _merge(labels: Ints, wanted: list[tuple[float, int, int]]) -> Ints:
    """Each community joins at most one other in a round, the most alike first."""
    taken: set[int] = set()
    merged = labels.copy()
    for _, x, y in wanted:
        if x not in taken and y not in taken:
            taken |= {x, y}
            merged[labels == y] = x
    linked = merged >= 0
    merged[linked] = renumber(merged[linked])
    return merged


LEAST_SUPPORT = 0.25
"""An account is left out that is linked to less than this part of what its group's accounts usually are."""


def obey(labels: Ints, forced: dict[tuple[int, int], str]) -> Ints:
    """The partition with a person's verdicts obeyed: linked joins, not linked keeps apart in every case.

    Verdicts are taken in the order of their accounts' names. A `linked` that would join, through others,
    what is kept apart is not obeyed. Where a pair to be kept apart shares a community, the later account
    in name leaves it with those it was declared linked to.
    """
    apart = sorted(pair for pair, verdict in forced.items() if verdict == "not linked")
    linked = sorted(pair for pair, verdict in forced.items() if verdict == "linked")
    block = _declared_together(len(labels), linked, apart)
    result = labels.copy()
    for left, right in linked:
        if block[left] == block[right]:
            homes = {int(result[left]), int(result[right])} - {-1}
            home = min(homes, default=int(result.max()) + 1)
            result[np.isin(result, list(homes))] = home
            result[[left, right]] = home
    for left, right in apart:
        if result[left] == result[right] >= 0:
            result[block == block[right]] = int(result.max()) + 1
    sizes = np.bincount(result[result >= 0], minlength=1)
    known = result >= 0
    result[known] = np.where(sizes[result[known]] > 1, result[known], -1)
    known = result >= 0
    result[known] = renumber(result[known])
    return result


def _declared_together(n: int, linked: Sequence[tuple[int, int]], apart: Sequence[tuple[int, int]]) -> Ints:
    """Accounts by the chain of `linked` that holds them; no chain holds a pair of `apart`."""
    block = np.arange(n)
    for left, right in linked:
        joined = np.where(block == block[right], block[left], block)
        if not any(joined[x] == joined[y] for x, y in apart):
            block = joined
    return block
