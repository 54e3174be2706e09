"""From evidence to links: the prior, and the rules by which families add up."""

from pydantic import Field

from linkage.settings.section import Section


class Links(Section):
    """Fellegi–Sunter weights: the prior, and the rules by which families add up."""

    operator_accounts: int = Field(
        20, ge=2, description="size of the smallest operator worth the tool's trouble: gives the prior"
    )
    large_operator_share: float = Field(
        0.025, description="the second prior, reported beside it: 25,000 accounts of a million"
    )
    withheld_accounts: int = Field(
        500,
        ge=2,
        description="the same where prompts are withheld, and at most the large operator's share: of a small "
        "operator whose texts are not known too little is left to link its accounts one by one",
    )
    link_bits: float = Field(0.0, description="log-odds from which a pair is a link (0: as likely as not)")
    strong_bits: float = Field(
        16.0,
        description="bits a link needs from signals that can make one: two rare texts at the floor of 0.002",
    )
    caps: dict[str, float] = Field(
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
        description="most bits one family may give",
    )
    correlation: dict[str, float] = Field(
        {"content": 0.3, "network": 0.5},
        description="between values of one family, as in Kish's design effect",
    )
    default_correlation: float = 0.3
