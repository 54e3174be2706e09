"""The features of a community that tell one operator from an innocent story, where the source gives them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from linkage.arrays import Ints, distinct
from linkage.groups.community_facts import CommunityFacts
from linkage.groups.dealt_values import DealtValues
from linkage.groups.enriched_partition import ADDRESS_TRAITS
from linkage.groups.enrichment import Enrichment
from linkage.groups.features import Features, volume_spread
from linkage.groups.older_lives import older_lives
from linkage.groups.trait_index import TraitIndex
from linkage.groups.workload import CommunityWork
from linkage.settings.groups import Groups
from linkage.settings.stories import Stories

PAYMENT_TRAITS = ("bin", "issuer", "funding")
"""Traits of cards that a source may give in the place of the card."""

CARD_TRAITS = frozenset(("funding", "bin", "issuer", "issuing_burst"))
"""Traits of how cards were got."""

CARDS = ("issuer", "bin")
"""Traits that say of how many kinds cards are, the first that is known."""

OPENING_TRAITS = frozenset(("created_at", "registration_burst"))
CLIENT_TRAITS = frozenset(("client", "user_agent"))


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
    cards, clients = _dealt(community, CARDS, chosen), _dealt(community, ("client",), chosen)
    # Who sees answers passed on knows of them, whatever else is withheld.
    answered = "lineage" in community.inside.identifying_families()
    return replace(
        _work_features(work, community.known.share, len(members), limits),
        chained=bool(chains) if carded or chains else None,
        in_lots=share_in_lots(index, members) if carded else None,
        payment=bool(common & CARD_TRAITS) or cards > 0 if paid else None,
        issuers=cards if paid else None,
        opening=bool(common & OPENING_TRAITS) if opened else None,
        one_place=index.commonest_share(members, "prefix") if placed else None,
        client=bool(common & CLIENT_TRAITS) or clients > 0 if named else None,
        addresses=bool(common & ADDRESS_TRAITS) if registered else None,
        answers=answered if work or answered else None,
        volumes=_relative_volumes(index, members, limits.min_volume),
        past=older_lives(index, members, chosen),
    )


def _relative_volumes(index: TraitIndex, members: Ints, least: int) -> float | None:
    """How much accounts differ in how much they do, relative to how much all accounts differ.

    None where half of them did less than `least`, of which so much is chance that it says nothing.
    """
    own, usual = index.interactions[members], index.usual_spread
    if 2 * int((own >= least).sum()) <= len(own) or not usual:
        return None
    return volume_spread(own) / usual


def _dealt(community: CommunityFacts, names: Sequence[str], chosen: Groups) -> int:
    """How many values of the first of these traits that has any are dealt to the accounts; none unless most
    accounts hold one of them."""
    found = next((community.dealt[name] for name in names if name in community.dealt), DealtValues())
    return found.count if found.share >= chosen.profiles.provision_share else 0


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
    return len(distinct(rows.a[rows.rows_of(members)])) / len(members)


def share_in_lots(index: TraitIndex, members: Ints) -> float:
    """Share of the accounts with a card on which others of them pay, of those whose card is known."""
    rows = index.holders["fingerprint"]
    inside = rows.rows_of(members)
    _cards, card, uses = np.unique(rows.value[inside], return_inverse=True, return_counts=True)
    several = uses[card] > 1
    return len(np.unique(rows.a[inside[several]])) / max(len(np.unique(rows.a[inside])), 1)
