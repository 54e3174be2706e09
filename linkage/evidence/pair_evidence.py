"""What shared values and coincidences say of many pairs, a piece at a time.

Of most pairs that are worth comparing nothing is kept: only what is said of those that may become links
leaves a piece, so memory holds the reasons of links and no others.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import Ints
from linkage.evidence.holdings import Common, Holdings
from linkage.evidence.pruning import Needed, Sums, possible, summed
from linkage.evidence.rows import PAIR, ROWS, evidence_rows, pair_numbers, starts

_THREADS = 2  # a constant; most of it is NumPy's own code, which lets another thread go on

MOST_ROWS = 8_000_000
"""Rows of evidence held at once, of some 40 bytes and as many again while they are scored. Of 20,000 accounts
with a quarter of a million requests there are three million."""

STRONGEST = 32
"""Values of one signal kept of a pair where there are too many rows. More would say little: a hundred
alike count as 3.3 times one of them, 32 as 3.1 times (Kish's design effect, correlation 0.3)."""


@dataclass(frozen=True)
class Wanted:
    """Which pairs are worth keeping: those that can reach what is `needed` for a link, where signals that are
    asked `later` may still give so many bits, and the pairs `always` wanted (numbers, in order)."""

    needed: Needed
    later: Mapping[int, float]
    always: Ints

    def among(self, key: Ints, found: Common, told: Sums) -> NDArray[np.bool_]:
        """Which of these pairs."""
        sums = summed(found.pair, found.signal, found.bits).beside(told)
        return possible(sums, len(key), self.needed, self.later) | np.isin(key, self.always)


@dataclass(frozen=True)
class Found:
    """ROWS in pieces, the numbers of the pairs that were kept, and how many rows were let go."""

    rows: Sequence[pa.Table]
    key: Ints
    cut: int


@dataclass(frozen=True)
class _Piece:
    """Some pairs that were kept, and what is said of them: by shared values, and by what else was `told`."""

    key: Ints
    rows: pa.Table
    told: pa.Table


class Reasons:
    """Shared values, and `extra` tables of what else is said (ROWS), ready to be looked up by the numbers of
    pairs (`pair_numbers`)."""

    def __init__(self, holdings: Holdings, extra: Sequence[pa.Table]) -> None:
        self.holdings, self.others = holdings, len(extra)
        rows = pa.concat_tables([ROWS.empty_table(), *extra])
        self._extra = rows.sort_by([(name, "ascending") for name in (*PAIR.names, "signal", "value")])
        self._extra_key = pair_numbers(self._extra, holdings.accounts)

    def of(self, key: Ints, wanted: Wanted | None = None) -> Found:
        """What is said of these pairs, each once and in order; with `wanted`, of those worth keeping."""
        slices = self.holdings.pieces(*np.divmod(key, self.holdings.accounts))
        with ThreadPoolExecutor(_THREADS) as pool:
            return _gathered(pool.map(lambda each: self._piece(key[each], wanted), slices))

    def _piece(self, key: Ints, wanted: Wanted | None) -> _Piece:
        left, right = np.divmod(key, self.holdings.accounts)
        found, (told, at) = self.holdings.common(left, right), self._told(key)
        kept = np.ones(len(key), dtype=bool)
        if wanted:
            signal = told["signal"].to_numpy().astype(np.int64)
            kept = wanted.among(key, found, summed(at, signal, told["bits"].to_numpy()))
            found, told = found.only(kept[found.pair]), told.filter(pa.array(kept[at]))
        ends = left[found.pair], right[found.pair]
        gap = self.holdings.apart(*ends, found.v)
        columns = dict(zip(PAIR.names, ends, strict=True)) | {"signal": found.signal, "value": found.v}
        return _Piece(key[kept], evidence_rows(**columns, bits=found.bits, gap=gap), told)

    def _told(self, key: Ints) -> tuple[pa.Table, Ints]:
        """What else is said of some pairs, given in order, and each row's place among them."""
        low, high = np.searchsorted(self._extra_key, [key[0], key[-1] + 1])
        own = self._extra_key[low:high]
        place = np.searchsorted(key, own)
        asked = key[place] == own
        return self._extra.slice(low, high - low).filter(pa.array(asked)), place[asked]


def _gathered(pieces: Iterable[_Piece]) -> Found:
    """All rows, or where they are too many to be held at once the strongest of each pair and signal.

    What is counted is kept whole: every coincidence in time, every answer passed on.
    """
    shared: list[pa.Table] = []
    others, keys, rows, cutting = [], [np.empty(0, dtype=np.int64)], 0, False
    for piece in pieces:
        keys.append(piece.key)
        others.append(piece.told)
        rows += piece.rows.num_rows
        shared.append(_strongest(piece.rows) if cutting else piece.rows)
        if rows > MOST_ROWS and not cutting:
            cutting, shared = True, [_strongest(each) for each in shared]
    cut = rows - sum(each.num_rows for each in shared)
    return Found([ROWS.empty_table(), *shared, *others], np.concatenate(keys), cut)


def _strongest(rows: pa.Table) -> pa.Table:
    """Of ROWS in runs of one pair and signal the STRONGEST of each run."""
    left, right, signal, value, bits = (
        rows[name].to_numpy() for name in (*PAIR.names, "signal", "value", "bits")
    )
    first = starts(left, right, signal)
    run = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(left)]))
    order = np.lexsort((value, -bits, run))
    place = np.arange(len(run)) - first[run]
    return rows.take(pa.array(np.sort(order[place < STRONGEST])))
