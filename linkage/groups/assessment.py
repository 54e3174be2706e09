"""The assessment of communities: what sets each apart, what the gates say, and whether it is reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from linkage.arrays import DECIMALS, Bools, Floats, Ints, places_of
from linkage.groups import gates, households, null_model
from linkage.groups.community_facts import (
    SEVERAL_VALUES,
    CommunityFacts,
    InnerLinks,
    KnownPart,
    mostly_one_value,
)
from linkage.groups.community_profile import community_profile
from linkage.groups.crowds import Ties, ties
from linkage.groups.customers import customers_of
from linkage.groups.dealt_values import dealt_values
from linkage.groups.declared_units import Units
from linkage.groups.enriched_partition import EnrichedPartition, compared_traits, enriched_partition
from linkage.groups.enrichment import ComparedTraits, Enrichment
from linkage.groups.inner_links import rows_inside, strongest_links
from linkage.groups.partition import members_by_community
from linkage.groups.profile import CommunityProfile, found_by, reported_families
from linkage.groups.split_by_workload import SplitPartition
from linkage.groups.trait_index import TraitIndex
from linkage.groups.trait_tests import Communities
from linkage.groups.workload import CommunityWork, is_withheld, withheld_accounts
from linkage.links.log_odds import Rules
from linkage.links.stage import Links
from linkage.prompts.known_prompts import KnownPrompts
from linkage.settings.groups import Groups
from linkage.settings.program import Settings


@dataclass(frozen=True)
class Assessment:
    """One community with what sets it apart and what the gates say.

    `unresolved`: neither one operator nor an innocent story leads; `stories`: bits for one operator
    against each innocent story; `settles`: what would decide.
    """

    members: Ints
    profile: CommunityProfile
    enrichments: list[Enrichment]
    gates: tuple[gates.Gate, ...]
    reason: str
    log_odds: float
    families: tuple[str, ...]
    unresolved: bool = False
    stories: Mapping[str, float] = field(default_factory=dict)
    settles: str = ""
    q_value: float = 1.0
    infrastructure: str = "unknown"
    dismissed: bool = False
    confirmed: bool = False

    @property
    def reported(self) -> bool:
        """Whether every gate has passed, or a person confirmed the group, and none has dismissed it."""
        return not self.dismissed and (self.confirmed or all(gate.passed for gate in self.gates))

    @property
    def favours(self) -> float:
        """Bits for one operator against the best innocent story."""
        return min(self.stories.values(), default=0.0)

    @property
    def table(self) -> str:
        """The table of the case that lists the community: `groups`, `unresolved` or `explained`."""
        if self.reported:
            return "groups"
        return "unresolved" if self.unresolved and not self.dismissed else "explained"


@dataclass(frozen=True)
class BeforeChance:
    """A partition's communities as assessed before they are held against redrawn populations."""

    assessments: list[Assessment]
    partition: EnrichedPartition


class Assessor:
    """Assesses the communities of one run: what sets them apart, what the gates say, and why.

    `known` says of how many prompts of each account anything is known (None: of all), `withheld` of which
    accounts too few are to say what they ask."""

    def __init__(
        self,
        index: TraitIndex,
        links: Links,
        units: Units,
        *,
        rules: Rules,
        strong: Bools,
        settings: Settings,
        known: KnownPrompts | None = None,
    ) -> None:
        self.index, self.links, self.units, self.settings = index, links, units, settings
        self.chosen = settings.groups
        self.known = known or KnownPrompts.everywhere(len(units.unit))
        self.withheld = withheld_accounts(self.known, self.chosen.workload)
        self.bits, self._strong = links.by_family(rules), strong
        self.strong = links.by_family(rules, strong)
        self.customers = customers_of(index, units, self.chosen.units.team_accounts)
        self.identifiers = {family: links.values_of(family, rules, strong) for family in SEVERAL_VALUES}
        scored, block = links.scored, households.blocks(self.customers.payer, units.unit)
        self.across = links.linked & (block[scored.left] != block[scored.right])
        self._redrawn: dict[bytes, Floats] = {}

    def assess(
        self,
        split: SplitPartition,
        work: Mapping[int, CommunityWork],
        membership: Floats,
        aside: Bools | None = None,
    ) -> list[Assessment]:
        """Every community of the partition, in the order of its number, held against chance."""
        return self.against_chance(self.before_chance(split, work, membership, aside))

    def before_chance(
        self,
        split: SplitPartition,
        work: Mapping[int, CommunityWork],
        membership: Floats,
        aside: Bools | None = None,
    ) -> BeforeChance:
        """Every community of the partition, in the order of its number, and what sets it apart.

        `work` of communities where it is known; `membership` of every account. Accounts set `aside` are
        nobody's comparison: beside an operator with a quarter of all accounts, whoever is not his would
        differ from the others in kind of card.
        """
        partition, labels = self.enriched(split.labels, aside), split.labels
        strongest = strongest_links(self.links, labels)
        inside = self._inner_links(labels, len(partition.members))
        dealt, result = dealt_values(partition, self.chosen), []
        for number, members in partition.members.items():
            found = partition.enrichments.get(number, [])
            compared = partition.compared.get(number, frozenset())
            known, given = self._known_part(members), dealt.get(number, {})
            facts = CommunityFacts(
                members, inside[number], found, work.get(number), compared, known=known, dealt=given
            )
            profile = replace(
                community_profile(facts, self.index, self.customers, self.chosen),
                stability=float(membership[members].mean()),
                cut_from_crowd=number in partition.cut_from_crowds,
                nearly_all_alike=number in partition.nearly_all_alike,
            )
            one = _assessment(members, profile, found, strongest[members], self.chosen)
            result.append(replace(one, infrastructure=split.infrastructure(members)))
        return BeforeChance(result, partition)

    def enriched(self, labels: Ints, aside: Bools | None = None) -> EnrichedPartition:
        """What sets the communities of a partition apart from all others but those set `aside`."""
        members = members_by_community(labels)
        communities = self._communities(labels, members)
        return enriched_partition(
            self.traits, communities, members, ties=self.ties, chosen=self.chosen, aside=aside
        )

    def linked_to(self, some: Bools) -> Bools:
        """Which accounts are linked to any of these."""
        (left, right), result = self.linked_pairs, np.zeros(len(some), dtype=bool)
        result[left[some[right]]] = True
        result[right[some[left]]] = True
        return result

    @property
    def linked_pairs(self) -> tuple[Ints, Ints]:
        """The two accounts of every link."""
        return self.links.scored.left[self.links.linked], self.links.scored.right[self.links.linked]

    def is_one_unit(self, members: Ints) -> bool:
        """Whether most of these accounts openly belong together."""
        counts = np.bincount(self.customers.units.unit[members] + 1)[1:]
        return bool(counts.max(initial=0) >= self.chosen.stories.same_customer_share * len(members))

    def on_other_evidence(self, links: Links, rules: Rules, known: KnownPrompts) -> "Assessor":
        """One that assesses by other links and other knowledge of prompts."""
        chosen, strong = self.settings, self._strong
        return Assessor(
            self.index, links, self.units, rules=rules, strong=strong, settings=chosen, known=known
        )

    def is_withheld(self, members: Ints) -> bool:
        """Whether too little is known of what these accounts ask to say what their work is."""
        return is_withheld(members, self.withheld, self.chosen.workload)

    def _known_part(self, members: Ints) -> KnownPart:
        return KnownPart(not self.is_withheld(members), self.known.share(members))

    @cached_property
    def ties(self) -> Ties:
        """What ties accounts beside all that communities are compared in."""
        scored = self.links.scored
        tested = set(self.traits.families().values())
        return ties((scored.left, scored.right), self.bits, self.links.families, tested)

    @cached_property
    def traits(self) -> ComparedTraits:
        """In what communities are compared."""
        return compared_traits(self.index, self.chosen.tests)

    def _communities(self, labels: Ints, members: Mapping[int, Ints]) -> Communities:
        """The communities large enough to be compared; how cards were got is counted once for each card.

        All else is counted once for each customer; in a community that is one customer, for each card.
        """
        unit, payer = self.customers.named_units, self.customers.payer
        large, one_unit = np.full(len(labels), -1, dtype=np.int64), np.zeros(len(labels), dtype=bool)
        for number, who in members.items():
            if len(who) >= self.chosen.min_accounts:
                large[who] = number
                one_unit[who] = self.is_one_unit(who)
        block = households.blocks(payer, np.where(one_unit, -1, unit))
        by_payer = households.block_weights(large, payer)
        return Communities(large, {"": households.block_weights(large, block), "payment": by_payer})

    def against_chance(self, asked: BeforeChance) -> list[Assessment]:
        """Held against redrawn populations: what chance brings about is not reported."""
        assessments, partition = asked.assessments, asked.partition
        needed = {number: found_by(each.profile) for number, each in enumerate(assessments)}
        numbers = partition.large.tolist()
        q_values = null_model.null_q_values(
            partition.traits,
            partition.comparisons,
            null_model.ScoredCommunities(partition.communities, partition.large, needed),
            np.array([assessments[number].reported for number in numbers], dtype=bool),
            self.chosen,
            seed=self.settings.seed,
            known=self._redrawn,
        )
        result = list(assessments)
        for number, q_value in zip(numbers, q_values.tolist(), strict=True):
            gate, stories = gates.null_model_gate(q_value, self.chosen), self.chosen.stories
            one = replace(result[number], gates=(*result[number].gates, gate), q_value=q_value)
            unresolved = gates.is_unresolved(one.profile, one.gates, stories)
            reason = gates.reason(one.profile, one.gates, stories)
            result[number] = replace(one, reason=reason, unresolved=unresolved)
        return result

    def _inner_links(self, labels: Ints, count: int) -> list[InnerLinks]:
        """The links inside each community: those across declared units, or, where there are none, all.
        What a family shares at home says nothing of the group it was found in."""
        across, every = (
            rows_inside(self.links, labels, chosen, count) for chosen in (self.across, self.links.linked)
        )
        chosen = [some if len(some) else rest for some, rest in zip(across, every, strict=True)]
        return [
            InnerLinks(
                self.links.scored.log_odds[rows],
                self.bits[rows],
                self._identifying_bits(rows),
                self.links.families,
                self.settings.links.link_bits,
                self.chosen.profiles,
            )
            for rows in chosen
        ]

    def _identifying_bits(self, links: Ints) -> Floats:
        """Bits of these links' identifying signals; what strangers may quote, or one household gives,
        identifies no operator."""
        strong = self.strong[links]
        for family, (pair, value) in self.identifiers.items():
            bits = strong[:, self.links.families.index(family)]
            # Reasons stand in the order of their pairs, so those of a few links are looked up.
            if bits.any() and mostly_one_value(value[places_of(links, pair)], self.chosen.profiles):
                bits[:] = 0.0
        return strong


def _assessment(
    members: Ints,
    profile: CommunityProfile,
    found: Sequence[Enrichment],
    strongest: Floats,
    chosen: Groups,
) -> Assessment:
    """One community as the gates see it, before it is held against the null model."""
    outcome, strength = gates.apply_gates(profile, chosen), strongest[np.isfinite(strongest)]
    return Assessment(
        members,
        profile,
        list(found),
        outcome,
        gates.reason(profile, outcome, chosen.stories),
        float(np.round(np.median(strength), DECIMALS)) if len(strength) else 0.0,
        tuple(sorted(reported_families(profile))),
        stories=gates.stories_of(profile, chosen.stories),
        settles=gates.settles(profile, chosen.stories),
    )
