"""Who openly belongs together: accounts of one declared unit, and those that pay with one card."""

from dataclasses import dataclass

from linkage.arrays import Ints
from linkage.groups import households
from linkage.groups.declared_units import Units
from linkage.groups.trait_index import TraitIndex


@dataclass(frozen=True)
class Customers:
    """Who openly belongs together: declared units, the card each account shares or uses most (−1: none),
    and which accounts pay with one card under one name (one number each)."""

    units: Units
    card: Ints
    payer: Ints


def customers_of(index: TraitIndex, units: Units, team_accounts: int) -> Customers:
    """Who openly belongs together, and by which card."""
    card, name = (
        households.main_values(rows.a, rows.value, rows.count, len(units.unit), team_accounts=team_accounts)
        for rows in (index.holders["fingerprint"], index.holders["billing_hash"])
    )
    return Customers(units, card, households.payers(card, name, team_accounts=team_accounts))
