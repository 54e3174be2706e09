"""What the gates are told of a community."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage.inference.compare import Population
from linkage.inference.enrich import Mark
from linkage.inference.score import Scored
from linkage.signals.rows import ROWS
from linkage.steps.communities import Judge
from linkage.steps.described import provided_alike, published
from linkage.steps.holders import Held, Known
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


# --- what a reseller's customers have in common ----------------------------------------------------

N, DAY = 40, 86_400_000_000
GROUP, CUSTOMERS = np.arange(8), range(20)


def known(**traits: dict[int, str]) -> Known:
    """Forty accounts; the first twenty come by one network and were opened in one week."""
    place = dict.fromkeys(CUSTOMERS, "AS1")
    created = np.where(np.arange(N) < 20, 3.0, 100.0) * DAY
    held = {name: holders(values) for name, values in {"asn": place, **traits}.items()}
    return Known(held, np.ones(N, dtype=np.int64), created, Population(np.zeros(N, dtype=np.int64)))


def holders(values: dict[int, str]) -> Held:
    names = sorted(set(values.values()))
    a = np.array(sorted(values), dtype=np.int64)
    value = np.array([names.index(values[int(i)]) for i in a], dtype=np.int64)
    return Held(a, value, np.ones(len(a), dtype=np.int64), names)


def mark(trait: str, family: str, value: str, *, inside: float = 1.0, **more: Any) -> Mark:
    usual = {"outside": 0.01, "compared": 8, "p_value": 1e-9, "beyond_chance": True}
    return Mark(0, trait, family, value, inside, **{**usual, **more})


WAY = mark("asn", "network", "AS1")
OPENED = mark("created_at", "registration", "one week", low=0, high=7 * DAY)
PAID = mark("funding", "payment", "virtual")


def test_what_others_on_the_same_way_have_is_no_sign_of_one_hand() -> None:
    everyone_s = known(funding=dict.fromkeys(CUSTOMERS, "virtual"))
    assert provided_alike(everyone_s, GROUP, [WAY, OPENED, PAID])
    own = known(funding=dict.fromkeys(GROUP.tolist(), "virtual"))
    assert not provided_alike(own, GROUP, [WAY, OPENED, PAID])
    assert provided_alike(own, GROUP, [WAY, OPENED])


@pytest.mark.parametrize(
    "marks",
    [
        [],
        [OPENED, PAID],
        [WAY],
        [mark("asn", "network", "AS1", inside=0.5), PAID],
        [WAY, mark("funding", "payment", "virtual", beyond_chance=False)],
    ],
)
def test_without_a_way_in_or_a_hand_nothing_is_said_of_others(marks: list[Mark]) -> None:
    everyone_s = known(funding=dict.fromkeys(CUSTOMERS, "virtual"))
    assert not provided_alike(everyone_s, GROUP, marks)


def test_a_few_others_are_no_reseller_s_customers() -> None:
    everyone_s = known(funding=dict.fromkeys(CUSTOMERS, "virtual"))
    assert not provided_alike(everyone_s, np.arange(19), [WAY, PAID])
