"""What the gates look at in one community: its links by family, and what its accounts show openly.

Composition only: facts come from `holders`, tests and rules are in `inference`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.groups import enrichment, gates, households
from linkage.groups.declared_units import CONCEALING, PUBLIC_DOMAINS, Units
from linkage.groups.features import Features
from linkage.groups.split_by_workload import Work
from linkage.groups.trait_index import Known, share

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SUBSTANTIAL = 3.0
"""Bits from which a family says something substantial: eight times likelier."""

MOST = 0.8
"""A community stands without a family when this part of its links does."""

COMMON = 0.5
"""One hand provided for a community when what it provided speaks in half of the links, or is borne by half of
the accounts."""

SINGLE = ("lineage", "registration")
"""Families that show one hand only by several values: one answer that many quote was published, and one
telephone number that many give is a household's."""

ONE_VALUE = 0.5
"""A single value is what links rest on when it makes up more than this part of their reasons. A relay spreads
whole conversations, who sells answers sells many, who opens accounts in number gives several numbers."""

FAIR_PART = 0.25
"""A family speaks for a community when it speaks in this part of its links."""


@dataclass(frozen=True)
class Inside:
    """The links inside one community: their log-odds, and counted bits by family (columns as `names`), of
    all signals and of those that can make a link."""

    log_odds: Floats
    bits: Floats
    strong: Floats
    names: tuple[str, ...]
    link_bits: float

    def without(self, family: int) -> float:
        """Share of the links that remain links when a family is left out."""
        return float((self.log_odds - self.bits[:, family] >= self.link_bits).mean())

    def speaking(self) -> frozenset[str]:
        """Families that say something substantial in a fair part of the links."""
        return self._substantial(self.bits, FAIR_PART)

    def strong_speaking(self) -> frozenset[str]:
        """Families whose identifying signals speak in half of the links, not only in those of a few homes."""
        return self._substantial(self.strong, COMMON)

    def _substantial(self, bits: Floats, least: float) -> frozenset[str]:
        part = (bits >= SUBSTANTIAL).mean(axis=0) if len(bits) else np.zeros(len(self.names))
        return frozenset(name for name, share in zip(self.names, part, strict=True) if share >= least)

    def needed(self) -> frozenset[str]:
        """Families without which too many of the links would be none: the community was found by them."""
        if not len(self.bits):
            return frozenset()
        return frozenset(n for i, n in enumerate(self.names) if self.without(i) < MOST)


OPENED = ("created_at", "registration_burst", "referrer")
"""Marks of when and by which page accounts came: launches, tutorials and news bring strangers together."""


def single(values: Ints) -> bool:
    """Whether the values on which links rest, one for each reason, are mostly a single one."""
    _numbers, counts = np.unique(values, return_counts=True)
    return bool(counts.max(initial=0) > ONE_VALUE * len(values))


LIVING = ("payment_country",)
"""Marks of where people live: a campus has them, and nobody provided them."""


def provided(
    facts: enrichment.Facts, members: Ints, marks: Sequence[enrichment.Mark], *, paid: bool
) -> frozenset[str]:
    """Families whose marks show that one hand provided for the accounts: the same means of payment, the same
    machine-made addresses. Half of the accounts must bear one of the family's; when they were opened counts
    only where no payment is known (`paid`)."""
    some = [m for m in marks if m.beyond_chance and m.trait not in LIVING]
    some = [m for m in some if m.trait not in OPENED or not paid]
    result = set()
    for family in {mark.family for mark in some}:
        bearers = [facts.bearers(mark) for mark in some if mark.family == family]
        if np.isin(members, np.concatenate(bearers)).mean() >= COMMON:
            result.add(family)
    return frozenset(result)


IDENTIFYING = {"fingerprint": "payment", "billing_hash": "payment", "phone_hash": "registration"}
"""What is one hand's or one household's, with its family: cards, billing names, telephone numbers."""


def dealt(everything: Known, members: Ints) -> frozenset[str]:
    """Families of the cards, names and numbers by which half of the accounts, more than a household's, hang
    together. Of a family half of the accounts must share some; only what is mostly theirs counts."""
    who, which, families, first = [], [], [], 0
    for trait, family in IDENTIFYING.items():
        rows = everything.held[trait]
        inside = rows.of(members)
        value = rows.value[inside]
        mine = 2 * np.bincount(value, minlength=len(rows.names))[value] >= rows.totals[value]
        who.append(np.searchsorted(members, rows.a[inside[mine]]))
        which.append(value[mine] + first)
        families.append(np.full(int(mine.sum()), family, dtype=object))
        first += len(rows.names)
    accounts, values = np.concatenate(who), np.unique(np.concatenate(which), return_inverse=True)[1]
    chain = households.dealt(accounts, values, len(members))
    if len(np.unique(accounts[chain])) <= gates.HOUSEHOLD:
        return frozenset()
    shared = chain[np.bincount(values[chain])[values[chain]] > 1]
    said = np.concatenate(families)[shared]
    return frozenset(
        name
        for name in set(IDENTIFYING.values())
        if len(np.unique(accounts[shared[said == name]])) >= COMMON * len(members)
    )


CARD_KINDS = ("funding", "bin", "issuer", "issuing_burst")
"""Marks of how cards were got."""

MADE = ("address_pattern", "email_domain")
"""Marks of addresses made in number."""


def features(
    everything: Known,
    members: Ints,
    community: gates.Community,
    marks: Sequence[enrichment.Mark],
    work: Work | None,
) -> Features:
    """What tells one operator's community from an innocent one. Of what fewer than half are known, nothing is."""
    sure = {mark.trait for mark in marks if mark.beyond_chance and mark.inside >= COMMON}
    known = {
        name: _known(everything, members, name) >= COMMON for name in ("fingerprint", "prefix", "client")
    }
    opened = bool((~np.isnan(everything.created[members])).mean() >= COMMON)
    asked = work is not None and work.own >= 2 * len(members)
    open_name = max(among_known(everything, members, name) for name in ("billing_hash", "organisation"))
    return Features(
        copies=work.verbatim if work and asked else None,
        work=work.workload if work else None,
        tasks=work.tasks if work and asked else None,
        each=work.each if work and asked else None,
        dispersion=work.dispersion if work else None,
        chained=bool(community.dealt) if known["fingerprint"] else None,
        in_lots=in_lots(everything, members) if known["fingerprint"] else None,
        payment=bool(sure & set(CARD_KINDS)) if known["fingerprint"] else None,
        one_name=open_name,
        own_domains=own_domains(everything, members),
        unit=community.unit_share,
        opening=bool(sure & {"created_at", "registration_burst"}) if opened else None,
        one_place=community.one_place if known["prefix"] else None,
        client=bool(sure & {"client", "user_agent"}) if known["client"] else None,
        addresses=bool(sure & set(MADE)) if community.unit_share < gates.IN_ONE_UNIT else None,
        answers="lineage" in community.pair_families if work else None,
    )


def _known(everything: Known, members: Ints, trait: str) -> float:
    """Share of the accounts of which a trait is known."""
    rows = everything.held[trait]
    return len(np.unique(rows.a[rows.of(members)])) / len(members)


def among_known(everything: Known, members: Ints, trait: str) -> float:
    """Share holding the commonest value of a trait among those of which it is known; 0 where it is known of less
    than half."""
    rows = everything.held[trait]
    inside = rows.of(members)
    known = len(np.unique(rows.a[inside]))
    counts = np.unique(rows.value[inside], return_counts=True)[1]
    return int(counts.max(initial=0)) / known if known >= COMMON * len(members) else 0.0


def own_domains(everything: Known, members: Ints) -> float:
    """Share of the accounts under a domain that is no provider's and that one other account at most has."""
    rows = everything.held["email_domain"]
    inside = rows.of(members)
    alone = inside[rows.totals[rows.value[inside]] <= 2]
    own = [i for i in alone.tolist() if rows.names[rows.value[i]].lower() not in PUBLIC_DOMAINS]
    return len(np.unique(rows.a[own])) / len(members)


def in_lots(everything: Known, members: Ints) -> float:
    """Share of the accounts that pay with a card on which others of them pay, of those whose card is known."""
    rows = everything.held["fingerprint"]
    inside = rows.of(members)
    several = np.bincount(rows.value[inside], minlength=len(rows.names))[rows.value[inside]] > 1
    return len(np.unique(rows.a[inside[several]])) / max(len(np.unique(rows.a[inside])), 1)


@dataclass(frozen=True)
class Customers:
    """Who openly belongs together: declared units, the card each account shares or uses most (−1: none),
    and which accounts pay with one card under one name."""

    units: Units
    card: Ints
    purse: Ints


def describe(
    everything: Known,
    facts: enrichment.Facts,
    inside: Inside,
    customers: Customers,
    *,
    members: Ints,
    marks: list[enrichment.Mark],
    work: Work | None,
) -> gates.Community:
    """The figures that the gates look at."""
    funding = everything.held["funding"]
    hidden = np.array([i for i, name in enumerate(funding.names) if name in CONCEALING], dtype=np.int64)
    units, card = customers.units, customers.card[members]
    card = card[card >= 0]
    unit, counts = np.unique(units.unit[members], return_counts=True)
    declared = unit >= 0
    most = int(np.argmax(np.where(declared, counts, 0)))
    paid = share(everything, members, "funding", None) > 0
    return gates.Community(
        accounts=len(members),
        pair_families=inside.speaking(),
        group_families=frozenset(mark.family for mark in marks),
        marked=frozenset(mark.family for mark in marks if mark.beyond_chance),
        provided=provided(facts, members, marks, paid=paid) | inside.strong_speaking(),
        needed=inside.needed(),
        unit_share=float(counts[most] / len(members)) if declared.any() else 0.0,
        unit=units.reason[unit[most]] if declared.any() else "",
        one_card=share(everything, members, "fingerprint"),
        one_phone=share(everything, members, "phone_hash"),
        one_place=share(everything, members, "prefix"),
        cards=len(np.unique(card)) / max(len(card), 1),
        workload=work.workload if work else None,
        verbatim=work.verbatim if work else 0.0,
        concealing=share(everything, members, "funding", hidden) >= 0.5,
        dealt=dealt(everything, members),
        one_referrer=any(mark.trait == "referrer" for mark in marks),
    )
