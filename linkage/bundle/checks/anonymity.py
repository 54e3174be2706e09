"""How well the opened units hide who an account is: k-anonymity, and neighbourhoods that are unique.

The same numbers for whoever makes a view and for whoever checks it.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

ABOUT_ONE = ("seen.", "seen-days.", "link.ends", "account.")
"""Classes of units that say something of one account."""

MOST = (1 << 256) - 1
SILENT = -1
"""Stands for accounts of which nothing is opened; no sum of digests is negative."""


def about_one(kind: str) -> bool:
    """Whether units of a class say something of one account."""
    return kind.startswith(ABOUT_ONE)


@dataclass
class Profiles:
    """What is opened of each account, as a digest, and who is linked to whom where that is opened."""

    digests: dict[str, int] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)

    def add(self, path: str, value: Any, said: bytes) -> None:
        """Take in one opened unit; `said` is its line from the path on."""
        kind, account, *_ = path.split("/", 2)
        if kind == "link":
            self.links.append((str(value[0]), str(value[1])))
        elif kind != "account":
            own = hashlib.sha256(kind.encode("ascii") + said[len(kind) + 1 + len(account) :]).digest()
            # A sum over the units: their order differs between a case and the file of opened units.
            self.digests[account] = (self.digests.get(account, 0) + int.from_bytes(own, "big")) & MOST

    def k(self, accounts: int) -> int:
        """The smallest number of accounts that look the same."""
        counts = Counter(self.digests.values())
        if (silent := accounts - len(self.digests)) > 0:
            counts[SILENT] = silent
        return min(counts.values(), default=accounts)

    def alone(self) -> int:
        """Accounts whose number of links, with those of their neighbours, no other account has."""
        near: dict[str, list[str]] = {}
        for one, other in self.links:
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
        shapes = {each: tuple(sorted(len(near[other]) for other in own)) for each, own in near.items()}
        counts = Counter(shapes.values())
        return sum(counts[shape] == 1 for shape in shapes.values())


def anonymity_row(own: Profiles, sizes: dict[str, int], *, min_k: int, names: bool) -> dict[str, Any]:
    """What a view says of it, on groups of these sizes."""
    accounts, smallest = sum(sizes.values()), min(sizes.values(), default=0)
    return {
        "accounts": accounts,
        "smallest_group": smallest,
        "k": min(own.k(accounts), smallest),
        "min_k": min_k,
        "unique_neighbourhoods": own.alone(),
        "names_opened": names,
    }
