"""Rarity, fading and candidate pairs, against a plain count of everything."""

import math
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.evidence import blocking, shared_values
from linkage.evidence.holdings import Holdings, informative_holdings
from linkage.evidence.signals.signal import Shared, Signal
from linkage.observations.accounts import account_numbers
from linkage.settings.evidence import Evidence
from tests.evidence.made import CHOSEN, DAY, START, Held, names, observed

RULES = (
    Signal("one", "network", "…", Shared("one", agreement=0.5, half_life_days=14)),
    Signal("computed", "timing", "…", None),
    Signal("two", "content", "…", Shared("two", agreement=0.3, floor=0.05, proposes=False)),
)
LEAST_BITS = CHOSEN.least_bits
BY_TRAIT = {each.rule.trait: (number, each.rule) for number, each in enumerate(RULES) if each.rule}

holdings = st.lists(
    st.tuples(
        st.sampled_from(names(12)),
        st.sampled_from(["one", "two", "unknown"]),
        st.sampled_from(["x", "y", "z"]),
        st.integers(0, 60),
        st.integers(0, 60),
    ),
    max_size=60,
    unique_by=lambda row: row[:3],
)


def dated(rows: list[tuple[str, str, str, int, int]]) -> list[Held]:
    return [(a, t, v, START + min(x, y) * DAY, START + max(x, y) * DAY) for a, t, v, x, y in rows]


class Population:
    """Accounts that hold values, with the tables the signals make of them."""

    def __init__(self, engine: Engine, rows: list[Held], size: int, objects: tuple[str, ...] = ()) -> None:
        self.engine, self.rows, self.size = engine, rows, size
        seen = engine.table(observed(rows))
        people = sorted({*names(size), *(row[0] for row in rows)})
        accounts = engine.table(pa.table({"account": people}))
        self.numbers = engine.keep(account_numbers(accounts))
        table = engine.table(shared_values.rules(RULES))
        self.values = engine.keep(
            shared_values.degrees(seen, table, size, least_bits=LEAST_BITS, objects=objects)
        )
        self.holders = engine.keep(shared_values.holders(seen, self.numbers, self.values))

    def bits(self) -> dict[tuple[str, str], float]:
        kept = self.engine.collect(self.values, at_most=self.engine.max_rows).to_pylist()
        return {(row["trait"], row["value"]): row["bits"] for row in kept}

    def pairs(self, chosen: Evidence = CHOSEN) -> list[tuple[int, int, float]]:
        found = self.engine.collect(
            blocking.proposals(self.holders, chosen, 0), at_most=self.engine.max_rows
        ).to_pylist()
        return sorted((row["left"], row["right"], round(row["bits"], 6)) for row in found)

    def evidence(self) -> dict[tuple[int, int, int, str], float]:
        pairs = list(combinations(range(self.size), 2))
        left, right = zip(*pairs, strict=True)
        asked = pa.table({"left": pa.array(left, pa.int32()), "right": pa.array(right, pa.int32())})
        left, right = (asked[side].to_numpy() for side in asked.column_names)
        rows = self.engine.collect(
            informative_holdings(self.holders, LEAST_BITS), at_most=self.engine.max_rows
        )
        found = Holdings(rows, self.size, least_bits=LEAST_BITS).common(left, right)
        names = {
            row["v"]: row["value"]
            for row in self.engine.collect(self.values, at_most=self.engine.max_rows).to_pylist()
        }
        told = zip(*(each.tolist() for each in (found.pair, found.signal, found.v, found.bits)), strict=True)
        return {(*pairs[pair], signal, names[v]): bits for pair, signal, v, bits in told}


# --- rarity --------------------------------------------------------------------------------------


def rarity(trait: str, degree: int, size: int) -> float:
    rule = BY_TRAIT[trait][1]
    return math.log2(rule.agreement / max((degree - 1) / (size - 1), rule.floor, 1 / (size - 1)))


def expected_bits(rows: list[Held], size: int) -> dict[tuple[str, str], float]:
    who: dict[tuple[str, str], set[str]] = {}
    for account, trait, value, *_ in rows:
        who.setdefault((trait, value), set()).add(account)
    rated = {
        key: round(rarity(key[0], len(accounts), size), 6)
        for key, accounts in who.items()
        if key[0] in BY_TRAIT and len(accounts) > 1
    }
    return {key: bits for key, bits in rated.items() if bits >= LEAST_BITS}


@settings(max_examples=10)
@given(holdings)
def test_rarity_is_what_a_plain_count_gives(
    engine: Engine, rows: list[tuple[str, str, str, int, int]]
) -> None:
    assert Population(engine, dated(rows), 12).bits() == pytest.approx(expected_bits(dated(rows), 12))


def test_a_rarer_value_says_more(engine: Engine) -> None:
    rows = [(a, "one", f"held by {n}", None, None) for n in (2, 3, 9, 30) for a in names(n)]
    bits = Population(engine, rows, 100).bits()
    assert [round(bits["one", f"held by {n}"], 4) for n in (2, 3, 9, 30)] == [
        round(math.log2(0.5 * 99 / (n - 1)), 4) for n in (2, 3, 9, 30)
    ]


def test_a_floor_bounds_what_rarity_says(engine: Engine) -> None:
    bits = Population(engine, [(a, "two", "x") for a in names(2)], 1_000).bits()
    assert bits["two", "x"] == pytest.approx(math.log2(0.3 / 0.05), abs=1e-6)


def test_values_of_one_account_or_of_nearly_all_say_nothing(engine: Engine) -> None:
    rows: list[Held] = [("a00000", "one", "mine"), *((a, "one", "everyone's") for a in names(20))]
    assert Population(engine, rows, 20).bits() == {}


def test_values_of_declared_objects_are_kept_however_common(engine: Engine) -> None:
    rows: list[Held] = [(a, t, "all") for t in ("one", "unknown") for a in names(20)]
    rows.append(("a00000", "unknown", "mine"))
    of = Population(engine, rows, 20, objects=("one", "unknown"))
    kept = {key: bits for key, bits in of.bits().items()}
    assert set(kept) == {("one", "all"), ("unknown", "all")}
    assert kept["unknown", "all"] is None
    assert of.pairs() == []
    assert of.evidence() == {}


def test_the_numbers_of_accounts_follow_their_names(engine: Engine) -> None:
    given = ["b", "ä", "B", "a", "a1", "€", "𝔞"]
    numbered = account_numbers(engine.table(pa.table({"account": given})))
    found = engine.collect(numbered.order_by("a"), at_most=engine.max_rows).to_pylist()
    assert [row["account"] for row in found] == sorted(given)
    assert [row["a"] for row in found] == list(range(len(given)))


# --- evidence and fading -------------------------------------------------------------------------


def expected_evidence(rows: list[Held], size: int) -> dict[tuple[int, int, int, str], float]:
    found = {}
    rated = expected_bits(rows, size)
    for (a, t, v, f1, l1), (b, t2, v2, f2, l2) in combinations(sorted(rows), 2):
        if (t, v) != (t2, v2) or a == b or (t, v) not in rated:
            continue
        number, rule = BY_TRAIT[t]
        gap = max(0, max(f1, f2) - min(l1, l2))
        fade = 2 ** (-gap / (rule.half_life_days * DAY)) if rule.half_life_days else 1
        bits = round(rated[t, v] * fade, 6)
        if bits >= LEAST_BITS:
            low, high = sorted((int(a[1:]), int(b[1:])))
            found[low, high, number, v] = bits
    return found


@settings(max_examples=10)
@given(holdings)
def test_evidence_is_what_a_plain_count_gives(
    engine: Engine, rows: list[tuple[str, str, str, int, int]]
) -> None:
    found = Population(engine, dated(rows), 12).evidence()
    wanted = expected_evidence(dated(rows), 12)
    assert found.keys() == wanted.keys()
    assert found == pytest.approx(wanted, abs=2e-6)


def test_half_of_the_bits_are_left_after_a_half_life(engine: Engine) -> None:
    rows: list[Held] = [
        ("a00000", "one", "x", START, START + DAY),
        ("a00001", "one", "x", START + 15 * DAY, START + 20 * DAY),
        ("a00002", "one", "x", START + DAY, START + 15 * DAY),
    ]
    bits = Population(engine, rows, 200).evidence()
    full = rarity("one", 3, 200)
    assert bits[0, 1, 0, "x"] == pytest.approx(full / 2, abs=1e-5)
    assert bits[0, 2, 0, "x"] == bits[1, 2, 0, "x"] == pytest.approx(full, abs=1e-5)


def test_uses_without_a_time_do_not_fade(engine: Engine) -> None:
    rows: list[Held] = [("a00000", "one", "x", None, None), ("a00001", "one", "x", START, START)]
    assert Population(engine, rows, 200).evidence()[0, 1, 0, "x"] == pytest.approx(
        rarity("one", 2, 200), abs=1e-5
    )


# --- candidates ----------------------------------------------------------------------------------


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
        for band in (blocking.partly, blocking.unused)
    ]
    assert [[row["value"] for row in rows] for rows in counted] == [["60"], ["300"]]
