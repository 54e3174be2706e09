"""What holds a group together: which links stand, and into what parts it falls, when reasons are taken out.

A reason that is taken out is taken out before the family rules, so that what it outshone may count in its
place. Accounts are numbered from 0 inside the group; pairs and rows are those inside it.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.evidence.rows import Kind
from linkage.groups.communities import components
from linkage.links.log_odds import Rules, count_families

Mask = NDArray[np.bool_]

SAME_HOLDERS = 0.8
"""Values of one family whose holders coincide by so much (intersection over union) are one source: the
sentences of one text, an address and its prefix, a card and the name on it."""

MOST_VALUES = 400
"""Values of a family that are looked at; the rest together say less than any of them."""

MOST_SOURCES = 8
"""Sources of a family, those that say most, that are taken out in turn."""

PARTS = 6
"""Parts told of, largest first; the smaller ones are counted."""


@dataclass(frozen=True)
class Rows:
    """Rows of evidence in scoring order: place of the pair, signal, kind, value (of kind VALUE), raw bits."""

    pair: Ints
    signal: Ints
    kind: Ints
    value: Ints
    bits: Floats

    @property
    def on_values(self) -> Mask:
        """Which rest on a value."""
        result: Mask = self.kind == Kind.VALUE
        return result


@dataclass(frozen=True)
class Bar:
    """What a link needs: log-odds, and bits of identifying signals (`strong`, by signal number)."""

    link_bits: float
    strong_bits: float
    strong: Mask


@dataclass(frozen=True)
class Remains:
    """What is left when something is taken out: links, of so many; accounts in the largest part; sizes of
    the largest parts of two and more; and how many accounts stand alone."""

    links: int
    of: int
    accounts: int
    parts: tuple[int, ...]
    alone: int

    @property
    def share(self) -> float:
        """Share of the links that stand."""
        return self.links / max(self.of, 1)

    def falls(self, least: int) -> bool:
        """Whether it falls into parts that matter: two of at least `least`, or none that holds half."""
        whole = sum(self.parts) + self.alone
        return sum(size >= least for size in self.parts) > 1 or 2 * self.accounts < whole


@dataclass(frozen=True, eq=False)
class Source:
    """Values of one family that the same accounts hold, and all they say in the group, in bits."""

    family: int
    values: Ints
    accounts: int
    bits: float


class Web:
    """The links inside one group and the evidence they rest on.

    `ends` are the accounts of each pair (2 × pairs); `unit` is the declared unit of each account (−1: none);
    `forced` are pairs that a person linked. What one unit shares at home is explained, so where there are
    links across units only those are counted; a unit's accounts hang together by their declaration.
    """

    def __init__(self, ends: Ints, rows: Rows, unit: Ints, forced: Mask, *, rules: Rules, bar: Bar) -> None:
        self.ends, self.rows, self.rules, self.bar, self.forced = ends, rows, rules, bar, forced
        self.n, self.pairs = len(unit), ends.shape[1]
        self.family = rules.family[rows.signal]
        self.cell = rows.pair * len(rules.caps) + self.family
        self.weak = ~bar.strong[rows.signal]
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
        result: Floats = np.round(self.rules.prior + self.bits.sum(axis=1), 6)
        return result

    def _identifying(self) -> Floats:
        return np.where(self.weak, 0.0, self.rows.bits)

    def _by_family(self, counted: Floats) -> Floats:
        """Sums of counted bits by pair and family."""
        width = len(self.rules.caps)
        sums = np.bincount(self.cell, weights=counted, minlength=self.pairs * width)
        result: Floats = sums.reshape(-1, width).astype(np.float64)
        return result

    def _standing(self, bits: Floats, strong: Floats) -> Mask:
        enough = np.round(self.rules.prior + bits.sum(axis=1), 6) >= self.bar.link_bits
        result: Mask = self.forced | (enough & (np.round(strong.sum(axis=1), 6) >= self.bar.strong_bits))
        return result

    def part_of(self, standing: Mask) -> Ints:
        """The part each account is in when only these pairs are links."""
        left, right = np.concatenate([self.ends[:, standing], self.declared], axis=1)
        return components(self.n, left, right)

    def remains(self, standing: Mask) -> Remains:
        """The same in figures."""
        sizes = np.sort(np.bincount(self.part_of(standing)))[::-1]
        several = sizes[sizes > 1]
        told = tuple(int(size) for size in several[:PARTS])
        rest = int(sizes.sum()) - sum(told)
        links, of = int((standing & self.across).sum()), int(self.across.sum())
        return Remains(links, of, int(sizes[0]) if len(sizes) else 0, told, rest)

    def without_family(self, family: int) -> Mask:
        """Pairs that stay links when everything a family says is left out."""
        bits, strong = self.bits.copy(), self.strong.copy()
        bits[:, family] = strong[:, family] = 0.0
        return self._standing(bits, strong)

    def without_values(self, values: Ints) -> Mask:
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
        low, high = (np.searchsorted(known, values, side) for side in ("left", "right"))
        ranges = [order[i:j] for i, j in zip(low.tolist(), high.tolist(), strict=True)]
        return np.concatenate([np.empty(0, dtype=np.int64), *ranges])

    def _count_again(self, sums: Floats, rows: Ints, raw: Floats) -> None:
        """Puts the bits of these rows, after the family rules, into the sums of their pairs and families."""
        pair, signal, cell = self.rows.pair[rows], self.rows.signal[rows], self.cell[rows]
        counted = count_families(pair, signal, raw, self.rules)
        again = np.bincount(cell, weights=counted, minlength=sums.size).reshape(sums.shape)
        sums += again

    # --- sources of evidence ---------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """The strongest sources of every family: values with the same holders together."""
        return [source for family in range(len(self.rules.caps)) for source in self._sources(family)]

    def _sources(self, family: int) -> list[Source]:
        rows = np.flatnonzero((self.family == family) & self.rows.on_values & (self.rows.bits > 0))
        values, place = np.unique(self.rows.value[rows], return_inverse=True)
        whole = np.bincount(place, weights=np.rint(np.maximum(self.counted[rows], 0) * 1e6))
        strongest = np.lexsort((values, -whole))[:MOST_VALUES]
        holds = self._holders(rows, place, len(values))[strongest]
        found = [
            Source(family, values[strongest[own]], int(holds[own].any(axis=0).sum()), said)
            for own in _alike(holds)
            if (said := float(whole[strongest[own]].sum()) / 1e6)
        ]
        return sorted(found, key=lambda each: (-each.bits, int(each.values[0])))[:MOST_SOURCES]

    def _holders(self, rows: Ints, place: Ints, values: int) -> Mask:
        """Who holds each value, as far as evidence shows: values × accounts."""
        holds = np.zeros((values, self.n), dtype=bool)
        for side in self.ends:
            holds[place, side[self.rows.pair[rows]]] = True
        return holds


def _alike(holds: Mask) -> list[Ints]:
    """Places of values with nearly the same holders, each set led by its first."""
    whole = holds.astype(np.float32)
    both = whole @ whole.T
    size = whole.sum(axis=1)
    alike = both >= SAME_HOLDERS * (size[:, None] + size[None, :] - both)
    free, found = np.ones(len(holds), dtype=bool), []
    for leader in range(len(holds)):
        if free[leader]:
            own = np.flatnonzero(alike[leader] & free)
            free[own] = False
            found.append(own)
    return found


# --- the smallest set that takes it apart --------------------------------------------------------

MOST_REMOVED = 3
"""Sources taken out together at most: a group that outlives three does not hang on a few values."""

_THREADS = 2  # most of it is NumPy's own code, which lets another thread go on

TRIED = 6
"""Most damaging sources among which the search for a set goes on."""

SLIGHT = 0.05
"""A source whose loss costs a smaller part of the links is not tried together with others."""


@dataclass(frozen=True)
class Taken:
    """Sources taken out together, and what is left."""

    sources: tuple[Source, ...]
    remains: Remains


def taken_in_turn(web: Web, sources: Sequence[Source]) -> list[Taken]:
    """Each source alone, the most damaging first: smallest largest part, then fewest links."""

    def alone(source: Source) -> Taken:
        return Taken((source,), web.remains(web.without_values(source.values)))

    with ThreadPoolExecutor(_THREADS) as pool:
        return sorted(pool.map(alone, sources), key=_damage)


def smallest_set(web: Web, in_turn: Sequence[Taken], *, least: int) -> Taken | None:
    """The fewest sources found whose loss takes the group apart; where it outlives all that were tried, the
    most damaging ones (`falls` then says no); None where there are no sources.

    One is exact among those tried. Of more, the set is grown by the most damaging one: a smaller may exist.
    """
    if not in_turn:
        return None
    best = min(in_turn, key=lambda each: (not each.remains.falls(least), *_damage(each)))
    candidates = [each.sources[0] for each in in_turn[:TRIED] if each.remains.share <= 1 - SLIGHT]
    while not best.remains.falls(least) and len(best.sources) < MOST_REMOVED:
        more = [_with(web, best.sources, each) for each in candidates if each not in best.sources]
        worst = min(more, key=_damage, default=best)
        if _damage(worst)[:2] >= _damage(best)[:2]:
            break
        best = worst
    return best


def _with(web: Web, sources: tuple[Source, ...], more: Source) -> Taken:
    together = (*sources, more)
    values = np.concatenate([each.values for each in together])
    return Taken(together, web.remains(web.without_values(values)))


def _damage(taken: Taken) -> tuple[int, int, float, int]:
    """What sorts the worst loss first: accounts and links left, then how much was said."""
    said = -sum(each.bits for each in taken.sources)
    return taken.remains.accounts, taken.remains.links, said, int(taken.sources[0].values[0])
