"""What remains of a group when families, values or both are taken out of its evidence."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evidence.kinds import Kind
from linkage.evidence.rows import evidence_rows
from linkage.explain.ablation import GroupEvidence, Removal, Rows, remove_each, smallest_set
from linkage.links import log_odds
from linkage.links.link_rule import LinkRule
from linkage.settings.explain import Ablation

FAMILIES = ("network", "payment", "device")
CARD, ADDRESS, CLIENT, PREFIX = range(4)
RULES = log_odds.rules(
    ["payment", "network", "device", "network"],
    FAMILIES,
    prior=-10.0,
    caps={"network": 16.0, "payment": 20.0, "device": 10.0},
    rho={"": 0.3},
)
CHOSEN = Ablation()
RULE = LinkRule(RULES, np.array([True, True, False, False]), link_bits=0.0, strong_bits=8.0)
Said = tuple[int, int, int, int, float]
"""Left, right, signal, value, bits."""


def web(
    n: int,
    said: list[Said],
    *,
    unit: list[int] | None = None,
    forced: frozenset[tuple[int, int]] = frozenset(),
    kind: Kind = Kind.VALUE,
) -> GroupEvidence:
    columns = list(zip(*said, strict=True))
    left, right, signal, value, bits = (np.array(column) for column in columns)
    table = evidence_rows(signal, kind=kind, left=left, right=right, value=value, bits=bits)
    table = table.take(pa.array(log_odds.order(table, RULES)))
    scored = log_odds.score(table, RULES)
    rows = Rows(
        scored.pair,
        *(table[c].to_numpy().astype(np.int64) for c in ("signal", "kind", "value")),
        bits=table["bits"].to_numpy(),
    )
    pairs = zip(scored.left.tolist(), scored.right.tolist(), strict=True)
    return GroupEvidence(
        np.stack([scored.left, scored.right]),
        rows,
        np.array(unit or [-1] * n),
        np.array([pair in forced for pair in pairs]),
        RULE,
    )


def removals(whole: GroupEvidence) -> list[Removal]:
    return remove_each(whole, whole.sources(CHOSEN))


def clique(members: range, signal: int, value: int, bits: float) -> list[Said]:
    return [(x, y, signal, value, bits) for x, y in combinations(members, 2)]


TWO_HOMES = [
    *clique(range(10), CARD, 1, 15.0),
    *clique(range(6), ADDRESS, 2, 12.0),
    *clique(range(6, 10), ADDRESS, 3, 12.0),
]
"""One card on ten accounts, six of which share one address and four another."""


def test_without_the_card_it_falls_into_its_homes() -> None:
    whole = web(10, TWO_HOMES)
    assert whole.remains(np.ones(whole.pairs, dtype=bool)).parts == (10,)
    found = smallest_set(whole, removals(whole), CHOSEN, min_accounts=3)
    assert found is not None
    assert [each.values.tolist() for each in found.sources] == [[1]]
    assert (found.remains.parts, found.remains.links, found.remains.of) == ((6, 4), 21, 45)
    assert found.remains.falls_apart(3)


def test_parts_too_small_to_matter_are_no_fall() -> None:
    whole = web(10, TWO_HOMES)
    alone = whole.remains(whole.without_values(np.array([1])))
    assert not alone.falls_apart(5)
    assert alone.falls_apart(4)


def test_a_group_that_loses_most_of_its_accounts_has_fallen() -> None:
    whole = web(6, [*clique(range(6), CARD, 1, 15.0), (0, 1, ADDRESS, 2, 12.0)])
    left = whole.remains(whole.without_values(np.array([1])))
    assert (left.parts, left.alone, left.accounts) == ((2,), 4, 2)
    assert left.falls_apart(5)


def test_what_was_outshone_counts_when_the_best_is_gone() -> None:
    whole = web(2, [(0, 1, ADDRESS, 2, 16.0), (0, 1, ADDRESS, 3, 12.0), (0, 1, PREFIX, 4, 9.0)])
    assert whole.without_values(np.array([2])).tolist() == [True]
    assert whole.without_values(np.array([2, 3])).tolist() == [False]


def test_a_prefix_alone_makes_no_link_however_much_it_says() -> None:
    whole = web(2, [(0, 1, ADDRESS, 2, 12.0), (0, 1, PREFIX, 3, 15.0)])
    assert whole.without_values(np.array([3])).tolist() == [True]
    assert whole.without_values(np.array([2])).tolist() == [False]


def test_what_a_person_linked_stays() -> None:
    whole = web(10, TWO_HOMES, forced=frozenset([(0, 9)]))
    left = whole.remains(whole.without_values(np.array([1])))
    assert left.parts == (10,)
    assert not left.falls_apart(3)


def test_a_declared_unit_hangs_together_and_does_not_count() -> None:
    whole = web(10, TWO_HOMES, unit=[0] * 6 + [-1] * 4)
    left = whole.remains(whole.without_values(np.array([1])))
    assert left.parts == (6, 4)
    assert left.of == 45 - 15
    nothing = whole.remains(whole.without_values(np.array([1, 2, 3])))
    assert (nothing.parts, nothing.alone, nothing.links) == ((6,), 4, 0)


def test_values_of_the_same_accounts_are_one_source() -> None:
    said = [
        *clique(range(6), CARD, 1, 15.0),
        *clique(range(6), CARD, 2, 9.0),
        *clique(range(2), CARD, 3, 9.0),
    ]
    whole = web(6, said)
    sources = [sorted(each.values.tolist()) for each in whole.sources(CHOSEN)]
    assert sources == [[1, 2], [3]]
    assert removals(whole)[0].remains.alone == 6


def test_two_values_together_take_apart_what_each_alone_does_not() -> None:
    bridge = [
        (x, y, CARD, value, 15.0) for value, ys in ((7, (5, 6)), (8, (7, 8, 9))) for x in range(5) for y in ys
    ]
    said = [*clique(range(5), ADDRESS, 1, 14.0), *clique(range(5, 10), ADDRESS, 2, 14.0), *bridge]
    whole = web(10, said)
    found = smallest_set(whole, removals(whole), CHOSEN, min_accounts=5)
    assert found is not None
    assert sorted(int(v) for each in found.sources for v in each.values) == [7, 8]
    assert found.remains.parts == (5, 5)


def test_a_group_that_outlives_every_source_says_so() -> None:
    said = [row for value in range(9) for row in clique(range(8), (CARD, ADDRESS)[value % 2], value, 15.0)]
    # Sources of other holders each: every value misses another account, twice over.
    said = [row for row in said if row[3] not in (row[0], row[1])]
    whole = web(8, said)
    found = smallest_set(whole, removals(whole), CHOSEN, min_accounts=3)
    assert found is not None
    assert not found.remains.falls_apart(3)


def test_without_sources_there_is_no_set() -> None:
    whole = web(2, [(0, 1, CARD, 0, 15.0)], kind=Kind.HOURS)
    assert whole.sources(CHOSEN) == []
    assert smallest_set(whole, [], CHOSEN, min_accounts=3) is None


said_of_pairs = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 5), st.integers(0, 3), st.integers(0, 7),
        st.floats(-6, 18).map(lambda bits: round(bits, 6)),
    ).filter(lambda row: row[0] < row[1]),
    min_size=1, max_size=40, unique_by=lambda row: row[:4],
)  # fmt: skip


def links(said: list[Said]) -> set[tuple[int, int]]:
    """The links that these rows make, counted from nothing."""
    if not said:
        return set()
    whole = web(6, said)
    every = whole._standing(whole.bits, whole.strong)
    return {(int(x), int(y)) for x, y in whole.ends[:, every].T}


@given(said=said_of_pairs, gone=st.sets(st.integers(0, 7)))
def test_taking_values_out_is_counting_again_without_them(said: list[Said], gone: set[int]) -> None:
    whole = web(6, said)
    left = whole.without_values(np.array(sorted(gone), dtype=np.int64))
    found = {(int(x), int(y)) for x, y in whole.ends[:, left].T}
    assert found == links([row for row in said if row[3] not in gone])


@given(said=said_of_pairs, family=st.integers(0, 2))
def test_taking_a_family_out_is_counting_again_without_it(said: list[Said], family: int) -> None:
    whole = web(6, said)
    left = whole.without_family(family)
    found = {(int(x), int(y)) for x, y in whole.ends[:, left].T}
    assert found == links([row for row in said if RULES.family[row[2]] != family])


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_accounts_changes_no_figure(seed: int) -> None:
    places = np.random.default_rng(seed).permutation(10)
    turned = [(*sorted((int(places[x]), int(places[y]))), *rest) for x, y, *rest in TWO_HOMES]
    for one, other in zip(removals(web(10, TWO_HOMES)), removals(web(10, turned)), strict=True):
        assert one.remains == other.remains
