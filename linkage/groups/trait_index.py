"""Who holds which value of which trait, as arrays: the facts by which communities are assessed."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from linkage.arrays import Floats, Ints, ranges
from linkage.groups.features import volume_spread
from linkage.groups.trait_tests import Population

TESTED_TRAITS = {
    "funding": "payment",
    "bin": "payment",
    "issuer": "payment",
    "issuing_burst": "payment",
    "payment_country": "payment",
    "asn": "network",
    "prefix": "network",
    "client": "device",
    "user_agent": "device",
    "email_domain": "registration",
    "address_pattern": "registration",
    "referrer": "registration",
    "registration_burst": "registration",
    "rhythm": "timing",
    "model_start": "timing",
}
"""Traits in which a community is held against comparable accounts, with their families."""

INDEXED_TRAITS = (
    *TESTED_TRAITS,
    "template",
    "segment",
    "fingerprint",
    "organisation",
    "billing_hash",
    "phone_hash",
    "country",
)
"""Traits whose holders are known where communities are assessed."""


UNTIMED = int(np.iinfo(np.int64).max)
"""In place of the time of a fact that has none."""


@dataclass
class TraitHolders:
    """One trait's holders as arrays: account number, value number, count; and the values' names. Of networks
    also when each was used `first` and `last` (µs)."""

    a: Ints
    value: Ints
    count: Ints
    names: list[str]
    first: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    last: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @cached_property
    def _by_account(self) -> tuple[Ints, Ints]:
        """The rows by account, and where those of each account start, of one past the last as well."""
        order = np.argsort(self.a, kind="stable")
        many = np.bincount(self.a, minlength=1)
        return order.astype(np.int32), np.concatenate([[0], np.cumsum(many)])

    @cached_property
    def totals(self) -> Ints:
        """How many accounts hold each value."""
        return np.bincount(self.value, minlength=len(self.names))

    def rows_of(self, members: Ints) -> Ints:
        """Places of the rows of these accounts."""
        order, starts = self._by_account
        # Of accounts after the last that holds anything there are no rows.
        low, high = (starts[np.minimum(members + more, len(starts) - 1)] for more in (0, 1))
        rows: Ints = order[ranges(low, high)].astype(np.int64)
        return rows

    def among(self, accounts: Ints, values: Ints) -> Ints:
        """How many of these accounts hold each of some values, given in order. It takes time for what the
        accounts hold, however many values there are."""
        held = self.value[self.rows_of(accounts)]
        place = np.searchsorted(values, held)
        asked = np.append(values, -1)[place] == held
        return np.bincount(place[asked], minlength=len(values))


@dataclass(frozen=True)
class TraitIndex:
    """What all communities are assessed by: holders of each trait, and by account number its interactions,
    when it was opened (µs, NaN: not known) and its stratum."""

    holders: dict[str, TraitHolders]
    interactions: Ints
    created: Floats
    population: Population

    @cached_property
    def any_opened(self) -> bool:
        """Whether it is known of any account when it was opened."""
        return not np.isnan(self.created).all()

    @cached_property
    def busy(self) -> tuple[Ints, int]:
        """How much each account sends, one at least, and all together."""
        busy = np.maximum(self.interactions, 1)
        return busy, int(busy.sum())

    @cached_property
    def usual_spread(self) -> float | None:
        """How much all accounts differ in how much they do (`volume_spread`)."""
        return volume_spread(self.interactions)

    def commonest_share(self, members: Ints, trait: str) -> float:
        """Share of members that hold the commonest value of a trait among them."""
        rows = self.holders[trait]
        counts = np.unique(rows.value[rows.rows_of(members)], return_counts=True)[1]
        return int(counts.max(initial=0)) / len(members)

    def share_holding(self, members: Ints, trait: str, values: Ints) -> float:
        """Share of members that hold any of these values of a trait."""
        rows = self.holders[trait]
        inside = rows.rows_of(members)
        return len(np.unique(rows.a[inside[np.isin(rows.value[inside], values)]])) / len(members)
