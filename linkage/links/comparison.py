"""Which of any two accounts would be linked, also where no value proposed that they be compared.

Of a value that hundreds hold only the nearest of its holders are compared, so that the links of a large group
are a part of those it has. How many it has is known from a sample of its pairs, each compared in full.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from linkage.arrays import Floats, Ints
from linkage.evidence.rows import PAIR
from linkage.evidence.stage import Weighing
from linkage.links.link_rule import LinkRule
from linkage.links.stage import scored_pairs

Compare = Callable[[Ints, Ints], Floats]
"""The weight of a link between the accounts of each of some pairs (left, right), were they compared; 0 for
none."""


class Comparison:
    """Compares any pairs of accounts by a rule for links, on all evidence but that of accounts that began
    together, and that of a family left out (`without`)."""

    def __init__(self, weighing: Weighing, rule: LinkRule, *, without: str = "") -> None:
        self._weighing, self._rule = weighing, rule
        self._left_out = np.array([each.one_go or each.family == without for each in weighing.signals])

    def __call__(self, left: Ints, right: Ints) -> Floats:
        """The weight of a link between the two accounts, which differ, of each of these pairs; 0 where there
        would be none."""
        accounts = len(self._weighing.names)
        asked = np.minimum(left, right) * accounts + np.maximum(left, right)
        ends = (each.astype(np.int32) for each in np.divmod(np.unique(asked), accounts))
        pairs = pa.table(dict(zip(PAIR.names, ends, strict=True)), PAIR)
        rows = self._weighing.evidence(pairs, self._rule)
        heard = ~self._left_out[rows["signal"].to_numpy().astype(np.int64)]
        among = scored_pairs(rows.filter(pa.array(heard)), self._rule)
        scored, linked = among.scored, among.linked
        found = scored.left[linked].astype(np.int64) * accounts + scored.right[linked]
        order = np.argsort(found)
        weight = np.append(self._rule.weight(scored.log_odds[linked])[order], 0.0)
        place = np.searchsorted(found[order], asked)
        return weight[np.where(np.append(found[order], -1)[place] == asked, place, len(found))]
