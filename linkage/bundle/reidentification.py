"""Whether a view could tell who an account is: asked before it leaves, and printed in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from linkage.bundle.checks.anonymity import Profiles, about_one, anonymity_row
from linkage.bundle.policy import Policy
from linkage.errors import UsageError
from linkage.wording import many

__all__ = ["Profiles", "Risk", "about_one", "measure", "pass_gate", "reasons"]


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
    row = anonymity_row(own, dict(sizes), min_k=0, names=False)
    accounts, smallest = row["accounts"], row["smallest_group"]
    k_together = min(together.k(accounts), smallest)
    return Risk(accounts, smallest, row["k"], row["unique_neighbourhoods"], k_together)


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
        found.append(f"a group has {many(risk.smallest_group, 'account')}, fewer than {least}")
    elif risk.k < least:
        found.append(f"only {many(risk.k, 'account looks', 'accounts look')} alike (k), fewer than {least}")
    elif risk.k_with_earlier_views < least:
        alike = many(risk.k_with_earlier_views, "account looks", "accounts look")
        found.append(f"beside what others were given, only {alike} alike")
    if risk.unique_neighbourhoods:
        linked = many(risk.unique_neighbourhoods, "account is", "accounts are")
        found.append(f"{linked} linked as no other one is")
    return found
