"""Values that a person asks for, written `trait=value`; an address may be asked for by its network."""

import difflib
import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from linkage.errors import CaseError, UsageError
from linkage.ingest.addresses import PREFIX_BITS, parse_address
from linkage.ingest.spelling import spelt

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

BYTE = 8
"""Bits."""

OFFERED = 3
"""Names that an error message offers."""

ADDRESSES = ("ip", "prefix")
"""Traits that are looked for by network: each network of another length than `prefix` has is one of both."""


@dataclass(frozen=True)
class Condition:
    """One value that is asked for: `traits` in which it may stand, and `network` where it is one."""

    text: str
    traits: tuple[str, ...]
    value: str
    network: Network | None = None

    def among(self, values: Sequence[str]) -> list[str]:
        """Those of the values of one of its traits that meet it."""
        if self.network is None:
            return [each for each in values if each == self.value]
        start = _shared_digits(self.network)
        return [each for each in values if each.startswith(start) and _within(each, self.network)]


def condition(text: str, traits: Collection[str] = ()) -> Condition:
    """The condition that a text spells; raises UsageError for one that spells none.

    `traits` are those of the case: the name of one may hold an equals sign. A value is looked for in the
    spelling in which a case keeps it. `ip` and `prefix` may be any network: then they are met by every
    address in it.
    """
    named = max((each for each in traits if text.startswith(f"{each}=")), key=len, default="")
    trait, equals, value = (named, "=", text[len(named) + 1 :]) if named else text.partition("=")
    if not (trait and equals and value):
        raise UsageError(
            f"{text}: is no TRAIT=VALUE", hint="such as ip=203.0.113.7, or prefix=203.0.113.0/24"
        )
    if trait in ADDRESSES and "/" in value:
        network = _network(text, value)
        if trait == "prefix" and network.prefixlen == PREFIX_BITS[network.version]:
            return Condition(text, (trait,), str(network))
        return Condition(text, ADDRESSES, str(network), network)
    return Condition(text, (trait,), spelt(trait, value))


def require_traits(conditions: Sequence[Condition], known: Collection[str], where: str) -> None:
    """Raises CaseError for a condition on a trait that nobody holds, with the nearest names."""
    for each in conditions:
        if not set(each.traits) & set(known):
            trait = each.text.partition("=")[0]
            near = difflib.get_close_matches(trait, sorted(known), n=OFFERED)
            hint = f"nearest: {', '.join(near)}" if near else f"one of: {', '.join(sorted(known))}"
            raise CaseError(f"{trait}: no account has a value of this trait in {where}", hint=hint)


def _network(text: str, value: str) -> Network:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise UsageError(f"{text}: {error}", hint="a network such as 203.0.113.0/24") from error


def _within(value: str, network: Network) -> bool:
    try:
        found = parse_address(value)
        inner = ipaddress.ip_network(found if found is not None else value)
    except ValueError:
        return False
    return inner.version == network.version and inner.subnet_of(network)  # type: ignore[arg-type]


def _shared_digits(network: Network) -> str:
    """The first characters that every address of a network has in its canonical spelling: parsing each
    address of a case would take a second."""
    if isinstance(network, ipaddress.IPv6Network):
        # `::` may stand anywhere in the spelling of an IPv6 address.
        return ""
    numbers = network.network_address.packed[: network.prefixlen // BYTE]
    # The last number of an address is followed by nothing, or by the length of a prefix.
    return "".join(f"{each}." for each in numbers[: len(network.network_address.packed) - 1])
