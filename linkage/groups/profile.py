"""What the gates look at: the figures of one community, and the families that speak for it."""

from dataclasses import dataclass, field

from linkage.groups.families import NOT_PROVISION, PROVISION
from linkage.groups.features import Features
from linkage.groups.trait_index import TESTED_TRAITS


@dataclass(frozen=True)
class CommunityProfile:
    """What is known of a community, as shares from 0 to 1 unless said otherwise.

    `pair_families`: families that speak in a fair part of its links; `group_families`: those in which it
    differs from comparable accounts, and `certain_families` those where chance is ruled out;
    `chain_families`: those in which cards, names or numbers chain half of it together; `needed_families`:
    those without which too many of its links would be none. `unit_share`: in the commonest declared unit,
    named by `unit`; `organised_share`: in the commonest by organisations and cards alone. `cut_from_crowd`:
    most accounts that are tied alike are not in it (`crowds`); `nearly_all_alike`: nearly all are.
    `one_name`: under the commonest billing name, of those whose name is known; `own_domains`: with an e-mail
    domain of their own; `one_card`: paying with the commonest card; `one_phone`: giving the commonest
    telephone number; `one_place`: using the commonest small network; `cards`: different cards for each
    account. `workload`: prompts that are the group's own. `verbatim`: of those, exact copies. `concealing`:
    most pay with cards that carry any name.
    `bin_number`: of its cards, where they are of one. `missing`: kinds of source that are not there.
    `features`: what tells one operator from innocent stories.
    """

    accounts: int
    pair_families: frozenset[str]
    group_families: frozenset[str]
    certain_families: frozenset[str]
    needed_families: frozenset[str]
    unit_share: float
    unit: str
    one_name: float
    own_domains: float
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
    bin_number: str = ""
    missing: tuple[str, ...] = ()
    features: Features = field(default_factory=Features)
    organised_share: float = 0.0
    cut_from_crowd: bool = False
    nearly_all_alike: bool = False


def corroborating(community: CommunityProfile) -> frozenset[str]:
    """Families that confirm the community and did not make it.

    A community found because its accounts were opened in one week differs from others in when they were:
    that would count one reason twice. So a family confirms only if most links stand without it.
    """
    said = community.pair_families | community.group_families | community.chain_families
    # A referring page brings its readers within its own days: that is one reason, not two.
    return said - found_by(community) - _brought(community)


def found_by(community: CommunityProfile) -> frozenset[str]:
    """Families by which a community was found: those that its links need.

    In a large population a link needs nearly all. But a community that is nearly all of those who are tied
    as its accounts are, by families in which nothing is compared, was chosen by these: by what they ask.
    """
    if not community.nearly_all_alike:
        return community.needed_families
    return community.needed_families - (frozenset(TESTED_TRAITS.values()) - _brought(community))


def _brought(community: CommunityProfile) -> frozenset[str]:
    return frozenset({"registration"} if community.one_referrer else ())


def reported_families(community: CommunityProfile) -> frozenset[str]:
    """Every family a report of the community may name: those that made it and those that confirm it."""
    return corroborating(community) | community.needed_families


def linking_families(community: CommunityProfile) -> frozenset[str]:
    """Those of them that speak in its links; the others only set it apart as a whole."""
    return reported_families(community) & (community.pair_families | community.needed_families)


def brought_by_a_tool(community: CommunityProfile) -> bool:
    """Whether all that surely speaks for a community comes with one tool or place: texts, clients, network
    and hours. Not where the source has neither payments nor registrations: it can say nothing else."""
    tool = sure_families(community) <= NOT_PROVISION
    return tool and not {"payments", "registration"} <= set(community.missing)


def sure_families(community: CommunityProfile) -> frozenset[str]:
    """Families that speak in links, or set the community apart however many communities and traits are tried:
    of five strangers with a program in common three may have come within days of one another. What the links
    of a community cut from a crowd say of provision may be what it was chosen by."""
    doubtful = PROVISION if community.cut_from_crowd else frozenset()
    linked = (community.pair_families | community.needed_families) - doubtful
    return reported_families(community) & (linked | community.chain_families | community.certain_families)
