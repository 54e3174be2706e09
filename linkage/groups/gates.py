"""Gates: which communities are reported as one operator's, and what explains the others.

Being linked is not wrongdoing. A group is reported if it is large enough, rests on independent
families of which one shows common provision (payment, registration, or text passed from account to
account), and either hides that it is one customer or behaves like an operator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkage.settings.group_assessment import Gates
from linkage.settings.groups import Groups

PLACE = frozenset(("network", "device"))
"""An address and a client are one way in; they show a place or a tool, never by themselves a person."""

WAY_IN = PLACE | {"timing"}
"""What those show in common who come by one way: its addresses, its clients, its hours."""

NOT_PROVISION = frozenset(("network", "device", "content", "timing"))
"""Families that a popular tool, a tutorial or a shared network brings about by itself."""

AT_HOME = "as in a household or a small office"


@dataclass(frozen=True)
class CommunityProfile:
    """What is known of a community, as shares from 0 to 1 unless said otherwise.

    `pair_families`: families that speak in a fair part of its links; `group_families`: those in which it
    differs from comparable accounts, and `certain_families` those where chance is ruled out;
    `provision_families`: those that show common provision for its accounts; `chain_families`: those in which
    cards, names or numbers chain half of them together; `needed_families`: those without which too many of
    its links would be none. `unit_share`: in the commonest declared unit, named by `unit`. `one_card`:
    paying with the commonest card; `one_phone`: giving the commonest telephone number; `one_place`: using the
    commonest small network; `cards`: different cards for each account. `workload`: prompts that are the
    group's own. `verbatim`: of those, exact copies.
    `concealing`: most pay with cards that carry any name.
    """

    accounts: int
    pair_families: frozenset[str]
    group_families: frozenset[str]
    certain_families: frozenset[str]
    provision_families: frozenset[str]
    needed_families: frozenset[str]
    unit_share: float
    unit: str
    one_card: float
    one_phone: float
    one_place: float
    cards: float
    workload: float | None
    verbatim: float
    concealing: bool
    one_referrer: bool
    chain_families: frozenset[str] = frozenset()
    stability: float = 1.0


@dataclass(frozen=True)
class Gate:
    """One condition, whether it holds, and why, in words."""

    name: str
    passed: bool
    detail: str


def corroborating(community: CommunityProfile) -> frozenset[str]:
    """Families that confirm the community and did not make it.

    A community found because its accounts were opened in one week differs from others in when its
    accounts were opened: that would count one reason twice. So a family confirms only if most links
    stand without it.
    """
    said = community.pair_families | community.group_families | community.chain_families
    # A referring page brings its readers within its own days: that is one reason, not two.
    tutorial = {"registration"} if community.one_referrer else set()
    return said - community.needed_families - tutorial


def reported_families(community: CommunityProfile) -> frozenset[str]:
    """Every family a report of the community may name: those that made it and those that confirm it."""
    return corroborating(community) | community.needed_families


def independent_families(families: frozenset[str]) -> frozenset[str]:
    """Families that do not stand for one another: network and device count as one way in."""
    return families - PLACE | ({"network"} if families & PLACE else set())


def apply_gates(community: CommunityProfile, chosen: Groups) -> tuple[Gate, ...]:
    """Every gate with its outcome; a group is reported when all have passed."""
    families = reported_families(community)
    counted = independent_families(families)
    provision = (community.provision_families | community.chain_families) & reported_families(
        community
    ) - NOT_PROVISION
    limits = chosen.gates
    openly = community.unit_share >= limits.same_customer_share
    household = _household(community, limits)
    conduct = _conduct(community, limits)
    public = community.verbatim >= limits.public_text_share and "payment" not in corroborating(community)
    # Accounts that ask alike in passing are strangers with a taste in common; where prompts are known, the
    # group must be what its accounts are for.
    common = provision | (community.certain_families & reported_families(community) - NOT_PROVISION)
    least = limits.mixed_workload if provision and len(common) > 1 else limits.workload
    working = community.workload is None or community.workload >= least
    listed = ", ".join(sorted(families)) or "none"
    return (
        Gate("size", community.accounts >= chosen.min_accounts, f"{community.accounts} accounts"),
        Gate("families", len(counted) >= chosen.min_families, f"{len(counted)} independent: {listed}"),
        Gate("provision", bool(provision), _provision(provision, community.chain_families)),
        Gate("common work", working, f"{_percent(community.workload)} of the prompts are the group's own"),
        Gate("stable", community.stability >= chosen.fringe, f"stability {community.stability:.2f}"),
        Gate("not public text", not public, f"{community.verbatim:.0%} exact copies"),
        Gate(
            "concealed or conduct",
            conduct or not (openly or household),
            _openness(community, limits, openly=openly, household=household, conduct=conduct),
        ),
    )


def null_model_gate(q_value: float, chosen: Groups) -> Gate:
    """Whether redrawn populations rarely hold a community of which so much is said."""
    runs, most = chosen.null_runs, chosen.max_q
    detail = f"q-value {q_value:.2g} over {runs} redrawn populations, at most {most:.2g}"
    return Gate("beyond chance", q_value <= most, detail)


def _provision(families: frozenset[str], dealt: frozenset[str]) -> str:
    shown = f"common provision: {', '.join(sorted(families)) or 'none'}"
    return f"{shown}; by cards, names or numbers dealt across the accounts" if dealt else shown


def _percent(share: float | None) -> str:
    return "not known how many" if share is None else f"{share:.0%}"


def _conduct(community: CommunityProfile, limits: Gates) -> bool:
    """An operator's work under one open name: common templates, and pains taken to hide who pays from where.

    A firm that runs its own application on several accounts pays with its card; one that gives every
    account its own anonymous card has something to hide.
    """
    busy = community.workload is not None and community.workload >= limits.workload
    hiding = community.cards >= limits.cards_per_account and community.concealing
    return busy and hiding and "payment" in community.certain_families & corroborating(community)


def _household(community: CommunityProfile, limits: Gates) -> bool:
    """Whether the accounts show that they are one household's: by one card, or, few as they are, by one
    telephone number. Who gives the same number each time does not pretend to be many."""
    most = limits.same_customer_share
    card = community.one_card >= most and (not community.concealing or community.one_place >= most)
    return card or (community.one_phone >= most and community.accounts <= limits.household_accounts)


def _openness(
    community: CommunityProfile, limits: Gates, *, openly: bool, household: bool, conduct: bool
) -> str:
    if conduct:
        return "common templates, paid for with cards that carry any name"
    if openly:
        return f"{community.unit_share:.0%} lie in one declared unit ({community.unit})"
    if household and community.one_card >= limits.same_customer_share:
        return "one card pays for them"
    if household:
        return "they give one telephone number"
    return "the accounts present themselves as unrelated"


def benign_reason(community: CommunityProfile, outcome: Sequence[Gate], limits: Gates) -> str:
    """The reason why it is no operator's group, for a community that did not pass; empty for one that did.

    What its accounts openly are comes first; else the first gate that did not pass.
    """
    failed = [gate.name for gate in outcome if not gate.passed]
    if "concealed or conduct" in failed:
        if community.unit_share >= limits.same_customer_share:
            return f"one customer's own accounts: {community.unit}"
        card = community.one_card >= limits.same_customer_share
        return f"one {'card' if card else 'telephone number'}, {AT_HOME}"
    if not failed:
        return ""
    if failed[0] in ("families", "provision"):
        return _little_in_common(reported_families(community), failed[0])
    return _REASONS[failed[0]]


def explained_families(
    community: CommunityProfile, outcome: Sequence[Gate], names: Iterable[str]
) -> frozenset[str]:
    """Of all families, those in which the explanation of a failed community explains what it shares."""
    failed = [gate.name for gate in outcome if not gate.passed]
    if "concealed or conduct" in failed or failed[:1] in (["stable"], ["beyond chance"]):
        return frozenset(names)
    if failed[:1] in (["common work"], ["not public text"]):
        return frozenset(("content",))
    if failed[:1] in (["families"], ["provision"]):
        said = reported_families(community)
        place, asked = bool(said) and said <= WAY_IN, "content" in said
        return WAY_IN if place else frozenset({"content"} if asked else ())
    return frozenset()


_REASONS = {
    "size": "too few accounts to tell from chance",
    "families": "too few independent families of evidence",
    "provision": "habits in common, but nothing that one hand provided",
    "common work": "alike questions in passing: most of what these accounts ask is their own",
    "stable": "held together by chance: it falls apart when a tenth of the evidence is left out",
    "not public text": "copies of a public text",
    "beyond chance": "what these accounts have in common is as often found among redrawn accounts",
}


def _little_in_common(families: frozenset[str], failed: str) -> str:
    if families and families <= WAY_IN:
        return "shared infrastructure: one way in, nothing else in common"
    if families == {"content"}:
        return "a popular tool, tutorial or public text: alike questions, nothing else in common"
    if "content" in families and failed == "provision":
        return "a popular tool, tutorial or public text: alike questions, but nothing that one hand provided"
    return _REASONS[failed]
