"""From links to groups: communities, verdicts obeyed, and how stable each membership is."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.evidence.stage import Weighing
from linkage.groups import communities, pair_sampling, stability
from linkage.groups.declared_units import Units
from linkage.links import log_odds as scoring
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import Rules
from linkage.links.stage import Links, scored_pairs
from linkage.settings import Settings


class Grouping:
    """Communities of accounts in the links of one run."""

    def __init__(
        self, weighing: Weighing, found: Links, units: Units, rules: Rules, settings: Settings
    ) -> None:
        self.weighing, self.found, self.units, self.rules = weighing, found, units, rules
        self.settings, self.rule = settings, LinkRule.of(rules, weighing.strong, settings.links)
        self.n = len(weighing.names)

    def ask(self, left: Ints, right: Ints) -> NDArray[np.bool_]:
        """Which of any pairs are linked, whether or not they were candidates."""
        pairs = np.unique(np.stack([left, right]), axis=1)
        table = pa.table({"left": pairs[0].astype(np.int32), "right": pairs[1].astype(np.int32)})
        rows, scored = scored_pairs(self.weighing, self.rule, table)
        linked = self.rule.is_link(rows, scored)
        known = scored.left[linked] * self.n + scored.right[linked]
        return np.isin(left * self.n + right, known)

    def _communities(self, log_odds: Floats, linked: NDArray[np.bool_], seed: int) -> Ints:
        scored, chosen = self.found.scored, linked
        weight = self.rule.weight(log_odds[chosen])
        return communities.communities(
            self.n,
            scored.left[chosen],
            scored.right[chosen],
            weight,
            resolution=self.settings.groups.resolution,
            seed=seed,
        )

    def labels(self) -> Ints:
        """The community of each account (−1: none), joined, with verdicts obeyed and units set beside."""
        scored, seed = self.found.scored, self.settings.seed
        labels = self._communities(scored.log_odds, self.found.linked, seed)
        chosen = self.found.linked
        least = self.settings.groups.min_accounts
        left, right = scored.left[chosen], scored.right[chosen]
        weight = self.rule.weight(scored.log_odds[chosen])
        labels = communities.refine(labels, (left, right, weight), self.ask, least=least, seed=seed)
        labels = communities.join(labels, (left, right, weight), self.ask, least=least, seed=seed)
        labels = self._supported(labels)
        labels = self._with_units(labels)
        return communities.obey(labels, self.found.forced)

    def _supported(self, labels: Ints) -> Ints:
        """Leaves out accounts that hang on to a community by few of its members."""
        least, seed = self.settings.groups.min_accounts, self.settings.seed
        share = pair_sampling.support(labels, self.ask, least=least, seed=seed)
        return np.where(share < communities.LEAST_SUPPORT, -1, labels)

    def _with_units(self, labels: Ints) -> Ints:
        """Declared units whose accounts are in no community become communities of their own."""
        scored = self.found.scored
        inside = self.found.linked & self.units.same(scored.left, scored.right)
        free = inside & (labels[scored.left] < 0) & (labels[scored.right] < 0)
        result, base = labels.copy(), int(labels.max(initial=-1)) + 1
        for side in (scored.left[free], scored.right[free]):
            result[side] = base + self.units.unit[side]
        known = result >= 0
        result[known] = communities.renumber(result[known])
        return result

    def membership(self, labels: Ints) -> Floats:
        """For each account, the share of resampled runs that keep it with its group."""
        chosen = self.settings.groups
        # A pair that is no link on all the evidence is none on less of it.
        scored, rows = self.found.scored, self.found.linked[self.found.scored.pair]
        pair = scored.pair[rows]
        signal = self.found.evidence["signal"].to_numpy()[rows].astype(np.int64)
        bits = self.found.evidence["bits"].to_numpy()[rows]

        chosen_links = self.found.linked
        ends = scored.left[chosen_links], scored.right[chosen_links]

        def again(run: int) -> Ints:
            kept = stability.kept(len(bits), dropout=chosen.dropout, seed=self.settings.seed, run=run)
            counted = scoring.count_families(pair, signal, np.where(kept, bits, 0.0), self.rules)
            log_odds, _ = scoring.total(pair, signal, counted, rules=self.rules, pairs=len(self.found.linked))
            forced = ~self.rule.enough(scored.log_odds)
            linked = self.found.linked & (self.rule.enough(log_odds) | forced)
            seed = self.settings.seed + run + 1
            other = self._communities(log_odds, linked, seed)
            still = linked[chosen_links]
            weight = np.maximum(log_odds[chosen_links][still], 0) + 1
            links = ends[0][still], ends[1][still], weight
            for _ in range(2):
                other = communities.split(other, links, least=chosen.min_accounts, seed=seed)
            return self._with_units_of(other, labels)

        return stability.membership(labels, again, runs=chosen.resamples)

    def _with_units_of(self, other: Ints, labels: Ints) -> Ints:
        """A community that is a declared unit is held together by the declaration, not by evidence."""
        alone = (other < 0) & (labels >= 0) & (self.units.unit >= 0)
        result = other.copy()
        result[alone] = int(other.max(initial=-1)) + 1 + self.units.unit[alone]
        return result
