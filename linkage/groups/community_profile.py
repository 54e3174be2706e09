"""The profile of a community, which the gates look at: its links by family, and what its accounts show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups import households
from linkage.groups.declared_units import CONCEALING, Units
from linkage.groups.enrichment import ComparedTraits, Enrichment
from linkage.groups.gates import CommunityProfile
from linkage.groups.trait_index import TraitIndex
from linkage.groups.workload import CommunityWork
from linkage.settings.group_assessment import Profiles
from linkage.settings.groups import Groups

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


OPENING_TRAITS = ("created_at", "registration_burst", "referrer")
"""Traits of when and by which page accounts came: launches, tutorials and news bring strangers together."""


def mostly_one_value(values: Ints, chosen: Profiles) -> bool:
    """Whether the values on which links rest, one for each reason, are mostly a single one."""
    _numbers, counts = np.unique(values, return_counts=True)
    return bool(counts.max(initial=0) > chosen.single_value_share * len(values))


LOCAL_TRAITS = ("payment_country",)
"""Traits of where people live: a campus has them in common, and nobody provided them."""


def provision_families(
    traits: ComparedTraits, members: Ints, found: Sequence[Enrichment], *, paid: bool, share: float
) -> frozenset[str]:
    """Families whose enrichments show common provision for the accounts: the same means of payment, the same
    machine-made addresses. A `share` of the accounts must hold one of the family's values; when they were
    opened counts only where no payment is known (`paid`)."""
    some = [m for m in found if m.beyond_chance and m.trait not in LOCAL_TRAITS]
    some = [m for m in some if m.trait not in OPENING_TRAITS or not paid]
    result = set()
    for family in {each.family for each in some}:
        holders = [traits.holders(each) for each in some if each.family == family]
        if np.isin(members, np.concatenate(holders)).mean() >= share:
            result.add(family)
    return frozenset(result)


IDENTIFYING_TRAITS = {"fingerprint": "payment", "billing_hash": "payment", "phone_hash": "registration"}
"""What is one person's or one household's, with its family: cards, billing names, telephone numbers."""


def chain_families(index: TraitIndex, members: Ints, chosen: Groups) -> frozenset[str]:
    """Families of the cards, names and numbers by which half of the accounts, more than a household's, hang
    together. Of a family half of the accounts must share some; only what is mostly theirs counts."""
    who, which, families, first = [], [], [], 0
    for trait, family in IDENTIFYING_TRAITS.items():
        rows = index.holders[trait]
        inside = rows.rows_of(members)
        value = rows.value[inside]
        mine = 2 * np.bincount(value, minlength=len(rows.names))[value] >= rows.totals[value]
        who.append(np.searchsorted(members, rows.a[inside[mine]]))
        which.append(value[mine] + first)
        families.append(np.full(int(mine.sum()), family, dtype=object))
        first += len(rows.names)
    accounts, values = np.concatenate(who), np.unique(np.concatenate(which), return_inverse=True)[1]
    chain = households.linking_chain(accounts, values, len(members))
    if len(np.unique(accounts[chain])) <= chosen.gates.household_accounts:
        return frozenset()
    shared = chain[np.bincount(values[chain])[values[chain]] > 1]
    said = np.concatenate(families)[shared]
    return frozenset(
        name
        for name in set(IDENTIFYING_TRAITS.values())
        if len(np.unique(accounts[shared[said == name]])) >= chosen.profiles.provision_share * len(members)
    )


@dataclass(frozen=True)
class Customers:
    """Who openly belongs together: declared units, the card each account shares or uses most (−1: none),
    and which accounts pay with one card under one name (one number each)."""

    units: Units
    card: Ints
    payer: Ints


@dataclass(frozen=True)
class CommunityFacts:
    """One community: its accounts, the links inside it, what sets it apart, and its work where known."""

    members: Ints
    inside: InnerLinks
    enrichments: Sequence[Enrichment]
    work: CommunityWork | None


def community_profile(
    community: CommunityFacts,
    index: TraitIndex,
    traits: ComparedTraits,
    customers: Customers,
    chosen: Groups,
) -> CommunityProfile:
    """The figures that the gates look at."""
    members, inside, found = community.members, community.inside, community.enrichments
    work, limits = community.work, chosen.profiles
    funding = index.holders["funding"]
    hidden = np.array([i for i, name in enumerate(funding.names) if name in CONCEALING], dtype=np.int64)
    units, card = customers.units, customers.card[members]
    card = card[card >= 0]
    unit, counts = np.unique(units.unit[members], return_counts=True)
    declared = unit >= 0
    most = int(np.argmax(np.where(declared, counts, 0)))
    paid = index.commonest_share(members, "funding") > 0
    provision = provision_families(traits, members, found, paid=paid, share=limits.provision_share)
    return CommunityProfile(
        accounts=len(members),
        pair_families=inside.families(),
        group_families=frozenset(each.family for each in found),
        certain_families=frozenset(each.family for each in found if each.beyond_chance),
        provision_families=provision | inside.identifying_families(),
        needed_families=inside.needed_families(),
        unit_share=float(counts[most] / len(members)) if declared.any() else 0.0,
        unit=units.reason[unit[most]] if declared.any() else "",
        one_card=index.commonest_share(members, "fingerprint"),
        one_phone=index.commonest_share(members, "phone_hash"),
        one_place=index.commonest_share(members, "prefix"),
        cards=len(np.unique(card)) / max(len(card), 1),
        workload=work.workload if work else None,
        verbatim=work.verbatim if work else 0.0,
        concealing=index.share_holding(members, "funding", hidden) >= limits.anonymous_card_share,
        chain_families=chain_families(index, members, chosen),
        one_referrer=any(each.trait == "referrer" for each in found),
    )
