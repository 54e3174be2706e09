"""Gates: which communities are reported as one operator's, and what explains the others.

Being linked is not wrongdoing. A group is reported if it is large enough, rests on independent
families of which one shows common provision (payment, registration, or text passed from account to
account), and either hides that it is one customer or behaves like an operator.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PLACE = frozenset(("network", "device"))
"""An address and a client are one way in; they show a place or a tool, never by themselves a person."""

PROVISION = frozenset(("payment", "registration", "lineage"))
"""Families that tools, tutorials and shared networks do not bring about."""

IN_ONE_UNIT = 0.8
"""Share of a community inside one declared unit from which it is that customer's own."""

WORKLOAD = 0.5
"""Share of the accounts' prompts that lie in templates of the group: half or more is what they are for."""

PUBLIC_TEXT = 0.5
"""Share of the common prompts sent letter for letter by several accounts: copies of a public text."""


@dataclass(frozen=True)
class Community:
    """What is known of a community, as shares from 0 to 1 unless said otherwise.

    `pair_families`: families that speak in a fair part of its links; `group_families`: those in which it
    differs from comparable accounts. `unit_share`: in the commonest declared unit, named by `unit`.
    `one_card`: paying with the commonest ordinary card. `workload`: prompts in the group's own
    templates. `verbatim`: common prompts that are exact copies. `concealing`: cards that carry any name.
    """

    accounts: int
    pair_families: frozenset[str]
    group_families: frozenset[str]
    unit_share: float
    unit: str
    one_card: float
    workload: float | None
    verbatim: float
    concealing: bool
    one_referrer: bool


@dataclass(frozen=True)
class Gate:
    """One condition, whether it holds, and why, in words."""

    name: str
    passed: bool
    detail: str


def independent(families: frozenset[str]) -> frozenset[str]:
    """Families that do not stand for one another: network and device count as one way in."""
    return families - PLACE | ({"network"} if families & PLACE else set())


def _families(community: Community) -> frozenset[str]:
    group = community.group_families
    # A referring page brings its readers within its own days: that is one reason, not two.
    if community.one_referrer:
        group -= {"registration"}
    return community.pair_families | group


def gates(community: Community, *, min_accounts: int, min_families: int) -> tuple[Gate, ...]:
    """Every gate with its outcome; a group is reported when all have passed."""
    families = _families(community)
    counted = independent(families)
    provision = families - set(("content", "timing")) - PLACE
    openly = community.unit_share >= IN_ONE_UNIT
    conduct = _conduct(community)
    household = community.one_card >= IN_ONE_UNIT and not community.concealing
    concealed = not openly and not household
    listed = ", ".join(sorted(families)) or "none"
    return (
        Gate("size", community.accounts >= min_accounts, f"{community.accounts} accounts"),
        Gate("families", len(counted) >= min_families, f"{len(counted)} independent: {listed}"),
        Gate("provision", bool(provision), f"common provision: {', '.join(sorted(provision)) or 'none'}"),
        Gate("not public text", community.verbatim < PUBLIC_TEXT, f"{community.verbatim:.0%} exact copies"),
        Gate("concealed or conduct", concealed or conduct, _openness(community, openly, household, conduct)),
    )


def _conduct(community: Community) -> bool:
    """An operator's work under one open name: common templates, and payment that hides who pays."""
    busy = community.workload is not None and community.workload >= WORKLOAD
    hidden = community.concealing and "payment" in community.group_families
    return busy and hidden


def _openness(community: Community, openly: bool, household: bool, conduct: bool) -> str:
    if conduct:
        return "common templates, paid for with cards that carry any name"
    if openly:
        return f"{community.unit_share:.0%} lie in one declared unit ({community.unit})"
    if household:
        return "one ordinary card pays for them"
    return "the accounts present themselves as unrelated"


def explanation(community: Community, outcome: Sequence[Gate]) -> str:
    """The reason that accuses nobody, for a community that did not pass."""
    failed = {gate.name for gate in outcome if not gate.passed}
    families = _families(community)
    if community.unit_share >= IN_ONE_UNIT:
        return f"one customer's own accounts: {community.unit}"
    if "concealed or conduct" in failed:
        return "one ordinary card, as in a household or a small office"
    if "not public text" in failed:
        return "copies of a public text"
    if families and families <= PLACE | {"timing"}:
        return "shared infrastructure: one way in, nothing else in common"
    if "content" in families and ({"families", "provision"} & failed):
        return "a popular tool, tutorial or public text: alike questions, nothing else in common"
    if "size" in failed:
        return "too few accounts to tell from chance"
    return "no second independent family of evidence"
