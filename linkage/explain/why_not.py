"""Why two accounts are not in one group: what was compared, what was not, and which condition was not met."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.explain import html
from linkage.explain.differ import Difference, differences_html
from linkage.explain.explain import Explanation, NotCompared, pair_settings
from linkage.schema import EvidenceLine
from linkage.settings.explain import Pairs
from linkage.settings.groups import Groups
from linkage.wording import many

Row = Mapping[str, Any]
Value = tuple[str, str]
"""Trait and value."""

LINKED, AGAINST, UNKNOWN = "linked", "speaks against", "not enough to say"
LITTLE = "too little in common"
"""Compared in enough families, and neither linked nor shown to differ: what strangers look like."""


@dataclass(frozen=True)
class PairContext:
    """What a case holds about two accounts beside their evidence.

    `observations` by account; `degrees`: accounts that hold each value both have; `places`: for each account
    its rows in the tables of OUTCOMES, each with its `outcome`.
    """

    observations: Mapping[str, Sequence[Row]]
    degrees: Mapping[Value, int]
    places: Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Account:
    """One account in a few words. `group` where it is in one, with its `outcome`, one of OUTCOMES, and as
    `reason` why it is not reported, where it is not."""

    account: str
    observations: int
    by_family: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    group: str | None
    reason: str | None
    outcome: str | None = None


@dataclass(frozen=True)
class SharedValue:
    """A value that both accounts hold, its `bits`, and why it has so many. `rarity_bits` is the most that its
    rarity could give."""

    trait: str
    family: str
    value: str
    accounts: int
    rarity_bits: float
    bits: float | None
    why: str


@dataclass(frozen=True)
class WhyNot:
    """Two accounts, and why they are not in one group.

    `state` is one of LINKED, AGAINST, UNKNOWN and LITTLE, and `because` the figure that decides it.
    """

    left: Account
    right: Account
    explanation: Explanation
    shared: tuple[SharedValue, ...]
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
        """Evidence that the two have different operators."""
        return self.explanation.against

    @property
    def together(self) -> bool:
        """Whether they are in one reported group after all."""
        return bool(self.left.group) and self.left.group == self.right.group and not self.left.reason

    def _repr_html_(self) -> str:
        accounts = (_html_account(each) for each in (self.left, self.right))
        values = (
            (each.trait, html.value(each.value, None), each.bits or 0.0, each.why) for each in self.shared
        )
        missing = (f"{each.family}: no data on {' or '.join(each.missing)}" for each in self.not_compared)
        state = "in one group" if self.together else self.state
        state = state if self.together or self.state == LINKED else f"not linked; {self.state}"
        return (
            html.line("", self.left.account, " and ", self.right.account, f": {state}: {self.because}")
            + html.points(self.failed)
            + html.table(("account", "group", "outcome", "observations", "families known"), accounts)
            + html.table(("value in common", "", "bits", "because"), values)
            + html.folded(
                "differences", differences_html(self.left.account, self.right.account, self.differences)
            )
            + html.folded("not compared", html.points(missing))
        )


def why_not(explanation: Explanation, context: PairContext, run: Row) -> WhyNot:
    """What keeps the two accounts of an explanation apart; `run` is the receipt of the case."""
    left, right = (_account(name, context) for name in (explanation.left, explanation.right))
    state, because = _state(explanation, left, right, pair_settings(run))
    return WhyNot(
        left=left,
        right=right,
        explanation=explanation,
        shared=tuple(_shared(explanation, context, run)),
        failed=tuple(_failed(explanation, left, right, run)),
        state=state,
        because=because,
    )


def _html_account(each: Account) -> tuple[object, ...]:
    return each.account, each.group, html.outcome(each.outcome), each.observations, list(each.by_family)


# --- the state -----------------------------------------------------------------------------------


def _state(found: Explanation, left: Account, right: Account, chosen: Pairs) -> tuple[str, str]:
    if found.linked:
        if found.verdict == "linked":
            return LINKED, "a person decided that they are linked"
        return LINKED, f"{found.log_odds or 0.0:+.1f} bits; a link needs {found.link_bits:+.1f}"
    if found.verdict == "not linked":
        return AGAINST, "a person decided that they are not linked"
    against = -found.balance()[1]
    reasons = [each.why for each in found.differences if each.speaks]
    if against >= chosen.min_bits_against:
        reasons = [f"{against:.1f} bits of evidence speak against a link", *reasons]
    if reasons:
        return AGAINST, "; ".join(reasons)
    unknown = list(_unknown(found, left, right, chosen))
    if unknown:
        return UNKNOWN, "; ".join(unknown)
    families = ", ".join(found.compared)
    outcome = "what they share there is too little for a link, and nothing speaks against one"
    return LITTLE, f"compared in {families}; {outcome}"


def _unknown(found: Explanation, left: Account, right: Account, chosen: Pairs) -> Iterable[str]:
    compared = set(found.compared)
    # An address and a client are one way in.
    independent = len(compared - {"network", "device"}) + bool(compared & {"network", "device"})
    if independent < chosen.min_families:
        known = f"both are known only in {', '.join(found.compared)}" if compared else "no family knows both"
        needed = f"{many(chosen.min_families, 'independent family is', 'independent families are')} needed"
        yield f"{known}; {needed} to say that they have little in common"
    for each in (left, right):
        if each.observations < chosen.min_observations:
            count = "one observation" if each.observations == 1 else many(each.observations, "observation")
            yield f"only {count} of {each.account}"
    if found.log_odds is not None and abs(found.log_odds - found.link_bits) < chosen.undecided_bits:
        odds = 2**chosen.undecided_bits
        yield (
            f"{found.log_odds:+.1f} bits, close to the {found.link_bits:+.1f} that a link needs:"
            f" odds under {odds:.0f} to 1 either way"
        )


# --- what is known and shared --------------------------------------------------------------------


def _account(name: str, context: PairContext) -> Account:
    rows, places = context.observations.get(name, ()), context.places.get(name, ())
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
        outcome=place.get("outcome"),
    )


def _shared(explanation: Explanation, context: PairContext, run: Row) -> Iterable[SharedValue]:
    accounts = int(run.get("population", {}).get("accounts", 0))
    # Several signals may speak of one value, and one of them twice after the family rules.
    counted: dict[str, float] = {}
    for line in explanation.lines:
        counted[line.value] = counted.get(line.value, 0.0) + line.bits
    family = {
        (row["trait"], row["value"]): row["family"] for row in context.observations.get(explanation.left, ())
    }
    common = [
        SharedValue(
            trait=trait,
            family=family.get((trait, value), ""),
            value=value,
            accounts=degree,
            rarity_bits=_rarity(degree, accounts),
            bits=counted.get(value),
            why=_why(degree, accounts, value in counted, run),
        )
        for (trait, value), degree in context.degrees.items()
    ]
    return sorted(common, key=lambda each: (-(each.bits or 0.0), each.accounts, each.trait, each.value))


def _rarity(degree: int, accounts: int) -> float:
    return max(0.0, -math.log2((degree - 1) / (accounts - 1))) if 1 < degree <= accounts else 0.0


def _why(degree: int, accounts: int, counted: bool, run: Row) -> str:
    signals = run.get("settings", {}).get("evidence", {})
    share = (
        f"{degree:,} of {accounts:,} accounts hold it"
        if accounts
        else f"{many(degree, 'account holds', 'accounts hold')} it"
    )
    if counted:
        return share
    if degree > signals.get("nearest_degree", math.inf):
        return f"{share}: too common for comparing its holders, and no rarer value led to a comparison"
    if degree > signals.get("clique_degree", math.inf):
        return f"{share}: each holder is compared only with those nearest in time"
    if _rarity(degree, accounts) < signals.get("min_propose_bits", 0.0):
        return f"{share}: too common for comparing its holders"
    return f"{share}: no evidence for this pair (used long apart, public, of one customer, or descriptive)"


def _failed(explanation: Explanation, left: Account, right: Account, run: Row) -> Iterable[str]:
    if explanation.verdict == "not linked":
        yield "a person decided that they are not linked"
    if explanation.log_odds is None:
        yield (
            "no link: they share no value rare enough for them to be compared, or their score was too low to"
            " keep"
        )
    elif explanation.log_odds < explanation.link_bits:
        short = explanation.link_bits - explanation.log_odds
        yield (
            f"the evidence is too weak: {explanation.log_odds:+.1f} bits; a link needs"
            f" {explanation.link_bits:+.1f}, so {short:.1f} are missing"
        )
    if left.group and left.group == right.group and left.reason:
        what = "that is unresolved" if left.outcome == "unresolved" else "with an innocent explanation"
        yield f"they are in one group ({left.group}) {what}: {left.reason}"
    elif explanation.linked and not (left.group and left.group == right.group):
        yield from _apart(left, right, run)


def _apart(left: Account, right: Account, run: Row) -> Iterable[str]:
    default, chosen = Groups(), run.get("settings", {}).get("groups", {})
    for each in (left, right):
        if not each.group:
            yield (
                f"{each.account} is in no group: the accounts it is linked to are too few for one"
                f" ({chosen.get('min_accounts', default.min_accounts)} accounts,"
                f" {chosen.get('min_families', default.min_families)} families of evidence), or it stayed in"
                " its group in too few resampled runs"
            )
    if left.group and right.group:
        yield f"linked, but each is linked more closely to its own group ({left.group}, {right.group})"
