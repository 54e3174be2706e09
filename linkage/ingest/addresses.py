"""One spelling for each address, so that two spellings of it are one value.

RFC 5952 gives IPv6 its canonical form; an IPv4 address in IPv6 dress (RFC 4291, 2.5.5.2) is that IPv4
address. Brackets and a port are how an address is written in a URL or a log, not part of it. A zone
(RFC 4007) stays: `fe80::1` of two machines is not one address. What is no address stays as it is, for a
source may give hashes instead; but not what is certainly the remains of one.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from linkage.errors import UsageError
from linkage.ingest import reasons
from linkage.ingest.formats import strict_json
from linkage.ingest.reasons import Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

INNER = tuple(
    ipaddress.ip_network(each)
    for each in [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::/128",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    ]
)
"""Networks that no client on the Internet has: private, shared, loopback and link-local ones (RFC 6890)."""

PREFIX_BITS = {4: 24, 6: 64}
"""Length of the network that is the trait `prefix`, by version of the address.

A definition, not a setting: indicators and earlier cases of others must mean the same networks.
"""

PACKED_BYTES = (4, 16)
"""Bytes of an address of each version, as databases hold it."""

_BRACKETS = re.compile(r"\[([^\[\]]*:[^\[\]]*)\](?::[0-9]{1,5})?")
_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}")
_HOST = re.compile(r"([0-9a-fA-F.:]+)/(?:32|128)")
_NUMBER = re.compile(r"[0-9]{1,15}")
_MASKED = re.compile(r"(?:[0-9]{1,3}\.){1,3}(?:[*xX]{1,3}\.){0,2}[*xX]{1,3}")
_ZEROS = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")


def parse_address(text: str) -> Address | None:
    """The address that a text spells; None where it spells none."""
    bare = _BRACKETS.fullmatch(text) or _PORT.fullmatch(text)
    try:
        found = ipaddress.ip_address(bare[1] if bare else text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks of a setting; raises UsageError for a text that is none."""
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in texts)
    except ValueError as error:
        raise UsageError(
            f"ingest.trusted_proxies: {error}", hint="write networks as 198.51.100.0/24"
        ) from None


def address(text: str, proxies: Sequence[Network] = ()) -> str | None:
    """The canonical spelling of an address, and any other text as it is.

    Of a list, such as X-Forwarded-For, it is the client's: see `client`. None for the address that stands for
    none (0.0.0.0 and ::). Raises Refused for a whole number and for an address that is masked or ambiguous.
    """
    if text[:1] in '["' and (listed := _listed(text)) is not None:
        text = ", ".join(listed)
    if "," in text:
        return client(text.split(","), proxies)
    found = parse_address(text)
    if found is None and (host := _HOST.fullmatch(text)):
        found = parse_address(host[1])
    if found is not None:
        return None if found.is_unspecified else str(found)
    if _NUMBER.fullmatch(text):
        raise Refused(reasons.NOT_AN_ADDRESS)
    if _MASKED.fullmatch(text):
        raise Refused(reasons.MASKED_ADDRESS)
    if _ZEROS.fullmatch(text) and any(each[0] == "0" and each != "0" for each in text.split(".")):
        raise Refused(reasons.LEADING_ZEROS)
    return text


def client(hops: Iterable[str], proxies: Sequence[Network] = ()) -> str:
    """The client of a list that each proxy appended to: the right-most address that is not of a proxy.

    What stands left of it the client could have made up. If all are proxies or private, the left-most.
    Raises Refused where no address is in the list.
    """
    inner, first, begin = (*INNER, *proxies), None, _first_numbers(tuple(proxies))
    for each in reversed(list(hops)):
        text = each.strip().strip('"')
        usual = _DOTTED.fullmatch(text)
        if usual and usual[1] not in begin:
            return usual[1] + usual[2]
        found = parse_address(text)
        if found is None or found.is_unspecified:
            continue
        if not any(found in net for net in inner):
            return str(found)
        first = found
    if first is None:
        raise Refused(reasons.NOT_AN_ADDRESS)
    return str(first)


_NUMBER_OF_FOUR = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_DOTTED = re.compile(rf"({_NUMBER_OF_FOUR})((?:\.{_NUMBER_OF_FOUR}){{3}})(?::[0-9]{{1,5}})?")
"""An IPv4 address in its canonical spelling, and a port. Most lists have no other."""


@lru_cache
def _first_numbers(proxies: tuple[Network, ...]) -> frozenset[str]:
    """The first numbers of IPv4 addresses that may be of a proxy or a private network."""
    found = set[str]()
    for each in (*INNER, *proxies):
        if isinstance(each, ipaddress.IPv4Network):
            found.update(map(str, range(each[0].packed[0], each[-1].packed[0] + 1)))
    return frozenset(found)


def packed(value: bytes) -> str | None:
    """The address of 4 or 16 bytes that are no text of one; None for other bytes."""
    if len(value) not in PACKED_BYTES:
        return None
    if value.isascii() and parse_address(value.decode("ascii")):
        return None
    return str(parse_address(str(ipaddress.ip_address(value))))


def _listed(text: str) -> list[str] | None:
    """The texts of a JSON list, or of one JSON text; None for anything else."""
    try:
        found = strict_json.value(text)
    except Refused:
        return None
    found = [found] if isinstance(found, str) else found
    return found if isinstance(found, list) and all(isinstance(each, str) for each in found) else None


def network(text: str) -> str:
    """The canonical spelling of a network, such as `2001:db8::/64`; any other text as it is."""
    try:
        return str(ipaddress.ip_network(text)) if "/" in text else text
    except ValueError:
        return text


def prefix(text: str) -> str | None:
    """The /24 of an IPv4 address or the /64 of an IPv6 one; None for anything else.

    Nor has an address with a zone one: its network is called the same on every machine.
    """
    found = parse_address(text)
    if found is None or getattr(found, "scope_id", None):
        return None
    return str(ipaddress.ip_network((found, PREFIX_BITS[found.version]), strict=False))
