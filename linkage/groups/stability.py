"""How far communities depend on single values: each is looked for again with part of all values left out.

Values are left out, not rows: one card or one template makes many links, and all of them lose it at once.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Bools, Floats, Ints
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import value_numbers
from linkage.groups.communities import WeightedLinks, detect_communities
from linkage.groups.partition import components, sizes
from linkage.links import log_odds as scoring
from linkage.links.log_odds import Numbers, Rules
from linkage.links.stage import Links
from linkage.settings.groups import Groups

_THREADS = 2  # most of a run is NumPy's and the grouping library's own code, which lets another thread go on


def kept(values: Numbers, *, dropout: float, seed: int, run: int) -> Bools:
    """Which rows of evidence stay in resampled run number `run`, by the number of each row's value.

    A value goes with all of its rows. Rows that compare two accounts and rest on no value (−1) stay.
    """
    drawn = np.random.default_rng([seed, run]).random(int(values.max(initial=-1)) + 1) >= dropout
    return np.asarray(np.append(drawn, True)[values])


@dataclass(frozen=True)
class Reasons:
    """The evidence on some pairs, in the order of scoring: place of the pair, signal, number of the value
    (−1: rests on none), bits. Every run looks at all of it, so it is held narrow."""

    pair: NDArray[np.int32]
    signal: NDArray[np.int16]
    value: NDArray[np.int32]
    bits: Floats

    @classmethod
    def of(cls, links: Links, pairs: Bools) -> Self:
        """All that is said of these pairs."""
        rows = pairs[links.scored.pair]
        some = links.evidence.select(["signal", "kind", "value", "bits"]).filter(rows)
        value = np.where(some["kind"].to_numpy() == Kind.VALUE, value_numbers(some), -1).astype(np.int32)
        return cls(links.scored.pair[rows], some["signal"].to_numpy(), value, some["bits"].to_numpy())

    def log_odds(self, stay: Bools, rules: Rules, prior: Floats) -> Floats:
        """The log-odds of every pair (`prior` has one for each) by the rows that stay."""
        result = scoring.log_odds(self.pair[:0], self.bits[:0], prior)
        for some in scoring.pieces(self.pair):
            # The rows of a pair follow one another, so a piece has all that is said of its pairs.
            pair, bits = self.pair[some], np.where(stay[some], self.bits[some], 0.0)
            counted = scoring.count_families(pair, self.signal[some], bits, rules)
            own = slice(int(pair[0]), int(pair[-1]) + 1)
            result[own] = scoring.log_odds(pair - pair[0], counted, prior[own])
        return result


def membership(
    labels: Ints, resample: Callable[[int], WeightedLinks], chosen: Groups, *, seed: int
) -> Floats:
    """For each account of a community (label ≥ 0), the share of runs that find it with its community again.

    `resample(run)` gives the links of a resampled run.
    """

    def one(run: int) -> Bools:
        return _stays(labels, resample(run), chosen, seed=seed + run + 1)

    runs = chosen.resamples
    with ThreadPoolExecutor(_THREADS) as pool:
        total = sum(pool.map(one, range(runs)), np.zeros(len(labels)))
    result: Floats = total / runs if runs else np.where(labels >= 0, 1.0, 0.0)
    return result


def _stays(labels: Ints, links: WeightedLinks, chosen: Groups, *, seed: int) -> Bools:
    """Which accounts are found with their community again in other links.

    Each community of at least a group's accounts is looked for among its accounts and all that are linked to
    one of them. Accounts of smaller communities stay.
    """
    from scipy.sparse import csr_array

    ends = np.r_[links.left, links.right], np.r_[links.right, links.left]
    graph = csr_array((np.tile(links.weight, 2), ends), shape=(len(labels), len(labels)))
    result = np.asarray(labels >= 0)
    for number in np.flatnonzero(sizes(labels) >= chosen.min_accounts):
        members = np.flatnonzero(labels == number)
        near = np.union1d(members, graph[members].indices)
        cells = graph[near][:, near].tocoo()
        once = cells.row < cells.col
        own = WeightedLinks(
            cells.row[once].astype(np.int64), cells.col[once].astype(np.int64), cells.data[once]
        )
        again = _found_again(own, np.isin(near, members), chosen, seed=seed)
        result[members] = again[np.searchsorted(near, members)]
    return result


def _found_again(links: WeightedLinks, mine: Bools, chosen: Groups, *, seed: int) -> Bools:
    """Which accounts of a community (`mine`) are found together again among their neighbours.

    What is found of it is the community that overlaps most with it (Jaccard), and every one half of which or
    more is of it, linked with these: found as parts of itself it has lost nobody. Who is cut off has left.
    """
    found = detect_communities(len(mine), links, chosen.communities, resolution=chosen.resolution, seed=seed)
    linked = found >= 0
    count = max(int(found.max(initial=-1)) + 1, 1)
    accounts, own = (np.bincount(found[some], minlength=count) for some in (linked, linked & mine))
    its = 2 * own >= np.maximum(accounts, 1)
    its[np.argmax(own / (accounts + mine.sum() - own))] = True
    near = np.append(its, False)[found]
    inside = near[links.left] & near[links.right]
    piece = components(len(mine), links.left[inside], links.right[inside])
    held = np.bincount(piece[mine & near], minlength=1)
    return np.asarray(mine & near & (piece == np.argmax(held)) & (held.max() > 1))
