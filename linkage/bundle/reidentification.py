"""Whether a view could tell who an account is: asked before it leaves, and printed in it."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from linkage.bundle.policy import Policy
from linkage.bundle.units import json_line
from linkage.errors import UsageError

ABOUT_ONE = ("seen.", "seen-days.", "link.ends", "account.")
"""Classes of units that say something of one account."""


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
            self.links.append((value[0], value[1]))
        elif kind != "account":
            before = self.digests.get(account, b"")
            self.digests[account] = hashlib.sha256(before + json_line([rest, value])).digest()

    def k(self, accounts: int) -> int:
        """The smallest number of accounts that look the same."""
        counts = Counter(self.digests.values())
        if silent := accounts - len(self.digests):
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


@dataclass(frozen=True)
class Risk:
    """What the gate found: of this view, and of it together with those that others were given."""

    accounts: int
    smallest_group: int
    k: int
    unique_neighbourhoods: int
    k_with_earlier_views: int

    def as_row(self, policy: Policy) -> dict[str, Any]:
        """As the view records it; what depends on other recipients stays inside."""
        return {
            "accounts": self.accounts,
            "smallest_group": self.smallest_group,
            "k": self.k,
            "min_k": policy.min_k,
            "unique_neighbourhoods": self.unique_neighbourhoods,
            "names_opened": policy.names,
        }


def measure(own: Profiles, together: Profiles, sizes: Mapping[str, int]) -> Risk:
    """The risk of a view on groups of these sizes."""
    accounts, smallest = sum(sizes.values()), min(sizes.values())
    k = min(own.k(accounts), smallest)
    return Risk(accounts, smallest, k, own.alone(), min(together.k(accounts), smallest))


def pass_gate(risk: Risk, policy: Policy, override: str) -> None:
    """Raises UsageError where a view without names could tell who somebody is, and nobody has said why."""
    if policy.names or override:
        return
    refused = list(reasons(risk, policy.min_k))
    if refused:
        hint = 'a view that opens less, or --override "why this may leave"; the reason is kept in the bundle'
        raise UsageError(f"view {policy.name} is not written: {'; '.join(refused)}", hint=hint)


def reasons(risk: Risk, least: int) -> Collection[str]:
    """Why a view may not leave."""
    found = []
    if risk.smallest_group < least:
        found.append(f"a group has {risk.smallest_group} accounts, fewer than {least}")
    elif risk.k < least:
        found.append(f"only {risk.k} accounts look alike (k), fewer than {least}")
    elif risk.k_with_earlier_views < least:
        found.append(f"beside what others were given, only {risk.k_with_earlier_views} accounts look alike")
    if risk.unique_neighbourhoods:
        found.append(f"{risk.unique_neighbourhoods} accounts are linked as no other one is")
    return found
