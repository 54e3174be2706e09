"""How a reported group is examined, and when two accounts count as too little known to say."""

import math

from linkage.settings.section import Section, setting

RECEIPT = "the examination of each group in the receipt (`examined`), `show` and the reports"


class Ablation(Section):
    """How evidence is left out of a group to see what it rests on."""

    max_evidence_rows: int = setting(
        4_000_000,
        "rows of evidence of one group that are looked at; of a larger group a sample of its links",
        source="bounds memory: 4 M rows of four columns are some hundred megabytes",
        changes=RECEIPT,
        gt=0,
    )
    same_source_overlap: float = setting(
        0.8,
        "overlap of their holders (intersection over union) from which two values of a family are one source",
        source="the sentences of one text, an address and its prefix, a card and its name overlap more",
        changes=RECEIPT,
        gt=0,
        le=1,
    )
    max_family_values: int = setting(
        400,
        "values of a family that are joined into sources, those of most bits",
        source="bounds work; the values beyond say less than any of these",
        changes=RECEIPT,
        gt=0,
    )
    max_family_sources: int = setting(
        8,
        "sources of a family that are left out in turn, those of most bits",
        source="bounds work; a group rests on few sources or on none in particular",
        changes=RECEIPT,
        gt=0,
    )
    max_removed_sources: int = setting(
        3,
        "sources left out together at most",
        source="a group that survives the loss of three sources does not hang on a few values",
        changes=RECEIPT,
        gt=0,
    )
    max_combined_sources: int = setting(
        6,
        "most damaging sources that are tried together with others",
        source="bounds work; the search is greedy",
        changes=RECEIPT,
        gt=0,
    )
    min_links_lost: float = setting(
        0.05,
        "share of the links that a source must cost alone to be tried together with others",
        source="what costs less takes no group apart",
        changes=RECEIPT,
        ge=0,
        le=1,
    )
    thin_cut_ratio: float = setting(
        0.5,
        "links across the weakest cut, relative to an evenly linked group, below which the cut is thin",
        source="the ratio from which two communities are joined into one",
        changes=RECEIPT,
        ge=0,
    )


class Outliers(Section):
    """In what the members of a group are compared with each other and with strangers."""

    min_members_known: int = setting(
        5,
        "members that must hold a trait before it is compared",
        source="the size of the smallest group that is reported",
        changes=RECEIPT,
        ge=2,
    )
    sampled_accounts: int = setting(
        300,
        "members, and strangers, whose pairs are compared in a trait; of more a sample",
        source="300 accounts make 44,850 pairs: a share is known to less than a hundredth",
        changes=RECEIPT,
        ge=2,
    )
    min_agreement_ratio: float = setting(
        2.0,
        "how many times as often as strangers members must agree in a trait to stand apart in it",
        source="the lift from which a value sets a group apart",
        changes=RECEIPT,
        gt=0,
    )
    long_history_days: float = setting(
        90.0,
        "days before the median member's first use from which an account has a long history of its own",
        source="campaigns that were published registered their accounts within six weeks; twice that",
        changes=RECEIPT,
        gt=0,
    )
    max_outlier_share: float = setting(
        0.5,
        "share of the members up to which a property tells some of them apart from the others",
        source="what is true of most members is the rule and no exception",
        changes=RECEIPT,
        gt=0,
        le=1,
    )


class BenignExplanations(Section):
    """When a benign explanation fits a group."""

    independent_links: float = setting(
        0.8,
        "share of the links that stand without a family, from which that family does not explain the group",
        source="as where a community is said to stand without a family",
        changes=RECEIPT,
        gt=0,
        le=1,
    )
    one_place: float = setting(
        0.8,
        "share of the members in one network, on one card, with one client or in one unit, from which the"
        " group is its users",
        source="as the gate that asks whether a group lies in one declared unit",
        changes=RECEIPT,
        gt=0,
        le=1,
    )
    outside_holders: float = setting(
        0.5,
        "share of a value's holders outside the group, from which the value is common property",
        source="most of its holders are strangers",
        changes=RECEIPT,
        gt=0,
        le=1,
    )
    exact_copies: float = setting(
        0.5,
        "share of exact copies among common prompts, from which they are a public text or a machine's",
        source="as the gate that asks whether common prompts are a public text",
        changes=RECEIPT,
        gt=0,
        le=1,
    )
    own_workload: float = setting(
        2 / 3,
        "share of their prompts that is the group's work, from which the work is what the accounts are for",
        source="as the gate that asks for a common workload",
        changes=RECEIPT,
        gt=0,
        le=1,
    )
    household_accounts: int = setting(
        10,
        "accounts of one household at most",
        source="households of more than ten people are under one in a hundred nearly everywhere",
        changes=RECEIPT,
        gt=0,
    )


class Strength(Section):
    """When the evidence for a group is called thin, and what is worth saying of its members."""

    min_stability: float = setting(
        0.8,
        "stability below which the evidence is thin",
        source="the membership from which an account is core",
        changes=RECEIPT,
        ge=0,
        le=1,
    )
    min_links_per_account: float = setting(
        2.0,
        "links for each account below which the evidence is thin",
        source="a chain or a ring of accounts has one link each: none is confirmed by a second path",
        changes=RECEIPT,
        ge=0,
    )
    min_member_share: float = setting(
        0.02,
        "share of the members of whom something must be true to be listed among the evidence against",
        source="a judgement: what is true of less than one member in fifty says little of the group",
        changes=f"{RECEIPT}; the evidence against (`against`)",
        ge=0,
        le=1,
    )


class Pairs(Section):
    """When two accounts that are not linked are told apart, and when too little is known to say.

    These change no table: a case reads them from its receipt when it is asked about two accounts.
    """

    min_hours_overlap: float = setting(
        1 / 3,
        "share of their working hours in common below which hours speak for two operators",
        source="two shifts of eight hours that do not overlap have none in common, two random ones a third",
        changes="`explain` and `why-not`",
        ge=0,
        le=1,
    )
    min_families: int = setting(
        3,
        "independent families in which both accounts must be known before a missing link says anything",
        source="a group needs two that agree; where only two are known, a silent one leaves none to compare",
        changes="`why-not`",
        ge=1,
    )
    min_observations: int = setting(
        5,
        "observations of an account below which hardly anything about it can coincide with anything",
        source="a judgement: two accounts of whom so little is known have little that could coincide",
        changes="`why-not`",
        ge=0,
    )
    undecided_bits: float = setting(
        math.log2(10),
        "bits from the threshold within which a pair is undecided",
        source="odds under ten to one either way: weak support in ENFSI's guideline for reporting (2015)",
        changes="`why-not`",
        ge=0,
    )
    min_bits_against: float = setting(
        1.0,
        "bits of evidence against, in all, from which it speaks for two operators",
        source="odds of two to one",
        changes="`why-not`",
        ge=0,
    )


class Explain(Section):
    """How a reported group is examined, and when too little is known of two accounts to say."""

    ablation: Ablation = Ablation()
    outliers: Outliers = Outliers()
    benign: BenignExplanations = BenignExplanations()
    strength: Strength = Strength()
    pairs: Pairs = Pairs()
