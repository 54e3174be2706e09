"""A value of a trait as a STIX 2.1 pattern, and as an observable object where STIX has one for it."""

import ipaddress
import re
from typing import Any

from linkage.attribution.exchange_key import PREFIX

OWN, OWN_KEYED = "x-linkage", "x-linkage-keyed"
"""Objects of ours: each property is a trait, with the value itself or its keyed digest."""

NAMED = "trait_values"
"""The property whose keys are traits that by their names can be no property themselves."""

_PLAIN = re.compile("[a-z][a-z0-9_]{2,249}")


def carried(trait: str) -> bool:
    """Whether a trait's name can stand in a pattern."""
    return bool(trait) and trait.isprintable() and not trait.startswith(PREFIX)


def pattern(trait: str, value: str) -> str:
    """The pattern that says: this trait has this value."""
    if trait.startswith(PREFIX):
        return f"[{OWN_KEYED}:{_property(trait.removeprefix(PREFIX))} = {_quoted(value)}]"
    seen = observable(trait, value)
    if seen is None:
        return f"[{OWN}:{_property(trait)} = {_quoted(value)}]"
    if "number" in seen:
        return f"[{seen['type']}:number = {seen['number']}]"
    return f"[{seen['type']}:value = {_quoted(seen['value'])}]"


def observable(trait: str, value: str) -> dict[str, Any] | None:
    """The object for a value that STIX knows by itself; None where another spelling of it would be read."""
    if trait in ("ip", "prefix"):
        return _network(trait, value)
    if trait == "asn" and re.fullmatch("AS(0|[1-9][0-9]{0,9})", value):
        return {"type": "autonomous-system", "number": int(value[2:])}
    return None


def _network(trait: str, value: str) -> dict[str, Any] | None:
    try:
        found = ipaddress.ip_network(value)
    except ValueError:
        return None
    whole = found.prefixlen == found.max_prefixlen
    same = str(found.network_address) == value if whole else str(found) == value
    sized = whole if trait == "ip" else found.prefixlen == (24 if found.version == 4 else 64)
    return {"type": f"ipv{found.version}-addr", "value": value} if same and sized else None


def _property(trait: str) -> str:
    return trait if _PLAIN.fullmatch(trait) and trait != NAMED else f"{NAMED}.{_quoted(trait)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
