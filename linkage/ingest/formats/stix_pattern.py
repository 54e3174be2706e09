"""STIX 2.1 patterns, as far as one observed value is an indicator by itself.

`[ipv4-addr:value = '198.51.100.7']`, `… IN ('a', 'b')` and alternatives joined by OR each name values of
which one alone indicates. What joins conditions (AND, FOLLOWEDBY), bounds them (WITHIN, REPEATS, START) or
compares otherwise means something else than its parts, and is told apart, never taken to pieces.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from linkage.ingest import reasons
from linkage.ingest.addresses import PREFIX_BITS
from linkage.ingest.reasons import Refused
from linkage.schema import TRAIT_FAMILY

OWN_OBJECT = "x-linkage"
"""The custom object whose every property is a trait, declared or not."""

NAMED = "trait_values."
"""Before the name of a trait that can be no property by itself: too short, or of other characters."""

OWN_KEYED, KEYED = "x-linkage-keyed", "keyed:"
"""The same for values that are told as digests under an exchange key, and what such a trait begins with."""

_STEP = r"(?:[A-Za-z0-9_-]+|'(?:[^'\\]|\\.)*+')"
_TOKEN = re.compile(
    rf"(?P<space>\s++)"
    rf"|(?P<path>[a-z0-9][a-z0-9-]*+:{_STEP}(?:\.{_STEP}|\[(?:[0-9]++|\*)\])*+)"
    r"|(?P<text>'(?:[^'\\]|\\.)*+')"
    r"|(?P<typed>[tbh]'[^']*+')"
    r"|(?P<number>[+-]?[0-9]++(?:\.[0-9]++)?)"
    r"|(?P<word>[A-Za-z]++)"
    r"|(?P<sign>==|!=|<>|<=|>=|[=<>\[\](),])",
    re.DOTALL,
)
_SIGNS = {"=", "==", "!=", "<>", "<", ">", "<=", ">="}
_WORDS = {"IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_AGENT = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"


@dataclass(frozen=True)
class Alternative:
    """One of the conditions of which each alone indicates: a trait with its value, or why it is none.

    `about` is the object path, for telling what was not understood.
    """

    about: str
    trait: str = ""
    value: str = ""
    why: str = ""


def alternatives(pattern: str, max_depth: int) -> list[Alternative]:
    """The alternatives of a pattern, in which brackets may stand `max_depth` deep inside one another.

    Raises Refused where it is no pattern.
    """
    reader = _Reader(pattern, max_depth)
    found = reader.sequence(0)
    if reader.kind:
        raise Refused(reasons.NO_PATTERN)
    return found


# --- reading -------------------------------------------------------------------------------------


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(pattern):
        found = _TOKEN.match(pattern, at)
        if found is None or found.lastgroup is None:
            raise Refused(reasons.NO_PATTERN)
        at = found.end()
        if found.lastgroup != "space":
            yield found.lastgroup, found[0]


class _Reader:
    """A pattern's tokens, and the rules of its grammar as methods; `kind` and `text` are the next token's."""

    def __init__(self, pattern: str, max_depth: int) -> None:
        self._rest, self._max_depth = _tokens(pattern), max_depth
        self.kind, self.text = "", ""
        self._step()

    def _step(self) -> str:
        taken = self.text
        self.kind, self.text = next(self._rest, ("", ""))
        return taken

    def _take(self, *texts: str) -> bool:
        """Whether the next token is one of these words or signs; if so it is read."""
        there = self.kind in ("word", "sign") and self.text in texts
        if there:
            self._step()
        return there

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise Refused(reasons.NO_PATTERN)

    def _joined(self, part: Callable[[int], list[Alternative]], depth: int, word: str) -> list[Alternative]:
        """Parts of which all are needed: one by itself is what it is, several are one condition together."""
        found = part(depth)
        joined = False
        while self._take(word):
            found, joined = [*found, *part(depth)], True
        return [_combined(found)] if joined else found

    def _either(self, part: Callable[[int], list[Alternative]], depth: int) -> list[Alternative]:
        found = part(depth)
        while self._take("OR"):
            found = [*found, *part(depth)]
        return found

    def sequence(self, depth: int) -> list[Alternative]:
        """Observations after one another."""
        if depth > self._max_depth:
            raise Refused(reasons.TOO_DEEP)
        return self._joined(lambda d: self._either(self._together, d), depth, "FOLLOWEDBY")

    def _together(self, depth: int) -> list[Alternative]:
        return self._joined(self._observation, depth, "AND")

    def _observation(self, depth: int) -> list[Alternative]:
        if self._take("("):
            found = self.sequence(depth + 1)
            self._need(")")
        else:
            self._need("[")
            found = self._comparison(depth)
            self._need("]")
        bounded = False
        while self.kind == "word" and self.text in ("WITHIN", "REPEATS", "START"):
            self._qualifier()
            bounded = True
        return [_combined(found)] if bounded else found

    def _qualifier(self) -> None:
        word = self._step()
        if word == "START":
            self._literal()
            self._need("STOP")
            self._literal()
            return
        self._literal()
        self._need("SECONDS" if word == "WITHIN" else "TIMES")

    def _comparison(self, depth: int) -> list[Alternative]:
        if depth > self._max_depth:
            raise Refused(reasons.TOO_DEEP)
        return self._either(lambda d: self._joined(self._condition, d, "AND"), depth)

    def _condition(self, depth: int) -> list[Alternative]:
        if self._take("("):
            found = self._comparison(depth + 1)
            self._need(")")
            return found
        if self._take("EXISTS"):
            return [Alternative(self._path(), why=reasons.COMBINED)]
        path = self._path()
        negated = self._take("NOT")
        if self.text not in _SIGNS | _WORDS or self.kind not in ("word", "sign"):
            raise Refused(reasons.NO_PATTERN)
        sign = self._step()
        literals = self._literals() if sign == "IN" else [self._literal()]
        if negated:
            return [Alternative(path, why=reasons.COMBINED)]
        return [_meant(path, sign, kind, text) for kind, text in literals]

    def _path(self) -> str:
        if self.kind != "path":
            raise Refused(reasons.NO_PATTERN)
        return self._step()

    def _literals(self) -> list[tuple[str, str]]:
        self._need("(")
        found = [self._literal()]
        while self._take(","):
            found.append(self._literal())
        self._need(")")
        return found

    def _literal(self) -> tuple[str, str]:
        """Kind and text of a constant; of a text, what it stands for."""
        kind = self.kind
        if kind == "word" and self.text in ("true", "false"):
            kind = "typed"
        if kind not in ("text", "typed", "number"):
            raise Refused(reasons.NO_PATTERN)
        taken = self._step()
        return kind, _ESCAPED.sub(r"\1", taken[1:-1]) if kind == "text" else taken


def _combined(parts: list[Alternative]) -> Alternative:
    return Alternative(parts[0].about, why=reasons.COMBINED)


# --- meaning -------------------------------------------------------------------------------------


def _meant(path: str, sign: str, kind: str, value: str) -> Alternative:
    """What a comparison says of one trait of ours, if it says that the trait has one value."""
    if sign not in ("=", "==", "IN") and not (sign == "ISSUBSET" and path in _ADDRESSES):
        return Alternative(path, why=reasons.COMBINED)
    if path in _ADDRESSES:
        trait, value = _network(value) if kind == "text" else ("", "")
    elif path == "autonomous-system:number":
        trait, value = ("asn", f"AS{value}") if kind == "number" and value.isdigit() else ("", "")
    else:
        trait = _trait(path) if kind in ("text", "number") else ""
    if not trait or not value:
        return Alternative(path, why=reasons.NOT_OURS)
    return Alternative(path, trait, value)


_ADDRESSES = ("ipv4-addr:value", "ipv6-addr:value")


def _network(value: str) -> tuple[str, str]:
    """An address, or a network of the size that is a trait here (/24, /64); nothing for any other."""
    if "/" not in value:
        return "ip", value
    try:
        found = ipaddress.ip_network(value)
    except ValueError:
        return "", ""
    if found.prefixlen == found.max_prefixlen:
        return "ip", str(found.network_address)
    return ("prefix", str(found)) if found.prefixlen == PREFIX_BITS[found.version] else ("", "")


def _trait(path: str) -> str:
    """The trait that a custom object's property names, or the one standard property that is a trait."""
    kind, _, given = path.partition(":")
    own = kind in (OWN_OBJECT, OWN_KEYED)
    given = given.removeprefix(NAMED) if own else given
    quoted = given.startswith("'") and given.endswith("'")
    name = _ESCAPED.sub(r"\1", given[1:-1]) if quoted else given
    if own:
        one = re.fullmatch(_STEP, given, re.DOTALL) is not None
        return f"{KEYED if kind == OWN_KEYED else ''}{name}" if one else ""
    if kind.startswith("x-") and name in TRAIT_FAMILY:
        return name
    return "user_agent" if path == _AGENT else ""
