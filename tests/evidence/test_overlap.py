"""What two accounts have in common against what any two users have: by loops, and by scipy."""

from collections import defaultdict
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from linkage.engines import Engine
from linkage.evidence import overlap

Item = tuple[int, int, int]
"""Account, object, thing."""

items_drawn = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=40, unique=True
)


def table(engine: Engine, items: list[Item]) -> object:
    columns = dict(zip(("a", "o", "x"), zip(*items, strict=True), strict=True))
    return engine.table(pa.table({name: pa.array(c, pa.int64()) for name, c in columns.items()}))


def held(items: list[Item], o: int) -> dict[int, set[int]]:
    own: dict[int, set[int]] = defaultdict(set)
    for a, _, x in (item for item in items if item[1] == o):
        own[a].add(x)
    return own


@settings(max_examples=15)
@given(items_drawn)
def test_an_object_s_law_is_what_a_loop_over_its_pairs_finds(engine: Engine, items: list[Item]) -> None:
    own = overlap.own(table(engine, items))
    met = overlap.meetings(table(engine, items), own)
    urns = overlap.urns(own, met)
    found = {row["o"]: row for row in engine.collect(urns, at_most=engine.max_rows).to_pylist()}
    load = {
        r["o"]: r["load"]
        for r in engine.collect(overlap.load(table(engine, items)), at_most=engine.max_rows).to_pylist()
    }
    spread = {
        (r["left"], r["right"], r["o"]): r["spread"]
        for r in engine.collect(
            overlap.among_others(met.join(urns, "o")), at_most=engine.max_rows
        ).to_pylist()
    }
    for o in {item[1] for item in items}:
        users = held(items, o)
        pairs = {
            (x, y): (len(users[x]), len(users[y]), len(users[x] & users[y]))
            for x, y in combinations(sorted(users), 2)
        }
        shared, chances = sum(k for _, _, k in pairs.values()), sum(n * m for n, m, _ in pairs.values())
        assert load[o] == sum(len(x & y) for x in users.values() for y in users.values())
        if not shared:
            assert o not in found
            continue
        assert (found[o]["users"], found[o]["shared"], found[o]["opportunities"]) == (
            len(users), shared, chances,
        )  # fmt: skip
        largest = max(len(x) for x in users.values()) ** 4
        for (x, y), (_, _, k) in pairs.items():
            if k:
                others = [each for pair, each in pairs.items() if pair != (x, y)]
                rate = sum(k for _, _, k in others) / max(sum(n * m for n, m, _ in others), 1)
                excess = sum((k - n * m * rate) ** 2 - k for n, m, k in others)
                squares = sum((n * m * rate) ** 2 for n, m, _ in others) + rate**2 * largest
                wanted = (max(excess, 0) + rate**2 * largest) / squares if rate else 1.0
                assert spread[x, y, o] == pytest.approx(wanted, abs=2e-6)


def test_meetings_are_counted_for_each_pair_once(engine: Engine) -> None:
    items = table(engine, [(1, 0, 7), (0, 0, 7), (0, 0, 8), (1, 0, 8), (1, 0, 9), (2, 0, 1), (2, 1, 7)])
    met = engine.collect(overlap.meetings(items, overlap.own(items)), at_most=engine.max_rows).to_pylist()
    assert met == [{"left": 0, "right": 1, "o": 0, "k": 2, "n1": 2, "n2": 3}]


@pytest.mark.parametrize("spread", [0.01, 0.3, 1.0, 4.0])
def test_an_accident_follows_the_negative_binomial_law(spread: float) -> None:
    k = np.arange(60.0)
    r = 1 / spread
    wanted = nbinom.logpmf(k, r, r / (r + 5.0)) / np.log(2)
    assert overlap.accident(k, np.full(60, 5.0), np.full(60, spread)) == pytest.approx(wanted, abs=1e-6)


def test_without_spread_it_is_poisson_s() -> None:
    k = np.arange(30.0)
    found = overlap.accident(k, np.full(30, 6.0), np.zeros(30))
    assert found == pytest.approx(poisson.logpmf(k, 6.0) / np.log(2), abs=1e-3)


def test_where_only_the_mean_is_known_all_counts_together_are_certain() -> None:
    assert (2 ** overlap.about(np.arange(2_000.0), np.full(2_000, 7.0))).sum() == pytest.approx(1)


def test_accounts_with_very_many_things_do_not_overflow(engine: Engine) -> None:
    own = engine.table(
        pa.table({"a": [0, 1], "o": [0, 0], "n": pa.array([2_000_000, 3_000_000], pa.int64())})
    )
    met = {"left": [0], "right": [1], "o": [0], "k": [5], "n1": [2_000_000], "n2": [3_000_000]}
    typed = pa.table({name: pa.array(column, pa.int64()) for name, column in met.items()})
    rows = engine.table(typed)
    (row,) = engine.collect(
        overlap.among_others(rows.join(overlap.urns(own, rows), "o")), at_most=engine.max_rows
    ).to_pylist()
    assert row["opportunities"] == 6_000_000_000_000
    assert row["spread"] > 0
