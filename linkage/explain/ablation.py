"""What a group rests on: which links stand, and into what parts it falls, when evidence is left out.

Evidence is left out before the family rules, so that what it outshone may count in its place. Accounts are
numbered from 0 inside the group; pairs and rows are those inside it.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from linkage.arrays import DECIMALS, MICRO, Bools, Floats, Ints, places_of
from linkage.evidence.kinds import Kind
from linkage.explain.findings import Remains
from linkage.groups.partition import components
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import count_families
from linkage.settings.explain import Ablation

LISTED_PARTS = 6
"""Parts whose sizes are listed, largest first; the accounts of the smaller ones are counted."""


@dataclass(frozen=True)
class Rows:
    """Rows of evidence in scoring order: place of the pair, signal, kind, value (of kind VALUE), raw bits."""

    pair: Ints
    signal: Ints
    kind: Ints
    value: Ints
    bits: Floats

    @property
    def on_values(self) -> Bools:
        """Which rest on a value."""
        result: Bools = self.kind == Kind.VALUE
        return result


@dataclass(frozen=True, eq=False)
class Source:
    """Values of one family that the same `accounts` hold, and their bits over all links of the group.

    Families and values are numbers.
    """

    family: int
    values: Ints
    accounts: int
    bits: float


class GroupEvidence:
    """The links inside one group and the evidence they rest on.

    `ends` are the accounts of each pair (2 × pairs); `unit` is the declared unit of each account (−1: none);
    `forced` are pairs that a person linked. What one unit shares at home is explained, so where there are
    links across units only those are counted; a unit's accounts hang together by their declaration.
    """

    def __init__(self, ends: Ints, rows: Rows, unit: Ints, forced: Bools, rule: LinkRule) -> None:
        self.ends, self.rows, self.forced, self.rule = ends, rows, forced, rule
        self.rules = rules = rule.rules
        self.n, self.pairs = len(unit), ends.shape[1]
        self.prior, self.more = (each(ends[0], ends[1]) for each in (rules.priors, rules.more_bits))
        self.family = rules.family[rows.signal]
        self.cell = rows.pair * len(rules.caps) + self.family
        self.weak = ~rule.strong[rows.signal]
        order = np.flatnonzero(rows.on_values)
        order = order[np.argsort(rows.value[order], kind="stable")]
        self.by_value = order, rows.value[order]
        self.counted = count_families(rows.pair, rows.signal, rows.bits, rules)
        self.bits = self._by_family(self.counted)
        self.strong = self._by_family(count_families(rows.pair, rows.signal, self._identifying(), rules))
        apart = (unit[ends[0]] != unit[ends[1]]) | (unit[ends[0]] < 0)
        self.across = apart if apart.any() else np.ones(self.pairs, dtype=bool)
        order = np.lexsort((np.arange(self.n), unit))
        same = (unit[order][1:] == unit[order][:-1]) & (unit[order][1:] >= 0)
        self.declared = np.stack([order[:-1][same], order[1:][same]])

    @property
    def log_odds(self) -> Floats:
        """Of each pair, prior included."""
        result: Floats = np.round(self.prior + self.bits.sum(axis=1), DECIMALS)
        return result

    def _identifying(self) -> Floats:
        return self.rule.strong_only(self.rows.signal, self.rows.bits)

    def _by_family(self, counted: Floats) -> Floats:
        """Sums of counted bits by pair and family."""
        width = len(self.rules.caps)
        sums = np.bincount(self.cell, weights=counted, minlength=self.pairs * width)
        result: Floats = sums.reshape(-1, width).astype(np.float64)
        return result

    def _standing(self, bits: Floats, strong: Floats) -> Bools:
        log_odds = np.round(self.prior + bits.sum(axis=1), DECIMALS)
        alone = np.round(strong.sum(axis=1), DECIMALS)
        return self.forced | self.rule.suffices(log_odds, alone, self.more)

    def part_of(self, standing: Bools) -> Ints:
        """The part each account is in when only these pairs are links."""
        left, right = np.concatenate([self.ends[:, standing], self.declared], axis=1)
        return components(self.n, left, right)

    def remains(self, standing: Bools) -> Remains:
        """Links and parts when only these pairs are links."""
        sizes = np.sort(np.bincount(self.part_of(standing)))[::-1]
        several = sizes[sizes > 1]
        listed = tuple(int(size) for size in several[:LISTED_PARTS])
        rest = int(sizes.sum()) - sum(listed)
        links, of = int((standing & self.across).sum()), int(self.across.sum())
        return Remains(links, of, int(sizes[0]) if len(sizes) else 0, listed, rest)

    def without_family(self, family: int) -> Bools:
        """Pairs that stay links when a family is left out."""
        bits, strong = self.bits.copy(), self.strong.copy()
        bits[:, family] = strong[:, family] = 0.0
        return self._standing(bits, strong)

    def without_values(self, values: Ints) -> Bools:
        """Pairs that stay links when these values, in whatever signal, are left out."""
        gone = self._rows_of(values)
        touched = np.zeros(self.bits.size, dtype=bool)
        touched[self.cell[gone]] = True
        changed = touched.reshape(self.bits.shape)
        bits, strong = np.where(changed, 0.0, self.bits), np.where(changed, 0.0, self.strong)
        # What stands without the whole family stands without a part of it: only the others are counted again.
        again = ~self._standing(bits, strong)
        changed &= again[:, None]
        rows = np.flatnonzero(touched[self.cell])
        left = np.ones(len(self.rows.bits), dtype=bool)
        left[gone] = False
        self._count_again(bits, rows, np.where(left[rows], self.rows.bits[rows], 0.0))
        if self.weak[rows].any():
            self._count_again(strong, rows, np.where(left[rows], self._identifying()[rows], 0.0))
        else:
            strong = np.where(changed, bits, strong)
        return self._standing(bits, strong)

    def _rows_of(self, values: Ints) -> Ints:
        """Places of the rows that speak of these values."""
        order, known = self.by_value
        rows: Ints = order[places_of(values, known)]
        return rows

    def _count_again(self, sums: Floats, rows: Ints, raw: Floats) -> None:
        """Puts the bits of these rows, after the family rules, into the sums of their pairs and families."""
        pair, signal, cell = self.rows.pair[rows], self.rows.signal[rows], self.cell[rows]
        counted = count_families(pair, signal, raw, self.rules)
        again = np.bincount(cell, weights=counted, minlength=sums.size).reshape(sums.shape)
        sums += again

    # --- sources of evidence ---------------------------------------------------------------------

    def sources(self, chosen: Ablation) -> list[Source]:
        """The sources of most bits in every family: values with the same holders together."""
        families = range(len(self.rules.caps))
        return [source for family in families for source in self._sources(family, chosen)]

    def _sources(self, family: int, chosen: Ablation) -> list[Source]:
        rows = np.flatnonzero((self.family == family) & self.rows.on_values & (self.rows.bits > 0))
        values, place = np.unique(self.rows.value[rows], return_inverse=True)
        whole = np.bincount(place, weights=np.rint(np.maximum(self.counted[rows], 0) * MICRO))
        strongest = np.lexsort((values, -whole))[: chosen.max_family_values]
        holds = self.holders(rows, place, len(values))[strongest]
        found = [
            Source(family, values[strongest[own]], int(holds[own].any(axis=0).sum()), bits)
            for own in _same_holders(holds, chosen.same_source_overlap)
            if (bits := float(whole[strongest[own]].sum()) / MICRO)
        ]
        order = sorted(found, key=lambda each: (-each.bits, int(each.values[0])))
        return order[: chosen.max_family_sources]

    def holders(self, rows: Ints, place: Ints, values: int) -> Bools:
        """Who holds each value, as far as these rows of evidence show: values × accounts.

        `place` numbers the value of each row from 0.
        """
        holds = np.zeros((values, self.n), dtype=bool)
        for side in self.ends:
            holds[place, side[self.rows.pair[rows]]] = True
        return holds


def _same_holders(holds: Bools, overlap: float) -> list[Ints]:
    """Places of values with nearly the same holders, each set led by its first."""
    whole = holds.astype(np.float32)
    both = whole @ whole.T
    size = whole.sum(axis=1)
    alike = both >= overlap * (size[:, None] + size[None, :] - both)
    free, found = np.ones(len(holds), dtype=bool), []
    for leader in range(len(holds)):
        if free[leader]:
            own = np.flatnonzero(alike[leader] & free)
            free[own] = False
            found.append(own)
    return found


# --- the smallest set that takes the group apart -------------------------------------------------

_THREADS = 2  # most of it is NumPy's own code, which lets another thread go on


@dataclass(frozen=True)
class Removal:
    """Sources left out together, and what remains."""

    sources: tuple[Source, ...]
    remains: Remains


def remove_each(evidence: GroupEvidence, sources: Sequence[Source]) -> list[Removal]:
    """Each source left out alone, the most damaging first: smallest largest part, then fewest links."""

    def alone(source: Source) -> Removal:
        return Removal((source,), evidence.remains(evidence.without_values(source.values)))

    with ThreadPoolExecutor(_THREADS) as pool:
        return sorted(pool.map(alone, sources), key=_damage)


def smallest_set(
    evidence: GroupEvidence, removals: Sequence[Removal], chosen: Ablation, *, min_accounts: int
) -> Removal | None:
    """The fewest sources found whose loss takes the group apart into parts of `min_accounts`.

    Where it survives all that were tried, the most damaging ones; None where there are no sources. One source
    is exact among those tried. A set of more is grown by the most damaging one: a smaller may exist.
    """
    if not removals:
        return None
    best = min(removals, key=lambda each: (not each.remains.falls_apart(min_accounts), *_damage(each)))
    most = removals[: chosen.max_combined_sources]
    candidates = [each.sources[0] for each in most if each.remains.share <= 1 - chosen.min_links_lost]
    while not best.remains.falls_apart(min_accounts) and len(best.sources) < chosen.max_removed_sources:
        more = [_with(evidence, best.sources, each) for each in candidates if each not in best.sources]
        worst = min(more, key=_damage, default=best)
        if _damage(worst)[:2] >= _damage(best)[:2]:
            break
        best = worst
    return best


def _with(evidence: GroupEvidence, sources: tuple[Source, ...], more: Source) -> Removal:
    together = (*sources, more)
    values = np.concatenate([each.values for each in together])
    return Removal(together, evidence.remains(evidence.without_values(values)))


def _damage(removal: Removal) -> tuple[int, int, float, int]:
    """What sorts the worst loss first: accounts and links left, then the bits that are gone."""
    bits = -sum(each.bits for each in removal.sources)
    return removal.remains.accounts, removal.remains.links, bits, int(removal.sources[0].values[0])
