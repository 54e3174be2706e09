"""What busy accounts share by chance: by loops over all pairs, by scipy, and among accounts drawn by lot."""

from collections import Counter
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from linkage.engine import Engine
from linkage.signals.chance import LEVELS, surprise
from linkage.signals.content import RARITY_FLOOR
from linkage.signals.rows import PAIR
from linkage.signals.shared import LEAST_BITS
from linkage.signals.weigh import Weighing
from tests.signals.made import Held, said, weighing

CROWD = 400
RHO = 0.3

drawn = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), max_size=120, unique=True)


def accounts(rows: list[tuple[int, int]], trait: str) -> list[Held]:
    return [(f"a{a:05d}", trait, f"v{v:03d}") for a, v in rows]


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_what_is_allowed_is_what_a_loop_over_all_pairs_finds(
    engine: Engine, rows: list[tuple[int, int]]
) -> None:
    of = weighing(engine, accounts(rows, "template"), accounts=CROWD)
    users = Counter(v for _, v in rows)
    bits = {
        v: round(float(np.log2(0.5 / max((d - 1) / (CROWD - 1), RARITY_FLOOR, 1 / (CROWD - 1)))), 6)
        for v, d in users.items()
        if d > 1
    }
    top = max(bits.values(), default=0.0)
    level = {v: min(max(int(np.ceil(top - b - 1e-6)), 0), LEVELS - 1) for v, b in bits.items()}
    held = {a: {v for b, v in rows if b == a and v in bits} for a in range(10)}
    for x, y in combinations(range(10), 2):
        rule, allowed = [0.0], [0.0]
        for most in range(LEVELS):
            own = {a: {v for v in held[a] if level[v] <= most} for a in held}
            both = own[x] & own[y]
            if not both:
                continue
            others = [(s, t) for s, t in combinations(range(10), 2) if (s, t) != (x, y)]
            met = sum(len(own[s] & own[t]) for s, t in others)
            chances = sum(len(own[s]) * len(own[t]) for s, t in others)
            expected = len(own[x]) * len(own[y]) * met / max(chances, 1)
            together = sum(bits[v] for v in both) / (1 + (len(both) - 1) * RHO)
            rule.append(together)
            allowed.append(min(together, float(surprise(np.array([len(both)]), np.array([expected]))[0])))
        share = max(allowed) / max(rule) if max(rule) else 1.0
        left = [round(bits[v] * share, 6) for v in held[x] & held[y]]
        wanted = sum(b for b in left if b >= LEAST_BITS)
        found = said(of, f"a{x:05d}", f"a{y:05d}").get("rare template", 0.0)
        assert found == pytest.approx(wanted, abs=1e-4)


def test_the_chance_is_poisson_s() -> None:
    count, expected = np.array([1, 2, 5, 40, 3]), np.array([0.01, 0.3, 5.0, 2.0, 0.0])
    with np.errstate(divide="ignore"):
        wanted = -poisson.logsf(count - 1, expected) / np.log(2)
    assert surprise(count, expected) == pytest.approx(wanted)


# --- a population ----------------------------------------------------------------------------------


def crowd(engine: Engine, trait: str, many: int) -> Weighing:
    """400 accounts that draw their values from one urn, the first 20 of them `many` each and the others 4;
    the last two share ten more with each other alone."""
    rng = np.random.default_rng(1)
    rows: list[Held] = []
    for a in range(CROWD):
        drawn = rng.choice(3_000, many if a < 20 else 4, replace=False)
        rows += [(f"a{a:05d}", trait, f"v{v}") for v in drawn.tolist()]
    rows += [(f"a{a:05d}", trait, f"own {v}") for a in (CROWD - 2, CROWD - 1) for v in range(10)]
    return weighing(engine, rows, accounts=CROWD)


def together(of: Weighing, pairs: list[tuple[int, int]]) -> list[float]:
    """What each pair's values say, by the rule that several count as fewer."""
    rows = of.evidence(pa.table(list(zip(*pairs, strict=True)), PAIR.names).cast(PAIR)).to_pylist()
    told: dict[tuple[int, int], list[float]] = {pair: [0.0] for pair in pairs}
    for row in rows:
        told[row["left"], row["right"]].append(row["bits"])
    return [_rule(np.sort(bits)[::-1]) for bits in told.values()]


def _rule(bits: np.ndarray) -> float:
    return float(np.max(np.cumsum(bits) / (1 + np.arange(len(bits)) * RHO)))


@pytest.mark.parametrize("trait", ["template", "segment", "prompt"])
def test_two_busy_strangers_have_said_nothing(engine: Engine, trait: str) -> None:
    of = crowd(engine, trait, many=300)
    busy = together(of, list(combinations(range(20), 2)))
    # Without it each of these pairs would stand at twenty bits and more.
    assert np.mean(busy) < 2
    assert np.quantile(busy, 0.95) < 8
    assert together(of, [(CROWD - 2, CROWD - 1)])[0] > 18


def test_what_few_accounts_hold_many_of_is_not_held_to_chance(engine: Engine) -> None:
    of = crowd(engine, "ip", many=300)
    assert min(together(of, list(combinations(range(20), 2)))) > 15
