"""Declared units: accounts that openly belong together are one customer.

An organisation, an own e-mail domain, or a team's ordinary card under one billing name. What such
accounts share among themselves is explained; only what they share across units counts for a group.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from disposable_email_domains import blocklist
from numpy.typing import NDArray

from linkage.settings.groups import Units as UnitSettings

PROVIDERS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "ymail.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "pm.me",
        "tutanota.com",
        "tuta.io",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.com",
        "zoho.com",
        "yandex.com",
        "yandex.ru",
        "mail.ru",
        "qq.com",
        "163.com",
        "126.com",
        "sina.com",
        "naver.com",
        "daum.net",
        "hanmail.net",
        "orange.fr",
        "free.fr",
        "laposte.net",
        "libero.it",
        "t-online.de",
        "freenet.de",
        "wp.pl",
        "o2.pl",
        "seznam.cz",
        "rediffmail.com",
        "comcast.net",
        "att.net",
        "verizon.net",
        "fastmail.com",
        "hey.com",
        "duck.com",
    }
)
"""The large mail providers."""

PUBLIC_DOMAINS = PROVIDERS | blocklist
"""Domains whose customers have nothing in common: the large mail providers, and those of throw-away mail (a
list that is kept by many and released every week)."""

CONCEALING = ("virtual", "prepaid")
"""Cards that any name can be put on; a team's own card is neither."""


@dataclass(frozen=True)
class Units:
    """`unit` of each account number (−1: none declared) and what declares it, for each unit number;
    `beside_domain`: the units by organisations and cards alone."""

    unit: NDArray[np.int64]
    reason: tuple[str, ...]
    beside_domain: NDArray[np.int64]

    def same(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs lie inside one unit."""
        result: NDArray[np.bool_] = (self.unit[left] == self.unit[right]) & (self.unit[left] >= 0)
        return result


def _holders(observations: pa.Table, numbers: Mapping[str, int]) -> dict[str, dict[str, set[int]]]:
    held: dict[str, dict[str, set[int]]] = {}
    rows = zip(*(observations[c].to_pylist() for c in ("account", "trait", "value")), strict=True)
    for account, trait, value in rows:
        held.setdefault(trait, {}).setdefault(value, set()).add(numbers[account])
    return held


def _team_cards(held: dict[str, dict[str, set[int]]], team_accounts: int) -> dict[str, set[int]]:
    """Cards that one team uses openly: an ordinary card whose holders all give one billing identity."""
    billing: dict[int, set[str]] = {}
    for value, who in held.get("billing_hash", {}).items():
        for account in who:
            billing.setdefault(account, set()).add(value)
    hidden = set().union(*(held.get("funding", {}).get(kind, set()) for kind in CONCEALING))
    cards = {}
    for card, who in held.get("fingerprint", {}).items():
        named = [billing.get(account, set()) for account in who]
        one_name = bool(named) and bool(set.intersection(*named))
        if 2 <= len(who) <= team_accounts and one_name and not who & hidden:
            cards[card] = who
    return cards


def _coherent(who: set[int], held: dict[str, dict[str, set[int]]], chosen: UnitSettings) -> bool:
    """Whether most of these accounts share one network, card, billing identity or organisation."""
    kinds = ("prefix", "fingerprint", "billing_hash", "organisation")
    return any(
        len(who & others) >= chosen.min_shared * len(who) and len(others) <= chosen.max_spread * len(who)
        for kind in kinds
        for others in held.get(kind, {}).values()
        if len(others) > 1
    )


def declared_units(observations: pa.Table, names: Sequence[str], chosen: UnitSettings) -> Units:
    """Units from observations (account, trait, value) of organisation, e-mail domain, cards and billing."""
    held = _holders(observations, {name: i for i, name in enumerate(names)})
    n = len(names)
    groups: dict[str, list[tuple[str, set[int]]]] = {"organisation": [], "email_domain": []}
    for trait, words in (("organisation", "organisation"), ("email_domain", "own e-mail domain")):
        for value, who in sorted(held.get(trait, {}).items()):
            public = trait == "email_domain" and value.lower() in PUBLIC_DOMAINS
            large = trait == "email_domain" and len(who) > chosen.domain_accounts
            most = max(chosen.max_share * n, chosen.max_share_accounts)
            if 2 <= len(who) <= most and not public and not (large and not _coherent(who, held, chosen)):
                groups[trait].append((f"{words} {value}", who))
    cards = [
        ("one card under one billing name", who)
        for _, who in sorted(_team_cards(held, chosen.team_accounts).items())
    ]
    beside = groups["organisation"] + cards
    unit, reason = _join(groups["organisation"] + groups["email_domain"] + cards, n)
    return Units(unit, reason, _join(beside, n)[0])


def _join(groups: list[tuple[str, set[int]]], n: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Joins what overlaps: the unit of each account, and the declaration that most of its accounts carry for
    each unit."""
    parent = np.arange(n)

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = int(parent[i])
        return i

    for _, who in groups:
        first, *rest = sorted(root(i) for i in who)
        for other in rest:
            parent[root(other)] = root(first)
    unit = np.full(n, -1, dtype=np.int64)
    said: dict[int, Counter[str]] = {}
    for reason, who in groups:
        for account in who:
            unit[account] = root(account)
        said.setdefault(root(next(iter(who))), Counter())[reason] += len(who)
    roots = sorted(said)
    number = {r: i for i, r in enumerate(roots)}
    numbered = np.array([number.get(int(u), -1) for u in unit], dtype=np.int64)
    names = tuple(min(said[r].items(), key=lambda item: (-item[1], item[0]))[0] for r in roots)
    return numbered, names
