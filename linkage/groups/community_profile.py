"""The profile of a community, which the gates look at: its links by family, and what its accounts show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups import households
from linkage.groups.customers import Customers
from linkage.groups.declared_units import CONCEALING, PUBLIC_DOMAINS
from linkage.groups.enrichment import Enrichment
from linkage.groups.features import Features, volume_spread
from linkage.groups.gates import CommunityProfile
from linkage.groups.trait_index import TraitIndex
from linkage.groups.workload import CommunityWork
from linkage.settings.group_assessment import Profiles
from linkage.settings.groups import Groups
from linkage.settings.stories import Stories

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
    if len(np.unique(accounts[chain])) <= chosen.stories.household_accounts:
        return frozenset()
    shared = chain[np.bincount(values[chain])[values[chain]] > 1]
    said = np.concatenate(families)[shared]
    return frozenset(
        name
        for name in set(IDENTIFYING_TRAITS.values())
        if len(np.unique(accounts[shared[said == name]])) >= chosen.profiles.provision_share * len(members)
    )


@dataclass(frozen=True)
class KnownPart:
    """Whether enough of a community's prompts is known to say what its work is, and which `share` of them."""

    enough: bool
    share: float


ALL_KNOWN = KnownPart(True, 1.0)


@dataclass(frozen=True)
class CommunityFacts:
    """One community: its accounts, the links inside it, what sets it apart, its work where known, the traits
    in which it could be compared, and what is `known` of its prompts."""

    members: Ints
    inside: InnerLinks
    enrichments: Sequence[Enrichment]
    work: CommunityWork | None
    compared: frozenset[str]
    known: KnownPart = ALL_KNOWN

    @property
    def known_work(self) -> CommunityWork | None:
        """Its work, where enough is known: what its accounts seldom ask may be what is withheld."""
        return self.work if self.known.enough else None


def community_profile(
    community: CommunityFacts,
    index: TraitIndex,
    customers: Customers,
    chosen: Groups,
) -> CommunityProfile:
    """The figures that the gates look at."""
    members, inside, found = community.members, community.inside, community.enrichments
    work, limits = community.known_work, chosen.profiles
    funding = index.holders["funding"]
    hidden = np.array([i for i, name in enumerate(funding.names) if name in CONCEALING], dtype=np.int64)
    units, card = customers.units, customers.card[members]
    card = card[card >= 0]
    unit, counts = np.unique(units.unit[members], return_counts=True)
    declared = unit >= 0
    most = int(np.argmax(np.where(declared, counts, 0)))
    chains, known = chain_families(index, members, chosen), chosen.stories.known_share
    return CommunityProfile(
        accounts=len(members),
        pair_families=inside.families(),
        group_families=frozenset(each.family for each in found),
        certain_families=frozenset(each.family for each in found if each.beyond_chance),
        needed_families=inside.needed_families(),
        unit_share=float(counts[most] / len(members)) if declared.any() else 0.0,
        unit=units.reason[unit[most]] if declared.any() else "",
        one_name=share_among_known(index, members, "billing_hash", known),
        own_domains=own_domain_share(index, members, chosen.stories.max_domain_accounts),
        one_card=index.commonest_share(members, "fingerprint"),
        one_phone=index.commonest_share(members, "phone_hash"),
        one_place=index.commonest_share(members, "prefix"),
        cards=len(np.unique(card)) / max(len(card), 1),
        workload=work.workload if work else None,
        verbatim=work.verbatim if work else 0.0,
        concealing=index.share_holding(members, "funding", hidden) >= limits.anonymous_card_share,
        chain_families=chains,
        one_referrer=any(each.trait == "referrer" for each in found),
        bin_number=next((each.value for each in found if each.trait == "bin" and each.beyond_chance), ""),
        missing=missing_kinds(index, work, withheld=not community.known.enough),
        features=community_features(community, index, chains, chosen),
    )


PAYMENT_TRAITS = ("bin", "issuer", "funding")
"""Traits of cards that a source may give in the place of the card."""

CARD_TRAITS = frozenset(("funding", "bin", "issuer", "issuing_burst"))
"""Traits of how cards were got."""

OPENING_TRAITS = frozenset(("created_at", "registration_burst"))
CLIENT_TRAITS = frozenset(("client", "user_agent"))
ADDRESS_TRAITS = frozenset(("address_pattern", "email_domain"))
"""Traits of addresses that were made in number."""


def community_features(
    community: CommunityFacts, index: TraitIndex, chains: frozenset[str], chosen: Groups
) -> Features:
    """What tells one operator's community from an innocent one. Of what is known of fewer than half of the
    accounts, or of too few for a comparison, nothing is. Whether it is open follows from the whole profile
    (`gates.is_open`)."""
    members, work, limits = community.members, community.known_work, chosen.stories
    common = {each.trait for each in community.enrichments if _is_common(each, chosen)}
    carded, placed, named = (
        known_share(index, members, name) >= limits.known_share
        for name in ("fingerprint", "prefix", "client")
    )
    paid = carded or any(known_share(index, members, each) >= limits.known_share for each in PAYMENT_TRAITS)
    opened = bool((~np.isnan(index.created[members])).mean() >= limits.known_share)
    registered = opened or known_share(index, members, "email_domain") >= limits.known_share
    compared = community.compared
    paid &= bool(compared & CARD_TRAITS)
    opened &= bool(compared & OPENING_TRAITS)
    named &= bool(compared & CLIENT_TRAITS)
    registered &= bool(compared & ADDRESS_TRAITS)
    answered = "lineage" in community.inside.identifying_families()
    return replace(
        _work_features(work, community.known.share, len(members), limits),
        chained=bool(chains) if carded or chains else None,
        in_lots=share_in_lots(index, members) if carded else None,
        payment=bool(common & CARD_TRAITS) if paid else None,
        opening=bool(common & OPENING_TRAITS) if opened else None,
        one_place=index.commonest_share(members, "prefix") if placed else None,
        client=bool(common & CLIENT_TRAITS) if named else None,
        addresses=bool(common & ADDRESS_TRAITS) if registered else None,
        answers=answered if work else None,
        volumes=_relative_volumes(index, members, limits.min_volume),
    )


def _relative_volumes(index: TraitIndex, members: Ints, least: int) -> float | None:
    """How much accounts differ in how much they do, relative to how much all accounts differ.

    None where half of them did less than `least`, of which so much is chance that it says nothing.
    """
    own, usual = index.interactions[members], volume_spread(index.interactions)
    if 2 * int((own >= least).sum()) <= len(own) or not usual:
        return None
    return volume_spread(own) / usual


def _is_common(found: Enrichment, chosen: Groups) -> bool:
    return found.beyond_chance and found.inside >= chosen.profiles.provision_share


def _work_features(work: CommunityWork | None, known: float, accounts: int, chosen: Stories) -> Features:
    """Copies and division of work are known where enough of it is the community's own. Of two copies of a
    text, both are seen as seldom as the share of prompts that is `known`."""
    if work is None:
        return Features()
    found = Features(work=work.workload)
    if work.own < chosen.min_own_prompts * accounts:
        return found
    divided = work.division
    return replace(
        found,
        copies=min(work.verbatim / known, 1.0),
        tasks=divided.tasks,
        tasks_each=divided.each,
        dispersion=divided.dispersion,
    )


def known_share(index: TraitIndex, members: Ints, trait: str) -> float:
    """Share of the accounts of which a trait is known."""
    rows = index.holders[trait]
    return len(np.unique(rows.a[rows.rows_of(members)])) / len(members)


def share_among_known(index: TraitIndex, members: Ints, trait: str, least: float) -> float:
    """Share holding the commonest value of a trait, of those of which it is known; 0 where it is known of
    less than the `least` share of the accounts."""
    rows = index.holders[trait]
    inside = rows.rows_of(members)
    known = len(np.unique(rows.a[inside]))
    counts = np.unique(rows.value[inside], return_counts=True)[1]
    return int(counts.max(initial=0)) / known if known and known >= least * len(members) else 0.0


def own_domain_share(index: TraitIndex, members: Ints, most_accounts: int) -> float:
    """Share of the accounts under a domain that is no mail provider's, and that `most_accounts` have at
    most."""
    rows = index.holders["email_domain"]
    inside = rows.rows_of(members)
    rare = inside[rows.totals[rows.value[inside]] <= most_accounts]
    own = [i for i in rare.tolist() if rows.names[rows.value[i]].lower() not in PUBLIC_DOMAINS]
    return len(np.unique(rows.a[own])) / len(members)


def share_in_lots(index: TraitIndex, members: Ints) -> float:
    """Share of the accounts with a card on which others of them pay, of those whose card is known."""
    rows = index.holders["fingerprint"]
    inside = rows.rows_of(members)
    several = np.bincount(rows.value[inside], minlength=len(rows.names))[rows.value[inside]] > 1
    return len(np.unique(rows.a[inside[several]])) / max(len(np.unique(rows.a[inside])), 1)


KINDS = {
    "payments": ("fingerprint", "bin", "issuer", "funding", "billing_hash"),
    "registration": ("email_domain", "phone_hash", "referrer", "organisation", "address_pattern"),
    "prompts": ("template", "segment"),
}
"""Kinds of source that can clear accounts, with the traits that are known where one is there."""


def missing_kinds(index: TraitIndex, work: CommunityWork | None, *, withheld: bool) -> tuple[str, ...]:
    """Kinds of source of which the whole population shows nothing; and prompts where those of a community,
    whose `work` is given, are withheld."""
    there = {kind for kind, names in KINDS.items() if any(len(index.holders[name].a) for name in names)}
    there |= {"registration"} if not np.isnan(index.created).all() else set()
    there |= {"prompts"} if work else set()
    there -= {"prompts"} if withheld else set()
    return tuple(kind for kind in KINDS if kind not in there)
