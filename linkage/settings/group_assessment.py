"""How a community is assessed: its tests against comparable accounts, the null model, and its profile."""

from linkage.settings.section import Section, setting

SIMULATED = "chosen on simulated populations; see benchmarks"
REPORTED = "which groups are reported, and `groups`, `explained`, `findings`"


class TraitTests(Section):
    """A community against comparable accounts, trait by trait."""

    min_known_blocks: float = setting(
        3.0,
        "households or firms of a community of which a trait must be known for it to be tested",
        source="fewer cannot agree more than by chance",
        changes="what sets a community apart, and " + REPORTED,
        gt=0,
    )
    min_holding_blocks: int = setting(
        3,
        "households or firms of a community that must hold a value for it to be tested",
        source="fewer cannot agree more than by chance",
        changes="what sets a community apart, and " + REPORTED,
        ge=1,
    )
    min_holding_share: float = setting(
        0.4,
        "share of a community that must hold a value for it to be tested",
        source=SIMULATED,
        changes="what sets a community apart, and " + REPORTED,
        gt=0,
        le=1,
    )
    dealt_share: float = setting(
        0.2,
        "share of a community that must hold a value for it to be one of a few dealt to its accounts",
        source="a fifth: of what people bring of their own, such as the versions of one browser that are "
        "current at one time, each kind is on fewer (simulated courses)",
        changes="the features payment and client of a community, and " + REPORTED,
        gt=0,
        le=1,
    )
    crowd_share: float = setting(
        0.5,
        "share of what ties a community's median account to it, from which another account is of the crowd "
        "it was cut from; what sets the community apart has to stand in the crowd",
        source="half, as of the part an account takes; what operators of two generators share stands in "
        "the crowds around them",
        changes="what sets a community apart, and " + REPORTED,
        gt=0,
        le=1,
    )
    smoothing_accounts: float = setting(
        20.0,
        "accounts' worth by which the share in a small stratum is drawn towards that of the population",
        source=SIMULATED,
        changes="the share of comparable accounts, and so every p-value of a community",
        ge=0,
    )
    activity_levels: int = setting(
        3,
        "levels of activity (equal parts of all accounts) within which accounts are comparable",
        source=SIMULATED,
        changes="the share of comparable accounts, and so every p-value of a community",
        ge=1,
    )
    min_stratum_accounts: int = setting(
        30,
        "accounts of one country and level of activity below which countries of a level are put together",
        source=SIMULATED,
        changes="the share of comparable accounts, and so every p-value of a community",
        ge=1,
    )
    window_days: tuple[int, ...] = setting(
        (1, 3, 7, 14, 42),
        "widths of the windows in which registrations of a community are counted, in days",
        source="campaigns that were published registered their accounts within hours to six weeks",
        changes="which registration window sets a community apart",
    )
    min_lift: float = setting(
        2.0,
        "how many times commoner a value must be inside than among comparable accounts",
        source=SIMULATED,
        changes="what sets a community apart, and " + REPORTED,
        ge=1,
    )
    min_outside_share: float = setting(
        1e-6,
        "share of comparable accounts below which a value counts as no rarer",
        source="a share below one in a million is not known from any population of that size",
        changes="bits of group-level evidence in populations of over a million accounts",
        gt=0,
    )


class NullModel(Section):
    """Redrawn populations, against which every community is held."""

    min_p_value: float = setting(
        1e-300,
        "p-value below which tails are not told apart",
        source="the smallest that a double holds with full precision is about 1e-308",
        changes="scores of communities beyond any doubt",
        gt=0,
    )


class Profiles(Section):
    """What is summed up of a community before the gates look at it."""

    substantial_bits: float = setting(
        3.0,
        "bits from which a family says something substantial of a link",
        source="eight times likelier",
        changes="families of a group, and " + REPORTED,
    )
    min_speaking_share: float = setting(
        0.25,
        "share of a community's links in which a family must say something, to speak for the community",
        source=SIMULATED,
        changes="families of a group, and " + REPORTED,
        gt=0,
        le=1,
    )
    min_standing_share: float = setting(
        0.8,
        "share of links that must remain without a family, for the community not to depend on it; or share "
        "of all accounts tied as its own are, by what is not compared, that it must be itself",
        source=SIMULATED,
        changes="families of a group, its q-value, and " + REPORTED,
        gt=0,
        le=1,
    )
    provision_share: float = setting(
        0.5,
        "share of accounts, or of links, by which common provision must be borne",
        source="what is provided for a group is provided for most of it",
        changes=REPORTED,
        gt=0,
        le=1,
    )
    single_value_share: float = setting(
        0.5,
        "share of a family's reasons above which one value is what its links rest on",
        source="one answer that many quote was published; a relay spreads whole conversations",
        changes=REPORTED,
        gt=0,
        le=1,
    )
    anonymous_card_share: float = setting(
        0.5,
        "share of accounts with cards that any name can be put on, from which payment is concealing",
        source="most of the accounts",
        changes=REPORTED,
        gt=0,
        le=1,
    )
