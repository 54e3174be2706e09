"""Who openly belongs together: accounts of one declared unit, and those that pay with one card."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from linkage.arrays import Ints
from linkage.groups import households
from linkage.groups.declared_units import Units
from linkage.groups.trait_index import TraitIndex


@dataclass(frozen=True)
class Customers:
    """Who openly belongs together: declared units, the card and the billing name each account shares or uses
    most (−1: none), and which accounts pay with one card under one name (one number each)."""

    units: Units
    card: Ints
    name: Ints
    payer: Ints

    @cached_property
    def named_units(self) -> Ints:
        """The declared unit of each account (−1: none), as `by_name` divides it."""
        return by_name(self.units, self.name)


def by_name(units: Units, name: Ints) -> Ints:
    """Units in which those under a domain alone are one for each billing name (−1: none).

    A domain says who reads the mail, and a firm pays under its name.
    """
    beside = np.where(units.beside_domain < 0, name, -1)
    both = np.unique(np.stack([units.unit, beside]), axis=1, return_inverse=True)[1]
    return np.where(units.unit >= 0, both, -1)


def customers_of(index: TraitIndex, units: Units, team_accounts: int) -> Customers:
    """Who openly belongs together, and by which card."""
    card, name = (
        households.main_values(rows.a, rows.value, rows.count, len(units.unit), team_accounts=team_accounts)
        for rows in (index.holders["fingerprint"], index.holders["billing_hash"])
    )
    return Customers(units, card, name, households.payers(card, name, team_accounts=team_accounts))
