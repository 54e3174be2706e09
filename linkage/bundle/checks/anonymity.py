"""How well the opened units hide who an account is: k-anonymity, and neighbourhoods that are unique.

The same numbers for whoever makes a view and for whoever checks it.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

ABOUT_ONE = ("seen.", "seen-days.", "link.ends", "account.")
"""Classes of units that say something of one account."""


UNIT = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
"""One for all: there are millions of units."""


def about_one(kind: str) -> bool:
    """Whether units of a class say something of one account."""
    return kind.startswith(ABOUT_ONE)


@dataclass
class Profiles:
    """What is opened of each account, as a digest, and who is linked to whom where that is opened."""

    digests: dict[str, bytes] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)

    def add(self, path: str, value: Any) -> None:
        """Take in one opened unit."""
        kind, account, *rest = path.split("/")
        if kind == "link":
            self.links.append((str(value[0]), str(value[1])))
        elif kind != "account":
            said = UNIT.encode([kind, rest, value]).encode("ascii")
            # A sum over the units: their order differs between a case and the file of opened units.
            unit = int.from_bytes(hashlib.sha256(said).digest(), "big")
            before = int.from_bytes(self.digests.get(account, b""), "big")
            self.digests[account] = ((before + unit) % (1 << 256)).to_bytes(32, "big")

    def k(self, accounts: int) -> int:
        """The smallest number of accounts that look the same."""
        counts = Counter(self.digests.values())
        if (silent := accounts - len(self.digests)) > 0:
            counts[b""] = silent
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
