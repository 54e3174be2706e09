"""Which of any two accounts would be linked, also where no value proposed that they be compared.

Of a value that hundreds hold only the nearest of its holders are compared, so that the links of a large group
are a part of those it has. How many it has is known from a sample of its pairs, each compared in full.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from linkage.arrays import Bools, Floats, Ints
from linkage.evidence.rows import PAIR
from linkage.evidence.stage import Weighing
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import order, score
from linkage.links.stage import scored_pairs

CONTENT = "content"
"""The family of signals that speak of what accounts ask."""

Compare = Callable[[Ints, Ints], Floats]
"""How much the two accounts of each of some pairs (left, right) have in common; NaN: nothing is known."""


class Measures(NamedTuple):
    """By what two accounts are compared: the weight of a link between them, 0 for none; and bits of what they
    ask alike (None: it is not looked at)."""

    link: Compare
    content: Compare | None = None


class Comparison:
    """Compares any pairs of accounts by a rule for links, on all evidence but that of accounts that began
    together, and that of a family left out (`without`). What an account asks is known if at least the share
    `min_known` of its prompts is."""

    def __init__(self, weighing: Weighing, rule: LinkRule, *, min_known: float, without: str = "") -> None:
        self._weighing, self._rule, self._min_known = weighing, rule, min_known
        self._left_out = np.array([each.one_go or each.family == without for each in weighing.signals])
        self._content = np.array([each.family == CONTENT for each in weighing.signals])
        self.measures = Measures(self.link, None if without == CONTENT else self.content)

    def link(self, left: Ints, right: Ints) -> Floats:
        """The weight of a link between the two accounts, which differ, of each of these pairs; 0 where there
        would be none."""
        asked, pairs = self._pairs(left, right)
        rows = self._weighing.evidence(pairs, self._rule)
        among = scored_pairs(self._only(rows, ~self._left_out), self._rule)
        scored, linked = among.scored, among.linked
        weight = self._rule.weight(scored.log_odds[linked])
        return _by_pair(asked, self._numbers(scored.left[linked], scored.right[linked]), weight)

    def content(self, left: Ints, right: Ints) -> Floats:
        """The bits by which the two accounts of each pair ask alike; NaN where the prompts of either are
        withheld."""
        asked, pairs = self._pairs(left, right)
        rules = self._rule.rules
        rows = self._only(self._weighing.evidence(pairs), self._content)
        scored = score(rows.take(pa.array(order(rows, rules))), rules)
        bits = np.bincount(scored.pair, scored.counted, minlength=len(scored.left)).astype(np.float64)
        found = _by_pair(asked, self._numbers(scored.left, scored.right), bits)
        if len(rules.known):
            found[np.minimum(rules.known[left], rules.known[right]) < self._min_known] = np.nan
        return found

    def _pairs(self, left: Ints, right: Ints) -> tuple[Ints, pa.Table]:
        """The number of each pair, and all pairs once."""
        asked = self._numbers(np.minimum(left, right), np.maximum(left, right))
        ends = (each.astype(np.int32) for each in np.divmod(np.unique(asked), len(self._weighing.names)))
        return asked, pa.table(dict(zip(PAIR.names, ends, strict=True)), PAIR)

    def _numbers(self, left: Ints, right: Ints) -> Ints:
        return left.astype(np.int64) * len(self._weighing.names) + right

    def _only(self, rows: pa.Table, signals: Bools) -> pa.Table:
        """The rows of some signals."""
        return rows.filter(pa.array(signals[rows["signal"].to_numpy().astype(np.int64)]))


def _by_pair(asked: Ints, found: Ints, values: Floats) -> Floats:
    """The value of each pair asked about, of those that were found, by their numbers; 0 for others."""
    ordered = np.argsort(found)
    place = np.searchsorted(found[ordered], asked)
    same = np.append(found[ordered], -1)[place] == asked
    return np.append(values[ordered], 0.0)[np.where(same, place, len(found))]
