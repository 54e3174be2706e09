"""Pieces of one operator put together by what they have in common as groups, where prompts are withheld.

Composition only: what is alike, and who bears a community's marks, is worked out in `inference.means`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.groups import communities, profile_merge, stability
from linkage.groups.assessment import Judge, Marked

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ROUNDS = 4
"""Times that communities are joined by their means at most; seen: it settles in two or three."""


@dataclass(frozen=True)
class Whole:
    """A partition put together, and the membership of those accounts that no resampled run could place: the
    share of runs on part of the marks that take them up (NaN: of all others)."""

    labels: Ints
    taken_up: Floats

    def membership(self, stays: Floats) -> Floats:
        """The membership of every account, of which `stays` gives that of the resampled runs."""
        return np.where(np.isnan(self.taken_up), stays, self.taken_up)


def untouched(labels: Ints) -> Whole:
    """A partition as it is."""
    return Whole(labels, np.full(len(labels), np.nan))


def together(court: Judge, labels: Ints) -> Whole:
    """The partition with communities of the same means made one, where links tie them and none is one
    customer's, and with the accounts linked to one that bear its marks, until nothing changes or ROUNDS have
    passed."""
    put = untouched(labels)
    for _round in range(ROUNDS):
        before, marked = put.labels, court.marked(put.labels)
        pairs = profile_merge.alike(
            {n: some for n, some in marked.marks.items() if n not in _own(court, marked)}
        )
        pairs = profile_merge.tied(before, *court.linked_pairs, pairs)
        if pairs:
            joined = profile_merge.merged(before, pairs)
            joined[joined >= 0] = communities.renumber(joined[joined >= 0])
            put = Whole(joined, put.taken_up)
            marked = court.marked(joined)
        put = _taken_up(court, put, marked)
        if np.array_equal(put.labels, before):
            break
    return put


def _own(court: Judge, marked: Marked) -> frozenset[int]:
    """Communities that are one customer's own."""
    return frozenset(number for number, some in marked.members.items() if court.one_unit(some))


def _taken_up(court: Judge, put: Whole, marked: Marked) -> Whole:
    """Accounts linked to a community marked in enough families join it if they bear its marks, unless they
    are of another such community, or of one customer's own."""
    chosen, labels, own = court.settings, put.labels, _own(court, marked)
    result, share, best = labels.copy(), put.taken_up.copy(), np.zeros(len(labels))
    able = profile_merge.able({n: some for n, some in marked.marks.items() if n not in own})
    free = ~np.isin(labels, [*own, *able])
    for number in able:
        near = free & court.linked_to(labels == number)
        prior = np.log2(len(marked.members[number]) / len(labels)) - profile_merge.CERTAIN
        stays, said = np.zeros(len(labels)), np.zeros(len(labels))
        for run in range(-1, chosen.grouping.resamples):
            marks = marked.marks[number]
            if run >= 0:
                kept = stability.kept(
                    np.arange(len(marks)), dropout=chosen.grouping.dropout, seed=chosen.seed, run=run
                )
                marks = [mark for mark, still in zip(marks, kept.tolist(), strict=True) if still]
            bits, enough = profile_merge.bearing(
                marked.facts, marks, len(labels), families=chosen.grouping.min_families
            )
            bears = near & enough & (prior + bits >= 0)
            if run < 0:
                said = np.where(bears, bits, 0.0)
            else:
                stays += bears
        taken = said > best
        best = np.maximum(best, said)
        result[taken] = number
        share[taken] = (stays / chosen.grouping.resamples)[taken] if chosen.grouping.resamples else 1.0
    result[result >= 0] = communities.renumber(result[result >= 0])
    return Whole(result, share)
