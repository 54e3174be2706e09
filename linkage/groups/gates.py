"""Gates: which communities are reported as one operator's, and what explains the others.

Being linked is not wrongdoing. A group is reported if it is large enough, rests on independent families,
holds when evidence is left out, and one operator explains it better, by a margin, than every innocent
story does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from linkage.groups.families import (
    NOT_PROVISION,
    WAY_IN,
    counted_once,
    independent_families,
    little_in_common,
)
from linkage.groups.features import Features
from linkage.groups.profile import (
    CommunityProfile,
    brought_by_a_tool,
    corroborating,
    found_by,
    reported_families,
    sure_families,
)
from linkage.groups.stories import IN_WORDS, best_innocent, settling_facts, story_bits
from linkage.hypothesis_names import CUSTOMER, RESELLER, TOOL, UNRELATED
from linkage.settings.groups import Groups
from linkage.settings.stories import Stories
from linkage.wording import many

LEAD = "one operator leads"
"""The gate that asks whether one operator explains a community better than every innocent story."""


@dataclass(frozen=True)
class Gate:
    """One condition, whether it holds, and why, in words."""

    name: str
    passed: bool
    detail: str


def apply_gates(community: CommunityProfile, chosen: Groups) -> tuple[Gate, ...]:
    """Every gate with its outcome; a group is reported when all have passed."""
    families = reported_families(community)
    counted = independent_families(families)
    listed = ", ".join(sorted(families)) or "none"
    story, bits = best_innocent(stories_of(community, chosen.stories))
    margin = margin_of(community, chosen.stories)
    return (
        Gate("size", community.accounts >= chosen.min_accounts, many(community.accounts, "account")),
        Gate(
            "families",
            len(counted) >= chosen.min_families and not brought_by_a_tool(community),
            f"{len(counted)} independent: {listed}{counted_once(families)}{_unsure(community)}",
        ),
        Gate("stable", community.stability >= chosen.fringe, f"stability {community.stability:.2f}"),
        Gate("one operator leads", bits >= margin, _lead(story, bits, margin, community.missing)),
    )


def _unsure(community: CommunityProfile) -> str:
    """What sets the community apart no more than some community of so many is set apart anyway."""
    unsure = ", ".join(sorted(reported_families(community) - sure_families(community)))
    return f"; {unsure} by marks that one of so many communities may bear" if unsure else ""


def _lead(story: str, bits: float, margin: float, missing: Sequence[str]) -> str:
    said = f"{bits:+.1f} bits against the best innocent story, {story}; {margin:.1f} are needed"
    return f"{said}, as the source has no {' and no '.join(missing)}" if missing else said


def null_model_gate(q_value: float, chosen: Groups) -> Gate:
    """Whether redrawn populations rarely hold a community of which so much is said."""
    runs, most = chosen.null_runs, chosen.max_q
    detail = f"q-value {q_value:.2g} over {runs} redrawn populations, at most {most:.2g}"
    return Gate("beyond chance", q_value <= most, detail)


# --- one operator and the innocent stories -------------------------------------------------------


def stories_of(community: CommunityProfile, chosen: Stories) -> dict[str, float]:
    """Bits for one operator against each innocent story."""
    return story_bits(known_features(community, chosen), chosen)


def known_features(community: CommunityProfile, chosen: Stories) -> Features:
    """All that is known of a community, with whether it is open. Cards under one customer's name are no
    lots."""
    shown = openness(community, chosen)
    lots = None if shown == "one customer" else community.features.in_lots
    return replace(community.features, openness=shown, in_lots=lots)


def margin_of(community: CommunityProfile, chosen: Stories) -> float:
    """Bits by which one operator must lead: more where the source lacks what could clear the accounts."""
    return chosen.margin_bits + chosen.missing_family_bits * len(community.missing)


def openness(community: CommunityProfile, chosen: Stories) -> str:
    """How the accounts show whose they are: as one customer's, by an e-mail domain alone, by a domain of
    their own each, or not at all. A domain says who reads the mail, not who pays: a catch-all is also the
    cheapest way to make addresses in number."""
    if is_one_customer(community, chosen):
        return "one customer"
    if community.unit_share >= chosen.same_customer_share and not _conceals(community, chosen):
        return "one domain"
    return "own domains" if community.own_domains >= chosen.own_domain_share else "not open"


def is_one_customer(community: CommunityProfile, chosen: Stories) -> bool:
    """Whether the accounts show that they are one customer's, and do not behave as if they hid it.

    A firm that runs its own application on several accounts pays with its card; one that gives every account
    its own anonymous card has something to hide.
    """
    most = chosen.same_customer_share
    # On a card that any name can be put on, the name says nothing, unless the domain says the same.
    borne_out = not community.concealing or community.unit_share >= most
    named = community.one_name >= most and borne_out
    one = community.organised_share >= most or named or is_household(community, chosen)
    return one and not _conceals(community, chosen)


def is_household(community: CommunityProfile, chosen: Stories) -> bool:
    """Whether the accounts show that they are one household's: by one card, or, few as they are, by one
    telephone number. Who gives the same number each time does not pretend to be many."""
    most = chosen.same_customer_share
    card = community.one_card >= most and (not community.concealing or community.one_place >= most)
    return card or (community.one_phone >= most and community.accounts <= chosen.household_accounts)


def _conceals(community: CommunityProfile, chosen: Stories) -> bool:
    """An operator's work under one open name: common templates, and pains taken to hide who pays from
    where."""
    busy = community.workload is not None and community.workload >= chosen.most_work
    hiding = community.cards >= chosen.cards_per_account and community.concealing
    return busy and hiding and "payment" in community.certain_families & corroborating(community)


# --- what is said of a community that is not reported ---------------------------------------------


def is_unresolved(community: CommunityProfile, outcome: Sequence[Gate], chosen: Stories) -> bool:
    """Whether all that failed is the lead, and no innocent story leads either; or that families beyond a
    tool's are not sure. Whose accounts show that they are one customer's are that customer's."""
    if is_one_customer(community, chosen):
        return False
    failed = [gate.name for gate in outcome if not gate.passed]
    favours = best_innocent(stories_of(community, chosen))[1]
    doubtful = reported_families(community) - sure_families(community) - NOT_PROVISION
    unsure = failed == ["families"] and bool(doubtful)
    return (unsure or failed in ([LEAD], ["families", LEAD])) and favours > -chosen.innocent_margin_bits


def reason(community: CommunityProfile, outcome: Sequence[Gate], chosen: Stories) -> str:
    """Why a community is not reported; empty for one that is.

    What its accounts openly are comes first; then size and families, and then the innocent story that leads.
    """
    failed = [gate.name for gate in outcome if not gate.passed]
    story, bits = best_innocent(stories_of(community, chosen))
    if not failed:
        return ""
    if is_unresolved(community, outcome, chosen):
        if LEAD not in failed:
            return "one operator leads, on marks that one of so many communities may bear by chance"
        return f"one operator and another explanation account for it about equally well: {IN_WORDS[story]}"
    if LEAD in failed and is_one_customer(community, chosen):
        return _customer(community, chosen)
    if failed[0] == "families":
        return little_in_common(sure_families(community))
    if failed[0] != "size" and bits <= -chosen.innocent_margin_bits:
        return _customer(community, chosen) if story == CUSTOMER else IN_WORDS[story]
    name = next(name for name in failed if name in _REASONS)
    if name == "beyond chance" and not community.group_families - found_by(community):
        return "beside what they were found by, nothing sets these accounts apart from others"
    return _REASONS[name]


def settles(community: CommunityProfile, chosen: Stories) -> str:
    """What would decide between one operator and the innocent story that stands up best."""
    story = best_innocent(stories_of(community, chosen))[0]
    return settling_facts(story, known_features(community, chosen), chosen, community.bin_number)


def _customer(community: CommunityProfile, chosen: Stories) -> str:
    if community.unit_share >= chosen.same_customer_share:
        return f"one customer's own accounts: {community.unit}"
    if is_household(community, chosen):
        card = community.one_card >= chosen.same_customer_share
        return f"one {'card' if card else 'telephone number'}, as in a household or a small office"
    return IN_WORDS[CUSTOMER]


def explained_families(
    community: CommunityProfile, outcome: Sequence[Gate], names: Iterable[str], chosen: Stories
) -> frozenset[str]:
    """Of all families, those in which the reason for a community explains what it shares; none while it is
    unresolved."""
    failed = [gate.name for gate in outcome if not gate.passed]
    if not failed or failed == ["size"] or is_unresolved(community, outcome, chosen):
        return frozenset()
    story, bits = best_innocent(stories_of(community, chosen))
    if LEAD in failed and is_one_customer(community, chosen):
        return frozenset(names)
    if failed[0] == "families":
        said = sure_families(community)
        place, asked = bool(said) and said <= WAY_IN, "content" in said
        if asked and said <= NOT_PROVISION:
            return said
        return WAY_IN if place else frozenset({"content"} if asked else ())
    if bits > -chosen.innocent_margin_bits or story not in (TOOL, RESELLER, UNRELATED):
        return frozenset(names)
    return frozenset(names) - {"content"} if story == RESELLER else frozenset(("content",))


_REASONS = {
    "size": "too few accounts to tell from chance",
    "stable": "not stable: it falls apart when a tenth of the evidence is left out",
    "beyond chance": "what these accounts have in common is as often found among redrawn accounts",
    LEAD: "too little is known to tell one operator from an innocent explanation",
}
