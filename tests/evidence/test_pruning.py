"""What may become a link, against the family rules themselves."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.evidence.pruning import Needed, possible, summed
from linkage.evidence.rows import evidence_rows
from linkage.links import log_odds
from linkage.settings.observations import HourProfile

FAMILIES = ("network", "network", "payment", "content", "timing")
STRONG = np.array([True, False, True, True, False])
CAPS = {"network": 9.0, "payment": 20.0, "content": 16.0, "timing": 10.0}
RHO = {"content": 0.5, "": 0.3}
MOST_BITS = HourProfile().max_bits
LATER = {4: MOST_BITS}
RULES = log_odds.rules(FAMILIES, tuple(CAPS), prior=-19.0, caps=CAPS, rho=RHO)
NEEDED = Needed(
    RULES.family,
    RULES.caps[RULES.family],
    RULES.correlation[RULES.family],
    STRONG,
    bits=19.0,
    strong_bits=14.0,
)


def table(rows: list[tuple[tuple[int, int], int, int, float]]) -> pa.Table:
    filled = [(*pair, signal, value, bits) for pair, signal, value, bits in rows]
    columns = np.array(filled, dtype=object).reshape(-1, 5).T
    left, right, signal, value = columns[:4].astype(np.int64)
    return evidence_rows(signal, left=left, right=right, value=value, bits=columns[4].astype(float))


def reach(rows: pa.Table) -> dict[tuple[int, int], tuple[float, float]]:
    """For each pair the bits that speak for it after the family rules: of all signals, and of strong ones."""
    ordered = rows.take(pa.array(log_odds.order(rows, RULES)))
    found = log_odds.score(ordered, RULES)
    signal = ordered["signal"].to_numpy().astype(np.int64)
    bits = np.maximum(ordered["bits"].to_numpy(), 0)
    sums = []
    for own in (bits, np.where(STRONG[signal], bits, 0)):
        counted = log_odds.count_families(found.pair, signal, own, RULES)
        sums.append(np.bincount(found.pair, counted, minlength=len(found.left)))
    pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
    return dict(zip(pairs, zip(*(each.tolist() for each in sums), strict=True), strict=True))


def may_link(rows: pa.Table, later: dict[int, float] = LATER) -> set[tuple[int, int]]:
    """The pairs that may become links."""
    ordered = rows.sort_by([(name, "ascending") for name in ("left", "right", "signal")])
    left, right, signal = (ordered[n].to_numpy().astype(np.int64) for n in ("left", "right", "signal"))
    pairs, place = np.unique(np.stack([left, right]), axis=1, return_inverse=True)
    sums = summed(place.ravel(), signal, ordered["bits"].to_numpy())
    found = pairs[:, possible(sums, pairs.shape[1], NEEDED, later)]
    return set(zip(*found.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_only_what_cannot_be_a_link_is_left_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = table(
        [
            ((pair, 1_000), int(rng.integers(4)), value, round(float(rng.uniform(-2, 9)), 6))
            for pair in range(400)
            for value in range(int(rng.integers(1, 9)))
        ]
    )
    kept = may_link(rows)
    lost, useless = 0, 0
    for pair, (bits, strong) in reach(rows).items():
        # Hours of the day may still add so much.
        able = min(bits - (NEEDED.bits - MOST_BITS), strong - NEEDED.strong_bits) >= 0
        lost += able and pair not in kept
        useless += pair in kept and not able
    assert not lost
    assert 20 < len(kept) < 380
    assert useless < 0.25 * len(kept)


@pytest.mark.parametrize(
    ("rows", "able"),
    [
        ([(2, 8.0), (3, 8.0)], True),
        ([(2, 7.9), (3, 8.0)], False),
        # A weak signal cannot stand in for a strong one, nor a second signal for a second family.
        ([(1, 9.0), (3, 13.9)], False),
        ([(0, 9.0), (1, 9.0), (3, 6.9)], False),
        ([(0, 9.0), (1, 9.0), (3, 7.0)], True),
        # Capped at 9, and two values of one signal at 12 / (1 + 0.3).
        ([(0, 12.0), (3, 6.9)], False),
        ([(2, 6.0), (2, 6.0), (3, 6.7)], False),
        ([(2, 6.0), (2, 6.0), (3, 6.8)], True),
        ([(2, 16.0), (3, -9.0)], True),
    ],
)
def test_the_bound_is_the_rule_where_values_are_equal(rows: list[tuple[int, float]], able: bool) -> None:
    said = table([((0, 1), signal, v, bits) for v, (signal, bits) in enumerate(rows)])
    assert (may_link(said) == {(0, 1)}) is able


def test_weak_values_do_not_take_away_from_strong_ones() -> None:
    strong = [((0, 1), 3, v, 12.0) for v in range(2)] + [((0, 1), 2, 0, 8.0)]
    for weak in ([], [((0, 1), 3, v, 0.6) for v in range(2, 30)]):
        assert may_link(table(strong + weak)) == {(0, 1)}


# --- what comes later ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_later_loses_no_link(seed: int) -> None:
    """Each pair is scored with what comes later at its most: if it is a link then, it is kept."""
    rng = np.random.default_rng(seed)
    now = [
        ((pair, 1_000), int(rng.integers(4)), value, round(float(rng.uniform(0, 9)), 6))
        for pair in range(400)
        for value in range(int(rng.integers(1, 7)))
    ]
    late = [((pair, 1_000), 4, -1, 3.0) for pair in range(400)]
    kept = may_link(table(now), {4: 3.0})
    able = {
        pair
        for pair, (bits, strong) in reach(table(now + late)).items()
        if bits >= NEEDED.bits and strong >= NEEDED.strong_bits
    }
    assert able <= kept
    assert 20 < len(kept) < 390
    assert len(kept - able) < 0.25 * len(kept)


def test_a_family_that_has_said_more_is_granted_nothing() -> None:
    said = table([((0, 1), 2, 0, 10.0), ((0, 1), 3, 1, 7.0)])
    assert may_link(said, {}) == may_link(said, {3: 7.0}) == set()
    assert may_link(said, {4: 2.0}) == may_link(said, {3: 9.0}) == {(0, 1)}
