"""The link rule: what is a link, and that whatever it denies beforehand is none."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evidence.pruning import summed
from linkage.evidence.rows import evidence_rows
from linkage.links import log_odds
from linkage.links.link_rule import LinkRule
from linkage.settings.links import Links as LinksSettings
from linkage.settings.observations import HourProfile

FAMILIES = ("network", "network", "payment", "content", "timing")
STRONG = np.array([True, False, True, True, False])
CAPS = {"network": 9.0, "payment": 20.0, "content": 16.0, "timing": 10.0}
RHO = {"content": 0.5, "": 0.3}
MOST_BITS = HourProfile().max_bits
LATER = {4: MOST_BITS}
RULES = log_odds.rules(FAMILIES, tuple(CAPS), prior=-19.0, caps=CAPS, rho=RHO)
RULE = LinkRule(RULES, STRONG, link_bits=0.0, strong_bits=14.0)
NEEDED = RULE.link_bits - RULES.prior
"""Bits of all signals that a link needs."""


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


def may_link(rows: pa.Table, later: dict[int, float] = LATER, rule: LinkRule = RULE) -> set[tuple[int, int]]:
    """The pairs that may become links."""
    ordered = rows.sort_by([(name, "ascending") for name in ("left", "right", "signal")])
    left, right, signal = (ordered[n].to_numpy().astype(np.int64) for n in ("left", "right", "signal"))
    pairs, place = np.unique(np.stack([left, right]), axis=1, return_inverse=True)
    sums = summed(place.ravel(), signal, ordered["bits"].to_numpy())
    found = pairs[:, rule.could_be_link(sums, (pairs[0], pairs[1]), later)]
    return set(zip(*found.tolist(), strict=True))


Reason = tuple[tuple[int, int], int, int, float]
"""Pair, signal, value, bits."""


def links(rows: pa.Table, rule: LinkRule = RULE) -> set[tuple[int, int]]:
    """The pairs that are links."""
    ordered = rows.take(pa.array(log_odds.order(rows, rule.rules)))
    scored = log_odds.score(ordered, rule.rules)
    linked = rule.is_link(ordered, scored)
    return set(zip(scored.left[linked].tolist(), scored.right[linked].tolist(), strict=True))


# --- what is a link ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reasons", "linked"),
    [
        ([(2, 10.0), (3, 9.0)], True),
        ([(2, 10.0), (3, 8.9)], False),
        # Two families of strong signals with 14 bits; the weak ones only fill up.
        ([(2, 8.0), (3, 6.0), (4, 5.0)], True),
        ([(2, 8.0), (3, 5.9), (4, 6.0)], False),
        # What speaks against counts in the log-odds and leaves the strong bits as they are.
        ([(2, 10.0), (3, 10.0), (4, -1.0)], True),
        ([(2, 10.0), (3, 10.0), (4, -1.1)], False),
        # A family is capped: 30 bits of network count as 9.
        ([(0, 30.0), (2, 9.9)], False),
        ([(0, 30.0), (2, 10.0)], True),
    ],
)
def test_a_link_has_enough_bits_and_enough_of_them_from_strong_signals(
    reasons: list[tuple[int, float]], linked: bool
) -> None:
    said = table([((0, 1), signal, value, bits) for value, (signal, bits) in enumerate(reasons)])
    assert (links(said) == {(0, 1)}) is linked


def test_the_thresholds_are_those_of_the_settings() -> None:
    chosen = LinksSettings(link_bits=2.0, strong_bits=3.0)
    rule = LinkRule.of(RULES, STRONG, chosen)
    log_odds_, strong = np.array([1.9, 2.0, 2.0]), np.array([9.0, 3.0, 2.9])
    assert rule.enough(log_odds_).tolist() == [False, True, True]
    assert rule.suffices(log_odds_, strong, np.zeros(3)).tolist() == [False, True, False]
    assert rule.suffices(log_odds_, strong, np.array([0.2, 0.2, 0.2])).tolist() == [False, True, True]
    assert rule.weight(np.array([1.0, 2.0, 5.0])).tolist() == [1.0, 1.0, 4.0]


reasons_drawn = st.lists(
    st.tuples(
        st.sampled_from([(0, 1), (0, 2), (1, 2), (3, 9)]),
        st.integers(0, 3),
        st.integers(0, 6),
        st.integers(-3_000_000, 20_000_000).map(lambda n: n / 1e6),
    ),
    max_size=40,
    unique_by=lambda reason: reason[:3],
)
later_drawn = st.dictionaries(st.just(4), st.integers(0, 6_000_000).map(lambda n: n / 1e6), max_size=1)


@given(reasons_drawn, later_drawn)
def test_what_cannot_be_a_link_is_none_whatever_comes_later(
    reasons: list[Reason], later: dict[int, float]
) -> None:
    said = [
        (pair, signal, 99, bits) for pair in {each[0] for each in reasons} for signal, bits in later.items()
    ]
    assert links(table([*reasons, *said])) <= may_link(table(reasons), later)


# --- withheld prompts ----------------------------------------------------------------------------


def with_known(*shares: float) -> LinkRule:
    """The rule where these shares of the accounts' prompts are known: seven bits more where none is."""
    return replace(RULE, rules=replace(RULES, known=np.array(shares), withheld_bits=7.0))


def test_a_pair_with_withheld_prompts_needs_fewer_bits_and_fewer_strong_ones() -> None:
    rule = with_known(1.0, 1.0, 0.0, 0.5)
    said = [((0, other), 2, 0, 12.0) for other in (1, 2, 3)]
    assert links(table(said), rule) == may_link(table(said), {}, rule) == {(0, 2)}
    more = [((0, other), 3, 1, 4.0) for other in (1, 2, 3)]
    assert links(table(said + more), rule) == {(0, 2), (0, 3)}


shares_drawn = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=10, max_size=10)


@given(reasons_drawn, later_drawn, shares_drawn)
def test_the_bound_holds_for_every_share_of_known_prompts(
    reasons: list[Reason], later: dict[int, float], shares: list[float]
) -> None:
    rule = with_known(*shares)
    said = [
        (pair, signal, 99, bits) for pair in {each[0] for each in reasons} for signal, bits in later.items()
    ]
    assert links(table([*reasons, *said]), rule) <= may_link(table(reasons), later, rule)


@given(reasons_drawn, shares_drawn, st.integers(0, 9))
def test_the_same_evidence_links_no_less_where_less_is_known(
    reasons: list[Reason], shares: list[float], account: int
) -> None:
    less = [0.0 if place == account else share for place, share in enumerate(shares)]
    assert links(table(reasons), with_known(*shares)) <= links(table(reasons), with_known(*less))


def test_a_stricter_rule_has_one_prior_for_all_pairs() -> None:
    rule = with_known(0.0, 0.0)
    assert rule.rules.priors(np.array([0]), np.array([1])).tolist() == [RULES.prior + 7]
    strict = rule.stricter(2.0)
    assert strict.rules.priors(np.array([0]), np.array([1])).tolist() == [RULES.prior]
    assert strict.link_bits == RULE.link_bits + 2


# --- what could be one ---------------------------------------------------------------------------


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
        able = min(bits - (NEEDED - MOST_BITS), strong - RULE.strong_bits) >= 0
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
    late = [((pair, 1_000), 4, 99, 3.0) for pair in range(400)]
    kept = may_link(table(now), {4: 3.0})
    able = {
        pair
        for pair, (bits, strong) in reach(table(now + late)).items()
        if bits >= NEEDED and strong >= RULE.strong_bits
    }
    assert able <= kept
    assert 20 < len(kept) < 390
    assert len(kept - able) < 0.25 * len(kept)


def test_a_family_that_has_said_more_is_granted_nothing() -> None:
    said = table([((0, 1), 2, 0, 10.0), ((0, 1), 3, 1, 7.0)])
    assert may_link(said, {}) == may_link(said, {3: 7.0}) == set()
    assert may_link(said, {4: 2.0}) == may_link(said, {3: 9.0}) == {(0, 1)}
