"""Rarity and fading, against a plain count of everything."""

import math
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings

from linkage.engines import Engine
from linkage.observations.accounts import account_numbers
from tests.evidence.made import DAY, START, Held, names
from tests.evidence.made_values import (
    BY_TRAIT,
    LEAST_BITS,
    Population,
    dated,
    expected_bits,
    holdings,
    rarity,
)


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


def test_rarity_is_the_share_of_those_of_whom_a_trait_is_known(engine: Engine) -> None:
    rows = [(a, trait, "x", None, None) for trait in ("one", "two") for a in names(9)]
    usual, fewer = (Population(engine, rows, 1_000, known=known).bits() for known in (None, {"one": 101}))
    assert fewer["one", "x"] == pytest.approx(math.log2(0.5 * 100 / 8), abs=1e-6)
    assert fewer["two", "x"] == usual["two", "x"]
    assert fewer["one", "x"] < usual["one", "x"]


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
