"""How communities are found in the links, split, merged by profile, and told by their work."""

from linkage.settings.group_assessment import SIMULATED
from linkage.settings.section import Section, setting

PARTITION = "which accounts are in one community, and so every table of groups"


class Communities(Section):
    """Communities in the links, and who belongs to them."""

    weight_power: float = setting(
        3.0,
        "power to which a link's bits above the threshold, and one, are raised for its weight",
        source="weak links are many, and together would drown the strong ones: on simulated populations an "
        "operator lies inside a crowd at 1, and a large one falls to pieces at 4",
        changes=PARTITION + "; membership and stability of groups",
        gt=0,
    )
    strict_weight_power: float = setting(
        1.0,
        "the same among the links of the smallest operator's prior, inside communities that are not reported",
        source="these are few, and none is weak",
        changes=PARTITION + "; membership and stability of groups",
        gt=0,
    )
    min_component_accounts: int = setting(
        10,
        "accounts of a connected component or community below which it is not divided",
        source="not both parts could be groups (groups.min_accounts), and nothing tells them from chance",
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
    min_belonging: float = setting(
        1 / 3,
        "link bits of an account inside its community, relative to the typical account's there, from which "
        "it is a member, however alike the others are",
        source="on simulated populations hardly a member of a dense group has less, and most hangers-on have",
        changes=PARTITION,
        ge=0,
        le=1,
    )
    belonging_share: float = setting(
        0.25,
        "share of a community's weight that is held by those accounts which show how far members differ",
        source="a lower quartile, by weight: however many hangers-on there are, they hold less",
        changes=PARTITION,
        gt=0,
        lt=1,
    )
    belonging_spread: float = setting(
        5.0,
        "steps down from the typical account at which one is left out; a step is the ratio of those that "
        "hold the lowest `belonging_share` of the weight to the typical one",
        source="as far out as five such steps lies one in a hundred members of sparse groups",
        changes=PARTITION,
        gt=0,
    )
    withheld_belonging_spread: float = setting(
        4.5,
        "the same for accounts of whose prompts too few are known to say what they ask",
        source="their links rest on less: by five steps 14 of 18,823 innocents of a population of another "
        "hand hang on to an operator of 700, by four and a half none",
        changes=PARTITION + ", where prompts are withheld",
        gt=0,
    )
    bound_share: float = setting(
        0.9,
        "share of the weight of an account's links that lies inside its community, from which it is bound to "
        "it if it is linked to as many others there, by as many families, as a group must have",
        source="of two generators' hangers-on few have as much, of sparse operators' members nearly all",
        changes=PARTITION,
        gt=0,
        le=1,
    )
    bound_belonging: float = setting(
        0.04,
        "as `min_belonging`, for accounts that are bound to their community",
        source="of a sparse operator's accounts hardly one has less, who sent a few requests among others "
        "that sent many; of strangers most have",
        changes=PARTITION,
        ge=0,
        le=1,
    )
    compared_members: int = setting(
        100,
        "members, drawn at random, with whom accounts of little weight in a community are compared in full",
        source="of a group of which three in ten pairs are links, the share is then known within a sixth",
        changes=PARTITION,
        ge=1,
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

    min_known_share: float = setting(
        0.5,
        "share of an account's prompts that must be known for them to say what it asks, and share of a "
        "community's accounts of which that must be known for its work to be known",
        source="most of the prompts, of most of the accounts",
        changes="workload and features of groups, and " + PARTITION,
        ge=0,
        le=1,
    )
    min_known_prompts: int = setting(
        5,
        "known prompts of an account that say what it asks however many others are withheld",
        source="as many as of an account that asked no more; counted at random, fewer differ by half anyway",
        changes="workload and features of groups, and " + PARTITION,
        ge=1,
    )
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
    common_text_share: float = setting(
        0.5,
        "share of the accounts that send a text, above which the text says of none what it is for",
        source="such as a notice that a log writes in the place of some prompts, or a greeting",
        changes=PARTITION,
        gt=0,
        le=1,
    )
    main_standard_errors: float = setting(
        2.0,
        "standard errors of a share by which theirs must be above `main_share`",
        source="19 times in 20; of an account with a handful of prompts it cannot be shown",
        changes=PARTITION,
        ge=0,
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
        2,
        "own prompts of an account from which it is asked how broad its work is",
        source="by as few members of two generators' groups are as broad as others (0.59 and more of what is "
        "usual), strangers are not (0.33 and less); a single prompt holds what it happens to",
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
