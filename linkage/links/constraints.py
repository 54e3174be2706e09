"""What people decided, as constraints on the next run.

A verdict never edits a result. Verdicts are kept for ever; of those on one pair or one group the last one
holds, and the next run is bound by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from linkage.errors import UsageError
from linkage.schema import VERDICTS

Pair = tuple[str, str]

WITHDRAWN = "withdrawn"
"""The verdict of a row that takes an earlier one back; verdicts are never deleted."""


@dataclass(frozen=True)
class Constraints:
    """The verdicts in force. Pairs are in order of their text; groups carry the members they had then."""

    linked: frozenset[Pair] = frozenset()
    not_linked: frozenset[Pair] = frozenset()
    confirmed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dismissed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of_pair(self, left: str, right: str) -> str | None:
        """The verdict on two accounts, in either order."""
        pair = ordered(left, right)
        return "linked" if pair in self.linked else "not linked" if pair in self.not_linked else None

    def of_group(self, group: str) -> str | None:
        """The verdict on a group."""
        return "confirmed" if group in self.confirmed else "dismissed" if group in self.dismissed else None


def constraints(rows: Iterable[Mapping[str, Any]]) -> Constraints:
    """The constraints that verdict rows amount to, whatever order the rows come in (`seq` counts)."""
    pairs: dict[Pair, str] = {}
    groups: dict[str, tuple[str, frozenset[str]]] = {}
    for row in sorted(rows, key=lambda row: int(row["seq"])):
        if row.get("group"):
            groups[row["group"]] = row["verdict"], frozenset(row.get("accounts") or ())
        else:
            pairs[ordered(row["left"], row["right"])] = row["verdict"]
    return Constraints(
        linked=frozenset(pair for pair, verdict in pairs.items() if verdict == "linked"),
        not_linked=frozenset(pair for pair, verdict in pairs.items() if verdict == "not linked"),
        confirmed={group: members for group, (verdict, members) in groups.items() if verdict == "confirmed"},
        dismissed={group: members for group, (verdict, members) in groups.items() if verdict == "dismissed"},
    )


def last_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The last row on each pair and each group; of a withdrawn verdict that is its withdrawal."""
    last: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: int(row["seq"])):
        last[(row["group"],) if row.get("group") else ordered(row["left"], row["right"])] = dict(row)
    return [last[about] for about in sorted(last)]


def in_force(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The verdict in force on each pair and each group."""
    return [row for row in last_rows(rows) if row["verdict"] != WITHDRAWN]


def contradictions(given: Constraints) -> list[Pair]:
    """Pairs to be kept apart that chains of `linked` verdicts join: both cannot be obeyed."""
    home: dict[str, str] = {}

    def root(account: str) -> str:
        while home.setdefault(account, account) != account:
            account = home[account]
        return account

    for left, right in sorted(given.linked):
        first, second = sorted((root(left), root(right)))
        home[second] = first
    return sorted(pair for pair in given.not_linked if root(pair[0]) == root(pair[1]))


def on_pair(verdict: str, left: str, right: str, reason: str) -> dict[str, Any]:
    """The row of a verdict on two accounts; raises UsageError for one that means nothing."""
    if left == right:
        raise UsageError(f"{left}: a verdict needs two different accounts")
    _check(verdict, VERDICTS[:2], reason)
    first, second = ordered(left, right)
    return {"verdict": verdict, "left": first, "right": second, "reason": reason}


def on_group(verdict: str, group: str, accounts: Iterable[str], reason: str) -> dict[str, Any]:
    """The row of a verdict on a group, with its members as they are now."""
    _check(verdict, VERDICTS[2:], reason)
    return {"verdict": verdict, "group": group, "accounts": sorted(accounts), "reason": reason}


def withdrawal(seq: int, rows: Iterable[Mapping[str, Any]], reason: str) -> dict[str, Any]:
    """The row that withdraws the verdict of a number: nothing then holds of what it was about. Raises
    UsageError where it is not in force."""
    standing = {row["seq"]: row for row in in_force(rows)}
    if seq not in standing:
        numbers = ", ".join(map(str, sorted(standing)))
        raise UsageError(
            f"{seq}: is the number of no verdict in force",
            hint=f"one of: {numbers}" if numbers else "there is no verdict to withdraw",
        )
    _check(WITHDRAWN, (WITHDRAWN,), reason)
    row = standing[seq]
    subject: tuple[str, ...] = ("group", "accounts", "left", "right")
    about = {name: row[name] for name in subject if name in row}
    return {"verdict": WITHDRAWN, "withdraws": row["verdict"], "of": seq, **about, "reason": reason}


def ordered(left: str, right: str) -> Pair:
    """Two accounts in the order in which tables name them."""
    return (left, right) if left < right else (right, left)


def _check(verdict: str, allowed: tuple[str, ...], reason: str) -> None:
    if verdict not in allowed:
        raise UsageError(f"{verdict!r} is no verdict here", hint=f"one of: {', '.join(allowed)}")
    if not reason.strip():
        raise UsageError("a verdict needs a reason", hint='add --reason "why"')
