"""Evidence on links that only the whole case gives: sharing that is explained, and company that is missing.

Two accounts of a household share a card, an address and a client, and by themselves look like one operator's;
two strangers who like one book share rare sentences. Only the case as a whole tells them from an operator's.
Nothing is held against links inside reported groups; those on which a person has decided stay as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import DECIMALS, Bools, Floats, Ints
from linkage.evidence.rows import evidence_rows
from linkage.evidence.signals.signal import Signal
from linkage.groups import gates
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.families import WAY_IN
from linkage.groups.split_by_workload import SplitPartition
from linkage.links.log_odds import Rules
from linkage.links.priors import operator_share
from linkage.links.stage import VERDICTS, Links
from linkage.settings.groups import CaseEvidence

SignalRows = tuple[str, Ints, dict[str, Any]]
"""The evidence of one signal: its name, the pairs, and the columns it measures."""

ONE_PAYER = "one customer's own accounts: one card under one billing name"
BESIDE = "the infrastructure of a group, without a part in its work"


def add_case_evidence(
    assessor: Assessor,
    assessments: Sequence[Assessment],
    membership: Floats,
    split: SplitPartition,
    *,
    signals: Sequence[Signal],
    rules: Rules,
) -> Links:
    """The links of a run, with the evidence that only the whole case gives: of `signals` it has those named
    `explained sharing`, `no common company`, `grouped apart`, `size of the group` and `prompts withheld`."""
    case = _Case(assessor, assessments, membership, split, rules)
    number = {each.name: place for place, each in enumerate(signals)}
    kinds, least = {each.name: each.kind for each in signals}, assessor.settings.evidence.least_bits
    # What was added to the prior of a pair is shown whole, as small as it may be: it is in the log-odds.
    found = [(least, each) for each in (*case.against(), case.sizes())] + [(0.0, case.withheld())]
    added = [
        (pairs, evidence_rows(number[name], kind=kinds[name], left=left, right=right, **columns), bits)
        for bits, (name, pairs, columns) in found
        for left, right in [case.sides(pairs)]
    ]
    return replace(_with_rows(case.links, added), reasons=case.explained.words)


@dataclass(frozen=True)
class Explanations:
    """Why links have an innocent explanation: for each pair the number of its reason (−1: none), and for each
    reason its words and the families that it explains."""

    reason: Ints
    words: tuple[str, ...]
    families: tuple[frozenset[str], ...]


def explained_bits(explained: Explanations, bits: Floats, names: Sequence[str]) -> Floats:
    """Bits against each pair: what the explained families had said for it (`bits`: pairs × families)."""
    covered = np.array([[name in some for name in names] for some in explained.families], dtype=bool)
    covered = np.vstack([covered.reshape(-1, len(names)), np.zeros(len(names), dtype=bool)])
    return np.asarray(-np.where(covered[explained.reason], np.maximum(bits, 0.0), 0.0).sum(axis=1))


def common_neighbours(left: Ints, right: Ints, asked: tuple[Ints, Ints], accounts: int) -> Ints:
    """For each of the `asked` pairs, how many accounts are linked (`left`, `right`) with both of its ends."""
    from scipy.sparse import csr_array

    both_ways = np.concatenate([left, right]), np.concatenate([right, left])
    linked = csr_array((np.ones(2 * len(left), dtype=np.int8), both_ways), shape=(accounts, accounts))
    degree = np.diff(linked.indptr).astype(np.int64)
    load = np.cumsum(degree[asked[0]] + degree[asked[1]]) // MOST_NEIGHBOURS
    ends = [0, *(np.flatnonzero(np.diff(load)) + 1).tolist(), len(load)]
    found = [np.empty(0, dtype=np.int64)]
    for low, high in pairwise(ends):
        both = linked[asked[0][low:high]].multiply(linked[asked[1][low:high]])
        found.append(np.diff(both.tocsr().indptr).astype(np.int64))
    return np.concatenate(found)


MOST_NEIGHBOURS = 2_000_000
"""Neighbours of the ends of pairs that are compared at once, of some twenty bytes each."""


def company_bits(found: Ints, operator_accounts: int, chosen: CaseEvidence) -> Floats:
    """Bits against a link whose ends have `found` neighbours in common: how seldom an operator of so many
    accounts would leave so few (lower tail of the binomial distribution), strangers always."""
    from scipy.special import bdtr  # the distributions of scipy.stats take seconds to load

    # More than there are others is no surprise.
    tail = bdtr(
        np.minimum(found, operator_accounts - 2), operator_accounts - 2, chosen.common_link_probability
    )
    return np.asarray(np.log2(np.maximum(tail, 2.0**-chosen.max_bits)))


def split_chance(membership: Floats, assumed: float) -> float:
    """Chance that two accounts of one group are put into different communities by bad luck, from the
    `membership` of accounts in reported groups and of one further account (`assumed`)."""
    kept = (float(membership.sum()) + assumed) / (len(membership) + 1)
    return 1 - kept * kept


def size_bits(accounts: Floats, operator_accounts: Floats, max_bits: float) -> Floats:
    """Bits for a link in a reported group of so many accounts: how much commoner pairs of an operator of that
    size are than those of the one after whom the prior is (none where he is smaller)."""
    return np.asarray(np.minimum(np.log2(np.maximum(accounts / operator_accounts, 1.0)), max_bits))


class _Case:
    """One run's communities and links, by number."""

    def __init__(
        self,
        assessor: Assessor,
        assessments: Sequence[Assessment],
        membership: Floats,
        split: SplitPartition,
        rules: Rules,
    ) -> None:
        self._assessor, self._assessments = assessor, assessments
        self._membership, self._split, self._rules = membership, split, rules
        self._links, self._accounts = assessor.links, len(membership)
        self._chosen = assessor.chosen.case_evidence
        self._operator_accounts = operator_share(assessor.settings.links, self._accounts) * self._accounts
        self._more = rules.more_bits(self._links.scored.left, self._links.scored.right)
        self._home = _homes(assessments, self._accounts)
        reported = [each.reported for each in assessments]
        self._reported = np.array([*reported, False], dtype=bool)[self._home]
        left, right = self._links.scored.left, self._links.scored.right
        inside = self._reported[left] & (self._home[left] == self._home[right])
        undecided = self._links.linked & ~self._links.decided(*VERDICTS)
        self._inside, self._open = np.flatnonzero(undecided & inside), np.flatnonzero(undecided & ~inside)
        self.explained = self._explained(*self.sides(self._open))

    def sides(self, pairs: Ints) -> tuple[Ints, Ints]:
        """The accounts of pairs."""
        return self._links.scored.left[pairs], self._links.scored.right[pairs]

    @property
    def links(self) -> Links:
        """The links, with log-odds that leave out what the pairs' withheld prompts add to the prior."""
        return self._links.under_one_prior(self._rules)

    def withheld(self) -> SignalRows:
        """What withheld prompts add to the prior of pairs."""
        pairs = np.flatnonzero(self._more > 0)
        columns = {"bits": self._more[pairs], "expected": self._known(pairs)}
        return "prompts withheld", pairs, columns

    def _known(self, pairs: Ints) -> Floats:
        """The share of the pairs of a prompt of either account of which both are known."""
        left, right = self.sides(pairs)
        return np.asarray(self._rules.known[left] * self._rules.known[right])

    def against(self) -> Iterator[SignalRows]:
        """What speaks against links outside reported groups."""
        pairs, links = self._open, self._links
        sides = self.sides(pairs)
        back = explained_bits(self.explained, links.by_family(self._rules)[pairs], links.families)
        reason = pa.array(self.explained.reason, mask=self.explained.reason < 0)
        yield "explained sharing", pairs, {"value": reason, "bits": back}
        found = common_neighbours(*self.sides(np.flatnonzero(links.linked)), sides, self._accounts)
        alone = company_bits(found, self._chosen.company_accounts, self._chosen)
        yield "no common company", pairs, {"bits": alone, "count": found}
        # Where no group is reported, what is left is the membership in any community.
        some = self._reported if self._reported.any() else self._home >= 0
        chance = split_chance(self._membership[some], self._chosen.assumed_membership)
        apart = np.where(self._same_community(*sides), 0.0, np.log2(chance))
        yield "grouped apart", pairs, {"bits": apart, "expected": np.full(len(pairs), chance)}

    def sizes(self) -> SignalRows:
        """How large the operator is whose group links lie in, where that is known."""
        left, right = self.sides(self._inside)
        sizes = np.zeros(len(self._assessments) + 1)
        for place, each in enumerate(self._assessments):
            # What a person confirmed although gates failed was not measured against chance.
            if all(gate.passed for gate in each.gates):
                sizes[place] = self._membership[each.members].sum()
        certain = sizes[self._home[left]] * self._membership[left] * self._membership[right]
        # The prior is in squares of an operator's accounts, and so is what was added to it.
        usual = self._operator_accounts * np.exp2(self._more[self._inside] / 2)
        bits = size_bits(certain, usual, self._chosen.max_bits)
        columns = {"bits": bits, "count": np.round(certain).astype(np.int64)}
        return "size of the group", self._inside, columns

    def _same_community(self, left: Ints, right: Ints) -> Bools:
        return np.asarray((self._home[left] == self._home[right]) & (self._home[left] >= 0))

    def _beside(self, left: Ints, right: Ints) -> Bools:
        """Pairs found with a group, of which one or both took no part in its work and left."""
        before, out = self._split.before, self._split.left
        groups = np.unique(before[self._reported & ~out])
        return np.asarray(
            (out[left] | out[right]) & (before[left] == before[right]) & np.isin(before[left], groups)
        )

    def _explained(self, left: Ints, right: Ints) -> Explanations:
        """What explains each pair: one declared unit, one payer, else the community it lies in, or left."""
        units, payer = self._assessor.units, self._assessor.customers.payer
        every = frozenset(self._links.families)
        words = [*(f"one customer's own accounts: {reason}" for reason in units.reason), ONE_PAYER, BESIDE]
        covers = [every] * (len(words) - 1) + [WAY_IN | {"content"}]
        unit, word = len(units.reason), np.full(len(self._assessments) + 1, -1, dtype=np.int64)
        for place, each in enumerate(self._assessments):
            known = every if each.dismissed else self._explained_by(each)
            if not each.reported and known:
                word[place] = len(words)
                words.append(each.reason)
                covers.append(known)
        less = np.array([bool(some < covers[unit + 1]) for some in [*covers, frozenset[str]()]])
        reason = np.where(self._same_community(left, right), word[self._home[left]], -1)
        reason = np.where(self._beside(left, right) & less[reason], unit + 1, reason)
        reason = np.where(payer[left] == payer[right], unit, reason)
        reason = np.where(units.same(left, right), units.unit[left], reason)
        return Explanations(reason, tuple(words), tuple(covers))

    def _explained_by(self, each: Assessment) -> frozenset[str]:
        """The families in which the reason for a community explains what its accounts share."""
        every = self._links.families
        return gates.explained_families(each.profile, each.gates, every, self._assessor.chosen.stories)


def _homes(assessments: Sequence[Assessment], accounts: int) -> Ints:
    """The community of each account, by its place among the assessments; −1: none."""
    home = np.full(accounts, -1, dtype=np.int64)
    for place, each in enumerate(assessments):
        home[each.members] = place
    return home


def _with_rows(links: Links, added: Sequence[tuple[Ints, pa.Table, float]]) -> Links:
    """The links with further rows of evidence of so many bits or more, each for the pair of the given number.

    Each further row is shown by the observations of what says most for its pair: what it doubts.
    """
    scored, evidence = links.scored, links.evidence
    most = _strongest(scored.pair, scored.counted, len(scored.left))
    rows, pairs, bits = [_shown_by(evidence, evidence)], [scored.pair], [scored.counted]
    log_odds = scored.log_odds.copy()
    for pair, some, least in added:
        worth = np.round(some["bits"].to_numpy(), DECIMALS)
        telling = (np.abs(worth) >= least) & (most[pair] >= 0)
        log_odds[pair[telling]] += worth[telling]
        own = some.filter(pa.array(telling)).select(evidence.column_names)
        rows.append(_shown_by(own, evidence.select(SHOWN).take(pa.array(most[pair[telling]]))))
        pairs.append(pair[telling].astype(np.int32))
        bits.append(worth[telling])
    return replace(
        links,
        evidence=pa.concat_tables(rows),
        scored=replace(
            scored,
            log_odds=np.round(log_odds, DECIMALS),
            pair=np.concatenate(pairs),
            counted=np.concatenate(bits),
        ),
    )


SHOWN = ("kind", "value")
"""What names the observations of a row of evidence."""


def _shown_by(rows: pa.Table, others: pa.Table) -> pa.Table:
    """The rows with kind and value of those that show them, one for each."""
    for name in SHOWN:
        rows = rows.append_column(f"shown_{name}", others[name])
    return rows


def _strongest(pair: NDArray[np.int32], counted: Floats, pairs: int) -> Ints:
    """For each pair the row that says most for it, the first among equals; −1: none."""
    best = np.full(pairs, -np.inf)
    np.maximum.at(best, pair, counted)
    rows = np.flatnonzero(counted == best[pair])
    result = np.full(pairs, -1, dtype=np.int64)
    result[pair[rows[::-1]]] = rows[::-1]
    return result
