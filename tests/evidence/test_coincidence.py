"""Coincidences in time, against a loop over all pairs of events."""

from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.evidence import coincidence
from linkage.settings.evidence import Coincidences

Event = tuple[int, int | None, int]
"""Account, object, moment."""

events_drawn = st.lists(
    st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 2)), st.integers(0, 40)),
    max_size=40,
    unique=True,
)

RULES = Coincidences()


def table(engine: Engine, events: list[Event]) -> object:
    ordered = sorted(events, key=lambda e: (e[1] is None, e[1] or 0, e[2], e[0]))
    a, o, at = list(zip(*ordered, strict=True)) if ordered else [()] * 3
    columns = {"a": a, "o": o, "at": at, "e": range(len(ordered))}
    return engine.table(pa.table({name: pa.array(c, pa.int64()) for name, c in columns.items()}))


def reference(events: list[Event], window: int, least: int) -> dict[tuple[int, int, int], int]:
    """CooRTweet's rule in plain words; a post is what one account does at one moment."""
    rows = Counter(a for a, _, _ in events)
    busy = [e for e in events if rows[e[0]] >= least]
    pairs = [
        (x, y)
        for x, y in combinations(busy, 2)
        if x[1] is not None and x[1] == y[1] and x[0] != y[0] and abs(x[2] - y[2]) <= window
    ]
    posts = {(e[0], e[2]) for pair in pairs for e in pair}
    taking_part = Counter(a for a, _, at in busy if (a, at) in posts)
    kept = [(x, y) for x, y in pairs if max(taking_part[x[0]], taking_part[y[0]]) >= least]
    return dict(Counter((min(x[0], y[0]), max(x[0], y[0]), x[1] or 0) for x, y in kept))


def found(engine: Engine, events: list[Event], window: int, least: int) -> dict[tuple[int, int, int], int]:
    made = coincidence.same_object(table(engine, events), window=window, participation=least)
    rows = engine.collect(made, at_most=engine.max_rows).to_pylist()
    keys = [(row["left"], row["right"], row["o"]) for row in rows]
    assert len(set(keys)) == len(keys)
    return {key: row["k"] for key, row in zip(keys, rows, strict=True)}


@settings(max_examples=20)
@given(events_drawn, st.sampled_from([0, 1, 7, 100]), st.integers(1, 4))
def test_the_window_finds_what_a_loop_finds(
    engine: Engine, events: list[Event], window: int, least: int
) -> None:
    assert found(engine, events, window, least) == reference(events, window, least)


def test_the_window_includes_its_end(engine: Engine) -> None:
    events: list[Event] = [(0, 0, 59), (1, 0, 119), (0, 1, 0), (1, 1, 61)]
    assert found(engine, events, 60, 1) == {(0, 1, 0): 1}


def test_a_post_counts_with_all_its_objects(engine: Engine) -> None:
    """One of its two objects is shared with nobody; the post has two rows all the same."""
    events: list[Event] = [(0, 0, 10), (0, None, 10), (1, 0, 12), (1, None, 90)]
    assert found(engine, events, 5, 2) == {(0, 1, 0): 1}
    assert found(engine, [(0, 0, 10), (0, None, 11), (1, 0, 12), (1, None, 90)], 5, 2) == {}


def test_one_busy_side_is_enough(engine: Engine) -> None:
    events: list[Event] = [(0, 0, 0), (0, 1, 50), (1, 0, 1), (1, None, 99), (2, 1, 51), (2, None, 98)]
    assert found(engine, events, 5, 2) == {(0, 1, 0): 1, (0, 2, 1): 1}


def test_edges_add_up_over_objects(engine: Engine) -> None:
    events: list[Event] = [(0, 0, 0), (1, 0, 1), (0, 0, 2), (0, 1, 50), (1, 1, 50)]
    made = coincidence.same_object(table(engine, events), window=5, participation=1)
    assert engine.collect(coincidence.edges(made), at_most=engine.max_rows).to_pylist() == [
        {"left": 0, "right": 1, "weight": 3}
    ]


@settings(max_examples=10)
@given(events_drawn, st.sampled_from([0, 3, 20]))
def test_the_load_bounds_the_rows(engine: Engine, events: list[Event], window: int) -> None:
    given = table(engine, events)
    load = {
        r["o"]: r["load"]
        for r in engine.collect(coincidence.window_load(given, window), at_most=engine.max_rows).to_pylist()
    }
    rows = Counter(
        r["o"]
        for r in engine.collect(coincidence.window_pairs(given, window), at_most=engine.max_rows).to_pylist()
    )
    assert set(load) == {o for _, o, _ in events if o is not None}
    assert all(count <= load[o] for o, count in rows.items())


# --- chance --------------------------------------------------------------------------------------


def test_chance_grows_with_use_and_window(engine: Engine) -> None:
    events: list[Event] = [(0, 0, 0), (0, 0, 500), (1, 0, 3), (2, 0, 1_000)]
    given = table(engine, events)
    made = coincidence.same_object(given, window=5, participation=1)
    ((row),) = engine.collect(coincidence.window_chance(given, made, 5), at_most=engine.max_rows).to_pylist()
    assert (row["k"], row["chance"]) == (1, pytest.approx(2 * 1 * 2 * 5 / 500))


def test_followers_are_counted_against_a_random_order(engine: Engine) -> None:
    """The chance of each pair, averaged over many orders of the same events, is what such orders give."""
    rng = np.random.default_rng(5)
    who = [0] * 12 + [1] * 6 + [2] * 2
    chance: dict[tuple[int, int], list[float]] = defaultdict(list)
    seen: Counter[tuple[int, int]] = Counter()
    for _ in range(60):
        events: list[Event] = [(int(a), 0, i * 10) for i, a in enumerate(rng.permutation(who))]
        rows = engine.collect(
            coincidence.successions(table(engine, events), 10), at_most=engine.max_rows
        ).to_pylist()
        for row in rows:
            seen[row["left"], row["right"]] += row["k"]
            chance[row["left"], row["right"]].append(row["chance"])
    for pair in ((0, 1), (0, 2)):
        assert np.mean(chance[pair]) == pytest.approx(seen[pair] / len(chance[pair]), rel=0.12)


def test_two_accounts_alone_always_follow_each_other_and_it_says_nothing(engine: Engine) -> None:
    events: list[Event] = [(i % 2, 0, i * 5) for i in range(40)]
    (row,) = engine.collect(
        coincidence.successions(table(engine, events), 10), at_most=engine.max_rows
    ).to_pylist()
    assert row["k"] == 39
    assert row["chance"] == pytest.approx(39)
    assert coincidence.weigh(np.array([39.0]), np.array([39.0]), RULES)[0] < 0.5


def test_only_what_follows_soon_and_by_another_counts(engine: Engine) -> None:
    events: list[Event] = [(0, 0, 0), (0, 0, 1), (1, 0, 2), (2, 0, 100), (0, 0, 103)]
    rows = engine.collect(
        coincidence.successions(table(engine, events), 5), at_most=engine.max_rows
    ).to_pylist()
    assert {(r["left"], r["right"]): r["k"] for r in rows} == {(0, 1): 1, (0, 2): 1}


# --- what a count says ---------------------------------------------------------------------------


def test_more_coincidences_say_more_and_expected_ones_nothing() -> None:
    k = np.arange(1.0, 40.0)
    for chance in (0.001, 0.5, 3.0, 20.0):
        bits = coincidence.weigh(k, np.full(len(k), chance), RULES)
        assert (np.diff(bits[k > chance]) > 0).all()
        assert (bits[k <= chance] == 0).all()
    assert coincidence.weigh(np.array([1.0]), np.array([50.0]), RULES)[0] == 0
    assert coincidence.weigh(np.array([5.0]), np.array([0.1]), RULES)[0] > 10


def test_a_rarer_coincidence_says_more() -> None:
    chance = np.array([0.01, 0.1, 1.0, 2.0])
    assert (np.diff(coincidence.weigh(np.full(4, 4.0), chance, RULES)) < 0).all()
    # Below a hundredth the rhythm of the day decides, which is not modelled.
    tiny = coincidence.weigh(np.full(2, 4.0), np.array([1e-9, 0.01]), RULES)
    assert tiny[0] == tiny[1]


def test_accidents_earn_no_bits_on_average() -> None:
    rng = np.random.default_rng(1)
    for chance in (0.05, 0.5, 5.0, 50.0):
        k = rng.poisson(chance, 20_000).astype(float)
        seen = k > 0
        bits = coincidence.weigh(k[seen], np.full(int(seen.sum()), chance), RULES)
        # A fair ratio is one on average over accidents; those set to nothing only where it was against.
        assert np.where(bits > 0, 2.0**bits, 0).sum() / len(k) < 1.3
        assert (bits > 7).mean() < 0.02


def test_no_coincidences_no_bits() -> None:
    assert len(coincidence.weigh(np.empty(0), np.empty(0), RULES)) == 0
