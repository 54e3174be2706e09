"""What pairs hold in common, in pieces or at once, against sets."""

from itertools import combinations

import numpy as np
import pytest

from linkage.engines import Engine
from linkage.evidence import holdings
from linkage.evidence.holdings import Holdings
from linkage.evidence.rows import starts
from tests.evidence import made
from tests.evidence.made import DAY, START, Held, weighing

ACCOUNTS = 30


def population(engine: Engine) -> tuple[Holdings, dict[int, set[str]]]:
    rng = np.random.default_rng(0)
    rows: list[Held] = [
        (f"a{a:05d}", trait, f"v{v}")
        for a in range(ACCOUNTS)
        for trait in ("template", "ip", "card")
        for v in rng.choice(12, rng.integers(0, 6), replace=False).tolist()
    ]
    # The last account holds nothing.
    of = weighing(engine, [row for row in rows if row[0] != "a00029"], accounts=ACCOUNTS)
    names = {
        row["v"]: f"{row['trait']} {row['value']}"
        for row in engine.collect(of.values, at_most=engine.max_rows).to_pylist()
    }
    found = made.holdings(of)
    held: dict[int, set[str]] = {a: set() for a in range(ACCOUNTS)}
    for row in engine.collect(
        of.holders.filter(of.holders.bits >= of.chosen.least_bits), at_most=engine.max_rows
    ).to_pylist():
        held[row["a"]].add(names[row["v"]])
    return found, held


def test_common_values_are_those_of_both_accounts(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    of, held = population(engine)
    left, right = np.array(list(combinations(range(ACCOUNTS), 2))).T
    every = of.common(left, right)
    assert np.bincount(every.pair, minlength=len(left)).tolist() == [
        len(held[x] & held[y]) for x, y in zip(left.tolist(), right.tolist(), strict=True)
    ]
    assert every.bits.tolist() == of.bits[every.v].tolist()
    first = starts(every.pair, every.signal)
    runs = list(zip(every.pair[first].tolist(), every.signal[first].tolist(), strict=True))
    assert len(runs) == len(set(runs)) > 100
    monkeypatch.setattr(holdings, "MOST_LOAD", 50)
    pieces = list(of.pieces(left, right))
    assert len(pieces) > 20
    assert np.concatenate([np.arange(len(left))[each] for each in pieces]).tolist() == list(range(len(left)))
    found = [of.common(left[each], right[each]).v for each in pieces]
    assert np.concatenate(found).tolist() == every.v.tolist()


def test_without_pairs_or_values_nothing_is_common(engine: Engine) -> None:
    of, _ = population(engine)
    none = np.empty(0, dtype=np.int64)
    assert list(of.pieces(none, none)) == []
    assert len(of.common(none, none).pair) == len(starts(none, none)) == 0
    bare = made.holdings(weighing(engine, [], accounts=3))
    assert len(bare.common(np.array([0, 0]), np.array([1, 2])).pair) == 0


@pytest.mark.parametrize(
    ("one", "other", "days"),
    [
        ((0, 3), (5, 9), 2),
        ((5, 9), (0, 3), 2),
        ((0, 5), (3, 9), 0),
        ((None, None), (3, 9), 0),
        ((0, 3), (None, None), 0),
        ((None, None), (None, None), 0),
    ],
)
def test_uses_are_apart_by_the_time_between_them(
    engine: Engine, one: tuple[int | None, int | None], other: tuple[int | None, int | None], days: int
) -> None:
    (first, last), (first_2, last_2) = (
        [None if d is None else START + d * DAY for d in use] for use in (one, other)
    )
    rows: list[Held] = [
        ("a00000", "system_prompt", "x", first, last),
        ("a00001", "system_prompt", "x", first_2, last_2),
    ]
    of = made.holdings(weighing(engine, rows, accounts=200))
    found = of.common(np.array([0]), np.array([1]))
    assert of.apart(np.array([0]), np.array([1]), found.v).tolist() == [days * DAY]
