"""The members of a group beside all other accounts: in what they differ, and what else could explain them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pyarrow as pa

from linkage.arrays import Floats, Ints, distinct
from linkage.explain import member_outliers
from linkage.explain.benign_explanations import Figures, SharedValues
from linkage.explain.findings import Agreement
from linkage.explain.member_outliers import Outliers
from linkage.groups.assessment import Assessment
from linkage.groups.declared_units import CONCEALING, PUBLIC_DOMAINS, Units
from linkage.groups.trait_index import TraitHolders, TraitIndex
from linkage.settings.explain import Outliers as OutlierSettings

COMPARED = {
    "funding": "payment",
    "bin": "payment",
    "issuer": "payment",
    "payment_country": "payment",
    "asn": "network",
    "prefix": "network",
    "client": "device",
    "email_domain": "registration",
    "address_pattern": "registration",
    "referrer": "registration",
    "country": "registration",
}
"""Traits in which members are compared with strangers, with their families. Bursts are left out: whoever
holds one was opened, or paid, in a crowd."""


@dataclass(frozen=True)
class Histories:
    """When each account first acted and first used a card, in µs (NaN: not known)."""

    acted: Floats
    paid: Floats

    @classmethod
    def of(cls, names: Sequence[str], acts: pa.Table, cards: pa.Table) -> Self:
        """From the moments of all accounts (`a`, `at`, in order of time for each) and the first use of a card
        (`account`, `at`)."""
        acted, paid = np.full((2, len(names)), np.nan)
        a, at = acts["a"].to_numpy(), acts["at"].to_numpy()
        # Of several assignments to one place the last holds: the first moment.
        acted[a[::-1]] = at[::-1]
        number = {name: i for i, name in enumerate(names)}
        places = [number[account] for account in cards["account"].to_pylist()]
        paid[places] = cards["at"].to_numpy()
        return cls(acted, paid)


class ComparedPopulation:
    """All accounts of one run: who holds what, who is in which declared unit, and since when they are known.

    `grouped` are the accounts of reported groups: strangers are drawn from the others. A domain
    of up to `domain_accounts` may be a firm's.
    """

    def __init__(
        self,
        known: TraitIndex,
        units: Units,
        histories: Histories,
        grouped: Ints,
        *,
        names: Sequence[str],
        chosen: OutlierSettings,
        domain_accounts: int,
        seed: int,
    ) -> None:
        self.known, self.units, self.histories = known, units, histories
        self.names, self.chosen, self.seed = names, chosen, seed
        self.domain_accounts = domain_accounts
        strangers = np.setdiff1d(np.arange(len(names)), grouped)
        self.strangers = {trait: self._agreement(trait, strangers)[0] for trait in COMPARED}

    def _agreement(self, trait: str, among: Ints) -> tuple[float | None, int]:
        held = self.known.holders[trait]
        return member_outliers.agreement(held.a, held.value, among, self.chosen, seed=self.seed)

    def agreements(self, members: Ints) -> tuple[Agreement, ...]:
        """How often members agree in each trait, beside strangers."""
        found = []
        for trait, family in COMPARED.items():
            inside, compared = self._agreement(trait, members)
            outside = self.strangers[trait]
            like = member_outliers.like_strangers(inside, outside, self.chosen)
            found.append(Agreement(trait, family, inside, outside, compared, like))
        return tuple(found)

    # --- members that differ from the others -----------------------------------------------------

    def outliers(self, members: Ints) -> list[Outliers]:
        """In what some members differ from the others; only what is true of any."""
        days = f"{self.chosen.long_history_days:.0f} days"
        found = [
            member_outliers.long_before(
                members,
                self.histories.acted,
                f"were active over {days} before most of the others",
                self.chosen,
            ),
            self._long_standing(members, days),
            self._ordinary(members),
            self._own_domain(members),
            self._declared(members),
            self._other_country(members),
        ]
        return [each for each in found if each is not None and each.accounts]

    @cached_property
    def _concealing(self) -> tuple[Ints, Ints]:
        """Accounts with a card that conceals its owner, and all whose kind of card is known."""
        held = self.known.holders["funding"]
        kinds = [i for i, name in enumerate(held.names) if name in CONCEALING]
        return distinct(held.a[np.isin(held.value, kinds)]), distinct(held.a)

    def _ordinary(self, members: Ints) -> Outliers:
        anonymous, known = self._concealing
        ordinary = np.setdiff1d(known, anonymous)
        what = "pay with an ordinary card only (neither virtual nor prepaid)"
        return member_outliers.holders_among(members, ordinary, known, what, accounts=len(self.names))

    def _long_standing(self, members: Ints, days: str) -> Outliers:
        anonymous, _ = self._concealing
        paid = self.histories.paid.copy()
        paid[anonymous] = np.nan
        what = f"first used an ordinary card over {days} before the others' first cards"
        since = member_outliers.long_before(members, self.histories.paid, what, self.chosen)
        kept = tuple(each for each in since.accounts if not np.isnan(paid[each]))
        return Outliers(what, kept, since.known)

    def _own_domain(self, members: Ints) -> Outliers:
        """A domain of few accounts that is not the one most of the group has."""
        held = self.known.holders["email_domain"]
        own = np.array(
            [i for i, name in enumerate(held.names) if self._private(held, i, name)], dtype=np.int64
        )
        inside = held.rows_of(members)
        values, counts = np.unique(held.value[inside], return_counts=True)
        commonest = np.intersect1d(own, values[2 * counts >= len(members)])
        holders = held.a[np.isin(held.value, np.setdiff1d(own, commonest))]
        what = (
            "have another private e-mail domain than the group's commonest"
            if len(commonest)
            else "have a private e-mail domain"
        )
        known = np.unique(held.a)
        return member_outliers.holders_among(members, holders, known, what, accounts=len(self.names))

    def _private(self, held: TraitHolders, number: int, name: str) -> bool:
        return name.lower() not in PUBLIC_DOMAINS and int(held.totals[number]) <= self.domain_accounts

    def _declared(self, members: Ints) -> Outliers:
        """Members in a declared unit other than the one that most are in."""
        unit, everyone = self.units.unit, np.arange(len(self.names))
        kinds, counts = np.unique(unit[members], return_counts=True)
        most = kinds[(2 * counts >= len(members)) & (kinds >= 0)]
        holders = everyone[(unit >= 0) & ~np.isin(unit, most)]
        customer = (
            "another declared customer than the group's commonest"
            if len(most)
            else "a customer that declares itself"
        )
        what = f"belong to {customer} (organisation, own domain or team card)"
        return member_outliers.holders_among(members, holders, everyone, what, accounts=len(self.names))

    def _other_country(self, members: Ints) -> Outliers | None:
        held = self.known.holders["country"]
        return member_outliers.not_the_commonest(members, held, "name another country", self.chosen)

    # --- what else could explain them ------------------------------------------------------------

    def figures(
        self,
        assessment: Assessment,
        stand: Mapping[str, float],
        networks: SharedValues,
        texts: SharedValues,
    ) -> Figures:
        """The figures that decide about benign explanations of a group; `stand` is the share of links that
        stand without each family."""
        members, profile = assessment.members, assessment.profile
        return Figures(
            accounts=len(members),
            stand=stand,
            networks=networks,
            texts=texts,
            one_place=self._if_known(members, "prefix", profile.one_place),
            one_card=self._if_known(members, "fingerprint", profile.one_card),
            cards=self._if_known(members, "fingerprint", profile.cards),
            one_client=self._if_known(members, "client", self.known.commonest_share(members, "client")),
            one_unit=profile.unit_share,
            unit=profile.unit,
            one_referrer=self._referrer(assessment),
            verbatim=None if profile.workload is None else profile.verbatim,
            workload=profile.workload,
            opened=self._opened(assessment),
            reseller=assessment.infrastructure == "reseller",
        )

    def _if_known(self, members: Ints, trait: str, figure: float) -> float | None:
        """The figure, or None where no member has any value of the trait it speaks of."""
        return figure if len(self.known.holders[trait].rows_of(members)) else None

    def _referrer(self, assessment: Assessment) -> float | None:
        """Share that came by a page which brought them more than others; None where no page is known."""
        if not len(self.known.holders["referrer"].rows_of(assessment.members)):
            return None
        return max((mark.inside for mark in assessment.enrichments if mark.trait == "referrer"), default=0.0)

    def _opened(self, assessment: Assessment) -> tuple[int, int, str] | None:
        """Members opened in the window that marks them, all accounts opened in it, and the window."""
        window = next((mark for mark in assessment.enrichments if mark.trait == "created_at"), None)
        if window is None:
            return None
        created = self.known.created
        inside = (created >= window.low) & (created <= window.high)
        return int(inside[assessment.members].sum()), int(inside.sum()), window.value
