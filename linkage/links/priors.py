"""The prior of a link, and the rules by which the families of a run add up."""

from collections.abc import Sequence

from linkage.arrays import DECIMALS
from linkage.links import log_odds as scoring
from linkage.links.log_odds import Rules
from linkage.schema import FAMILIES, OTHER
from linkage.settings.links import Links
from linkage.settings.program import Settings


def family_names(families: Sequence[str]) -> tuple[str, ...]:
    """Every family of this run, the contract's first."""
    return (*FAMILIES, OTHER, *sorted(set(families) - {*FAMILIES, OTHER}))


def operator_share(chosen: Links, population: int) -> float:
    """Share of all accounts that the operator has after whom the prior is."""
    return min(chosen.operator_accounts / max(population, 1), chosen.max_operator_share)


def smallest_operator_bits(settings: Settings, population: int) -> float:
    """By how many bits the prior of the smallest operator is below the one by which links are made."""
    smallest = settings.links.model_copy(update={"operator_accounts": settings.groups.min_accounts})
    usual, small = (
        scoring.prior_bits(operator_share(each, population)) for each in (settings.links, smallest)
    )
    return max(round(usual - small, DECIMALS), 0.0)


def family_rules(families: Sequence[str], population: int, settings: Settings) -> Rules:
    """The rules by which the families of this run's signals add up."""
    names = family_names(families)
    chosen = settings.links
    return scoring.rules(
        families,
        names,
        prior=scoring.prior_bits(operator_share(chosen, population)),
        caps={name: chosen.caps.get(name, chosen.caps[OTHER]) for name in names},
        rho={name: chosen.correlation.get(name, chosen.default_correlation) for name in (*names, "")},
    )


def without_prompts(settings: Settings, population: int) -> Settings:
    """The settings where prompts are withheld: pairs are held to a large operator's prior, and what strong
    signals must say falls by as many bits. What is found must pass the same gates and the same null model."""
    chosen = settings.links
    most = max(int(chosen.large_operator_share * population), chosen.operator_accounts)
    accounts = min(max(chosen.withheld_accounts, chosen.operator_accounts), most)
    larger = chosen.model_copy(update={"operator_accounts": accounts})
    before, after = (scoring.prior_bits(operator_share(each, population)) for each in (chosen, larger))
    strong = max(round(chosen.strong_bits - (after - before), DECIMALS), 0.0)
    return settings.model_copy(update={"links": larger.model_copy(update={"strong_bits": strong})})
