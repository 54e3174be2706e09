"""Who holds what: rows of accounts, and how much of a community holds one value."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.trait_index import TraitIndex
from linkage.groups.trait_tests import Population
from tests.groups.made_held import held


@given(
    st.sets(st.tuples(st.integers(0, 9), st.sampled_from("xyz")), max_size=30),
    st.sets(st.integers(0, 12), max_size=8),
)
def test_rows_of_accounts_are_found_wherever_they_are(rows: set[tuple[int, str]], some: set[int]) -> None:
    holders = held(rows)
    found = holders.rows_of(np.array(sorted(some), dtype=np.int64))
    got = {(int(holders.a[i]), holders.names[holders.value[i]]) for i in found}
    assert got == {(a, name) for a, name in rows if a in some}
    assert holders.totals.sum() == len(rows)


@given(
    st.sets(st.tuples(st.integers(0, 9), st.sampled_from("xyz")), min_size=1, max_size=30),
    st.sets(st.integers(0, 12), max_size=8),
    st.sets(st.integers(0, 2), max_size=3),
)
def test_how_many_of_some_accounts_hold_each_of_some_values(
    rows: set[tuple[int, str]], some: set[int], asked: set[int]
) -> None:
    holders = held(rows)
    accounts, values = (np.array(sorted(each), dtype=np.int64) for each in (some, asked))
    values = values[values < len(holders.names)]
    names = [holders.names[value] for value in values]
    expected = [sum(name == each and a in some for a, each in rows) for name in names]
    assert holders.among(accounts, values).tolist() == expected


def test_the_share_of_a_community_that_holds_values() -> None:
    cards = held([(0, "x"), (1, "x"), (1, "y"), (2, "y"), (9, "z")])
    count = np.ones(10, dtype=np.int64)
    index = TraitIndex({"card": cards}, count, np.full(10, np.nan), Population(count))
    members = np.arange(4)
    assert index.commonest_share(members, "card") == 0.5
    assert index.share_holding(members, "card", np.array([0, 1])) == 0.75
    assert index.share_holding(members, "card", np.array([2])) == 0.0
    assert index.commonest_share(np.array([5]), "card") == 0.0
