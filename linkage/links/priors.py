"""The prior of a link, and the rules by which the families of a run add up."""

from collections.abc import Sequence

from linkage.arrays import DECIMALS
from linkage.links import log_odds as scoring
from linkage.links.log_odds import Rules
from linkage.schema import FAMILIES, OTHER
from linkage.settings.program import Settings


def family_names(families: Sequence[str]) -> tuple[str, ...]:
    """Every family of this run, the contract's first."""
    return (*FAMILIES, OTHER, *sorted(set(families) - {*FAMILIES, OTHER}))


def family_rules(families: Sequence[str], population: int, settings: Settings) -> Rules:
    """The rules by which the families of this run's signals add up."""
    names = family_names(families)
    chosen = settings.links
    return scoring.rules(
        families,
        names,
        prior=scoring.prior_bits(chosen.operator_accounts / max(population, 1)),
        caps={name: chosen.caps.get(name, chosen.caps[OTHER]) for name in names},
        rho={name: chosen.correlation.get(name, chosen.default_correlation) for name in (*names, "")},
    )


def without_prompts(settings: Settings, population: int) -> Settings:
    """The settings where prompts are withheld: pairs are held to a large operator's prior, and all that a
    pair must reach falls by as many bits. What is found must pass the same gates and the same null model."""
    chosen = settings.links
    most = max(int(chosen.large_operator_share * population), chosen.operator_accounts)
    accounts = min(max(chosen.withheld_accounts, chosen.operator_accounts), most)
    less = scoring.prior_bits(accounts / max(population, 1)) - scoring.prior_bits(
        chosen.operator_accounts / max(population, 1)
    )
    strong = max(round(chosen.strong_bits - less, DECIMALS), 0.0)
    evidence = settings.evidence
    compared = max(round(evidence.min_pair_bits - less, DECIMALS), evidence.min_propose_bits)
    return settings.model_copy(
        update={
            "links": chosen.model_copy(update={"operator_accounts": accounts, "strong_bits": strong}),
            "evidence": evidence.model_copy(update={"min_pair_bits": compared}),
        }
    )
