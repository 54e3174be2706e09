"""What some accounts have in common, and what sets each apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.explain.held_values import HeldValues
from linkage.explain.shared import CommonValue, few, held_by_several, rarity_bits, shared
from linkage.schema import FAMILIES

FAMILY = {"ip": "network", "card": "payment", "born": "registration"}


def holding(*pairs: tuple[str, str, str]) -> HeldValues:
    """What accounts hold: account, trait and value."""
    accounts, values = sorted({pair[0] for pair in pairs}), sorted({pair[1:] for pair in pairs})
    places = np.array([(accounts.index(a), values.index((t, v))) for a, t, v in pairs], np.int64).reshape(
        -1, 2
    )
    return HeldValues(accounts, values, places[:, 0], places[:, 1], population=100)


PAIRS = [
    *((each, "ip", "1") for each in "abc"),
    *((each, "card", "9") for each in "ab"),
    ("c", "card", "7"),
    ("c", "card", "8"),
    *((each, "born", each) for each in "abc"),
]
OWN = holding(*PAIRS)
HELD = HeldValues(
    accounts=["a", "b", "c", "d"],
    values=[("card", "9"), ("ip", "1")],
    account=np.array([0, 1, 0, 1, 2, 3], np.int64),
    value=np.array([0, 0, 1, 1, 1, 1], np.int64),
    population=100,
)


def test_values_of_two_accounts_and_more_are_looked_at() -> None:
    assert held_by_several(OWN) == [("card", "9"), ("ip", "1")]


def test_what_is_common_comes_with_its_counts_rarest_first() -> None:
    found = shared("abc", OWN, FAMILY, HELD)
    assert [(each.trait, each.inside, each.accounts, each.family) for each in found.common] == [
        ("ip", 3, 4, "network"), ("card", 2, 2, "payment"),
    ]  # fmt: skip
    assert found.common[0].rarity_bits == pytest.approx(3 * math.log2(25))


def test_a_page_lists_few_values_of_a_trait_so_that_others_come_next() -> None:
    common = [CommonValue(trait, "content", str(i), 2, 2, 9.0 - i) for i, trait in enumerate("sssssttip")]
    assert "".join(each.trait for each in few(common, 30, 3)) == "sssttip"
    assert "".join(each.trait for each in few(common, 4, 3)) == "ssst"


def test_one_stands_apart_where_others_agree_and_not_where_none_does() -> None:
    [apart] = shared("abc", OWN, FAMILY, HELD).apart
    assert (apart.account, apart.trait, apart.value, apart.values) == ("c", "card", "7", 2)
    assert (apart.others, apart.agree) == (2, 2)


def test_of_two_accounts_each_difference_is_told() -> None:
    found = shared("ac", holding(*(pair for pair in PAIRS if pair[0] != "b")), FAMILY, HELD)
    assert {(each.account, each.trait) for each in found.apart} == {
        ("a", "born"), ("a", "card"), ("c", "born"), ("c", "card"),
    }  # fmt: skip


def test_what_is_not_known_is_told_of_each() -> None:
    assert shared("abc", OWN, FAMILY, HELD).unknown["a"] == ("device", "content", "timing", "lineage")
    assert "network" in shared(["a", "x"], holding(PAIRS[0]), FAMILY, HELD).unknown["x"]
    assert shared(["x", "y"], holding(), {}, holding()).unknown == {"x": FAMILIES, "y": FAMILIES}


held = st.tuples(st.sampled_from("abcd"), st.sampled_from(["born", "card", "ip"]), st.sampled_from("123"))


@given(st.lists(held, unique=True))
def test_who_stands_apart_is_who_agrees_with_nobody(pairs: list[tuple[str, str, str]]) -> None:
    """Against the definition, an account and a trait at a time."""
    expected = set()
    for account, trait in {pair[:2] for pair in pairs}:
        own = {value for a, t, value in pairs if (a, t) == (account, trait)}
        others = {a for a, t, _ in pairs if t == trait} - {account}
        agreeing = {
            a
            for a in others
            if {(t, v) for b, t, v in pairs if b == a and t == trait}
            & {(t, v) for b, t, v in pairs if b not in (a, account) and t == trait}
        }
        alone = not any(value in own for a, t, value in pairs if t == trait and a != account)
        if alone and (agreeing or len(others) == 1):
            expected.add((account, trait, min(own), len(own), len(others), len(agreeing)))
    found = shared("abcd", holding(*pairs), FAMILY, holding())
    assert {
        (each.account, each.trait, each.value, each.values, each.others, each.agree) for each in found.apart
    } == expected


@given(st.integers(1, 12), st.integers(0, 40), st.data())
def test_the_bound_holds(of: int, others: int, data: st.DataObject) -> None:
    """Against the exact probability of the hypergeometric distribution."""
    population = of + others
    holders = data.draw(st.integers(1, population))
    inside = data.draw(st.integers(0, min(of, holders)))
    draws = math.comb(population, of)
    tail = sum(
        math.comb(holders, each) * math.comb(population - holders, of - each)
        for each in range(inside, min(of, holders) + 1)
    )
    assert tail / draws <= 2 ** -rarity_bits(inside, of, holders, population) + 1e-5


def test_a_value_as_common_inside_as_outside_is_not_rare() -> None:
    assert rarity_bits(5, 10, 500, 1_000) == 0.0
    assert rarity_bits(2, 2, 2, 2) == 0.0
    assert rarity_bits(2, 2, 2, 1_024) == pytest.approx(18.0)
