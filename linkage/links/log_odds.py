"""From evidence to log-odds: the prior, and the rules by which reasons of one family add up.

Within a family reasons are correlated (an address lies in its prefix, a card in its BIN), so a family
gives its best path, capped, never the naive sum: the strongest signal counts, and several values of
that signal count as fewer, by Kish's design effect 1 + (n − 1)·ρ; values so weak that they would only
dilute the stronger ones are left out. Reasons against always count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import DECIMALS, MICRO, Floats, Ints
from linkage.evidence.pair_evidence import Said
from linkage.evidence.rows import value_numbers

PIECE = 500_000
"""Rows that are counted at once, of a hundred bytes each meanwhile."""

Numbers = NDArray[np.integer[Any]]
"""Whole numbers of any width: millions of rows are held, most of them by small numbers."""


def prior_bits(share: float) -> float:
    """Prior log-odds that two random accounts are both of an operator with this share of all accounts."""
    together = min(max(share * share, 1e-18), 1 - 1e-9)
    return round(float(np.log2(together / (1 - together))), DECIMALS)


@dataclass(frozen=True)
class Rules:
    """How families add up: `family` of each signal number, and cap and correlation of each family number.

    `known` is the share of each account's prompts that are known, of all where it is empty; `withheld_bits`
    is added to the prior of a pair of which none is.
    """

    prior: float
    family: Ints
    caps: Floats
    correlation: Floats
    known: Floats = field(default_factory=lambda: np.empty(0))
    withheld_bits: float = 0.0

    def more_bits(self, left: Ints, right: Ints) -> Floats:
        """What is added to the prior of these pairs: the more, the fewer of the pairs of a prompt of either
        account can be compared."""
        if not len(self.known):
            return np.zeros(len(left))
        return np.round(self.withheld_bits * (1 - self.known[left] * self.known[right]), DECIMALS)

    def among(self, members: Ints) -> "Rules":
        """The rules where accounts are numbered by their place among these."""
        return replace(self, known=self.known[members]) if len(self.known) else self

    def priors(self, left: Ints, right: Ints) -> Floats:
        """The prior of each of these pairs."""
        return np.round(self.prior + self.more_bits(left, right), DECIMALS)


@dataclass(frozen=True)
class Scored:
    """Evidence after the family rules.

    Per pair: left, right, log_odds, and `families`, a bit mask of the families that speak for it. Per
    row of `evidence` (in its order): `pair` (index) and `counted` (bits that entered the sum).
    """

    left: Ints
    right: Ints
    log_odds: Floats
    families: Ints
    pair: NDArray[np.int32]
    counted: Floats


def rules(
    families: Sequence[str],
    names: Sequence[str],
    *,
    prior: float,
    caps: dict[str, float],
    rho: dict[str, float],
) -> Rules:
    """Rules for signals of the given families; `names` orders families, "" in `rho` is the default."""
    number = {name: i for i, name in enumerate(names)}
    least = min(caps.values())
    return Rules(
        prior,
        np.array([number[f] for f in families], dtype=np.int64),
        np.array([caps.get(n, least) for n in names]),
        np.array([rho.get(n, rho[""]) for n in names]),
    )


def _starts(*keys: Numbers) -> Ints:
    """Where runs of equal keys start."""
    if not len(keys[0]):
        return np.empty(0, dtype=np.int64)
    new = np.zeros(len(keys[0]), dtype=bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def pieces(pair: Numbers) -> Iterator[slice]:
    """Rows about PIECE at a time, each pair with all of its rows, which follow one another."""
    ends = np.append(_starts(pair), len(pair))
    cuts = ends[np.searchsorted(ends, np.arange(0, len(pair) + PIECE, PIECE).clip(max=len(pair)))]
    for low, high in pairwise(np.unique(cuts).tolist()):
        yield slice(low, high)


def count_families(pair: Numbers, signal: Numbers, bits: Floats, rules: Rules) -> Floats:
    """Bits of each row that count after the family rules; rows stand in `order`, though some of their bits
    may have been taken away (0) since."""
    result = np.empty(len(pair))
    for some in pieces(pair):
        result[some] = _counted(pair[some], signal[some], bits[some], rules)
    return result


def _counted(pair: Numbers, signal: Numbers, bits: Floats, rules: Rules) -> Floats:
    """The same for one row or more, all at once."""
    family = rules.family[signal]
    runs = _starts(pair, signal)
    positive, effective = _best_values(runs, bits, rules.correlation[family[runs]])
    capped = np.minimum(effective, rules.caps[family[runs]])
    # The best signal of each (pair, family): the first among equals, so that ties are decided alike.
    outer = _starts(pair[runs], family[runs])
    widths = np.diff(np.append(outer, len(runs)))
    tied = capped == np.repeat(np.maximum.reduceat(capped, outer), widths)
    before = np.cumsum(tied) - tied
    chosen = tied & (before == np.repeat(before[outer], widths))
    total = np.add.reduceat(positive, runs)
    share = np.where(chosen & (total > 0), capped / np.where(total > 0, total, 1.0), 0.0)
    per_row = np.repeat(share, np.diff(np.append(runs, len(pair))))
    counted = np.where(bits > 0, positive * per_row, bits)
    return np.asarray(np.round(counted, DECIMALS), dtype=np.float64)


def _best_values(runs: Ints, bits: Floats, rho: Floats) -> tuple[Floats, Floats]:
    """For each row its bits if it counts, else 0; for each run of rows what they say together.

    Of n values the strongest k count whose sum / (1 + (k − 1)·ρ) is largest: a weak value beside a
    strong one must not take away from it.
    """
    widths = np.diff(np.append(runs, len(bits)))
    positive = np.maximum(bits, 0.0)
    place = np.cumsum(positive > 0) - 1
    place -= np.repeat(place[runs] - (positive[runs] > 0) + 1, widths)
    # Whole millionths again: sums of them are exact, whatever stood before in the column.
    whole = np.rint(positive * MICRO)
    sums = np.cumsum(whole)
    sums -= np.repeat(sums[runs] - whole[runs], widths)
    together = np.where(positive > 0, sums / MICRO / (1 + place * np.repeat(rho, widths)), 0.0)
    effective = np.maximum.reduceat(together, runs)
    last = np.maximum.reduceat(np.where(together == np.repeat(effective, widths), place, -1), runs)
    return np.where(place <= np.repeat(last, widths), positive, 0.0), effective


def order(evidence: pa.Table, rules: Rules) -> Ints:
    """The order of rows that `score` needs: by pair, family, signal, strongest value first."""
    signal, right, left = (evidence[c].to_numpy().astype(np.int64) for c in ("signal", "right", "left"))
    whole = np.rint(evidence["bits"].to_numpy() * MICRO).astype(np.int64)
    return _sorted_by(left, right, rules.family[signal], signal, -whole, value_numbers(evidence))


def _sorted_by(*keys: Ints) -> Ints:
    """The order by the first key, then the next: NumPy's lexsort for whole numbers, several times faster.

    As many keys as 63 bits hold are sorted as one number.
    """
    rows, span = len(keys[0]), 1
    packed = np.zeros(rows, dtype=np.int64)
    for key in reversed(keys):
        least = int(key.min(initial=0))
        width = int(key.max(initial=0)) - least + 1
        if span * width >= 1 << 63:
            places = np.argsort(packed)
            packed[places] = np.arange(rows)
            span = rows
        packed += (key - least) * span
        span *= width
    result: Ints = np.argsort(packed)
    return result


def score(evidence: pa.Table, rules: Rules) -> Scored:
    """Log-odds of every pair in `evidence` (left, right, signal, bits), whose rows stand in `order`."""
    left, right, signal = (evidence[c].to_numpy().astype(np.int64) for c in ("left", "right", "signal"))
    starts = _starts(left, right)
    pair = np.repeat(np.arange(len(starts), dtype=np.int32), np.diff(np.append(starts, len(left))))
    return _scored((left[starts], right[starts]), pair, signal, evidence["bits"].to_numpy(), rules)


def _scored(
    ends: tuple[Ints, Ints], pair: NDArray[np.int32], signal: Ints, bits: Floats, rules: Rules
) -> Scored:
    """The scores of pairs with these ends, from rows that stand in `order`; `pair` is the place of each."""
    counted = count_families(pair, signal, bits, rules)
    log_odds, families = total(pair, signal, counted, rules=rules, prior=rules.priors(*ends))
    return Scored(*ends, log_odds, families, pair, counted)


def score_said(said: Said, accounts: int, rules: Rules) -> tuple[Said, Scored]:
    """The same of what is said of some pairs of so many accounts: what is said in the order of scoring, of
    pairs of which anything is, and their scores."""
    whole = np.rint(said.bits * MICRO).astype(np.int64)
    keys = (said.pair, rules.family[said.signal], said.signal, -whole, said.value)
    some = said.at(_sorted_by(*(each.astype(np.int64) for each in keys)))
    ends, pair = np.divmod(some.key, accounts), some.pair.astype(np.int32)
    return some, _scored(ends, pair, some.signal.astype(np.int64), some.bits, rules)


def with_pairs(scored: Scored, pairs: Sequence[tuple[int, int]], rules: Rules) -> Scored:
    """The same, with those of `pairs` added at the end of which nothing was said: the prior alone."""
    asked = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    width = int(max(scored.right.max(initial=0), asked.max(initial=0))) + 1
    known = np.isin(asked[:, 0] * width + asked[:, 1], scored.left * width + scored.right)
    silent = asked[~known]
    return replace(
        scored,
        left=np.concatenate([scored.left, silent[:, 0]]),
        right=np.concatenate([scored.right, silent[:, 1]]),
        log_odds=np.concatenate([scored.log_odds, rules.priors(silent[:, 0], silent[:, 1])]),
        families=np.concatenate([scored.families, np.zeros(len(silent), dtype=np.int64)]),
    )


def only(scored: Scored, pairs: NDArray[np.bool_]) -> Scored:
    """The same for some of the pairs; their rows are those with `pairs[scored.pair]`."""
    rows = pairs[scored.pair]
    number = np.cumsum(pairs, dtype=np.int32) - 1
    return Scored(
        scored.left[pairs],
        scored.right[pairs],
        scored.log_odds[pairs],
        scored.families[pairs],
        number[scored.pair[rows]],
        scored.counted[rows],
    )


def joined(parts: Sequence[Scored]) -> Scored:
    """The pairs of all parts, which follow one another, as one."""
    before = np.cumsum([0, *(len(each.left) for each in parts)], dtype=np.int32)
    return Scored(
        np.concatenate([each.left for each in parts]),
        np.concatenate([each.right for each in parts]),
        np.concatenate([each.log_odds for each in parts]),
        np.concatenate([each.families for each in parts]),
        np.concatenate([each.pair + place for each, place in zip(parts, before[:-1], strict=True)]),
        np.concatenate([each.counted for each in parts]),
    )


def total(
    pair: Numbers, signal: Numbers, counted: Floats, *, rules: Rules, prior: Floats
) -> tuple[Floats, Ints]:
    """The prior of each pair plus its counted bits, and the mask of families that speak for it."""
    mask, families = np.zeros(len(prior), dtype=np.int64), len(rules.caps)
    for low in range(0, len(pair), PIECE):
        some = slice(low, low + PIECE)
        speaks = counted[some] > 0
        own = pair[some][speaks]
        if len(own):
            first, last = int(own.min()), int(own.max()) + 1
            cell = (own - first).astype(np.int64) * families + rules.family[signal[some][speaks]]
            said = np.bincount(cell, minlength=(last - first) * families).reshape(-1, families) > 0
            mask[first:last] |= said @ (1 << np.arange(families))
    return log_odds(pair, counted, prior), mask


def log_odds(pair: Numbers, counted: Floats, prior: Floats) -> Floats:
    """The prior of each pair plus its counted bits; sums of whole millionths do not depend on their order."""
    whole = np.rint(prior * MICRO)
    for low in range(0, len(pair), PIECE):
        own, bits = pair[low : low + PIECE], counted[low : low + PIECE]
        first, last = int(own.min()), int(own.max()) + 1
        whole[first:last] += np.bincount(own - first, np.rint(bits * MICRO), minlength=last - first)
    return np.asarray(np.round(whole / MICRO, DECIMALS))
