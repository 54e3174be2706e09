"""In what the members of a group differ, and what else could explain them: facts of one run.

Composition only: `inference.against` and `inference.innocent` decide, `holders` knows who holds what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.engines import Engine
from linkage.explain import benign_explanations, member_outliers
from linkage.groups.assessment import Judged
from linkage.groups.declared_units import CONCEALING, PUBLIC_DOMAINS, SMALL, Units
from linkage.groups.trait_index import Held, Known, share
from linkage.observations.stage import Population

ALIKE = {
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
"""Traits in which members are held against strangers, with their families. Bursts are left out: whoever holds
one was opened, or paid, in a crowd."""


@dataclass(frozen=True)
class Histories:
    """When each account first acted and first used a card, in µs (NaN: not known)."""

    acted: Floats
    paid: Floats


def histories(engine: Engine, population: Population) -> Histories:
    """From the moments of all accounts and the first use of each card."""
    acted, paid = np.full((2, len(population.names)), np.nan)
    a, at = population.events["a"].to_numpy(), population.events["at"].to_numpy()
    acted[a[::-1]] = at[::-1]
    seen = population.observations
    cards = seen.filter((seen.trait == "fingerprint") & seen.first_at.notnull())
    first = engine.collect(cards.group_by("account").agg(at=cards.first_at.min()), at_most=engine.max_rows)
    number = {name: i for i, name in enumerate(population.names)}
    for account, moment in zip(first["account"].to_pylist(), first["at"].to_pylist(), strict=True):
        paid[number[account]] = moment
    return Histories(acted, paid)


class Crowd:
    """Everybody of one run: who holds what, who declares which unit, and since when they are known.

    `grouped` are the accounts of reported groups: strangers are drawn from the others.
    """

    def __init__(
        self, known: Known, units: Units, past: Histories, grouped: Ints, *, names: Sequence[str], seed: int
    ) -> None:
        self.known, self.units, self.past = known, units, past
        self.names, self.seed = names, seed
        strangers = np.setdiff1d(np.arange(len(names)), grouped)
        self.strangers = {trait: self._agreement(trait, strangers)[0] for trait in ALIKE}

    def _agreement(self, trait: str, among: Ints) -> tuple[float | None, int]:
        held = self.known.held[trait]
        return member_outliers.agreement(held.a, held.value, among, seed=self.seed)

    def agreements(self, members: Ints) -> list[member_outliers.Agreement]:
        """How alike members are in each trait, beside strangers."""
        found = []
        for trait, family in ALIKE.items():
            inside, compared = self._agreement(trait, members)
            found.append(member_outliers.Agreement(trait, family, inside, self.strangers[trait], compared))
        return found

    # --- members unlike the others ---------------------------------------------------------------

    def unlike(self, members: Ints) -> list[member_outliers.Unlike]:
        """Members of whom something does not fit a common hand; only what is true of some."""
        found = [
            member_outliers.long_before(
                members, self.past.acted, "active over 90 days before most of the others"
            ),
            self._long_standing(members),
            self._ordinary(members),
            self._own_domain(members),
            self._declared(members),
            self._other_country(members),
        ]
        return [each for each in found if each is not None and each.accounts]

    def _funded(self, concealing: bool) -> tuple[Ints, Ints]:
        """Accounts with a card of the wanted kind, and all whose kind of card is known."""
        held = self.known.held["funding"]
        kinds = [i for i, name in enumerate(held.names) if (name in CONCEALING) is concealing]
        return np.unique(held.a[np.isin(held.value, kinds)]), np.unique(held.a)

    def _ordinary(self, members: Ints) -> member_outliers.Unlike:
        anonymous, known = self._funded(True)
        ordinary = np.setdiff1d(known, anonymous)
        what = "pay with an ordinary card only (neither virtual nor prepaid)"
        return member_outliers.one_of(members, ordinary, known, what, accounts=len(self.names))

    def _long_standing(self, members: Ints) -> member_outliers.Unlike:
        anonymous, _ = self._funded(True)
        paid = self.past.paid.copy()
        paid[anonymous] = np.nan
        what = "have used an ordinary card since over 90 days before the others' first cards"
        since = member_outliers.long_before(members, self.past.paid, what)
        kept = tuple(each for each in since.accounts if not np.isnan(paid[each]))
        return member_outliers.Unlike(what, kept, since.of)

    def _own_domain(self, members: Ints) -> member_outliers.Unlike:
        """A domain of few accounts that is not the one most of the group has."""
        held = self.known.held["email_domain"]
        own = np.array(
            [i for i, name in enumerate(held.names) if self._private(held, i, name)], dtype=np.int64
        )
        inside = held.of(members)
        values, counts = np.unique(held.value[inside], return_counts=True)
        own = np.setdiff1d(own, values[2 * counts >= len(members)])
        holders = held.a[np.isin(held.value, own)]
        what = "have an e-mail domain of their own"
        return member_outliers.one_of(members, holders, np.unique(held.a), what, accounts=len(self.names))

    def _private(self, held: Held, number: int, name: str) -> bool:
        return name.lower() not in PUBLIC_DOMAINS and int(held.totals[number]) <= SMALL

    def _declared(self, members: Ints) -> member_outliers.Unlike:
        """Members in a declared unit other than the one that most are in."""
        unit, everyone = self.units.unit, np.arange(len(self.names))
        kinds, counts = np.unique(unit[members], return_counts=True)
        most = kinds[(2 * counts >= len(members)) & (kinds >= 0)]
        holders = everyone[(unit >= 0) & ~np.isin(unit, most)]
        what = "belong to a customer that declares itself (organisation, own domain or team card)"
        return member_outliers.one_of(members, holders, everyone, what, accounts=len(self.names))

    def _other_country(self, members: Ints) -> member_outliers.Unlike | None:
        held = self.known.held["country"]
        return member_outliers.not_the_commonest(
            members, held.a, held.value, held.names, "name another country"
        )

    # --- what else could explain them ------------------------------------------------------------

    def figures(
        self,
        judged: Judged,
        stand: Mapping[str, float],
        networks: benign_explanations.Common,
        texts: benign_explanations.Common,
    ) -> benign_explanations.Figures:
        """What benign explanations of a group are held against."""
        members, community = judged.members, judged.community
        return benign_explanations.Figures(
            accounts=len(members),
            stand=stand,
            networks=networks,
            texts=texts,
            one_place=self._if_known(members, "prefix", community.one_place),
            one_card=self._if_known(members, "fingerprint", community.one_card),
            cards=self._if_known(members, "fingerprint", community.cards),
            one_client=self._if_known(members, "client", share(self.known, members, "client")),
            one_unit=community.unit_share,
            unit=community.unit,
            one_referrer=self._referrer(judged),
            verbatim=None if community.workload is None else community.verbatim,
            workload=community.workload,
            opened=self._opened(judged),
        )

    def _if_known(self, members: Ints, trait: str, figure: float) -> float | None:
        """The figure, or None where no member has any value of the trait it speaks of."""
        return figure if len(self.known.held[trait].of(members)) else None

    def _referrer(self, judged: Judged) -> float | None:
        """Share that came by a page which brought them more than others; None where no page is known."""
        if not len(self.known.held["referrer"].of(judged.members)):
            return None
        return max((mark.inside for mark in judged.marks if mark.trait == "referrer"), default=0.0)

    def _opened(self, judged: Judged) -> tuple[int, int, str] | None:
        """Members opened in the window that marks them, all accounts opened in it, and the window."""
        window = next((mark for mark in judged.marks if mark.trait == "created_at"), None)
        if window is None:
            return None
        created = self.known.created
        inside = (created >= window.low) & (created <= window.high)
        return int(inside[judged.members].sum()), int(inside.sum()), window.value
