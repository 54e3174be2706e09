"""Signals from where the requests came."""

from linkage.evidence.signals.detail import times
from linkage.evidence.signals.signal import Shared, signal


@signal("address", "network")
def address() -> Shared:
    """Both accounts sent requests from one IP address. Says little when many accounts use the address
    (carriers, campuses, VPN exits) and fades when the two uses lie weeks apart, since home and mobile
    addresses are handed to new people."""
    return Shared("ip", agreement=0.5, half_life_days=14)


@signal("prefix", "network", needs="ip|prefix")
def prefix() -> Shared:
    """Both accounts used addresses of one small network (the /24 of an IPv4 address, the /64 of an IPv6
    one). Rented proxies often sit side by side; so do the customers of one small provider."""
    return Shared("prefix", agreement=0.5, half_life_days=30, proposes=False)


@signal("network operator", "network")
def autonomous_system() -> Shared:
    """Both accounts came through one autonomous system. Worth something only where that system is rare
    among all accounts, as a small hosting firm is."""
    return Shared("asn", agreement=0.5, proposes=False)


@signal("rotating address", "network", needs="ip at", detail=times)
def rotating_address() -> None:
    """One account took over an address within minutes of the other leaving it, more often than the
    traffic of that address explains. A pool that hands its addresses round does this; neighbours behind
    one carrier do it only by chance, and that chance is taken off."""
    return None
