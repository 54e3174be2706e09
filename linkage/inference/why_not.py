"""Why two accounts are not in one group: what was compared, what was not, and which bar was missed."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.inference.explain import Explanation
from linkage.model import FAMILIES, EvidenceLine

Row = Mapping[str, Any]
Value = tuple[str, str]
"""Trait and value."""


@dataclass(frozen=True)
class Known:
    """What a case knows of two accounts beside their evidence.

    `observations` by account; `degrees`: accounts that hold each value both have; `places`: for each account
    its rows of `groups` and `explained`.
    """

    observations: Mapping[str, Sequence[Row]]
    degrees: Mapping[Value, int]
    places: Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Account:
    """One account in a few words. `group` and `reason` (why it accuses nobody) where it is in one."""

    account: str
    observations: int
    by_family: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    group: str | None
    reason: str | None


@dataclass(frozen=True)
class Common:
    """A value both accounts hold, and what it weighs. `rarity_bits` is the most its rarity could say."""

    trait: str
    family: str
    value: str
    accounts: int
    rarity_bits: float
    bits: float | None
    why: str


@dataclass(frozen=True)
class NotCompared:
    """A family in which nothing could be compared. It says nothing: not that the two differ."""

    family: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class WhyNot:
    """Two accounts, and what stands between them."""

    left: Account
    right: Account
    explanation: Explanation
    shared: tuple[Common, ...]
    not_compared: tuple[NotCompared, ...]
    failed: tuple[str, ...]

    @property
    def against(self) -> tuple[EvidenceLine, ...]:
        """Evidence that speaks for two operators."""
        return self.explanation.against

    @property
    def together(self) -> bool:
        """Whether they are in one reported group after all."""
        return bool(self.left.group) and self.left.group == self.right.group and not self.left.reason


def why_not(explanation: Explanation, known: Known, run: Row) -> WhyNot:
    """What keeps the two accounts of an explanation apart; `run` is the receipt of the case."""
    left, right = (_account(name, known) for name in (explanation.left, explanation.right))
    return WhyNot(
        left=left,
        right=right,
        explanation=explanation,
        shared=tuple(_shared(explanation, known, run)),
        not_compared=tuple(_not_compared(left, right)),
        failed=tuple(_failed(explanation, left, right, run)),
    )


def _account(name: str, known: Known) -> Account:
    rows, places = known.observations.get(name, ()), known.places.get(name, ())
    by_family: dict[str, int] = {}
    for row in rows:
        by_family[row["family"]] = by_family.get(row["family"], 0) + 1
    place = places[0] if places else {}
    return Account(
        account=name,
        observations=len(rows),
        by_family=dict(sorted(by_family.items())),
        first_at=min((row["first_at"] for row in rows if row["first_at"]), default=None),
        last_at=max((row["last_at"] for row in rows if row["last_at"]), default=None),
        group=place.get("group"),
        reason=place.get("reason"),
    )


def _shared(explanation: Explanation, known: Known, run: Row) -> Iterable[Common]:
    accounts = int(run.get("population", {}).get("accounts", 0))
    # Several signals may speak of one value, and one of them twice after the family rules.
    counted: dict[str, float] = {}
    for line in explanation.lines:
        counted[line.value] = counted.get(line.value, 0.0) + line.bits
    family = {
        (row["trait"], row["value"]): row["family"] for row in known.observations.get(explanation.left, ())
    }
    common = [
        Common(
            trait=trait,
            family=family.get((trait, value), ""),
            value=value,
            accounts=degree,
            rarity_bits=_rarity(degree, accounts),
            bits=counted.get(value),
            why=_why(degree, accounts, value in counted, run),
        )
        for (trait, value), degree in known.degrees.items()
    ]
    return sorted(common, key=lambda each: (-(each.bits or 0.0), each.accounts, each.trait, each.value))


def _rarity(degree: int, accounts: int) -> float:
    return max(0.0, -math.log2((degree - 1) / (accounts - 1))) if 1 < degree <= accounts else 0.0


def _why(degree: int, accounts: int, counted: bool, run: Row) -> str:
    signals = run.get("settings", {}).get("signals", {})
    share = f"{degree:,} of {accounts:,} accounts hold it" if accounts else f"{degree:,} accounts hold it"
    if counted:
        return share
    if degree > signals.get("nearest_degree", math.inf):
        return f"{share}: too common to propose a pair, and nothing else proposed this one"
    if degree > signals.get("clique_degree", math.inf):
        return f"{share}: it proposes only each one's nearest in time"
    if _rarity(degree, accounts) < signals.get("min_propose_bits", 0.0):
        return f"{share}: too common to propose a pair"
    return f"{share}: not counted for this pair (faded, public, inside one customer, or only descriptive)"


def _not_compared(left: Account, right: Account) -> Iterable[NotCompared]:
    seen = {*left.by_family, *right.by_family}
    for family in (*FAMILIES, *sorted(seen - set(FAMILIES))):
        missing = tuple(each.account for each in (left, right) if family not in each.by_family)
        if missing:
            yield NotCompared(family, missing)


def _failed(explanation: Explanation, left: Account, right: Account, run: Row) -> Iterable[str]:
    if explanation.verdict == "not linked":
        yield "a person decided that they are not linked"
    if explanation.log_odds is None:
        yield (
            "no link: they share no value rare enough to make them a pair worth scoring, or the score "
            "stayed too low to keep"
        )
    elif explanation.log_odds < explanation.link_bits:
        short = explanation.link_bits - explanation.log_odds
        yield (
            f"the evidence is too weak: {explanation.log_odds:+.1f} bits, {short:.1f} short of the "
            f"{explanation.link_bits:+.1f} that make a link"
        )
    if left.group and left.group == right.group and left.reason:
        yield f"they are in one group ({left.group}), but it accuses nobody: {left.reason}"
    elif explanation.linked and not (left.group and left.group == right.group):
        yield from _apart(left, right, run)


def _apart(left: Account, right: Account, run: Row) -> Iterable[str]:
    grouping = run.get("settings", {}).get("grouping", {})
    for each in (left, right):
        if not each.group:
            yield (
                f"{each.account} is in no group: what it is linked to stayed under the gates "
                f"({grouping.get('min_accounts', 5)} accounts, {grouping.get('min_families', 2)} families), "
                "or it belonged to its group in too few resampled runs"
            )
    if left.group and right.group:
        yield f"linked, but each is linked more closely to its own group ({left.group}, {right.group})"
