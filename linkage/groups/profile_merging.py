"""Merging communities with the same profile: parts of one operator that few links tie together.

Accounts of one operator whose prompts are withheld fall into pieces, by wave of registration or by address.
The pieces still show the same client, the same networks, the same kind of card, the same days: each common by
itself, seldom together. Two communities are held against one another as two accounts are, and a value counts
once for each, however many accounts hold it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups import stability
from linkage.groups.assessment import Assessor
from linkage.groups.enriched_partition import EnrichedPartition
from linkage.groups.enrichment import OPENING, ComparedTraits, Enrichment
from linkage.groups.families import independent_count, independent_families
from linkage.groups.partition import renumber_communities

Enrichments = Mapping[int, Sequence[Enrichment]]
"""What sets each community apart, by its number."""


@dataclass(frozen=True)
class MergedPartition:
    """A partition merged by profile, and the membership of those accounts that no resampled run could place:
    the share of runs on part of the profile in which they join (NaN: of all others)."""

    labels: Ints
    joined: Floats

    def membership(self, resampled: Floats) -> Floats:
        """The membership of every account, of which `resampled` gives that of the resampled runs."""
        return np.where(np.isnan(self.joined), resampled, self.joined)


def unmerged(labels: Ints) -> MergedPartition:
    """A partition as it is."""
    return MergedPartition(labels, np.full(len(labels), np.nan))


def merge_profiles(assessor: Assessor, labels: Ints) -> MergedPartition:
    """The partition with communities of the same profile made one, where links tie them and none is one
    customer's, and with the accounts linked to one that match its profile, until nothing changes.

    Only where the prompts of one of the two, community or account, are withheld: else what they ask ties
    them.
    """
    merged, limits = unmerged(labels), assessor.chosen.profile_merging
    for _round in range(limits.max_rounds):
        before, partition = merged.labels, assessor.enriched(merged.labels)
        customers = _customers(assessor, partition)
        found = {n: some for n, some in partition.enrichments.items() if n not in customers}
        hidden = withheld_communities(assessor, partition.members)
        pairs = [pair for pair in alike(found, limits.min_families) if hidden.intersection(pair)]
        pairs = tied(before, assessor.linked_pairs, pairs, limits.min_tied_accounts)
        if pairs:
            labels = renumber_communities(merge_pairs(before, pairs))
            merged, partition = MergedPartition(labels, merged.joined), assessor.enriched(labels)
        merged = _join_accounts(assessor, merged, partition)
        if np.array_equal(merged.labels, before):
            break
    return merged


def withheld_communities(assessor: Assessor, members: Mapping[int, Ints]) -> frozenset[int]:
    """Communities of whose prompts too few are known to say what they ask."""
    return frozenset(number for number, some in members.items() if assessor.is_withheld(some))


def _customers(assessor: Assessor, partition: EnrichedPartition) -> frozenset[int]:
    """Communities that are one customer's own."""
    return frozenset(number for number, some in partition.members.items() if assessor.is_one_unit(some))


def _join_accounts(
    assessor: Assessor, merged: MergedPartition, partition: EnrichedPartition
) -> MergedPartition:
    """Accounts linked to a community enriched in enough families join it if they match its profile, unless
    they are of another such community, or of one customer's own."""
    chosen, labels, own = assessor.chosen, merged.labels, _customers(assessor, partition)
    result, share, best = labels.copy(), merged.joined.copy(), np.zeros(len(labels))
    found = {n: some for n, some in partition.enrichments.items() if n not in own}
    able = comparable_communities(found, chosen.profile_merging.min_families)
    free = ~np.isin(labels, [*own, *able])
    hidden = withheld_communities(assessor, partition.members)
    for number in able:
        near = free & assessor.linked_to(labels == number)
        near &= assessor.withheld | (number in hidden)
        size = len(partition.members[number])
        bits, runs = _matching(assessor, near, found[number], size)
        taken = bits > best
        best = np.maximum(best, bits)
        result[taken] = number
        share[taken] = (runs / chosen.resamples)[taken] if chosen.resamples else 1.0
    return MergedPartition(renumber_communities(result), share)


def _matching(
    assessor: Assessor, near: Bools, found: Sequence[Enrichment], size: int
) -> tuple[Floats, Floats]:
    """Bits for each account `near` a community of this `size` that matches its profile (0: it does not), and
    in how many runs on part of the profile it does."""
    chosen, accounts = assessor.chosen, len(near)
    prior = np.log2(size / accounts) - chosen.profile_merging.certainty_bits

    def match(some: Sequence[Enrichment]) -> Floats:
        bits, enough = profile_match(assessor.traits, some, accounts, families=chosen.min_families)
        return np.where(near & enough & (prior + bits >= 0), bits, 0.0)

    runs = np.zeros(accounts)
    for run in range(chosen.resamples):
        kept = stability.kept(
            np.arange(len(found)), dropout=chosen.dropout, seed=assessor.settings.seed, run=run
        )
        runs += match([each for each, still in zip(found, kept.tolist(), strict=True) if still]) > 0
    return match(found), runs


def comparable_communities(found: Enrichments, min_families: int) -> list[int]:
    """Communities enriched in enough families to be held against others."""
    said = {number: frozenset(each.family for each in some) for number, some in found.items()}
    return sorted(n for n, some in said.items() if len(independent_families(some)) >= min_families)


def alike(found: Enrichments, min_families: int) -> list[tuple[int, int]]:
    """Pairs of communities whose profiles are so alike that they are one operator's rather than two's.

    Before their profiles are looked at, each of n communities is as likely as any other to belong to a given
    one, and most to none: 1 in n² for a pair. A family says log2 of how much commoner its rarest common
    value is in both than elsewhere.
    """
    numbers = comparable_communities(found, min_families)
    prior = -2 * np.log2(max(len(numbers), 2))
    pairs = []
    for one, other in combinations(numbers, 2):
        said = _common(found[one], found[other])
        if len(independent_families(frozenset(said))) >= min_families and prior + sum(said.values()) >= 0:
            pairs.append((one, other))
    return pairs


def _common(one: Sequence[Enrichment], other: Sequence[Enrichment]) -> dict[str, float]:
    """For each family, bits of the rarest value or window that both are enriched in."""
    said: dict[str, float] = {}
    for mine in one:
        for theirs in other:
            if _same(mine, theirs):
                inside, outside = min(mine.inside, theirs.inside), max(mine.outside, theirs.outside)
                bits = float(np.log2(inside / outside))
                said[mine.family] = max(said.get(mine.family, 0.0), bits)
    return {family: bits for family, bits in said.items() if bits > 0}


def _same(one: Enrichment, other: Enrichment) -> bool:
    if one.trait != other.trait:
        return False
    if one.trait == OPENING:
        return one.low <= other.high and other.low <= one.high
    return one.value == other.value


def tied(
    labels: Ints, links: tuple[Ints, Ints], pairs: Sequence[tuple[int, int]], min_accounts: int
) -> list[tuple[int, int]]:
    """Those of the pairs of communities between which links (left, right) run from so many accounts of
    either: who rents from two operators' service may be linked with both, and ties them no closer."""
    left, right = links
    wanted = {pair: (set[int](), set[int]()) for pair in pairs}
    across = (labels[left] != labels[right]) & (labels[left] >= 0) & (labels[right] >= 0)
    for ends in zip(left[across].tolist(), right[across].tolist(), strict=True):
        low, high = sorted(ends, key=lambda account: labels[account])
        if found := wanted.get((int(labels[low]), int(labels[high]))):
            found[0].add(low)
            found[1].add(high)
    return [pair for pair, ends in wanted.items() if min(map(len, ends)) >= min_accounts]


def merge_pairs(labels: Ints, pairs: Sequence[tuple[int, int]]) -> Ints:
    """The partition with these pairs of communities made one, each named by the lowest of its numbers."""
    root = np.arange(int(labels.max(initial=-1)) + 1)
    for one, other in pairs:
        low, high = sorted((root[one], root[other]))
        root[root == high] = low
    return np.where(labels >= 0, root[labels], -1) if len(root) else labels


def profile_match(
    traits: ComparedTraits, found: Sequence[Enrichment], accounts: int, *, families: int
) -> tuple[Floats, Bools]:
    """For each account the bits that the enriched values of one community it holds say for its being of it,
    the rarest of each family; and whether it holds values of so many independent `families`."""
    named = sorted({each.family for each in found})
    said = np.zeros((len(named), accounts))
    for each in found:
        row = said[named.index(each.family)]
        held = traits.holders(each)
        row[held] = np.maximum(row[held], each.bits)
    return said.sum(axis=0), np.asarray(independent_count(said.T > 0, named) >= families)
