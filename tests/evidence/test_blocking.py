"""Candidate pairs, against a plain count of everything."""

from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings

from linkage.engines import Engine
from linkage.evidence import blocking, shared_values
from linkage.observations.accounts import account_numbers
from linkage.settings.evidence import Evidence
from tests.evidence.made import CHOSEN, DAY, START, Held, names, observed
from tests.evidence.made_values import (
    LEAST_BITS,
    RULES,
    Population,
    dated,
    expected_bits,
    holdings,
    rarity,
)


@settings(max_examples=10)
@given(holdings)
def test_few_holders_propose_all_their_pairs_once(
    engine: Engine, rows: list[tuple[str, str, str, int, int]]
) -> None:
    chosen = Evidence(nearest=2, min_propose_bits=1.0)
    rated = {
        key: bits for key, bits in expected_bits(dated(rows), 12).items() if key[0] == "one" and bits >= 1
    }
    wanted: dict[tuple[int, int], list[float]] = {}
    for (a, t, v, *_), (b, t2, v2, *_) in combinations(sorted(rows), 2):
        if (t, v) == (t2, v2) and a != b and (t, v) in rated:
            low, high = sorted((int(a[1:]), int(b[1:])))
            wanted.setdefault((low, high), []).append(rated[t, v])
    found = Population(engine, dated(rows), 12).pairs(chosen)
    counted = {pair: sum(bits) / (1 + 0.3 * (len(bits) - 1)) for pair, bits in wanted.items()}
    assert {(left, right): bits for left, right, bits in found} == pytest.approx(counted, abs=1e-5)
    assert len(found) == len(wanted)


MIDDLE = Evidence(clique_degree=10, nearest_degree=200, nearest=3, min_propose_bits=1.0)


def test_many_holders_propose_their_nearest(engine: Engine) -> None:
    rows: list[Held] = [
        (a, "one", "x", START + i * 7 % 60 * DAY, START + 60 * DAY) for i, a in enumerate(names(60))
    ]
    pairs = Population(engine, rows, 1_000).pairs(MIDDLE)
    assert len({(left, right) for left, right, _ in pairs}) == len(pairs)
    assert all(left < right for left, right, _ in pairs)
    assert len(pairs) <= 2 * 3 * 60
    in_time = sorted(range(60), key=lambda i: (i * 7 % 60, i))
    near = {tuple(sorted((x, y))) for n, x in enumerate(in_time) for y in in_time[n + 1 : n + 4]}
    assert near <= {(left, right) for left, right, _ in pairs}
    # One value is counted once for a pair, though it may be near in time and by hash.
    assert {bits for *_, bits in pairs} == {round(rarity("one", 60, 1_000), 6)}


def test_two_values_of_the_same_accounts_draw_the_same_pairs(engine: Engine) -> None:
    rows: list[Held] = [(a, "one", v, START, START) for v in ("x", "y") for a in names(60)]
    pairs = Population(engine, rows, 1_000).pairs(MIDDLE)
    assert {bits for *_, bits in pairs} == {round(2 * round(rarity("one", 60, 1_000), 6) / 1.3, 6)}


def test_too_common_and_too_weak_values_propose_nothing(engine: Engine) -> None:
    common: list[Held] = [(a, "one", "x") for a in names(201)]
    assert Population(engine, common, 10_000).pairs(MIDDLE) == []
    supporting: list[Held] = [(a, "two", "x") for a in names(3)]
    assert Population(engine, supporting, 10_000).pairs(MIDDLE) == []
    weak: list[Held] = [(a, "one", "x") for a in names(9)]
    assert Population(engine, weak, 20).pairs(MIDDLE.with_changes(min_propose_bits=2.0)) == []
    assert Population(engine, weak, 10_000).pairs(MIDDLE.with_changes(min_propose_bits=2.0)) != []


def test_a_value_on_25_000_accounts_makes_no_312_million_rows(engine: Engine) -> None:
    everyone = [f"b{i:05d}" for i in range(25_000)]
    rows: list[Held] = [(a, "one", "shared") for a in everyone]
    seen = engine.table(observed(rows))
    numbers = engine.keep(account_numbers(engine.table(pa.table({"account": everyone}))))
    table = engine.table(shared_values.rules(RULES))
    # In a population of a million the value is rare enough to propose.
    values = engine.keep(shared_values.degrees(seen, table, 1_000_000, least_bits=LEAST_BITS))
    holders = engine.keep(shared_values.holders(seen, numbers, values))
    above = blocking.proposals(holders, CHOSEN, 0)
    assert engine.collect(above.count().as_table(), at_most=1)[0][0].as_py() == 0
    within = blocking.proposals(holders, Evidence(nearest_degree=30_000), 0)
    assert engine.collect(within.count().as_table(), at_most=1)[0][0].as_py() <= 2 * 8 * 25_000


def test_what_proposes_no_pair_is_counted(engine: Engine) -> None:
    rows: list[Held] = [(a, "one", f"{n}", START, START) for n in (2, 60, 300) for a in names(n)]
    of = Population(engine, rows, 5_000)
    counted = [
        engine.collect(band(of.values, MIDDLE), at_most=engine.max_rows).to_pylist()
        for band in (blocking.nearest_only_values, blocking.too_common_values)
    ]
    assert [[row["value"] for row in rows] for rows in counted] == [["60"], ["300"]]
