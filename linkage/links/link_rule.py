"""The link rule, stated once: which pairs of accounts are links, and which could still become some."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from linkage.arrays import DECIMALS, MICRO, Bools, Floats, Ints
from linkage.evidence.pruning import Sums
from linkage.links import log_odds as scoring
from linkage.links.log_odds import Rules, Scored
from linkage.settings.links import Links as LinksSettings

SLACK = 0.01
"""Bits by which the bound gives way. A wider one lets more pairs be scored and changes no link."""


@dataclass(frozen=True)
class LinkRule:
    """What makes a link of a pair: log-odds of `link_bits`, of which `strong_bits` from strong signals alone.

    `rules` hold the prior, and by family its cap and the correlation of its values; `strong` says of each
    signal, by number, whether it can make a link. Signals that only support (a common client, a week of
    registration) are what a crowd shares by chance; many weak ones together must not make a link.
    """

    rules: Rules
    strong: Bools
    link_bits: float
    strong_bits: float

    @classmethod
    def of(cls, rules: Rules, strong: Bools, chosen: LinksSettings) -> "LinkRule":
        """The rule with the thresholds of the settings."""
        return cls(rules, strong, chosen.link_bits, chosen.strong_bits)

    def stricter(self, bits: float) -> "LinkRule":
        """The same rule with a threshold that is so many bits higher, and with one prior for all pairs."""
        rules = replace(self.rules, withheld_bits=0.0)
        return replace(self, rules=rules, link_bits=self.link_bits + bits)

    def among(self, members: Ints) -> "LinkRule":
        """The same rule where accounts are numbered by their place among these."""
        return replace(self, rules=self.rules.among(members))

    def enough(self, log_odds: Floats) -> Bools:
        """Where the log-odds suffice for a link; what strong signals say is another condition."""
        return np.asarray(log_odds >= self.link_bits)

    def suffices(self, log_odds: Floats, strong_bits: Floats, more_bits: Floats) -> Bools:
        """Where log-odds and the bits of strong signals, both after the family rules, make a link.

        Where prompts are withheld, which are most of what is strong, the latter must be fewer by as many bits
        as the prior is more (`more_bits`)."""
        least = np.maximum(self.strong_bits - more_bits, 0.0)
        return np.asarray(self.enough(log_odds) & (strong_bits >= np.round(least, DECIMALS)))

    def weight(self, log_odds: Floats) -> Floats:
        """How much a link holds its ends together: 1, and what it has beyond the threshold."""
        return np.asarray(np.maximum(log_odds - self.link_bits, 0) + 1)

    def strong_only(self, signal: Ints, bits: Floats) -> Floats:
        """The bits of strong signals; 0 for the others."""
        return np.where(self.strong[signal], bits, 0.0)

    def is_link(self, rows: pa.Table, scored: Scored) -> Bools:
        """Which scored pairs are links; `rows` are their evidence in the order of scoring."""
        return self.are_links(rows["signal"].to_numpy().astype(np.int64), rows["bits"].to_numpy(), scored)

    def are_links(self, signal: Ints, bits: Floats, scored: Scored) -> Bools:
        """The same from the signal and the bits of each row."""
        bits = self.strong_only(signal, bits)
        counted = scoring.count_families(scored.pair, signal, bits, self.rules)
        alone = scoring.log_odds(scored.pair, counted, np.zeros(len(scored.left)))
        more = self.rules.more_bits(scored.left, scored.right)
        return self.suffices(scored.log_odds, alone, more)

    def could_be_link(self, sums: Sums, ends: tuple[Ints, Ints], later: Mapping[int, float]) -> Bools:
        """Which of some pairs of accounts (left, right) may be links: the rule from above, without what
        speaks against a pair.

        `sums` have each pair, by its place, and signal once. `later` are signals that are not in the evidence
        yet, with the most bits each can give; as many are granted. None of them may be strong. What this
        denies is no link.
        """
        each = self._most(sums)
        families, pairs = len(self.rules.caps), len(ends[0])
        cell = sums.pair * families + self.rules.family[sums.signal]
        bits, strong = np.zeros((2, pairs * families), dtype=np.int64)
        np.maximum.at(bits, cell, each)
        np.maximum.at(strong, cell, np.where(self.strong[sums.signal], each, 0))
        # A family gives its best signal: what comes later adds only what is above the family's best so far.
        most = np.maximum(bits.reshape(pairs, families), self._by_family(later)).sum(axis=1)
        alone = strong.reshape(pairs, families).sum(axis=1)
        # Scores are rounded to millionths at several places, so the bound gives way a little.
        log_odds = self.rules.priors(*ends) + most / MICRO + SLACK
        return self.suffices(log_odds, alone / MICRO + SLACK, self.rules.more_bits(*ends))

    def _most(self, sums: Sums) -> Ints:
        """Millionths of a bit that each signal can give a pair after the family rules."""
        family, top = self.rules.family[sums.signal], np.maximum(sums.top, 1)
        # As if the values were all as strong as the strongest: the k that give the total then count most.
        together = sums.total / (1 + (sums.total / top - 1) * self.rules.correlation[family])
        capped = np.minimum(together, self.rules.caps[family] * MICRO)
        return np.asarray(np.rint(capped), dtype=np.int64)

    def _by_family(self, later: Mapping[int, float]) -> Ints:
        """Millionths of a bit that each family may still give."""
        most = np.zeros(len(self.rules.caps), dtype=np.int64)
        for number, bits in later.items():
            family = self.rules.family[number]
            most[family] = max(most[family], round(bits * MICRO))
        return most
