"""What is said of many pairs is the same in one piece and in many."""

from itertools import combinations

import numpy as np
import pytest

from linkage.engines import Engine
from linkage.evidence import holdings
from linkage.evidence.pair_evidence import Reasons, Wanted
from linkage.evidence.rows import ROWS, evidence_rows
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import Rules
from linkage.settings.evidence import Evidence
from tests.evidence import made
from tests.evidence.made import CHOSEN, Held, weighing

ACCOUNTS = 40
EVERY = np.array([x * ACCOUNTS + y for x, y in combinations(range(ACCOUNTS), 2)])
ECHO = 5
"""Number of a signal that shares no value: what else is said has rows of its own."""


BITS = ROWS.names.index("bits")


def population(engine: Engine, chosen: Evidence = CHOSEN) -> Reasons:
    rng = np.random.default_rng(0)
    rows: list[Held] = [
        (f"a{a:05d}", trait, f"v{v}")
        for a in range(ACCOUNTS)
        for trait in ("template", "segment", "ip", "fingerprint")
        for v in rng.choice(30, 8, replace=False).tolist()
    ]
    of = weighing(engine, rows, accounts=ACCOUNTS)
    extra = evidence_rows(
        ECHO,
        left=np.array([0, 0, 3, 3]),
        right=np.array([1, 1, 39, 39]),
        value=np.array([10_000, 10_001] * 2),
        bits=np.array([9.0, -2.0] * 2),
        count=np.array([0, 1] * 2),
    )
    return Reasons(made.holdings(of), [extra], chosen)


def wanted(bits: float, always: tuple[int, ...] = ()) -> Wanted:
    """Whatever reaches so many bits, each signal a family of its own."""
    count = 40
    rules = Rules(0.0, np.arange(count), np.full(count, 99.0), np.full(count, 0.3))
    rule = LinkRule(rules, np.ones(count, bool), link_bits=bits, strong_bits=0.0)
    return Wanted(rule, {}, np.array(always, dtype=np.int64))


def told(
    of: Reasons, key: np.ndarray, which: Wanted | None = None
) -> tuple[list[tuple[object, ...]], list[int], int]:
    found = of.of(key, which)
    rows, keys = [], []
    for numbers, part in found.rows():
        some = [tuple(row.values()) for row in part.to_pylist()]
        assert {(row[0], row[1]) for row in some} <= {divmod(one, ACCOUNTS) for one in numbers.tolist()}
        rows += some
        keys += numbers.tolist()
    assert keys == sorted(keys) == found.key.tolist(), "pairs come in order"
    return sorted(rows, key=str), keys, found.cut


@pytest.mark.parametrize("bits", [None, 12.0, 20.0, 1_000.0])
def test_pieces_say_what_the_whole_says(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, bits: float | None
) -> None:
    of = population(engine)
    which = None if bits is None else wanted(bits, always=(int(EVERY[5]),))
    whole = told(of, EVERY, which)
    monkeypatch.setattr(holdings, "MOST_LOAD", 200)
    assert len(list(of.holdings.pieces(*np.divmod(EVERY, ACCOUNTS)))) > 50
    assert told(of, EVERY, which) == whole
    assert whole[2] == 0
    assert bits is None or int(EVERY[5]) in whole[1]


def test_only_pairs_worth_keeping_are_told_of_and_of_them_everything(engine: Engine) -> None:
    of = population(engine)
    every, pairs, _ = told(of, EVERY)
    assert pairs == EVERY.tolist()
    some, kept, _ = told(of, EVERY, wanted(14.0))
    assert 0 < len(kept) < len(pairs)
    names = {divmod(number, ACCOUNTS) for number in kept}
    assert some == [row for row in every if row[:2] in names]
    assert told(of, EVERY, wanted(1_000.0))[1] == []


def test_what_else_is_said_counts_and_is_told(engine: Engine) -> None:
    of = population(engine)
    pair = np.array([1, 3 * ACCOUNTS + 39])
    rows = [row for row in told(of, pair)[0] if row[2] == ECHO]
    assert [row[BITS] for row in rows] == [9.0, -2.0] * 2
    alone = Reasons(of.holdings, [], CHOSEN)
    reach = [bits for bits in range(1, 60) if len(told(alone, pair, wanted(bits))[1]) == 2]
    with_it = [bits for bits in range(1, 60) if len(told(of, pair, wanted(bits))[1]) == 2]
    assert max(with_it) == max(reach) + 9, (
        "an echo speaks with nine bits, and what speaks against is not counted"
    )


def test_the_cut_does_not_depend_on_pieces(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    of = population(engine)
    every, _, _ = told(of, EVERY)
    fewer = CHOSEN.with_changes(max_shared_rows=500, strongest_values=1)
    of = population(engine, fewer)
    whole = told(of, EVERY)
    assert whole[2] == len(every) - len(whole[0]) > 0
    assert [row for row in every if row[2] == ECHO] == [row for row in whole[0] if row[2] == ECHO]
    runs = {row[:3] for row in every}
    assert {row[:3] for row in whole[0]} == runs
    monkeypatch.setattr(holdings, "MOST_LOAD", 200)
    assert told(of, EVERY) == whole


def test_no_pairs_say_nothing(engine: Engine) -> None:
    of = population(engine)
    assert told(of, np.empty(0, dtype=np.int64), wanted(1.0)) == ([], [], 0)
