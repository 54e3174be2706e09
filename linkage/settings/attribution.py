"""Whose a group may be, and what it asked for."""

from linkage.settings.section import Section, setting

SCORE = "`distillation` in findings, and its parts in the receipt"
ATTRIBUTIONS = "attributions"


class Distillation(Section):
    """How a group's habits are compared with those of other accounts."""

    min_requests: int = setting(
        10,
        "requests an account needs for its habits to be compared",
        source="a share of fewer than ten says little",
        changes=SCORE,
        ge=1,
    )
    min_members: int = setting(
        5,
        "accounts of the group of which a habit must be known",
        source="the size of the smallest group that is reported",
        changes=SCORE,
        ge=1,
    )
    min_others: int = setting(
        30,
        "other accounts of which a habit must be known",
        source="a judgement: of fewer the share that lies above a figure is not known to a tenth",
        changes=SCORE,
        ge=1,
    )
    min_expected_refusals: float = setting(
        5.0,
        "refusals to be expected in the group before their absence says anything",
        source="the rule for expected counts of a chi-squared test",
        changes=SCORE,
        gt=0,
    )
    min_habits: int = setting(
        3,
        "habits that must be known for a score",
        source="a judgement: fewer than three of seven habits say too little",
        changes=SCORE,
        ge=1,
    )
    max_accounts: int = setting(
        2_000,
        "accounts of each group, and of all others, whose requests are examined; of more a sample by hash",
        source="a share is then known to about one part in a hundred",
        changes=f"{SCORE}; `targets` in findings",
        gt=0,
    )
    repeated_uses: int = setting(
        3,
        "uses by one account that make a template or a sentence a habit of it",
        source="a judgement: what is sent twice can be sent again by accident",
        changes=SCORE,
        ge=1,
    )
    min_category_points: int = setting(
        2,
        "points from which a prompt belongs to a category: a word is one point, a phrase two",
        source="one word alone stands in many a sentence",
        changes="`targets` in findings; the habit of asking for reasoning",
        ge=1,
    )


class EarlierCases(Section):
    """What is taken from earlier cases."""

    max_prompts: int = setting(
        50_000,
        "prompts of a group that are read to find the texts of its segments",
        source="bounds work to about a second",
        changes=ATTRIBUTIONS,
        gt=0,
    )
    max_system_prompts: int = setting(
        5,
        "texts taken of the variants of one system prompt",
        source="bounds work; the variants of one template differ in their slots",
        changes=ATTRIBUTIONS,
        gt=0,
    )


class Hypotheses(Section):
    """How a known operator, an unknown one and unrelated accounts are weighed against each other."""

    known_operator_share: float = setting(
        0.01,
        "share of groups held, before any match, to be a given known operator's",
        source="no list names most operators: an unknown one is held a hundred times likelier than any name",
        changes=ATTRIBUTIONS,
        gt=0,
        le=1,
    )
    all_known_share: float = setting(
        0.5,
        "share of groups that all known operators together are held to run at most",
        source="the longer a list, the more of its names some coincidence fits",
        changes=ATTRIBUTIONS,
        gt=0,
        le=1,
    )
    unstated_confidence: float = setting(
        0.5,
        "confidence in an indicator whose source states none",
        source="as likely right as wrong",
        changes=ATTRIBUTIONS,
        ge=0,
        le=1,
    )
    moderate_odds: float = setting(
        10.0,
        "odds from which a hypothesis is called moderate",
        source="verbal scale of ENFSI's guideline for evaluative reporting (2015): below it, weak support",
        changes=f"`confidence` in {ATTRIBUTIONS}",
        gt=0,
    )
    high_odds: float = setting(
        10_000.0,
        "odds from which a hypothesis is called high",
        source="verbal scale of ENFSI's guideline for evaluative reporting (2015): its topmost bands",
        changes=f"`confidence` in {ATTRIBUTIONS}",
        gt=0,
    )
    substantial_bits: float = setting(
        3.0,
        "bits of a family from which it counts among the two that a high confidence needs",
        source="eight times likelier",
        changes=f"`confidence` in {ATTRIBUTIONS}",
        ge=0,
    )
    description_floor: float = setting(
        0.01,
        "least share of accounts that a value of a trait without a signal (a country, a BIN) is held to have",
        source="what only describes an account is never rarer than one account in a hundred",
        changes=ATTRIBUTIONS,
        gt=0,
        le=1,
    )
    description_agreement: float = setting(
        0.5,
        "chance that the operator's accounts share such a value",
        source="as for a trait of which nothing is known",
        changes=ATTRIBUTIONS,
        gt=0,
        le=1,
    )
    max_operators: int = setting(
        100,
        "known operators written for one group, the likeliest",
        source="a list may name thousands; how many were left out is counted in the receipt",
        changes=ATTRIBUTIONS,
        gt=0,
    )
    max_observations: int = setting(
        50,
        "observations listed for one hypothesis, those of the strongest match first",
        source="more than a person reads",
        changes=f"`evidence` in {ATTRIBUTIONS}",
        gt=0,
    )
    max_value_observations: int = setting(
        5,
        "observations listed for one matching value, the first by id",
        source="a few show the value as well as all",
        changes=f"`evidence` in {ATTRIBUTIONS}",
        gt=0,
    )
    max_reasons: int = setting(
        25,
        "rows of evidence listed for an unknown operator and for unrelated accounts, those of most bits",
        source="more than one link usually has",
        changes=f"`evidence` in {ATTRIBUTIONS}",
        gt=0,
    )


class Attribution(Section):
    """Whose a group may be, and what it asked for."""

    distillation: Distillation = Distillation()
    earlier_cases: EarlierCases = EarlierCases()
    hypotheses: Hypotheses = Hypotheses()
