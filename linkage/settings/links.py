"""From evidence to links: the prior, the rules by which families add up, and the thresholds of a link."""

from linkage.settings.section import Section, setting

LINKS = "links.parquet, and with it groups"


class Links(Section):
    """Fellegi–Sunter weights: the prior, the rules by which families add up, the thresholds of a link."""

    operator_accounts: int = setting(
        100,
        "accounts of the operator that gives the prior",
        source="of n accounts, two random ones are both of an operator with k of them at odds of (k/n)²; k "
        "is between the smallest operators and the largest, so that a weak link counts beside its neighbours",
        changes=LINKS,
        ge=2,
    )
    max_operator_share: float = setting(
        0.25,
        "share of all accounts that the operator who gives the prior has at most",
        source="among fewer than 400 accounts an operator of 100 would make strangers likely to be one's",
        changes=LINKS + ", in small populations",
        gt=0,
        lt=1,
    )
    large_operator_share: float = setting(
        0.025,
        "share of all accounts that a large operator has: the second prior, reported beside the first",
        source="25,000 accounts of a million",
        changes="the second prior in run.json; links where prompts are withheld",
    )
    withheld_accounts: int = setting(
        500,
        "accounts of the operator that gives the prior where prompts are withheld; at most the large one's",
        source="of a small operator whose texts are not known too little is left to link accounts one by one",
        changes=LINKS,
        ge=2,
    )
    link_bits: float = setting(
        0.0, "log-odds from which a pair is a link", source="0: as likely as not", changes=LINKS
    )
    strong_bits: float = setting(
        9.0,
        "bits that a link needs from signals that can make one",
        source="one rare text at the floor of 0.002, log2(0.5/0.002) bits, and one bit more; whether many "
        "such links are a group is decided over the group",
        changes=LINKS,
    )
    caps: dict[str, float] = setting(
        {
            "network": 16.0,
            "device": 10.0,
            "payment": 20.0,
            "registration": 12.0,
            "content": 24.0,
            "timing": 10.0,
            "lineage": 30.0,
            "other": 12.0,
        },
        "most bits that one family may give a pair",
        source="chosen on simulated populations; see benchmarks",
        changes=LINKS,
    )
    correlation: dict[str, float] = setting(
        {"content": 0.3, "network": 0.5},
        "correlation between the values of one family, in Kish's design effect 1 + (n − 1)·ρ",
        source="Kish, Survey Sampling, 1965, for the effect; the values chosen on simulated populations",
        changes=LINKS,
    )
    default_correlation: float = setting(
        0.3,
        "the same for families that are not named",
        source="as for content",
        changes=LINKS,
    )
