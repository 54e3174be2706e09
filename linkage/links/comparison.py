"""Which of any two accounts would be linked, also where no value proposed that they be compared.

Of a value that hundreds hold only the nearest of its holders are compared, so that the links of a large group
are a part of those it has. How many it has is known from a sample of its pairs, each compared in full.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from linkage.arrays import Floats, Ints, distinct
from linkage.evidence.stage import Weighing
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import score_said

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
        self._counted = ~np.array([each.one_go or each.family == without for each in weighing.signals])
        self._content = np.array([each.family == CONTENT for each in weighing.signals])
        self.measures = Measures(self.link, None if without == CONTENT else self.content)

    def link(self, left: Ints, right: Ints) -> Floats:
        """The weight of a link between the two accounts, which differ, of each of these pairs; 0 where there
        would be none."""
        asked, key = self._pairs(left, right)
        said = self._weighing.said(key, self._counted, self._rule)
        said, scored = score_said(said, len(self._weighing.names), self._rule.rules)
        linked = self._rule.are_links(said.signal.astype(np.int64), said.bits, scored)
        return _by_pair(asked, said.key[linked], self._rule.weight(scored.log_odds[linked]))

    def content(self, left: Ints, right: Ints) -> Floats:
        """The bits by which the two accounts of each pair ask alike; NaN where the prompts of either are
        withheld."""
        asked, key = self._pairs(left, right)
        rules = self._rule.rules
        said, scored = score_said(self._weighing.said(key, self._content), len(self._weighing.names), rules)
        bits = np.bincount(scored.pair, scored.counted, minlength=len(said.key)).astype(np.float64)
        found = _by_pair(asked, said.key, bits)
        if len(rules.known):
            found[np.minimum(rules.known[left], rules.known[right]) < self._min_known] = np.nan
        return found

    def _pairs(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The number of each pair, and the numbers of all pairs once and in order."""
        low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
        asked = low * len(self._weighing.names) + high
        return asked, distinct(asked)


def _by_pair(asked: Ints, found: Ints, values: Floats) -> Floats:
    """The value of each pair asked about, of those that were found, by their numbers, which stand in order; 0
    for others."""
    place = np.searchsorted(found, asked)
    same = np.append(found, -1)[place] == asked
    return np.append(values, 0.0)[np.where(same, place, len(found))]
