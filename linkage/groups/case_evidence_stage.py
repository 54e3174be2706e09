"""The links of a finished run, seen as the whole case shows them.

Composition only: what is explained, and what company is missing, is worked out in `inference.context`.
Nothing is held against links inside reported groups; those on which a person has decided stay as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.evidence.rows import APART, COMPANY, EXPLAINED, SIZE, said
from linkage.evidence.shared_values import LEAST_BITS
from linkage.evidence.signals.signal import Signal
from linkage.groups import case_evidence, gates
from linkage.groups.assessment import Judge, Judged
from linkage.groups.split_by_workload import Parts
from linkage.groups.stage import VERDICTS, Links
from linkage.links.log_odds import Rules

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Said = tuple[str, Ints, Ints, Floats, Ints]
"""What a signal says: its name, the pairs, their values, bits and counts."""

ONE_PURSE = "one customer's own accounts: one card under one billing name"
BESIDE = "the infrastructure of a group, without a part in its work"


def seen_whole(
    court: Judge,
    judged: Sequence[Judged],
    stays: Floats,
    parts: Parts,
    *,
    signals: Sequence[Signal],
    rules: Rules,
) -> Links:
    """The links that `court` has judged, with the evidence that only the whole case gives."""
    seen = _Seen(court, judged, stays, parts)
    links, number = court.links, {each.name: place for place, each in enumerate(signals)}
    added = [
        (pairs, said(number[name], [*seen.sides(pairs), v], bits=bits, gap=gap))
        for name, pairs, v, bits, gap in (*seen.against(rules), seen.sizes())
    ]
    return replace(_with(links, added), reasons=seen.explained.words)


class _Seen:
    """One run's communities and links, by number."""

    def __init__(self, court: Judge, judged: Sequence[Judged], stays: Floats, parts: Parts) -> None:
        self._court, self._judged, self._stays, self._parts = court, judged, stays, parts
        self._links, self._accounts = court.links, len(stays)
        self._home = _homes(judged, self._accounts)
        self._reported = np.array([each.reported for each in judged] + [False], dtype=bool)[self._home]
        left, right = self._links.scored.left, self._links.scored.right
        inside = self._reported[left] & (self._home[left] == self._home[right])
        undecided = self._links.linked & ~self._links.decided(*VERDICTS)
        self._inside, self._open = np.flatnonzero(undecided & inside), np.flatnonzero(undecided & ~inside)
        self.explained = self._explained(*self.sides(self._open))

    def sides(self, pairs: Ints) -> tuple[Ints, Ints]:
        """The accounts of pairs."""
        return self._links.scored.left[pairs], self._links.scored.right[pairs]

    def against(self, rules: Rules) -> Iterator[Said]:
        """What speaks against links outside reported groups."""
        pairs, links, chosen = self._open, self._links, self._court.settings.scoring
        sides, none = self.sides(pairs), np.zeros(len(pairs), dtype=np.int64)
        back = case_evidence.taken_back(self.explained, links.by_family(rules)[pairs], links.families)
        yield "explained sharing", pairs, EXPLAINED - self.explained.reason, back, none
        found = case_evidence.common(*self.sides(np.flatnonzero(links.linked)), sides, self._accounts)
        alone = case_evidence.no_company(found, chosen.operator_accounts)
        yield "no common company", pairs, none + COMPANY, alone, found
        # Where no group is reported, what is left is the membership in any community.
        some = self._reported if self._reported.any() else self._home >= 0
        split = case_evidence.parted(self._stays[some])
        apart = np.where(self._together(*sides), 0.0, np.log2(split))
        yield "grouped apart", pairs, none + APART, apart, none + round(1000 * split)

    def sizes(self) -> Said:
        """How large the operator is whose group links lie in, where that is known."""
        left, right = self.sides(self._inside)
        sizes = np.zeros(len(self._judged) + 1)
        for place, each in enumerate(self._judged):
            # What a person confirmed although gates failed was not measured against chance.
            if all(gate.passed for gate in each.gates):
                sizes[place] = self._stays[each.members].sum()
        certain = sizes[self._home[left]] * self._stays[left] * self._stays[right]
        bits = case_evidence.of_size(certain, self._court.settings.scoring.operator_accounts)
        none = np.zeros(len(left), dtype=np.int64)
        return "size of the group", self._inside, none + SIZE, bits, np.round(certain).astype(np.int64)

    def _together(self, left: Ints, right: Ints) -> Bools:
        return np.asarray((self._home[left] == self._home[right]) & (self._home[left] >= 0))

    def _beside(self, left: Ints, right: Ints) -> Bools:
        """Pairs found with a group, of which one or both took no part in its work and left."""
        before, out = self._parts.before, self._parts.left
        groups = np.unique(before[self._reported & ~out])
        return np.asarray(
            (out[left] | out[right]) & (before[left] == before[right]) & np.isin(before[left], groups)
        )

    def _explained(self, left: Ints, right: Ints) -> case_evidence.Explained:
        """What explains each pair: one declared unit, one purse, else the community it lies in, or left."""
        units, purse = self._court.units, self._court.customers.purse
        every = frozenset(self._links.families)
        words = [*(f"one customer's own accounts: {reason}" for reason in units.reason), ONE_PURSE, BESIDE]
        covers = [every] * (len(words) - 1) + [gates.WAY_IN | {"content"}]
        unit, word = len(units.reason), np.full(len(self._judged) + 1, -1, dtype=np.int64)
        for place, each in enumerate(self._judged):
            known = every if each.dismissed else gates.explains(each.community, each.gates, every, each.story)
            if not each.reported and known:
                word[place] = len(words)
                words.append(each.reason)
                covers.append(known)
        less = np.array([bool(some < covers[unit + 1]) for some in [*covers, frozenset[str]()]])
        reason = np.where(self._together(left, right), word[self._home[left]], -1)
        reason = np.where(self._beside(left, right) & less[reason], unit + 1, reason)
        reason = np.where(purse[left] == purse[right], unit, reason)
        reason = np.where(units.same(left, right), units.unit[left], reason)
        return case_evidence.Explained(reason, tuple(words), tuple(covers))


def _homes(judged: Sequence[Judged], accounts: int) -> Ints:
    """The community of each account, by its place in `judged`; −1: none."""
    home = np.full(accounts, -1, dtype=np.int64)
    for place, each in enumerate(judged):
        home[each.members] = place
    return home


def _with(links: Links, added: Sequence[tuple[Ints, pa.Table]]) -> Links:
    """The links with further rows of evidence, each for the pair of the given number.

    Each further row is shown by the observations of what says most for its pair: what it doubts.
    """
    scored = links.scored
    v = links.evidence["v"].to_numpy().astype(np.int64)
    most = _strongest(scored.pair, scored.counted, len(scored.left))
    rows, shown = [links.evidence], [v]
    pairs, bits = [scored.pair], [scored.counted]
    log_odds = scored.log_odds.copy()
    for pair, some in added:
        worth = np.round(some["bits"].to_numpy(), 6)
        telling = (np.abs(worth) >= LEAST_BITS) & (most[pair] >= 0)
        log_odds[pair[telling]] += worth[telling]
        rows.append(some.filter(pa.array(telling)).select(links.evidence.column_names))
        shown.append(v[most[pair[telling]]])
        pairs.append(pair[telling])
        bits.append(worth[telling])
    return replace(
        links,
        evidence=pa.concat_tables(rows).append_column("shown", pa.array(np.concatenate(shown))),
        scored=replace(
            scored,
            log_odds=np.round(log_odds, 6),
            pair=np.concatenate(pairs),
            counted=np.concatenate(bits),
        ),
    )


def _strongest(pair: Ints, counted: Floats, pairs: int) -> Ints:
    """For each pair the row that says most for it, the first among equals; −1: none."""
    best = np.full(pairs, -np.inf)
    np.maximum.at(best, pair, counted)
    rows = np.flatnonzero(counted == best[pair])
    result = np.full(pairs, -1, dtype=np.int64)
    result[pair[rows[::-1]]] = rows[::-1]
    return result
