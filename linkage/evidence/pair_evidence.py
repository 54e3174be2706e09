"""What shared values and coincidences say of many pairs, a piece at a time.

Of most pairs that are worth comparing nothing is kept: only what is said of those that may become links
leaves a piece, so memory holds the reasons of links and no others.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from linkage.arrays import Bools, Floats, Ints
from linkage.evidence.holdings import Common, Holdings
from linkage.evidence.pruning import Bound, Numbers, Sums, summed
from linkage.evidence.rows import PAIR, ROWS, evidence_rows, pair_numbers, starts, value_numbers
from linkage.settings.evidence import Evidence

_THREADS = 2  # a constant; most of it is NumPy's own code, which lets another thread go on


@dataclass(frozen=True)
class Wanted:
    """Which pairs are worth keeping: those that by the `rule` could be links, where signals that are asked
    `later` may still give so many bits, and the pairs `always` wanted (numbers, in order)."""

    rule: Bound
    later: Mapping[int, float]
    always: Ints

    def among(self, key: Ints, ends: tuple[Ints, Ints], found: Common, other: Sums) -> Bools:
        """Which of these pairs, given by number and by their two accounts."""
        sums = summed(found.pair, found.signal, found.bits).beside(other)
        return self.rule.could_be_link(sums, ends, self.later) | np.isin(key, self.always)


@dataclass(frozen=True)
class _Piece:
    """Some pairs that were kept, and what is said of them: by shared values, and by `other` rows of what else
    is said, of which `of_other` is the pair's place."""

    key: Ints
    shared: Common
    other: Ints
    of_other: Ints


@dataclass(frozen=True)
class Said:
    """What is said of pairs, as numbers alone. `key` are those of the pairs, in order; per reason, in no
    order: the pair's place in `key`, its signal, the value it rests on (0: none), bits before the family
    rules."""

    key: Ints
    pair: Numbers
    signal: Numbers
    value: Numbers
    bits: Floats

    def at(self, order: Ints) -> "Said":
        """These with the reasons in another order, in which those of a pair follow one another; without pairs
        of which nothing is said."""
        pair = self.pair[order]
        first = starts(pair)
        place = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(pair))))
        signal, value = self.signal[order], self.value[order]
        return Said(self.key[pair[first]], place, signal, value, self.bits[order])

    def and_of_pairs(self, signal: int, bits: Floats, least_bits: float) -> "Said":
        """These and what a comparison of the two accounts says, in bits by pair (NaN: it says nothing)."""
        pair = np.flatnonzero(np.abs(np.nan_to_num(bits)) >= least_bits)
        more = Said(self.key, pair, np.full_like(pair, signal), np.zeros_like(pair), bits[pair])
        return _together(self.key, [self, more])


def _together(key: Ints, parts: Sequence[Said]) -> Said:
    columns = ("pair", "signal", "value", "bits")
    return Said(key, *(np.concatenate([getattr(each, name) for each in parts]) for name in columns))


@dataclass(frozen=True)
class Found:
    """What is said of pairs: `key` are the numbers of those that were kept, in order; `cut` says how many
    rows were let go."""

    holdings: Holdings
    extra: "_Extra"
    pieces: deque[_Piece]
    key: Ints
    cut: int

    def rows(self) -> Iterator[tuple[Ints, pa.Table]]:
        """The numbers of some pairs and all their ROWS, piece by piece, in the order of the numbers. A piece
        is let go as it is handed out: this answers once."""
        while self.pieces:
            piece = self.pieces.popleft()
            left, right = np.divmod(piece.key, self.holdings.accounts)
            found = piece.shared
            ends = left[found.pair], right[found.pair]
            gap = self.holdings.apart(*ends, found.v)
            columns = dict(zip(PAIR.names, ends, strict=True)) | {"signal": found.signal, "value": found.v}
            made = evidence_rows(**columns, bits=found.bits, gap=gap)
            yield piece.key, pa.concat_tables([made, self.extra.rows.take(pa.array(piece.other))])

    def said(self) -> Said:
        """The same as numbers, of all pieces. It leaves out when values were used, most of the work."""
        none = np.empty(0, dtype=np.int64)
        parts, low = [Said(none, none, none, none, np.empty(0))], 0
        for piece in self.pieces:
            shared, extra, at = piece.shared, self.extra, piece.other
            parts.append(Said(self.key, low + shared.pair, shared.signal, shared.v, shared.bits))
            of_other = low + piece.of_other
            parts.append(Said(self.key, of_other, extra.signal[at], extra.value[at], extra.bits[at]))
            low += len(piece.key)
        return _together(self.key, parts)


class _Extra:
    """What else is said (ROWS), in the order of pairs, and its columns as arrays."""

    def __init__(self, rows: pa.Table, accounts: int) -> None:
        self.rows = rows.sort_by([(name, "ascending") for name in (*PAIR.names, "signal", "value")])
        self.key = pair_numbers(self.rows, accounts)
        self.signal = self.rows["signal"].to_numpy().astype(np.int64)
        self.value, self.bits = value_numbers(self.rows), self.rows["bits"].to_numpy()

    def of(self, key: Ints) -> tuple[Ints, Ints]:
        """The places of the rows of some pairs, given in order, and each one's place among the pairs."""
        low, high = np.searchsorted(self.key, [key[0], key[-1] + 1])
        own = self.key[low:high]
        place = np.searchsorted(key, own)
        asked = key[place] == own
        return low + np.flatnonzero(asked), place[asked]


class Reasons:
    """Shared values, and `extra` tables of what else is said (ROWS), ready to be looked up by the numbers of
    pairs (`pair_numbers`). Settings: `max_shared_rows`, `strongest_values`."""

    def __init__(self, holdings: Holdings, extra: Sequence[pa.Table], chosen: Evidence) -> None:
        self.holdings, self.others, self._chosen = holdings, len(extra), chosen
        self._extra = _Extra(pa.concat_tables([ROWS.empty_table(), *extra]), holdings.accounts)
        self._of_signals: dict[bytes, Reasons] = {}

    def of_signals(self, signals: Bools) -> "Reasons":
        """The same for some signals, given which (by number) are wanted. Made once: many questions are asked
        of the same."""
        asked = signals.tobytes()
        if asked not in self._of_signals:
            extra = self._extra.rows.filter(pa.array(signals[self._extra.signal]))
            self._of_signals[asked] = Reasons(self.holdings.of_signals(signals), [extra], self._chosen)
        return self._of_signals[asked]

    def of(self, key: Ints, wanted: Wanted | None = None) -> Found:
        """What is said of these pairs, each once and in order; with `wanted`, of those worth keeping."""
        slices = [*self.holdings.pieces(*np.divmod(key, self.holdings.accounts))]
        if len(slices) < _THREADS:  # a small question takes less time than threads to start
            kept, cut = _gathered([self._piece(key[each], wanted) for each in slices], self._chosen)
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                pieces = pool.map(lambda each: self._piece(key[each], wanted), slices)
                kept, cut = _gathered(pieces, self._chosen)
        numbers = np.concatenate([np.empty(0, dtype=np.int64), *(each.key for each in kept)])
        return Found(self.holdings, self._extra, kept, numbers, cut)

    def _piece(self, key: Ints, wanted: Wanted | None) -> _Piece:
        left, right = np.divmod(key, self.holdings.accounts)
        found, (other, at) = self.holdings.common(left, right), self._extra.of(key)
        if not wanted:
            return _Piece(key, found, other, at)
        sums = summed(at, self._extra.signal[other], self._extra.bits[other])
        kept = wanted.among(key, (left, right), found, sums)
        stays = kept[at]
        place = np.cumsum(kept) - 1
        return _Piece(key[kept], found.of_pairs(kept), other[stays], place[at[stays]])


def _gathered(pieces: Iterable[_Piece], chosen: Evidence) -> tuple[deque[_Piece], int]:
    """The pieces, and how many rows were let go: where they are too many to be held at once, only the
    strongest of each pair and signal stay.

    What is counted is kept whole: every coincidence in time, every answer passed on.
    """
    most, kept, rows, cutting = chosen.strongest_values, deque[_Piece](), 0, False
    for piece in pieces:
        rows += len(piece.shared.pair)
        kept.append(_strongest(piece, most) if cutting else piece)
        if rows > chosen.max_shared_rows and not cutting:
            cutting = True
            for _ in range(len(kept)):
                kept.append(_strongest(kept.popleft(), most))
    return kept, rows - sum(len(each.shared.pair) for each in kept)


def _strongest(piece: _Piece, most: int) -> _Piece:
    """Of what pairs share, in runs of one pair and signal, the strongest `most` of each run."""
    shared = piece.shared
    first = starts(shared.pair, shared.signal)
    run = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(shared.pair)]))
    order = np.lexsort((shared.v, -shared.bits, run))
    place = np.arange(len(run)) - first[run]
    return replace(piece, shared=shared.only(np.sort(order[place < most])))
