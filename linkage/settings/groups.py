"""From links to groups: communities, their stability, and how they are assessed."""

from linkage.settings.communities import PARTITION, Communities, ProfileMerging, Workload
from linkage.settings.group_assessment import (
    REPORTED,
    SIMULATED,
    NullModel,
    Profiles,
    TraitTests,
)
from linkage.settings.section import Section, setting
from linkage.settings.splitting import Splitting
from linkage.settings.stories import Stories


class Units(Section):
    """Declared units: accounts that openly belong together."""

    max_share: float = setting(
        0.05,
        "share of all accounts above which a domain or organisation is a provider's, whatever its name",
        source=SIMULATED,
        changes="which accounts are one customer, and " + REPORTED,
        gt=0,
        le=1,
    )
    max_share_accounts: int = setting(
        10,
        "accounts up to which that share is not asked",
        source="in a small population a twentieth is a handful",
        changes="which accounts are one customer, and " + REPORTED,
        ge=0,
    )
    domain_accounts: int = setting(
        20,
        "accounts up to which a domain may be a firm's whose people share nothing else",
        source="of a larger firm or campus some share networks, cards or a declared name as well",
        changes="which accounts are one customer, and " + REPORTED,
        ge=1,
    )
    min_shared: float = setting(
        2 / 3,
        "share of a larger domain's accounts that must have a network, card, name or organisation in common",
        source=SIMULATED,
        changes="which accounts are one customer, and " + REPORTED,
        gt=0,
        le=1,
    )
    max_spread: float = setting(
        3.0,
        "how many times as many accounts as the domain's may hold what its accounts have in common",
        source="what a whole town shares makes nobody a campus",
        changes="which accounts are one customer, and " + REPORTED,
        ge=1,
    )
    team_accounts: int = setting(
        60,
        "accounts above which a card is no team's",
        source=SIMULATED,
        changes="which accounts are one customer, and " + REPORTED,
        ge=2,
    )


class CaseEvidence(Section):
    """Evidence on single links that only the whole case gives."""

    company_accounts: int = setting(
        20,
        "accounts of the smallest operator whose further accounts two of his are expected to be linked with",
        source="of fewer accounts, few common neighbours say little",
        changes="bits of `no common company` in `evidence`, and log-odds of links",
        ge=2,
    )
    common_link_probability: float = setting(
        0.25,
        "chance that a further account of an operator is linked with both of two others of his",
        source="one link in two, twice: in the sparsest communities kept about half of the pairs are links",
        changes="bits of `no common company` in `evidence`, and log-odds of links",
        gt=0,
        lt=1,
    )
    max_bits: float = setting(
        12.0,
        "bits that company and size may say at most",
        source="as much as any reason that no family declares (links.caps, other)",
        changes="bits of `no common company` and `size of the group` in `evidence`, and log-odds of links",
        gt=0,
    )
    assumed_membership: float = setting(
        0.5,
        "membership of one further account, added when the membership of all is averaged",
        source="keeps the chance of a wrong split above none (one account that left in half of the runs)",
        changes="bits of `grouped apart` in `evidence`, and log-odds of links",
        gt=0,
        lt=1,
    )


class Groups(Section):
    """From links to groups."""

    min_accounts: int = setting(
        5, "accounts of a group at least", source="fewer cannot be told from chance", changes=REPORTED, ge=2
    )
    min_families: int = setting(
        2,
        "independent families that a group must rest on",
        source="one family has one innocent explanation; two seldom have the same",
        changes=REPORTED,
        ge=1,
    )
    resolution: float = setting(
        1.0,
        "resolution of modularity",
        source="modularity as it is defined (Newman and Girvan 2004)",
        changes=PARTITION,
        gt=0,
    )
    resamples: int = setting(
        10,
        "runs on part of the values that measure membership",
        source="membership in steps of a tenth; see benchmarks",
        changes="membership and stability of groups",
        ge=0,
    )
    dropout: float = setting(
        0.10,
        "share of values left out of each resample, each with all of its evidence",
        source="one card or one template makes many links, and all of them depend on it",
        changes="membership and stability of groups",
        ge=0,
        lt=1,
    )
    core: float = setting(
        0.8,
        "membership from which an account is core",
        source=SIMULATED,
        changes="`role` of accounts in `groups`",
    )
    min_membership: float = setting(
        0.2,
        "membership below which an account is left out of a reported group",
        source="what resampled runs find in fewer than one run in five rests on one or two values",
        changes="members of groups",
        ge=0,
        le=1,
    )
    fringe: float = setting(
        0.5,
        "mean membership below which a group is not reported",
        source="what holds in less than half of the runs is likelier gone than there",
        changes=REPORTED,
    )
    false_discovery: float = setting(
        0.01,
        "rate of false discoveries among group-level tests (Benjamini and Hochberg)",
        source=SIMULATED,
        changes="what sets a community apart, and " + REPORTED,
    )
    null_runs: int = setting(
        100,
        "redrawn populations",
        source="with fewer than one over max_q no single group can reach it",
        changes="q-values, and " + REPORTED,
        ge=0,
    )
    max_q: float = setting(
        0.01,
        "q-value above which a group is not reported, only counted",
        source="one report in a hundred may be false; one in twenty, as is usual, is too many to accuse by",
        changes=REPORTED,
    )
    listed_accounts: int = setting(
        20,
        "accounts named in a sentence on a verdict; the rest are counted",
        source="more are not read",
        changes="`verdicts` in `run.json`",
        ge=0,
    )
    communities: Communities = Communities()
    splitting: Splitting = Splitting()
    profile_merging: ProfileMerging = ProfileMerging()
    workload: Workload = Workload()
    units: Units = Units()
    tests: TraitTests = TraitTests()
    null_model: NullModel = NullModel()
    profiles: Profiles = Profiles()
    stories: Stories = Stories()
    case_evidence: CaseEvidence = CaseEvidence()
