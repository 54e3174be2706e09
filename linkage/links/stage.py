"""From evidence to links: every candidate pair scored, and what people decided obeyed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints, places_of
from linkage.evidence.rows import NO_PAIRS, ROWS, pair_numbers, value_numbers
from linkage.evidence.stage import Weighing
from linkage.links import log_odds as scoring
from linkage.links.constraints import Constraints
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import Rules, Scored
from linkage.links.priors import family_names
from linkage.settings.links import Links as LinksSettings

VERDICTS = LINKED, NOT_LINKED = "linked", "not linked"
"""What a person can say of two accounts."""


@dataclass(frozen=True)
class Links:
    """Pairs with their evidence and score: links (marked in `linked`), those on which a person has decided,
    and those that coincide on an object of a declared trait. `compared` counts all that were compared;
    `reasons` are the words of what explains links, once the whole case has been seen."""

    evidence: pa.Table
    scored: Scored
    linked: NDArray[np.bool_]
    forced: dict[tuple[int, int], str]
    families: tuple[str, ...]
    compared: int
    reasons: tuple[str, ...] = ()

    @property
    def listed(self) -> NDArray[np.bool_]:
        """Pairs that the case lists: the links, and those on which a person has decided."""
        return self.linked | self.decided(*VERDICTS)

    def under_one_prior(self, rules: Rules) -> "Links":
        """The same with log-odds that leave out what withheld prompts add to the prior of a pair."""
        more = rules.more_bits(self.scored.left, self.scored.right)
        return replace(self, scored=replace(self.scored, log_odds=self.scored.log_odds - more))

    def without_family(self, family: str, rule: LinkRule) -> "Links":
        """Those that are links on the evidence of all other families, and that evidence alone."""
        signal = self.evidence["signal"].to_numpy()
        kept = rule.rules.family[signal] != self.families.index(family)
        rows, pair, counted = self.evidence.filter(kept), self.scored.pair[kept], self.scored.counted[kept]
        prior = rule.rules.priors(self.scored.left, self.scored.right)
        log_odds, mask = scoring.total(pair, signal[kept], counted, rules=rule.rules, prior=prior)
        scored = replace(self.scored, log_odds=log_odds, families=mask, pair=pair, counted=counted)
        linked = self.linked & (rule.is_link(rows, scored) | self.decided(LINKED))
        return replace(self, evidence=rows, scored=scored, linked=linked)

    def decided(self, *verdicts: str) -> NDArray[np.bool_]:
        """Pairs of which a person said one of these."""
        return _decided(self.scored, self.forced, verdicts)

    def by_family(self, rules: Rules, only: NDArray[np.bool_] | None = None) -> Floats:
        """Counted bits of every pair (rows) in every family (columns), of all signals or of `only` these."""
        width = len(self.families)
        result = np.zeros((len(self.linked), width))
        signal, scored = self.evidence["signal"].to_numpy(), self.scored
        for some in scoring.pieces(scored.pair):
            counted = scored.counted[some]
            bits = counted if only is None else np.where(only[signal[some]], counted, 0)
            own = scored.pair[some]
            first, last = int(own.min()), int(own.max()) + 1
            cell = (own - first).astype(np.int64) * width + rules.family[signal[some]]
            sums = np.bincount(cell, bits, minlength=(last - first) * width)
            result[first:last] += sums.reshape(-1, width)
        return result

    def families_of(self, pairs: Ints, rules: Rules) -> Floats:
        """Counted bits of some pairs (rows), by their numbers in order, in every family (columns)."""
        width, rows = len(self.families), places_of(pairs, self.scored.pair)
        family = rules.family[self.evidence["signal"].to_numpy()[rows]]
        cell = np.searchsorted(pairs, self.scored.pair[rows]) * width + family
        bits = np.bincount(cell, self.scored.counted[rows], minlength=len(pairs) * width)
        return np.asarray(bits.reshape(-1, width))

    def values_of(self, family: str, rules: Rules, only: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Pair and value, by place, of each reason that counts, of a family and `only` these signals."""
        asked = (rules.family == self.families.index(family)) & only
        own = asked[self.evidence["signal"].to_numpy()] & (self.scored.counted > 0)
        return self.scored.pair[own].astype(np.int64), value_numbers(self.evidence.filter(pa.array(own)))


def _decided(
    scored: Scored, forced: dict[tuple[int, int], str], verdicts: Sequence[str]
) -> NDArray[np.bool_]:
    wanted = [pair for pair, verdict in forced.items() if verdict in verdicts]
    left, right = np.array(wanted, dtype=np.int64).reshape(-1, 2).T
    width = int(max(scored.right.max(initial=0), right.max(initial=0))) + 1
    return np.isin(scored.left * width + scored.right, left * width + right)


@dataclass(frozen=True)
class ScoredPairs:
    """Rows of evidence in the order of scoring, the scores of their pairs, and which of these are links."""

    rows: pa.Table
    scored: Scored
    linked: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_]) -> "ScoredPairs":
        """The same for some of the pairs."""
        rows = self.rows.filter(pa.array(kept[self.scored.pair]))
        return ScoredPairs(rows, scoring.only(self.scored, kept), self.linked[kept])


def scored_pairs(rows: pa.Table, rule: LinkRule) -> ScoredPairs:
    """Pairs scored by all that is said of them (ROWS, whole pairs, in any order)."""
    rows = rows.take(pa.array(scoring.order(rows, rule.rules)))
    scored = scoring.score(rows, rule.rules)
    return ScoredPairs(rows, scored, rule.is_link(rows, scored))


def _worth_keeping(weighing: Weighing, rule: LinkRule, pairs: pa.Table, always: pa.Table) -> ScoredPairs:
    """The links among these pairs, and what was said of pairs `always` wanted or of declared objects.

    Pairs are scored some at a time: what else was compared has no further use, and is most of the evidence.
    """
    asked = pair_numbers(pa.concat_tables([always, weighing.declared]), len(weighing.names))
    parts = [scored_pairs(ROWS.empty_table(), rule)]
    for rows in weighing.evidence_pieces(pairs, rule, always):
        part = scored_pairs(rows, rule)
        parts.append(part.only(part.linked | _among(part.scored, len(weighing.names), asked)))
    return ScoredPairs(
        pa.concat_tables([each.rows for each in parts]),
        scoring.joined([each.scored for each in parts]),
        np.concatenate([each.linked for each in parts]),
    )


def links(weighing: Weighing, rules: Rules, constraints: Constraints, chosen: LinksSettings) -> Links:
    """Scores every candidate pair; a person's verdict decides where there is one."""
    number = {name: i for i, name in enumerate(weighing.names)}
    verdicts = [(p, LINKED) for p in constraints.linked] + [(p, NOT_LINKED) for p in constraints.not_linked]
    forced = {(number[x], number[y]): v for (x, y), v in verdicts if x in number and y in number}
    pairs = weighing.candidates([p for p, _ in verdicts])
    said_of = np.array(sorted(forced), np.int32).reshape(-1, 2)
    always = pa.table({"left": said_of[:, 0], "right": said_of[:, 1]}, NO_PAIRS.schema)
    rule = LinkRule.of(rules, weighing.strong, chosen)
    found = _worth_keeping(weighing, rule, pairs, always)
    scored = scoring.with_pairs(found.scored, sorted(forced), rules)
    linked = np.zeros(len(scored.left), dtype=bool)
    linked[: len(found.linked)] = found.linked
    linked |= _decided(scored, forced, (LINKED,))
    linked &= ~_decided(scored, forced, (NOT_LINKED,))
    names = family_names([each.family for each in weighing.signals])
    return Links(found.rows, scored, linked, forced, names, pairs.num_rows)


def _among(scored: Scored, accounts: int, pairs: np.ndarray) -> NDArray[np.bool_]:
    """Which of the scored pairs are among these, given by number."""
    return np.isin(scored.left * accounts + scored.right, pairs)
