"""Why two accounts are not in one group: what was compared, what was not, and which bar was missed."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.explain.differ import Difference
from linkage.explain.explain import Explanation, NotCompared
from linkage.schema import EvidenceLine

Row = Mapping[str, Any]
Value = tuple[str, str]
"""Trait and value."""

LINKED, AGAINST, UNKNOWN = "linked", "speaks against", "not enough to say"
LITTLE = "too little in common"
"""Compared widely enough, and neither linked nor told apart: what strangers look like."""

LEAST_FAMILIES = 3
"""Independent families in which both must be known before a missing link says anything. A group needs two
that agree; where only two are known at all, one of them silent leaves nothing to compare."""

LEAST_OBSERVATIONS = 5
"""Observations of an account below which hardly anything about it can coincide with anything."""

CLOSE = math.log2(10)
"""Bits from the threshold within which the odds are under ten to one either way: no ground to decide."""

TOLD_APART = 1.0
"""Bits of evidence against, in all, from which it says something: two to one."""


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
class WhyNot:
    """Two accounts, and what stands between them.

    `state` is one of LINKED, AGAINST, UNKNOWN and LITTLE, and `because` the figure that decides it.
    """

    left: Account
    right: Account
    explanation: Explanation
    shared: tuple[Common, ...]
    failed: tuple[str, ...]
    state: str
    because: str

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Traits in which the two hold no common value."""
        return self.explanation.differences

    @property
    def not_compared(self) -> tuple[NotCompared, ...]:
        """Families in which nothing could be compared."""
        return self.explanation.not_compared

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
    state, because = _state(explanation, left, right)
    return WhyNot(
        left=left,
        right=right,
        explanation=explanation,
        shared=tuple(_shared(explanation, known, run)),
        failed=tuple(_failed(explanation, left, right, run)),
        state=state,
        because=because,
    )


# --- the state -----------------------------------------------------------------------------------


def _state(found: Explanation, left: Account, right: Account) -> tuple[str, str]:
    if found.linked:
        if found.verdict == "linked":
            return LINKED, "a person decided so"
        return LINKED, f"{found.log_odds or 0.0:+.1f} bits, {found.link_bits:+.1f} make a link"
    if found.verdict == "not linked":
        return AGAINST, "a person decided that they are not linked"
    against = -found.balance()[1]
    telling = [each.why for each in found.differences if each.speaks]
    if against >= TOLD_APART:
        telling = [f"{against:.1f} bits of evidence speak against", *telling]
    if telling:
        return AGAINST, "; ".join(telling)
    unknown = list(_unknown(found, left, right))
    if unknown:
        return UNKNOWN, "; ".join(unknown)
    families = ", ".join(found.compared)
    said = "what they share there does not make a link, and nothing speaks against"
    return LITTLE, f"compared in {families}; {said}"


def _unknown(found: Explanation, left: Account, right: Account) -> Iterable[str]:
    compared = set(found.compared)
    # An address and a client are one way in.
    independent = len(compared - {"network", "device"}) + bool(compared & {"network", "device"})
    if independent < LEAST_FAMILIES:
        known = f"both are known only in {', '.join(found.compared)}" if compared else "no family knows both"
        yield f"{known}; {LEAST_FAMILIES} independent families are needed to say they have little in common"
    for each in (left, right):
        if each.observations < LEAST_OBSERVATIONS:
            count = "one observation" if each.observations == 1 else f"{each.observations} observations"
            yield f"{count} of {each.account}"
    if found.log_odds is not None and abs(found.log_odds - found.link_bits) < CLOSE:
        yield f"{found.log_odds:+.1f} bits: odds under ten to one either way"


# --- what is known and shared --------------------------------------------------------------------


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
    signals = run.get("settings", {}).get("evidence", {})
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
    grouping = run.get("settings", {}).get("groups", {})
    for each in (left, right):
        if not each.group:
            yield (
                f"{each.account} is in no group: what it is linked to stayed under the gates "
                f"({grouping.get('min_accounts', 5)} accounts, {grouping.get('min_families', 2)} families), "
                "or it belonged to its group in too few resampled runs"
            )
    if left.group and right.group:
        yield f"linked, but each is linked more closely to its own group ({left.group}, {right.group})"
