"""One spelling for each address, so that two spellings of it are one value.

RFC 5952 gives IPv6 its canonical form; an IPv4 address in IPv6 dress (RFC 4291, 2.5.5.2) is that IPv4
address. Brackets and a port are how an address is written in a URL or a log, not part of it. A zone
(RFC 4007) stays: `fe80::1` of two machines is not one address. What is no address stays as it is, for a
source may give hashes instead.
"""

import ipaddress
import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PREFIX_BITS = {4: 24, 6: 64}
"""Length of the network that is the trait `prefix`, by version of the address.

A definition, not a setting: indicators and earlier cases of others must mean the same networks.
"""

_BRACKETS = re.compile(r"\[([^\[\]]*:[^\[\]]*)\](?::[0-9]{1,5})?")
_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}")


def parse_address(text: str) -> Address | None:
    """The address that a text spells; None where it spells none."""
    bare = _BRACKETS.fullmatch(text) or _PORT.fullmatch(text)
    try:
        found = ipaddress.ip_address(bare[1] if bare else text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def address(text: str) -> str:
    """The canonical spelling of an address; any other text as it is."""
    found = parse_address(text)
    return text if found is None else str(found)


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


SPELLED: dict[str, Callable[[str], str]] = {"ip": address, "prefix": network}
"""Traits whose values have more than one spelling."""


SHORT_COLONS = 6
"""Colons of an address with `::` whose other groups, all eight together, leave it two or more."""

_GROUP = "[1-9a-f][0-9a-f]{0,3}"
_WHOLE = f"^(?:{_GROUP}:){{7}}{_GROUP}$"
_SHORT = f"^{_GROUP}(?::{_GROUP})*::(?:{_GROUP}(?::{_GROUP})*)?$"
"""Most IPv6 addresses of a log: seen to be canonical without being parsed, which takes ten times as long."""


def respell(values: pa.Array, trait: str, rows: pa.Array | None = None) -> pa.Array:
    """The column with the trait's values in their canonical spelling, everywhere or in `rows` (a mask)."""
    # Without a colon there is one spelling only, and nothing to do for most logs.
    unsure = pc.match_substring(values, ":")
    unsure = pc.fill_null(unsure if rows is None else pc.and_(unsure, rows), False)
    if not pc.any(unsure, min_count=0).as_py():
        return values
    given = values.filter(unsure).dictionary_encode()
    spelled = _spelled(given.dictionary, SPELLED[trait])
    return pc.replace_with_mask(values, unsure, spelled.take(given.indices))


def _spelled(texts: pa.Array, rule: Callable[[str], str]) -> pa.Array:
    # Up to six colons leave `::` two groups or more to stand for, as its canonical use must.
    few = pc.less_equal(pc.count_substring(texts, ":"), SHORT_COLONS)
    short = pc.and_(pc.match_substring_regex(texts, _SHORT), few)
    unsure = pc.invert(pc.or_(short, pc.match_substring_regex(texts, _WHOLE)))
    made = pa.array([rule(text) for text in texts.filter(unsure).to_pylist()], pa.string())
    return pc.replace_with_mask(texts, unsure, made)
