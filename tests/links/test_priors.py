"""The prior of a run, and the rules of its families."""

import numpy as np
import pytest

from linkage.links.log_odds import prior_bits
from linkage.links.priors import family_names, family_rules, operator_share, without_prompts
from linkage.schema import FAMILIES, OTHER
from linkage.settings import Settings


def test_families_of_the_contract_come_first_and_others_in_order() -> None:
    assert family_names(["zebra", "payment", "ape"]) == (*FAMILIES, OTHER, "ape", "zebra")


def test_a_family_that_is_not_named_has_the_cap_of_others_and_the_usual_correlation() -> None:
    chosen = Settings()
    rules = family_rules(["network", "zebra"], 10_000, chosen)
    names = family_names(["network", "zebra"])
    cap, rho = (dict(zip(names, each.tolist(), strict=True)) for each in (rules.caps, rules.correlation))
    assert (cap["network"], cap["zebra"]) == (chosen.links.caps["network"], chosen.links.caps[OTHER])
    assert (rho["network"], rho["zebra"]) == (
        chosen.links.correlation["network"],
        chosen.links.default_correlation,
    )
    assert rules.family.tolist() == [names.index("network"), names.index("zebra")]


def test_the_prior_is_that_of_the_operator_looked_for() -> None:
    prior = family_rules(["network"], 20_000, Settings()).prior
    assert prior == prior_bits(0.005) == pytest.approx(2 * np.log2(0.005), abs=1e-4)


def test_in_a_small_population_he_has_a_quarter_of_the_accounts_at_most() -> None:
    assert operator_share(Settings().links, 1_000) == 0.1
    assert operator_share(Settings().links, 400) == operator_share(Settings().links, 60) == 0.25
    assert family_rules(["network"], 60, Settings()).prior == prior_bits(0.25) < 0


def test_without_prompts_pairs_are_held_to_a_larger_operator() -> None:
    chosen = Settings()
    other = without_prompts(chosen, 100_000)
    accounts = other.links.operator_accounts
    assert accounts == chosen.links.withheld_accounts
    less = prior_bits(accounts / 100_000) - prior_bits(chosen.links.operator_accounts / 100_000)
    assert less == pytest.approx(2 * np.log2(5), abs=1e-3)
    assert other.links.strong_bits == pytest.approx(chosen.links.strong_bits - less, abs=1e-5)
    assert other.evidence == chosen.evidence, "what only bounds the work stays"


def test_a_small_population_has_no_operator_larger_than_the_large_one() -> None:
    chosen = Settings()
    assert without_prompts(chosen, 10_000).links.operator_accounts == 250
    assert without_prompts(chosen, 4_000) == chosen
