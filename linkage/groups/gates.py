"""Gates: which communities are reported as one operator's, and what explains the others.

Being linked is not wrongdoing. A group is reported if it is large enough, rests on independent
families of which one shows common provision (payment, registration, or text passed from account to
account), and either hides that it is one customer or behaves like an operator.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkage.groups import stories

PLACE = frozenset(("network", "device"))
"""An address and a client are one way in; they show a place or a tool, never by themselves a person."""

WAY_IN = PLACE | {"timing"}
"""What those show in common who come by one way: its addresses, its clients, its hours."""

NOT_PROVISION = frozenset(("network", "device", "content", "timing"))
"""Families that a popular tool, a tutorial or a shared network brings about by itself."""

IN_ONE_UNIT = 0.8
"""Share of a community inside one declared unit from which it is that customer's own."""

HOUSEHOLD = 10
"""Accounts of one household at most; larger households are under one in a hundred nearly everywhere."""

AT_HOME = "as in a household or a small office"

MANY_CARDS = 0.5
"""Different cards for each account, from which cards are spread to hide; a firm has one or a few."""

WORKLOAD = 2 / 3
"""Share of the accounts' prompts that are the group's own, from which it is what they are for. Two thirds,
not half: of strangers who ask alike in passing some reach half, and a wrong accusation costs more than
an operator who hides a third of his traffic behind other questions."""

MIXED_WORKLOAD = 1 / 4
"""The same where two families show one hand: accounts that one hand paid for and opened, and that
strangers use as well. The accounts of a reseller that was made public mixed an operator's requests with
unrelated customers'; a crowd that asks alike in passing has no two families of provision."""

PUBLIC_TEXT = 0.5
"""Share of the common prompts sent letter for letter by several accounts: copies of a public text."""


@dataclass(frozen=True)
class Community:
    """What is known of a community, as shares from 0 to 1 unless said otherwise.

    `pair_families`: families that speak in a fair part of its links; `group_families`: those in which it
    differs from comparable accounts, and `marked` those where chance is ruled out; `provided`: those in
    which one hand provided for its accounts; `dealt`: those in which it dealt cards, names or numbers to
    half of them; `needed`: those without which too many of its links would be none. `unit_share`: in the
    commonest declared unit, named by `unit`. `one_card`: paying with the commonest card; `one_phone`: giving
    the commonest telephone number; `one_place`: using the commonest small network; `cards`: different cards
    for each account. `workload`: prompts that are the group's own. `verbatim`: of those, exact copies.
    `concealing`: most pay with cards that carry any name.
    """

    accounts: int
    pair_families: frozenset[str]
    group_families: frozenset[str]
    marked: frozenset[str]
    provided: frozenset[str]
    needed: frozenset[str]
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
    dealt: frozenset[str] = frozenset()
    stability: float = 1.0


@dataclass(frozen=True)
class Gate:
    """One condition, whether it holds, and why, in words."""

    name: str
    passed: bool
    detail: str


def corroborating(community: Community) -> frozenset[str]:
    """Families that confirm the community and did not make it.

    A community found because its accounts were opened in one week differs from others in when its
    accounts were opened: that would count one reason twice. So a family confirms only if most links
    stand without it.
    """
    said = community.pair_families | community.group_families | community.dealt
    # A referring page brings its readers within its own days: that is one reason, not two.
    tutorial = {"registration"} if community.one_referrer else set()
    return said - community.needed - tutorial


def standing(community: Community) -> frozenset[str]:
    """Every family a report of the community may name: those that made it and those that confirm it."""
    return corroborating(community) | community.needed


def independent(families: frozenset[str]) -> frozenset[str]:
    """Families that do not stand for one another: network and device count as one way in."""
    return families - PLACE | ({"network"} if families & PLACE else set())


CHANCE = "beyond chance"
"""The gate of the null model."""

LEADS = "one operator leads"
"""The gate that innocent stories must fail to hold."""


def told(
    community: Community,
    bits: Mapping[str, float],
    *,
    least: tuple[int, int, float],
    margin: float,
) -> tuple[Gate, ...]:
    """Every gate with its outcome where prompts are known: `bits` for one operator against each innocent story;
    `least` accounts, independent families and stability."""
    counted = independent(standing(community))
    listed = ", ".join(sorted(standing(community))) or "none"
    story, lead = stories.best_innocent(bits)
    return (
        Gate("size", community.accounts >= least[0], f"{community.accounts} accounts"),
        Gate("families", len(counted) >= least[1], f"{len(counted)} independent: {listed}"),
        Gate("stable", community.stability >= least[2], f"stability {community.stability:.2f}"),
        Gate(LEADS, lead >= margin, f"{lead:+.1f} bits against {story}, the best innocent story"),
    )


def gates(
    community: Community, *, min_accounts: int, min_families: int, min_stability: float
) -> tuple[Gate, ...]:
    """Every gate with its outcome where prompts are withheld; a group is reported when all have passed."""
    families = standing(community)
    counted = independent(families)
    provision = (community.provided | community.dealt) & standing(community) - NOT_PROVISION
    openly = community.unit_share >= IN_ONE_UNIT
    household = _household(community)
    conduct = _conduct(community)
    public = community.verbatim >= PUBLIC_TEXT and "payment" not in corroborating(community)
    # Accounts that ask alike in passing are strangers with a taste in common; where prompts are known, the
    # group must be what its accounts are for.
    one_hand = provision | (community.marked & standing(community) - NOT_PROVISION)
    least = MIXED_WORKLOAD if provision and len(one_hand) > 1 else WORKLOAD
    working = community.workload is None or community.workload >= least
    listed = ", ".join(sorted(families)) or "none"
    return (
        Gate("size", community.accounts >= min_accounts, f"{community.accounts} accounts"),
        Gate("families", len(counted) >= min_families, f"{len(counted)} independent: {listed}"),
        Gate("provision", bool(provision), _provision(provision, community.dealt)),
        Gate("common work", working, f"{_percent(community.workload)} of the prompts are the group's own"),
        Gate("stable", community.stability >= min_stability, f"stability {community.stability:.2f}"),
        Gate("not public text", not public, f"{community.verbatim:.0%} exact copies"),
        Gate(
            "concealed or conduct",
            conduct or not (openly or household),
            _openness(community, openly=openly, household=household, conduct=conduct),
        ),
    )


def beyond_chance(q_value: float, most: float, *, runs: int) -> Gate:
    """Whether redrawn populations rarely hold a community of which so much is said."""
    detail = f"q-value {q_value:.2g} over {runs} redrawn populations, at most {most:.2g}"
    return Gate(CHANCE, q_value <= most, detail)


def _provision(families: frozenset[str], dealt: frozenset[str]) -> str:
    shown = f"common provision: {', '.join(sorted(families)) or 'none'}"
    return f"{shown}; by cards, names or numbers dealt across the accounts" if dealt else shown


def _percent(share: float | None) -> str:
    return "not known how many" if share is None else f"{share:.0%}"


def _conduct(community: Community) -> bool:
    """An operator's work under one open name: common templates, and pains taken to hide who pays from where.

    A firm that runs its own application on several accounts pays with its card; one that gives every
    account its own anonymous card has something to hide.
    """
    busy = community.workload is not None and community.workload >= WORKLOAD
    hiding = community.cards >= MANY_CARDS and community.concealing
    return busy and hiding and "payment" in community.marked & corroborating(community)


def _household(community: Community) -> bool:
    """Whether the accounts show that they are one household's: by one card, or, few as they are, by one
    telephone number. Who gives the same number each time does not pretend to be many."""
    card = community.one_card >= IN_ONE_UNIT and (
        not community.concealing or community.one_place >= IN_ONE_UNIT
    )
    return card or (community.one_phone >= IN_ONE_UNIT and community.accounts <= HOUSEHOLD)


def _openness(community: Community, *, openly: bool, household: bool, conduct: bool) -> str:
    if conduct:
        return "common templates, paid for with cards that carry any name"
    if openly:
        return f"{community.unit_share:.0%} lie in one declared unit ({community.unit})"
    if household and community.one_card >= IN_ONE_UNIT:
        return "one card pays for them"
    if household:
        return "they give one telephone number"
    return "the accounts present themselves as unrelated"


def explanation(community: Community, outcome: Sequence[Gate], story: str = "") -> str:
    """The reason that accuses nobody, for a community that did not pass; empty for one that did.

    What its accounts openly are comes first, then the innocent `story` that stands up best; else the first gate
    that did not pass.
    """
    failed = [gate.name for gate in outcome if not gate.passed]
    if "concealed or conduct" in failed:
        if community.unit_share >= IN_ONE_UNIT:
            return f"one customer's own accounts: {community.unit}"
        return f"one {'card' if community.one_card >= IN_ONE_UNIT else 'telephone number'}, {AT_HOME}"
    if not failed:
        return ""
    if LEADS in failed:
        return _story(community, story)
    if failed[0] in ("families", "provision"):
        return _little_in_common(standing(community), failed[0])
    return _REASONS[failed[0]]


def _story(community: Community, story: str) -> str:
    if story == stories.CUSTOMER and community.unit_share >= IN_ONE_UNIT:
        return f"one customer's own accounts: {community.unit}"
    return STORY_REASONS[story]


STORY_REASONS = {
    stories.EVENT: "participants of one event, such as a course or a hackathon: the same items, asked by each",
    stories.TOOL: "a popular tool, tutorial or public text: alike questions, little else in common",
    stories.CUSTOMER: "one customer's own accounts, openly together",
    stories.PLATFORM: "tenants of one platform, who show whose they are",
    stories.RESELLER: "shared infrastructure: a reseller's customers, by one way in",
    stories.UNRELATED: "little in common",
}
"""What explains a community, by the innocent story that stands up best."""

_COVERED = {
    stories.EVENT: frozenset({"content", "registration"}),
    stories.TOOL: frozenset({"content"}),
    stories.PLATFORM: WAY_IN | {"content"},
    stories.RESELLER: WAY_IN,
    stories.UNRELATED: frozenset[str](),
}
"""Families that an innocent story explains; one customer explains all."""


def explains(
    community: Community, outcome: Sequence[Gate], names: Iterable[str], story: str = ""
) -> frozenset[str]:
    """Of all families, those in which the explanation of a failed community explains what it shares."""
    failed = [gate.name for gate in outcome if not gate.passed]
    if LEADS in failed:
        return _COVERED.get(story, frozenset(names))
    if "concealed or conduct" in failed or failed[:1] in (["stable"], ["beyond chance"]):
        return frozenset(names)
    if failed[:1] in (["common work"], ["not public text"]):
        return frozenset(("content",))
    if failed[:1] in (["families"], ["provision"]):
        said = standing(community)
        place, asked = bool(said) and said <= WAY_IN, "content" in said
        return WAY_IN if place else frozenset({"content"} if asked else ())
    return frozenset()


_REASONS = {
    "size": "too few accounts to tell from chance",
    "families": "too few independent families of evidence",
    "provision": "habits in common, but nothing that one hand provided",
    "common work": "alike questions in passing: most of what these accounts ask is their own",
    "stable": "it depends on single values: it is not found again when a tenth of all values is left out",
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
