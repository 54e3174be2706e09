"""What is known of one community before it is assessed: its accounts, its links, what sets it apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.dealt_values import DealtValues
from linkage.groups.enrichment import Enrichment
from linkage.groups.workload import CommunityWork
from linkage.settings.group_assessment import Profiles

SEVERAL_VALUES = ("lineage", "registration")
"""Families that show one operator only by several values: one answer that many quote was published, and one
telephone number that many give is a household's."""


@dataclass(frozen=True)
class InnerLinks:
    """The links inside one community: their log-odds, and counted bits by family (columns as `names`), of
    all signals and of those that can make a link."""

    log_odds: Floats
    bits: Floats
    strong: Floats
    names: tuple[str, ...]
    link_bits: float
    chosen: Profiles

    def standing_without(self, family: int) -> float:
        """Share of the links that remain links when a family is left out."""
        return float((self.log_odds - self.bits[:, family] >= self.link_bits).mean())

    def families(self) -> frozenset[str]:
        """Families that say something substantial in a fair part of the links."""
        return self._substantial(self.bits, self.chosen.min_speaking_share)

    def identifying_families(self) -> frozenset[str]:
        """Families whose identifying signals speak in half of the links, not only in those of a few homes."""
        return self._substantial(self.strong, self.chosen.provision_share)

    def _substantial(self, bits: Floats, least: float) -> frozenset[str]:
        part = (bits >= self.chosen.substantial_bits).mean(axis=0) if len(bits) else np.zeros(len(self.names))
        return frozenset(name for name, share in zip(self.names, part, strict=True) if share >= least)

    def needed_families(self) -> frozenset[str]:
        """Families without which too many of the links would be none: the community was found by them."""
        if not len(self.bits):
            return frozenset()
        return frozenset(
            n for i, n in enumerate(self.names) if self.standing_without(i) < self.chosen.min_standing_share
        )


def mostly_one_value(values: Ints, chosen: Profiles) -> bool:
    """Whether the values on which links rest, one for each reason, are mostly a single one."""
    _numbers, counts = np.unique(values, return_counts=True)
    return bool(counts.max(initial=0) > chosen.single_value_share * len(values))


@dataclass(frozen=True)
class KnownPart:
    """Whether enough of a community's prompts is known to say what its work is, and which `share` of them."""

    enough: bool
    share: float


ALL_KNOWN = KnownPart(True, 1.0)


@dataclass(frozen=True)
class CommunityFacts:
    """One community: its accounts, the links inside it, what sets it apart, its work where known, the traits
    in which it could be compared, what is `known` of its prompts, and by trait what is `dealt` to its
    accounts."""

    members: Ints
    inside: InnerLinks
    enrichments: Sequence[Enrichment]
    work: CommunityWork | None
    compared: frozenset[str]
    known: KnownPart = ALL_KNOWN
    dealt: Mapping[str, DealtValues] = field(default_factory=dict)

    @property
    def known_work(self) -> CommunityWork | None:
        """Its work, where enough is known: what its accounts seldom ask may be what is withheld."""
        return self.work if self.known.enough else None
