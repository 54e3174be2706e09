"""From evidence to links: every candidate pair scored, and what people decided obeyed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.evidence.rows import NO_PAIRS, value_numbers
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
        signal = self.evidence["signal"].to_numpy().astype(np.int64)
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
        signal = self.evidence["signal"].to_numpy().astype(np.int64)
        cells = self.scored.pair * width + rules.family[signal]
        counted = self.scored.counted if only is None else np.where(only[signal], self.scored.counted, 0)
        sums = np.bincount(cells, weights=counted, minlength=len(self.linked) * width)
        result: Floats = sums.reshape(-1, width).astype(np.float64)
        return result

    def values_of(self, family: str, rules: Rules, only: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Pair and value, by place, of each reason that counts, of a family and `only` these signals."""
        signal = self.evidence["signal"].to_numpy().astype(np.int64)
        own = (rules.family[signal] == self.families.index(family)) & only[signal] & (self.scored.counted > 0)
        return self.scored.pair[own], value_numbers(self.evidence)[own]


def _decided(
    scored: Scored, forced: dict[tuple[int, int], str], verdicts: Sequence[str]
) -> NDArray[np.bool_]:
    wanted = [pair for pair, verdict in forced.items() if verdict in verdicts]
    left, right = np.array(wanted, dtype=np.int64).reshape(-1, 2).T
    width = int(max(scored.right.max(initial=0), right.max(initial=0))) + 1
    return np.isin(scored.left * width + scored.right, left * width + right)


def scored_pairs(
    weighing: Weighing,
    rule: LinkRule,
    pairs: pa.Table,
    *,
    always: pa.Table = NO_PAIRS,
    left_out: NDArray[np.bool_] | None = None,
) -> tuple[pa.Table, Scored]:
    """The evidence for those of these pairs that may be links, in the order of scoring, and their scores;
    without that of signals `left_out` (by number)."""
    rows = weighing.evidence(pairs, rule, always)
    if left_out is not None:
        rows = rows.filter(pa.array(~left_out[rows["signal"].to_numpy().astype(np.int64)]))
    rows = rows.take(pa.array(scoring.order(rows, rule.rules)))
    return rows, scoring.score(rows, rule.rules)


def links(weighing: Weighing, rules: Rules, constraints: Constraints, chosen: LinksSettings) -> Links:
    """Scores every candidate pair; a person's verdict decides where there is one."""
    number = {name: i for i, name in enumerate(weighing.names)}
    verdicts = [(p, LINKED) for p in constraints.linked] + [(p, NOT_LINKED) for p in constraints.not_linked]
    forced = {(number[x], number[y]): v for (x, y), v in verdicts if x in number and y in number}
    pairs = weighing.candidates([p for p, _ in verdicts])
    said_of = np.array(sorted(forced), np.int32).reshape(-1, 2)
    always = pa.table({"left": said_of[:, 0], "right": said_of[:, 1]}, NO_PAIRS.schema)
    rule = LinkRule.of(rules, weighing.strong, chosen)
    rows, scored = scored_pairs(weighing, rule, pairs, always=always)
    scored = scoring.with_pairs(scored, sorted(forced), rules)
    linked = rule.is_link(rows, scored)
    linked |= _decided(scored, forced, (LINKED,))
    linked &= ~_decided(scored, forced, (NOT_LINKED,))
    # What else was compared has no further use, and is most of what is in memory.
    kept = linked | _among(scored, len(weighing.names), pa.concat_tables([always, weighing.declared]))
    rows = rows.filter(pa.array(kept[scored.pair]))
    names = family_names([each.family for each in weighing.signals])
    return Links(rows, scoring.only(scored, kept), linked[kept], forced, names, pairs.num_rows)


def _among(scored: Scored, accounts: int, pairs: pa.Table) -> NDArray[np.bool_]:
    """Which of the scored pairs are among these."""
    left, right = (pairs[side].to_numpy().astype(np.int64) for side in ("left", "right"))
    return np.isin(scored.left * accounts + scored.right, left * accounts + right)
