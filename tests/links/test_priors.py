"""The prior of a run, and the rules of its families."""

import numpy as np
import pytest

from linkage.links.log_odds import prior_bits
from linkage.links.priors import family_names, family_rules, without_prompts
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


def test_the_prior_is_that_of_the_smallest_operator_looked_for() -> None:
    prior = family_rules(["network"], 20_000, Settings()).prior
    assert prior == prior_bits(0.001) == pytest.approx(2 * np.log2(0.001), abs=1e-4)


def test_without_prompts_pairs_are_held_to_a_larger_operator() -> None:
    chosen = Settings()
    other = without_prompts(chosen, 100_000)
    accounts = other.links.operator_accounts
    assert accounts == chosen.links.withheld_accounts
    less = prior_bits(accounts / 100_000) - prior_bits(chosen.links.operator_accounts / 100_000)
    assert other.links.strong_bits == pytest.approx(chosen.links.strong_bits - less, abs=1e-5)
    wanted = max(chosen.evidence.min_pair_bits - less, chosen.evidence.min_propose_bits)
    assert other.evidence.min_pair_bits == pytest.approx(wanted, abs=1e-5)


def test_a_small_population_has_no_operator_larger_than_the_large_one() -> None:
    chosen = Settings()
    assert without_prompts(chosen, 1_000).links.operator_accounts == 25
    assert without_prompts(chosen, 100).links.operator_accounts == chosen.links.operator_accounts
