"""How communities are found in the links, split, merged, and told by their work."""

from linkage.settings.group_assessment import SIMULATED
from linkage.settings.section import Section, setting

PARTITION = "which accounts are in one community, and so every table of groups"


class Communities(Section):
    """Communities in the links, and splitting what is not one community."""

    min_component_accounts: int = setting(
        4,
        "accounts of a connected component below which it is not divided",
        source="nothing tells the parts of so few from chance",
        changes=PARTITION,
        ge=2,
    )
    leiden_iterations: int = setting(
        2,
        "passes of the Leiden algorithm",
        source=SIMULATED,
        changes=PARTITION,
        ge=1,
    )
    split_resolution: float = setting(
        1.0,
        "resolution of modularity when Leiden runs again inside one community",
        source="modularity as it is defined (Newman and Girvan 2004)",
        changes=PARTITION,
        gt=0,
    )
    split_rounds: int = setting(
        12,
        "times at most that a community which is not cohesive is split again",
        source="bounds the work: a part is split again only while it shrinks",
        changes=PARTITION,
        ge=1,
    )
    min_cohesion: float = setting(
        0.1,
        "share of a community's pairs that must be linked, for it not to be split further",
        source=SIMULATED,
        changes=PARTITION,
        ge=0,
        le=1,
    )
    sampled_pairs: int = setting(
        48,
        "pairs asked about for one question on a community",
        source="a share of a half is then known to ± 0.14 (two standard errors)",
        changes=PARTITION,
        ge=2,
    )
    min_support: float = setting(
        0.25,
        "links of an account with its community, relative to the median there, below which it is left out",
        source=SIMULATED,
        changes=PARTITION,
        ge=0,
        le=1,
    )


class Merging(Section):
    """Merging communities whose accounts are linked across as within."""

    merge_rounds: int = setting(
        8,
        "rounds of merging; in one, each community merges with at most one other",
        source="eight rounds put 256 pieces together",
        changes=PARTITION,
        ge=0,
    )
    min_links_across: int = setting(
        3,
        "links between two communities for a question whether they are one",
        source="bounds the work; fewer links are seldom more than chance",
        changes=PARTITION,
        ge=1,
    )
    min_share_across: float = setting(
        0.1,
        "share of the pairs across two communities that must be linked",
        source=SIMULATED,
        changes=PARTITION,
        ge=0,
        le=1,
    )
    min_relative_share: float = setting(
        0.5,
        "the same, and the strength of links, relative to pairs within",
        source="held to the geometric mean within, as degree-corrected block models expect (Karrer and "
        "Newman 2011)",
        changes=PARTITION,
        ge=0,
        le=1,
    )


class ProfileMerging(Section):
    """Merging communities with the same profile, where prompts are withheld."""

    min_families: int = setting(
        3,
        "independent families in which two communities must be enriched alike",
        source="where they work, how they pay, when they came; with fewer, two operators who rent from one "
        "service are taken for one",
        changes=PARTITION + ", where prompts are withheld",
        ge=1,
    )
    min_tied_accounts: int = setting(
        2,
        "accounts of either community that must be linked with the other",
        source="one account that rents from both operators' service ties them no closer",
        changes=PARTITION + ", where prompts are withheld",
        ge=1,
    )
    certainty_bits: float = setting(
        6.643856,
        "bits beyond even odds at which an account joins a community by its profile",
        source="a hundred to one",
        changes=PARTITION + ", where prompts are withheld",
    )
    max_rounds: int = setting(
        4,
        "rounds of merging by profile at most",
        source="seen: it settles in two or three",
        changes=PARTITION + ", where prompts are withheld",
        ge=0,
    )


class Workload(Section):
    """What is a community's own work, and who takes part in it."""

    min_own_accounts: int = setting(
        3,
        "accounts of a community that must hold a text for it to be its own, and that it must have",
        source="what two accounts ask in passing says nothing of them",
        changes="workload of groups, and " + PARTITION,
        ge=1,
    )
    min_own_share: float = setting(
        0.2,
        "share of a community that must hold a text for it to be its own",
        source=SIMULATED,
        changes="workload of groups, and " + PARTITION,
        ge=0,
        le=1,
    )
    own_ratio: float = setting(
        5.0,
        "how many times rarer a community's own text is among other accounts that send as much",
        source="at even parts a prompt that holds it is then five times likelier the community's",
        changes="workload of groups, and " + PARTITION,
        gt=0,
    )
    min_prompt_share: float = setting(
        0.2,
        "share of an account's prompts that must be its community's own",
        source="as many accounts hold what is called the community's own at all",
        changes=PARTITION,
        ge=0,
        le=1,
    )
    occasion_days: float = setting(
        1.0,
        "days within which work counts as done on one occasion",
        source="one occasion is one witness: a leaked key plants as much on an innocent's account",
        changes=PARTITION,
        ge=0,
    )
    main_share: float = setting(
        0.5,
        "share of an account's prompts from which they are what it is for, however few its days",
        source="more than half of what it does",
        changes=PARTITION,
        ge=0,
        le=1,
    )
    min_relative_part: float = setting(
        0.5,
        "part that an account takes in its community's work, or use it makes of its networks and clients, "
        "relative to what is usual there",
        source=SIMULATED,
        changes=PARTITION,
        ge=0,
    )
    min_breadth_prompts: int = setting(
        5,
        "own prompts of an account from which it is asked how broad its work is",
        source="of fewer the next may hold as many of the community's sentences again",
        changes=PARTITION,
        ge=1,
    )
    usual_access_share: float = setting(
        0.5,
        "part of what the median account does that must come by a community's own networks or clients, for "
        "accounts to be held to it",
        source=SIMULATED,
        changes=PARTITION + ", where prompts are withheld",
        ge=0,
        le=1,
    )
    reseller_share: float = setting(
        0.2,
        "part of a community that took no part in its work, from which its infrastructure is a reseller's",
        source=SIMULATED,
        changes="`infrastructure` of groups, and what counts as a community's own",
        ge=0,
        le=1,
    )
    max_rounds: int = setting(
        4,
        "rounds of splitting by work at most",
        source="seen: it settles in two or three",
        changes=PARTITION,
        ge=0,
    )
