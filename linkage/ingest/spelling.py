"""One spelling for each value, so that two spellings of it are one: addresses, domains, digests, countries.

Ids are in Unicode's form NFC, whatever they are. A rule sees a value only if its column is not certain to be
spelt so already, and each distinct value once.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest import addresses
from linkage.ingest.addresses import Network
from linkage.ingest.reasons import Refused

Rule = Callable[[str], str | None]


class Spelling(NamedTuple):
    """`rule` gives the one spelling (None: an empty value), or raises Refused.

    What the pattern `sure` fits has it already.
    """

    rule: Rule
    sure: str


class Respelled(NamedTuple):
    """The values in their one spelling, with the reason for each that has none, and the places of those that
    mean nothing."""

    values: pa.Array
    faults: dict[int, str]
    blank: frozenset[int] = frozenset()


def domain(text: str) -> str:
    """A domain in lower case, without dots at its end."""
    return text.lower().rstrip(".") or text


def digest(text: str) -> str:
    """A digest in hexadecimal digits in lower case; any other text as it is."""
    return text.lower() if all(each in "0123456789abcdefABCDEF" for each in text) else text


def country(text: str) -> str:
    """A code of two letters in upper case; a name as it is."""
    return text.upper() if len(text) == 2 and text.isascii() and text.isalpha() else text


def lower(text: str) -> str:
    """A fingerprint whose letters have no case."""
    return text.lower()


_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = f"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]?)(?:\\.{_OCTET}){{3}}"
_GROUP = "[1-9a-f][0-9a-f]{0,3}"
_IPV6 = f"(?:{_GROUP}:){{7}}{_GROUP}"
_SHORT = f"{_GROUP}(?::{_GROUP}){{0,4}}::(?:{_GROUP})?|{_GROUP}(?::{_GROUP}){{0,3}}::{_GROUP}:{_GROUP}"
"""Most addresses of a log: seen to be canonical without being parsed, which takes ten times as long. Of IPv6
those without a group of zeros, and those whose `::` stands for two groups at least."""

_PLAIN: dict[str, Spelling] = {
    "prefix": Spelling(addresses.network, "[^:]*"),
    "email_domain": Spelling(domain, r"[a-z0-9._-]*[a-z0-9_-]"),
    "email_hash": Spelling(digest, "[^A-F]*"),
    "phone_hash": Spelling(digest, "[^A-F]*"),
    "ja4": Spelling(lower, "[a-z0-9_]*"),
    "country": Spelling(country, "[A-Z]{2}"),
    "payment_country": Spelling(country, "[A-Z]{2}"),
}

TRAITS = ("ip", *_PLAIN)
"""Traits, and columns of that name, whose values have more than one spelling."""


def spelling(trait: str, proxies: Sequence[Network] = ()) -> Spelling:
    """How values of a trait of TRAITS are spelt."""
    if trait == "ip":
        return Spelling(lambda text: addresses.address(text, proxies), f"{_IPV4}|{_IPV6}|{_SHORT}")
    return _PLAIN[trait]


def spelt(trait: str, text: str) -> str:
    """A value of any trait in its one spelling; what is no value of it stays as it is."""
    composed = compose(text)
    if trait not in TRAITS:
        return composed
    try:
        return spelling(trait).rule(composed) or composed
    except Refused:
        return composed


def respell(values: pa.Array, how: Spelling, rows: pa.Array | None = None) -> Respelled:
    """A text column in one spelling, everywhere or in `rows` (a mask)."""
    unsure = pc.invert(pc.match_substring_regex(values, f"^(?:{how.sure})$"))
    unsure = pc.fill_null(unsure if rows is None else pc.and_(unsure, rows), False)
    if not pc.any(unsure, min_count=0).as_py():
        return Respelled(values, {})
    given = values.filter(unsure).dictionary_encode()
    made, why = _ruled(given.dictionary.to_pylist(), how.rule)
    blank = set(pc.indices_nonzero(pc.is_null(made)).to_pylist()) - why.keys()
    changed = pc.replace_with_mask(values, unsure, made.take(given.indices))
    if not made.null_count:
        return Respelled(changed, {})
    places, codes = pc.indices_nonzero(unsure).to_pylist(), given.indices.to_pylist()
    faults = {place: why[code] for place, code in zip(places, codes, strict=True) if code in why}
    empty = [place for place, code in zip(places, codes, strict=True) if code in blank]
    return Respelled(changed, faults, frozenset(empty))


def _ruled(texts: list[str], rule: Rule) -> tuple[pa.Array, dict[int, str]]:
    made: list[str | None] = []
    why = {}
    for index, text in enumerate(texts):
        try:
            made.append(rule(text))
        except Refused as refused:
            why[index] = refused.reason
            made.append(None)
    return pa.array(made, pa.string()), why


def composed(texts: pa.Array) -> pa.Array:
    """Texts in Unicode's form NFC, in which `é` is one character."""
    return respell(texts, _COMPOSED).values


def compose(text: str) -> str:
    """A text in Unicode's form NFC."""
    return unicodedata.normalize("NFC", text)


_COMPOSED = Spelling(compose, r"[\x00-\x7f]*")
