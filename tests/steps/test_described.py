"""What the gates are told of a community."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage.inference.score import Scored
from linkage.signals.rows import ROWS
from linkage.steps.communities import Judge
from linkage.steps.described import published
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
