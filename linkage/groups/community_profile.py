"""The profile of a community, which the gates look at: its links by family, and what its accounts show."""

import numpy as np

from linkage.arrays import Ints
from linkage.groups import households
from linkage.groups.community_facts import CommunityFacts
from linkage.groups.community_features import community_features
from linkage.groups.customers import Customers
from linkage.groups.declared_units import CONCEALING, PUBLIC_DOMAINS
from linkage.groups.profile import CommunityProfile
from linkage.groups.trait_index import TraitIndex
from linkage.groups.workload import CommunityWork
from linkage.settings.groups import Groups

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
        _values, place, held = np.unique(value, return_inverse=True, return_counts=True)
        mine = 2 * held[place] >= rows.totals[value]
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
        organised_share=_commonest_share(units.beside_domain[members]),
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


def _commonest_share(unit: Ints) -> float:
    """Share of the accounts in the commonest unit; −1 is none."""
    return int(np.bincount(unit[unit >= 0], minlength=1).max()) / len(unit)


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
    there |= {"registration"} if index.any_opened else set()
    there |= {"prompts"} if work else set()
    there -= {"prompts"} if withheld else set()
    return tuple(kind for kind in KINDS if kind not in there)
