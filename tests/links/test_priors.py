"""The prior of a run, and the rules of its families."""

import numpy as np
import pytest

from linkage.links.log_odds import prior_bits
from linkage.links.priors import (
    family_names,
    family_rules,
    operator_share,
    withheld_bits,
    withheld_share,
)
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


def test_pairs_with_withheld_prompts_are_held_to_a_larger_operator() -> None:
    chosen = Settings().links
    assert withheld_share(chosen, 100_000) * 100_000 == pytest.approx(chosen.withheld_accounts)
    assert withheld_bits(chosen, 100_000) == pytest.approx(2 * np.log2(5), abs=1e-3)


def test_a_small_population_has_no_operator_larger_than_the_large_one() -> None:
    chosen = Settings().links
    assert withheld_share(chosen, 10_000) * 10_000 == pytest.approx(250)
    assert withheld_bits(chosen, 4_000) == withheld_bits(chosen, 40) == 0


def test_what_is_known_of_two_accounts_says_how_much_larger() -> None:
    rules = family_rules(["network"], 100_000, Settings(), np.array([0.0, 0.5, 1.0, 1.0]))
    one, other = np.array([0, 0, 1, 2]), np.array([1, 2, 2, 3])
    more = withheld_bits(Settings().links, 100_000)
    assert rules.more_bits(one, other).tolist() == pytest.approx([more, more, more / 2, 0])
    assert rules.priors(one, other).tolist() == pytest.approx(
        [rules.prior + more, rules.prior + more, rules.prior + more / 2, rules.prior]
    )
    some = rules.among(np.array([1, 2]))
    assert some.more_bits(np.array([0]), np.array([1])).tolist() == pytest.approx([more / 2])


def test_where_nothing_is_said_of_prompts_all_are_known() -> None:
    rules = family_rules(["network"], 100_000, Settings())
    assert rules.more_bits(np.array([0]), np.array([1])).tolist() == [0]
    assert rules.among(np.array([5])) is rules
