"""The innocent stories that compete with one operator: how often communities of each kind look how."""

from typing import Self

from pydantic import model_validator

from linkage.hypothesis_names import INNOCENT, ONE_OPERATOR
from linkage.settings.group_assessment import REPORTED, SIMULATED
from linkage.settings.section import Section, setting

HYPOTHESES = (ONE_OPERATOR, *INNOCENT)

Likelihoods = dict[str, dict[str, dict[str, float]]]
"""How often communities of each hypothesis are in each state of a feature: by feature, state, hypothesis."""


def _feature(**states: tuple[float, ...]) -> dict[str, dict[str, float]]:
    """A feature from its states (`_` for a space), each with a likelihood for every one of HYPOTHESES."""
    return {state.replace("_", " "): dict(zip(HYPOTHESES, row, strict=True)) for state, row in states.items()}


# Columns: one operator, event, tool, customer, platform, reseller, unrelated.
LIKELIHOODS: Likelihoods = {
    # An operator's items are dealt, so hardly any is asked twice; a class asks the same ones.
    "copies": _feature(
        hardly_any=(0.80, 0.01, 0.30, 0.50, 0.50, 0.50, 0.75, 0.40),
        few=(0.15, 0.19, 0.20, 0.30, 0.40, 0.40, 0.20, 0.20),
        many=(0.05, 0.80, 0.50, 0.20, 0.10, 0.10, 0.05, 0.40),
    ),
    # Strangers who ask alike in passing have lives of their own.
    "work": _feature(
        most_of_it=(0.65, 0.40, 0.35, 0.30, 0.60, 0.40, 0.35, 0.02),
        some_of_it=(0.33, 0.40, 0.25, 0.40, 0.30, 0.30, 0.45, 0.18),
        little=(0.02, 0.20, 0.40, 0.30, 0.10, 0.30, 0.20, 0.80),
    ),
    # Many tasks, of which each account does many, as evenly as a queue deals them.
    "division": _feature(
        dealt=(0.70, 0.03, 0.02, 0.05, 0.15, 0.05, 0.50, 0.01),
        in_part=(0.20, 0.37, 0.18, 0.25, 0.45, 0.35, 0.30, 0.19),
        none=(0.10, 0.60, 0.80, 0.70, 0.40, 0.60, 0.20, 0.80),
    ),
    # Cards, names and numbers that go from account to account in a chain: one party has them all.
    "identities": _feature(
        chained=(0.35, 0.005, 0.005, 0.10, 0.01, 0.01, 0.005, 0.005),
        in_small_lots=(0.20, 0.045, 0.045, 0.40, 0.09, 0.09, 0.045, 0.095),
        own=(0.45, 0.95, 0.95, 0.50, 0.90, 0.90, 0.95, 0.90),
    ),
    # Vouchers of one issuer are an event's as well; a tool's users pay as everybody does. Who buys cards for
    # the purpose buys from more than one.
    "payment": _feature(
        of_several_issuers=(0.30, 0.03, 0.005, 0.15, 0.05, 0.02, 0.005, 0.005),
        alike=(0.35, 0.22, 0.015, 0.45, 0.45, 0.03, 0.015, 0.015),
        different=(0.35, 0.75, 0.98, 0.40, 0.50, 0.95, 0.98, 0.98),
    ),
    # A firm pays under its name, a platform's tenants have domains of their own; an operator shows neither. A
    # domain alone, with as many payers as there are, is a firm's, a course's, or a catch-all.
    "openness": _feature(
        one_customer=(0.005, 0.02, 0.01, 0.60, 0.25, 0.01, 0.01, 0.01),
        one_domain=(0.05, 0.10, 0.01, 0.35, 0.20, 0.02, 0.01, 0.01),
        own_domains=(0.015, 0.05, 0.01, 0.02, 0.50, 0.02, 0.03, 0.01),
        not_open=(0.93, 0.83, 0.97, 0.03, 0.05, 0.95, 0.95, 0.97),
    ),
    # Events begin together, too.
    "opening": _feature(
        together=(0.55, 0.80, 0.25, 0.30, 0.15, 0.05, 0.03, 0.03),
        apart=(0.45, 0.20, 0.75, 0.70, 0.85, 0.95, 0.97, 0.97),
    ),
    # A campus, an office, a platform's servers, a reseller's relay.
    "way in": _feature(
        one=(0.20, 0.40, 0.03, 0.60, 0.90, 0.90, 0.30, 0.05),
        several=(0.80, 0.60, 0.97, 0.40, 0.10, 0.10, 0.70, 0.95),
    ),
    # A tool is a client; people bring their own devices.
    "client": _feature(
        alike=(0.45, 0.10, 0.50, 0.30, 0.80, 0.50, 0.50, 0.02),
        different=(0.55, 0.90, 0.50, 0.70, 0.20, 0.50, 0.50, 0.98),
    ),
    # Addresses of one pattern are made by a program.
    "addresses": _feature(
        made_in_number=(0.25, 0.02, 0.02, 0.05, 0.10, 0.02, 0.01, 0.01),
        made_by_people=(0.75, 0.98, 0.98, 0.95, 0.90, 0.98, 0.99, 0.99),
    ),
    # An answer that one account got and another sends back was passed on between them.
    "answers": _feature(
        passed_on=(0.15, 0.01, 0.005, 0.05, 0.01, 0.01, 0.10, 0.005),
        kept=(0.85, 0.99, 0.995, 0.95, 0.99, 0.99, 0.90, 0.995),
    ),
    # A dispatcher gives every account its part; of people a few do most, and of tenants, and of seats.
    "volumes": _feature(
        even=(0.60, 0.20, 0.03, 0.20, 0.30, 0.05, 0.20, 0.02),
        uneven=(0.30, 0.50, 0.22, 0.40, 0.40, 0.20, 0.30, 0.13),
        as_anybody=(0.10, 0.30, 0.75, 0.40, 0.30, 0.75, 0.50, 0.85),
    ),
    # Somebody's account has a life of its own before an intruder comes, by a network that is new to it. The
    # place of a course or an office may be new to an older account as well.
    "past": _feature(
        of_another_kind=(0.05, 0.15, 0.10, 0.15, 0.10, 0.15, 0.995, 0.10),
        none=(0.95, 0.85, 0.90, 0.85, 0.90, 0.85, 0.005, 0.90),
    ),
}

STATES = "states of features, log-odds in `attributions`, and "


class Stories(Section):
    """One operator against the innocent stories that explain the same community."""

    margin_bits: float = setting(
        6.643856,
        "bits by which one operator must lead every innocent story for a group to be reported",
        source="a hundred to one; at a thousand to one the careful operators of the independent populations "
        "are all left unresolved (recall .97 falls to .01, of mixed ones .89 to .26), and no innocent fewer "
        "is reported",
        changes=REPORTED + ", `unresolved`",
        ge=0,
    )
    missing_family_bits: float = setting(
        1.0,
        "bits by which the margin rises for each kind of source that is missing: payments, registration, "
        "prompts",
        source="what is not known may be what clears; twice the odds for each",
        changes=REPORTED + ", `unresolved`",
        ge=0,
    )
    innocent_margin_bits: float = setting(
        0.0,
        "bits by which an innocent story must lead one operator to explain a community",
        source="who accuses bears the burden: a story that is as likely explains",
        changes="`unresolved` and `explained`",
        ge=0,
    )
    min_volume: int = setting(
        5,
        "interactions of an account from which how much it does says something",
        source="counted at random, fewer differ by half anyway (Poisson)",
        changes=STATES + REPORTED,
        ge=1,
    )
    even_volumes: float = setting(
        0.5,
        "spread of the volumes of a community's accounts, relative to all accounts', up to which it is even",
        source="half of how people differ, in any population",
        changes=STATES + REPORTED,
        gt=0,
    )
    uneven_volumes: float = setting(
        0.75,
        "the same up to which it is uneven; above it is as anybody's",
        source="half-way between even and as people differ",
        changes=STATES + REPORTED,
        gt=0,
    )
    few_copies: float = setting(
        0.10,
        "share of exact copies among a community's own prompts from which they are many",
        source=SIMULATED,
        changes=STATES + REPORTED,
        gt=0,
        le=1,
    )
    hardly_any_copies: float = setting(
        0.02,
        "the same share below which they are hardly any",
        source="items drawn at random from a long list seldom meet",
        changes=STATES + REPORTED,
        ge=0,
        le=1,
    )
    most_work: float = setting(
        2 / 3,
        "share of the accounts' prompts that are the community's own, from which it is what they are for",
        source="of strangers who ask alike in passing some reach half",
        changes=STATES + REPORTED,
        gt=0,
        le=1,
    )
    some_work: float = setting(
        1 / 4,
        "the same share from which it is some of what they do, as on a reseller's accounts",
        source="the accounts of a reseller that was made public mixed an operator's requests with those of "
        "unrelated customers",
        changes=STATES + REPORTED,
        gt=0,
        le=1,
    )
    min_own_prompts: float = setting(
        2.0,
        "own prompts for each account from which copies and division of work are known",
        source="of one prompt each nothing can be divided",
        changes=STATES + REPORTED,
        ge=0,
    )
    dealt_tasks: float = setting(
        5.0,
        "tasks (exponential of the entropy of their use) from which work can be dealt",
        source=SIMULATED,
        changes=STATES + REPORTED,
        ge=1,
    )
    dealt_tasks_each: float = setting(
        3.0,
        "tasks that an account must have done on average for work to be dealt, and tasks "
        "from which it is dealt in part",
        source=SIMULATED,
        changes=STATES + REPORTED,
        ge=1,
    )
    max_dispersion: float = setting(
        1.5,
        "spread of tasks over accounts, in units of what dealing at random gives, up to which they are dealt",
        source="people come back to what is theirs: courses and tools have 2 and more",
        changes=STATES + REPORTED,
        gt=0,
    )
    own_domain_share: float = setting(
        0.5,
        "share of accounts with an e-mail domain of their own, each another, from which they are open",
        source="tenants show whose they are; most of the accounts",
        changes=STATES + REPORTED,
        gt=0,
        le=1,
    )
    max_domain_accounts: int = setting(
        2,
        "accounts of the population on an e-mail domain up to which it is an account's own",
        source="a tenant has a second account at times, for tests",
        changes=STATES + REPORTED,
        ge=1,
    )
    known_share: float = setting(
        0.5,
        "share of a community of which a trait must be known for the trait to say anything of it",
        source="most of the accounts",
        changes=STATES + REPORTED,
        gt=0,
        le=1,
    )
    same_customer_share: float = setting(
        0.8,
        "share of a community in one declared unit, under one name, on one card, number or network, from "
        "which it is one customer's own",
        source=SIMULATED,
        changes=STATES + REPORTED,
        gt=0,
        le=1,
    )
    household_accounts: int = setting(
        10,
        "accounts of one household at most",
        source="larger households are under one in a hundred nearly everywhere",
        changes=STATES + REPORTED,
        ge=1,
    )
    cards_per_account: float = setting(
        0.5,
        "different cards for each account from which cards are spread to hide",
        source="a firm has one card or a few",
        changes=STATES + REPORTED,
        gt=0,
    )
    past_days: float = setting(
        14.0,
        "days for which an account must have been used before it first came by its community's own networks, "
        "for its past to be of another kind; and longer than it used them",
        source="whoever buys or makes accounts for the purpose puts most of them to work within two weeks",
        changes=STATES + REPORTED,
        gt=0,
    )
    listed_features: int = setting(
        3,
        "features named of those the source is silent about",
        source="more are not asked for at once",
        changes="`settles` in `unresolved`",
        ge=0,
    )
    likelihoods: Likelihoods = setting(
        LIKELIHOODS,
        "how often communities of each hypothesis are in each state of a feature",
        source="judgement over wide ranges, rounded, not fitted to a population: no state is rarer than one "
        "in two hundred in any hypothesis, so that no single feature decides",
        changes=STATES + REPORTED,
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Every state has a likelihood above nothing for every hypothesis."""
        for feature, states in self.likelihoods.items():
            for state, row in states.items():
                if set(row) != set(HYPOTHESES) or not all(0 < share <= 1 for share in row.values()):
                    raise ValueError(f"likelihoods.{feature}.{state}: a share above 0 for each hypothesis")
        return self
