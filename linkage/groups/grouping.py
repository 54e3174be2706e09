"""The steps from links to a partition of the accounts, on all of the evidence and on part of it.

Each step is one function that can be replaced alone: `detect_communities`, `split_communities`,
`merge_communities`, `drop_unsupported`, `constrain_pairs`, and `membership` over resampled runs.
"""

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.communities import WeightedLinks, detect_communities
from linkage.groups.declared_units import Units
from linkage.groups.merging import merge_communities
from linkage.groups.pair_sampling import AreLinked, drop_unsupported, support
from linkage.groups.partition import renumber_communities
from linkage.groups.splitting import split_communities, split_once
from linkage.groups.stability import kept, membership
from linkage.groups.verdict_constraints import constrain_pairs
from linkage.links import log_odds as scoring
from linkage.links.link_rule import LinkRule
from linkage.links.stage import Links
from linkage.settings.program import Settings


class Grouping:
    """Groups the accounts of one run by its links, on all of the evidence or on part of it.

    `found` are the links, `units` the declared units of all accounts; `are_linked` says of any pairs whether
    they are linked, whether or not they were compared.
    """

    def __init__(
        self, found: Links, units: Units, are_linked: AreLinked, *, rule: LinkRule, settings: Settings
    ) -> None:
        self.found, self.units, self.are_linked, self.rule = found, units, are_linked, rule
        self.settings, self.chosen = settings, settings.groups
        self.n = len(units.unit)

    def partition(self) -> Ints:
        """The community of each account (−1: none): detected, split, merged, accounts that hang on by little
        left out, declared units beside them, verdicts on pairs obeyed."""
        seed, chosen = self.settings.seed, self.chosen
        links = self._weighted(self.found.scored.log_odds, self.found.linked)
        labels = self._detect(links, seed)
        labels = split_communities(labels, links, self.are_linked, chosen, seed=seed)
        labels = merge_communities(labels, links, self.are_linked, chosen, seed=seed)
        limits = chosen.communities
        supported = support(
            labels, self.are_linked, least=chosen.min_accounts, count=limits.sampled_pairs, seed=seed
        )
        labels = drop_unsupported(labels, supported, limits.min_support)
        return constrain_pairs(self._with_units(labels), self.found.forced)

    def membership(self, labels: Ints) -> Floats:
        """For each account, the share of resampled runs that keep it with its community."""
        return membership(labels, lambda run: self._resampled(run, labels), runs=self.chosen.resamples)

    def _detect(self, links: WeightedLinks, seed: int) -> Ints:
        limits = self.chosen.communities
        return detect_communities(self.n, links, limits, resolution=self.chosen.resolution, seed=seed)

    def _weighted(self, log_odds: Floats, linked: Bools) -> WeightedLinks:
        scored = self.found.scored
        return WeightedLinks(scored.left[linked], scored.right[linked], self.rule.weight(log_odds[linked]))

    def _resampled(self, run: int, labels: Ints) -> Ints:
        """The communities on part of the evidence."""
        seed = self.settings.seed + run + 1
        log_odds, linked = self._on_part_of_the_evidence(run)
        links = self._weighted(log_odds, linked)
        other = self._detect(links, seed)
        for _ in range(self.chosen.resample_splits):
            other = split_once(other, links, self.chosen, seed=seed)
        return self._with_units_of(other, labels)

    def _on_part_of_the_evidence(self, run: int) -> tuple[Floats, Bools]:
        """Log-odds of every pair and which of them are linked in resampled run number `run`."""
        found, scored, rules = self.found, self.found.scored, self.rule.rules
        # A pair that is no link on all the evidence is none on less of it.
        rows = found.linked[scored.pair]
        pair = scored.pair[rows]
        signal = found.evidence["signal"].to_numpy()[rows].astype(np.int64)
        bits = found.evidence["bits"].to_numpy()[rows]
        stays = kept(len(bits), dropout=self.chosen.dropout, seed=self.settings.seed, run=run)
        counted = scoring.count_families(pair, signal, np.where(stays, bits, 0.0), rules)
        log_odds, _ = scoring.total(pair, signal, counted, rules=rules, pairs=len(found.linked))
        # A person's verdict holds whatever the evidence.
        forced = ~self.rule.enough(scored.log_odds)
        return log_odds, found.linked & (self.rule.enough(log_odds) | forced)

    def _with_units(self, labels: Ints) -> Ints:
        """Declared units whose accounts are in no community become communities of their own."""
        scored = self.found.scored
        inside = self.found.linked & self.units.same(scored.left, scored.right)
        free = inside & (labels[scored.left] < 0) & (labels[scored.right] < 0)
        result, base = labels.copy(), int(labels.max(initial=-1)) + 1
        for side in (scored.left[free], scored.right[free]):
            result[side] = base + self.units.unit[side]
        return renumber_communities(result)

    def _with_units_of(self, other: Ints, labels: Ints) -> Ints:
        """A community that is a declared unit is held together by the declaration, not by evidence."""
        alone = (other < 0) & (labels >= 0) & (self.units.unit >= 0)
        result = other.copy()
        result[alone] = int(other.max(initial=-1)) + 1 + self.units.unit[alone]
        return result
