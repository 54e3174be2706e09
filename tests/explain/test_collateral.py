"""Who is hit if values are blocked."""

import numpy as np

from linkage.explain.collateral import Collateral
from linkage.explain.held_values import HeldValues

ACCOUNTS = ["a", "b", "c", "reported", "open", "told", "free"]
HOLDERS = {
    ("ip", "all"): ["a", "b", "c", "reported", "open", "told", "free"],
    ("ip", "ab"): ["a", "b", "free"],
    ("ja4", "b"): ["b"],
    ("ja4", "c"): ["c"],
}
OUTCOMES = {**dict.fromkeys("abc", "groups"), "reported": "groups", "open": "unresolved", "told": "explained"}


def held() -> HeldValues:
    pairs = [(ACCOUNTS.index(a), v) for v, own in enumerate(HOLDERS.values()) for a in own]
    return HeldValues(
        accounts=ACCOUNTS,
        values=list(HOLDERS),
        account=np.array([a for a, _ in pairs], np.int64),
        value=np.array([v for _, v in pairs], np.int64),
        population=len(ACCOUNTS),
    )


GROUP = Collateral(held(), ["a", "b", "c"], OUTCOMES)


def test_a_value_hits_members_and_others_by_what_became_of_them() -> None:
    everyone = GROUP.impact(0)
    assert (everyone.members, everyone.others) == (3, 4)
    assert everyone.by_class == {"groups": 1, "unresolved": 1, "explained": 1, "none": 1}
    assert [(each.members, each.others) for each in GROUP.impacts()] == [(3, 4), (2, 1), (1, 0), (1, 0)]


def test_without_collateral_only_values_of_members_alone_are_blocked() -> None:
    found = GROUP.block(0)
    assert [each.value for each in found.values] == ["b", "c"]
    assert (found.covered, found.of, found.others, found.cost) == (2, 3, 0, 2)


def test_with_collateral_a_group_is_covered_and_each_other_account_counts_once() -> None:
    found = GROUP.block()
    assert found.covered == 3
    assert [each.value for each in found.values] == ["ab", "c"]
    assert (found.others, found.by_class["none"]) == (1, 1)
    assert found.cost == sum(1 + each.others for each in found.values) == 3
    assert found.cost_at_least == 2, "3 over 1 + 1/2 + 1/3, and costs are whole"
    assert found.most_others is None
    assert sum(found.newly) == 3


def test_a_limit_keeps_out_what_many_hold() -> None:
    assert all(each.value != "all" for each in GROUP.block(3).values)


def test_values_without_a_group_hit_all_their_holders() -> None:
    named = Collateral(held(), (), OUTCOMES)
    hit = named.hit([1, 2])
    assert [ACCOUNTS[i] for i in hit] == ["a", "b", "free"]
    assert named.by_class(hit) == {"groups": 2, "unresolved": 0, "explained": 0, "none": 1}
    assert named.hit([]).tolist() == []


def test_members_that_hold_nothing_are_not_covered() -> None:
    found = Collateral(held(), ["a", "nobody knows"], OUTCOMES).block()
    assert (found.covered, found.of) == (1, 2)
