"""Any two accounts compared in full, whether or not a value proposed it."""

import numpy as np
import pytest

from linkage.engines import Engine
from linkage.evidence.signals.registry import SIGNALS
from linkage.links.comparison import Comparison
from linkage.links.constraints import Constraints
from linkage.links.link_rule import LinkRule
from linkage.links.priors import family_rules
from linkage.links.stage import links
from linkage.settings import Settings
from tests.evidence.made import Held, weighing

ACCOUNTS, CREW = 2_000, 60
SETTINGS = Settings.load(None, links={"strong_bits": 8.0, "operator_accounts": 200})
NEAREST = {"min_pair_bits": 1.0, "clique_degree": 20, "nearest": 2}

ROWS: list[Held] = [
    (f"a{i:05}", trait, value)
    for i in range(CREW)
    for trait, value in (
        ("fingerprint", "x"),
        ("device", "x"),
        ("registration_burst", "one" if i < CREW / 2 else "other"),
    )
]
"""All have one card and one device; they were registered in two waves."""


@pytest.fixture
def compared(engine: Engine) -> tuple[Comparison, Comparison, np.ndarray, np.ndarray]:
    """All pairs compared, those without the family of devices, and the links by number of either account."""
    of = weighing(engine, ROWS, accounts=ACCOUNTS, **NEAREST)
    rules = family_rules([each.family for each in of.signals], ACCOUNTS, SETTINGS)
    rule = LinkRule.of(rules, of.strong, SETTINGS.links)
    found = links(of, rules, Constraints(), SETTINGS.links)
    ends = np.stack([found.scored.left, found.scored.right])[:, found.linked]
    compared = Comparison(of, rule, min_known=0.5), Comparison(of, rule, min_known=0.5, without="device")
    return *compared, *ends


def test_pairs_that_nothing_proposed_are_links_as_well(
    compared: tuple[Comparison, Comparison, np.ndarray, np.ndarray],
) -> None:
    compare, _, left, right = compared
    every = np.triu_indices(CREW, 1)
    assert 0 < len(left) < len(every[0]) / 2, "of a value that many hold the nearest are compared"
    assert (compare.link(*every) > 0).all()
    assert (compare.link(left, right) > 0).all()


def test_the_order_of_ends_and_pairs_asked_twice_change_nothing(
    compared: tuple[Comparison, Comparison, np.ndarray, np.ndarray],
) -> None:
    compare = compared[0]
    left, right = np.array([5, 3, 3, 900, 5]), np.array([7, 40, 41, 901, 7])
    weight = compare.link(left, right)
    assert weight.tolist() == compare.link(right, left).tolist()
    assert weight[3] == 0 and weight[0] == weight[4] >= 1
    assert compare.link(left[:0], right[:0]).tolist() == []


def test_accounts_that_began_together_are_linked_no_more_than_others(
    compared: tuple[Comparison, Comparison, np.ndarray, np.ndarray],
) -> None:
    compare = compared[0]
    within, across = (
        compare.link(np.array([0]), np.array([1])),
        compare.link(np.array([0]), np.array([CREW - 1])),
    )
    assert within.tolist() == across.tolist()
    assert {each.name for each in SIGNALS if each.one_go} == {"registration burst", "issuing burst"}


def test_a_family_can_be_left_out(
    compared: tuple[Comparison, Comparison, np.ndarray, np.ndarray],
) -> None:
    compare, less, *_ = compared
    pair = np.array([0]), np.array([1])
    assert less.link(*pair) < compare.link(*pair)
