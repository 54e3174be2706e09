"""What the gates are told of a community."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage.inference.compare import Population, Trait
from linkage.inference.enrich import OPENING, Facts, Mark
from linkage.inference.opened import Registrations
from linkage.inference.score import Scored
from linkage.signals.rows import ROWS
from linkage.steps.communities import Judge
from linkage.steps.described import provided, published
from linkage.steps.resolve import Links

FAMILIES = ("network", "lineage")
RULES: Any = SimpleNamespace(family=np.array([0, 1]))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([], False),
        ([7], True),
        ([7, 7, 7, 8], True),
        ([7, 7, 8, 9], False),
        ([7, 8, 9, 10], False),
    ],
)
def test_one_answer_that_many_send_on_was_published(answers: list[int], said: bool) -> None:
    assert published(np.array(answers, dtype=np.int64)) is said


def links(answers: list[int]) -> Links:
    """A star of accounts around the first: each shares an address with it, and one answer."""
    n = len(answers)
    left, right = np.zeros(n, np.int64), np.arange(1, n + 1)
    pair, number = np.repeat(np.arange(n), 2), np.tile([0, 1], n)
    value = np.stack([np.zeros(n, np.int64), np.array(answers)]).T.ravel()
    bits = np.tile([5.0, 9.0], n)
    columns = [left[pair], right[pair], number, value, bits, np.zeros(2 * n)]
    evidence = pa.table(columns, names=ROWS.names).cast(ROWS)
    scored = Scored(left, right, np.full(n, 4.0), np.full(n, 3), pair, bits)
    return Links(evidence, scored, np.ones(n, dtype=bool), {}, FAMILIES, n)


def test_strangers_who_quote_one_answer_are_not_provided_for() -> None:
    """Two communities of one star each: the first quotes one answer, in the second each passes on another."""
    found = links([7, 7, 7, 7, 21, 22, 23, 24])
    court: Any = SimpleNamespace(
        links=found, strong=found.by_family(RULES), passed_on=found.values_of("lineage", RULES)
    )
    assert Judge._identifying(court, np.arange(4)).tolist() == [[5.0, 0.0]] * 4
    assert Judge._identifying(court, np.arange(4, 8)).tolist() == [[5.0, 9.0]] * 4
    assert court.strong[:, 1].tolist() == [9.0] * 8, "what is known of the links is left as it is"


MEMBERS = np.arange(8)


def facts(**holders: list[int]) -> Facts:
    """Twelve accounts, some of which hold the one value of each trait; all were opened on one day."""
    traits = {
        name: Trait("any", np.array(who), np.zeros(len(who), np.int64), ["this"])
        for name, who in holders.items()
    }
    population = Population(np.zeros(12, dtype=np.int64))
    return Facts(traits, Registrations(np.full(12, 5.0), population), population)


def told(of: Facts, marks: list[Mark], *, paid: bool = True) -> frozenset[str]:
    return provided(of, MEMBERS, marks, paid=paid)


def mark(trait: str, family: str = "payment", *, beyond: bool = True) -> Mark:
    """A mark of the community, beyond chance or not."""
    window = {"low": 0, "high": 9} if trait == OPENING else {}
    return Mark(0, trait, family, "this", 0.5, 0.01, 8, 1e-9, beyond_chance=beyond, **window)


def test_what_half_of_the_accounts_bear_was_provided_by_one_hand() -> None:
    few, many = facts(bin=[0, 1, 2]), facts(bin=[0, 1, 2, 3])
    assert told(few, [mark("bin")]) == frozenset()
    assert told(many, [mark("bin")]) == {"payment"}
    assert told(many, [mark("bin", beyond=False)]) == frozenset()


def test_several_cards_of_one_hand_count_together() -> None:
    """Three accounts on one card range and three on another: neither alone is half of them."""
    several = facts(bin=[0, 1, 2], issuer=[3, 4, 5], address_pattern=[0, 1, 2])
    marks = [mark("bin"), mark("issuer"), mark("address_pattern", "registration")]
    assert told(several, marks) == {"payment"}


def test_where_people_live_nobody_provided() -> None:
    assert told(facts(payment_country=list(range(8))), [mark("payment_country")]) == frozenset()


def test_days_of_opening_count_only_where_no_payment_is_known() -> None:
    opened = [mark(OPENING, "registration")]
    assert told(facts(), opened) == frozenset()
    assert told(facts(), opened, paid=False) == {"registration"}
