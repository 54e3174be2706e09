"""The prior of a link, and the rules by which the families of a run add up."""

from collections.abc import Sequence
from dataclasses import replace

from linkage.arrays import DECIMALS, Floats
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


def family_rules(
    families: Sequence[str], population: int, settings: Settings, known: Floats | None = None
) -> Rules:
    """The rules by which the families of this run's signals add up; `known` is the share of each account's
    prompts that are known (None: all of them)."""
    names = family_names(families)
    chosen = settings.links
    found = scoring.rules(
        families,
        names,
        prior=scoring.prior_bits(operator_share(chosen, population)),
        caps={name: chosen.caps.get(name, chosen.caps[OTHER]) for name in names},
        rho={name: chosen.correlation.get(name, chosen.default_correlation) for name in (*names, "")},
    )
    if known is None:
        return found
    return replace(found, known=known, withheld_bits=withheld_bits(chosen, population))


def withheld_share(chosen: Links, population: int) -> float:
    """Share of all accounts that the operator has to whose prior pairs with withheld prompts are held."""
    most = max(int(chosen.large_operator_share * population), chosen.operator_accounts)
    accounts = min(max(chosen.withheld_accounts, chosen.operator_accounts), most)
    return operator_share(chosen.model_copy(update={"operator_accounts": accounts}), population)


def withheld_bits(chosen: Links, population: int) -> float:
    """By how many bits the prior of a pair whose prompts are withheld is above the usual one, and what strong
    signals must say below. What is found must pass the same gates and the same null model."""
    larger, usual = (
        scoring.prior_bits(share)
        for share in (withheld_share(chosen, population), operator_share(chosen, population))
    )
    return max(round(larger - usual, DECIMALS), 0.0)
