"""What shared values and coincidences say of many pairs, a piece at a time.

Of most pairs that are worth comparing nothing is kept: only what is said of those that may become links
leaves a piece, so memory holds the reasons of links and no others.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from linkage.arrays import Bools, Ints
from linkage.evidence.holdings import Common, Holdings
from linkage.evidence.pruning import Bound, Sums, summed
from linkage.evidence.rows import PAIR, ROWS, evidence_rows, pair_numbers, starts
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
class Found:
    """ROWS in pieces, the numbers of the pairs that were kept, and how many rows were let go."""

    rows: Sequence[pa.Table]
    key: Ints
    cut: int


@dataclass(frozen=True)
class _Piece:
    """Some pairs that were kept, and what is said of them: by shared values, and by `other` evidence."""

    key: Ints
    rows: pa.Table
    other: pa.Table


class Reasons:
    """Shared values, and `extra` tables of what else is said (ROWS), ready to be looked up by the numbers of
    pairs (`pair_numbers`). Settings: `max_shared_rows`, `strongest_values`."""

    def __init__(self, holdings: Holdings, extra: Sequence[pa.Table], chosen: Evidence) -> None:
        self.holdings, self.others, self._chosen = holdings, len(extra), chosen
        rows = pa.concat_tables([ROWS.empty_table(), *extra])
        self._extra = rows.sort_by([(name, "ascending") for name in (*PAIR.names, "signal", "value")])
        self._extra_key = pair_numbers(self._extra, holdings.accounts)

    def of(self, key: Ints, wanted: Wanted | None = None) -> Found:
        """What is said of these pairs, each once and in order; with `wanted`, of those worth keeping."""
        slices = self.holdings.pieces(*np.divmod(key, self.holdings.accounts))
        with ThreadPoolExecutor(_THREADS) as pool:
            return _gathered(pool.map(lambda each: self._piece(key[each], wanted), slices), self._chosen)

    def _piece(self, key: Ints, wanted: Wanted | None) -> _Piece:
        left, right = np.divmod(key, self.holdings.accounts)
        found, (other, at) = self.holdings.common(left, right), self._other(key)
        kept = np.ones(len(key), dtype=bool)
        if wanted:
            signal = other["signal"].to_numpy().astype(np.int64)
            kept = wanted.among(key, (left, right), found, summed(at, signal, other["bits"].to_numpy()))
            found, other = found.only(kept[found.pair]), other.filter(pa.array(kept[at]))
        ends = left[found.pair], right[found.pair]
        gap = self.holdings.apart(*ends, found.v)
        columns = dict(zip(PAIR.names, ends, strict=True)) | {"signal": found.signal, "value": found.v}
        return _Piece(key[kept], evidence_rows(**columns, bits=found.bits, gap=gap), other)

    def _other(self, key: Ints) -> tuple[pa.Table, Ints]:
        """What else is said of some pairs, given in order, and each row's place among them."""
        low, high = np.searchsorted(self._extra_key, [key[0], key[-1] + 1])
        own = self._extra_key[low:high]
        place = np.searchsorted(key, own)
        asked = key[place] == own
        return self._extra.slice(low, high - low).filter(pa.array(asked)), place[asked]


def _gathered(pieces: Iterable[_Piece], chosen: Evidence) -> Found:
    """All rows, or where they are too many to be held at once the strongest of each pair and signal.

    What is counted is kept whole: every coincidence in time, every answer passed on.
    """
    most, shared = chosen.strongest_values, list[pa.Table]()
    others, keys, rows, cutting = [], [np.empty(0, dtype=np.int64)], 0, False
    for piece in pieces:
        keys.append(piece.key)
        others.append(piece.other)
        rows += piece.rows.num_rows
        shared.append(_strongest(piece.rows, most) if cutting else piece.rows)
        if rows > chosen.max_shared_rows and not cutting:
            cutting, shared = True, [_strongest(each, most) for each in shared]
    cut = rows - sum(each.num_rows for each in shared)
    return Found([ROWS.empty_table(), *shared, *others], np.concatenate(keys), cut)


def _strongest(rows: pa.Table, most: int) -> pa.Table:
    """Of ROWS in runs of one pair and signal the strongest `most` of each run."""
    left, right, signal, value, bits = (
        rows[name].to_numpy() for name in (*PAIR.names, "signal", "value", "bits")
    )
    first = starts(left, right, signal)
    run = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(left)]))
    order = np.lexsort((value, -bits, run))
    place = np.arange(len(run)) - first[run]
    return rows.take(pa.array(np.sort(order[place < most])))
