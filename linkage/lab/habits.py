"""Habits of some operators beside the knobs of `Hygiene`: exits, short-lived accounts, a common reseller."""

from dataclasses import dataclass

from linkage.lab.ranges import within


@dataclass(frozen=True)
class Exits:
    """Proxies to which accounts keep: one exit each, or a pool in which several share one.

    Trackers of relays describe both: one proxy per credential and a check that no address serves two; and
    sticky pools that go over to another exit while one is down.
    """

    accounts_per_exit: float = within(1.2, 12, log=True)
    providers: int = within(1, 6)
    """Proxy services, each a range in a network of its own."""
    residential: float = within(0, 1)
    """Share of providers whose exits are among a carrier's homes."""
    outages: float = within(0.3, 8, log=True)
    """Times an exit is down in the year's time that an operator works."""
    outage_hours: float = within(0.5, 60, log=True)
    strangers: float = within(0, 3)
    """Innocent customers of the same exits per exit."""


ONE_EACH = {"accounts_per_exit": 1.0, "outages": 0.0, "outage_hours": 0.0, "strangers": 0.0}
"""Knobs of an operator with one exit for each credential."""


@dataclass(frozen=True)
class Drip:
    """Accounts that live for days and are dropped, new ones all the while."""

    life_days: float = within(1.5, 6, log=True)
    """About three days each."""
    uneven: float = within(0.05, 0.6)
    """Spread of the logarithm of an account's life."""


@dataclass(frozen=True)
class Reseller:
    """Who provides for several operators alike, as for customers who operate nothing.

    Trackers of relays show it: accounts are made, paid for and put behind exits in lots, and a lot is sold to
    whoever pays. Operators that name the same reseller take their accounts from one lot.
    """

    words_in_common: float = within(0, 0.6)
    """Share of the last sentences (rules, the reply's form) of a later operator's templates that stand in the
    first one's: both read the same public advice. What is to be done each says in words of his own."""
    name: str = "reseller"
