"""Blocks: who pays with one card, and how little a household weighs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups import households

TEAM = 60


def test_the_team_s_card_comes_before_one_s_own() -> None:
    accounts, cards, uses = (
        np.array([0, 0, 1, 1, 3, 3]),
        np.array([5, 6, 6, 7, 8, 9]),
        np.array([9, 1, 2, 5, 1, 2]),
    )
    assert households.main_values(accounts, cards, uses, 5, team_accounts=TEAM).tolist() == [6, 6, -1, 9, -1]


def test_a_card_on_very_many_accounts_is_nobody_s_team_card() -> None:
    everyone = np.arange(TEAM + 1)
    accounts, cards = np.append(everyone, 0), np.append(np.zeros(TEAM + 1, dtype=np.int64), 1)
    found = households.main_values(
        accounts, cards, np.ones(TEAM + 2, dtype=np.int64), TEAM + 1, team_accounts=TEAM
    )
    assert found.tolist() == [1] + [0] * TEAM


def test_accounts_with_one_main_card_share_a_payer_and_others_have_their_own() -> None:
    payer = households.payers(np.array([4, 4, -1, 9, -1]), np.full(5, -1), team_accounts=TEAM)
    assert payer[0] == payer[1]
    assert len(set(payer.tolist())) == 4


def test_one_card_under_several_names_is_no_household_s() -> None:
    payer = households.payers(np.full(4, 7), np.array([1, 1, 2, -1]), team_accounts=TEAM)
    assert payer[0] == payer[1]
    assert len(set(payer.tolist())) == 3


def test_a_card_on_more_accounts_than_a_team_has_is_no_payer() -> None:
    for n, payers in ((TEAM, 1), (TEAM + 1, TEAM + 1)):
        one = np.zeros(n, dtype=np.int64)
        assert len(set(households.payers(one, one, team_accounts=TEAM).tolist())) == payers


def test_a_declared_unit_comes_before_the_card() -> None:
    block = households.blocks(np.array([0, 0, 0, 3]), np.array([1, 1, -1, -1]))
    assert block[0] == block[1]
    assert len(set(block[1:].tolist())) == 3


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 4)), min_size=1, max_size=60))
def test_weights_of_a_community_sum_to_its_blocks(rows: list[tuple[int, int]]) -> None:
    labels, block = (np.array(column) for column in zip(*rows, strict=True))
    weight = households.block_weights(labels, block)
    for number in set(labels.tolist()):
        inside = labels == number
        assert np.isclose(weight[inside].sum(), len(set(block[inside].tolist())))


def chained(held: dict[int, list[int]], n: int) -> list[int]:
    """The accounts of the largest chain, of `n`, from the accounts that hold each value."""
    rows = [(account, value) for value, who in held.items() for account in who]
    accounts, values = (np.array(side, dtype=np.int64) for side in zip(*rows, strict=True))
    return sorted({int(accounts[row]) for row in households.linking_chain(accounts, values, n)})


def test_cards_and_names_dealt_in_pairs_chain_many_accounts() -> None:
    cards, names = {0: [0, 1], 1: [2, 3], 2: [4, 5]}, {3: [1, 2], 4: [3, 4], 5: [6, 7]}
    assert chained(cards | names, 9) == [0, 1, 2, 3, 4, 5]


def test_a_household_s_card_and_name_chain_nobody() -> None:
    """One card and one name for all five, and a second card for two of them."""
    assert chained({0: [0, 1, 2, 3, 4], 1: [0, 1, 2, 3, 4], 2: [3, 4]}, 9) == []
    assert chained({0: [0, 1, 2, 3], 1: [3, 4]}, 9) == []


def test_accounts_with_cards_of_their_own_chain_nobody() -> None:
    assert chained({0: [0], 1: [1], 2: [2]}, 5) == []


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 7)), min_size=1, max_size=40, unique=True))
def test_no_value_is_on_most_of_a_chain(rows: list[tuple[int, int]]) -> None:
    accounts, values = (np.array(side, dtype=np.int64) for side in zip(*rows, strict=True))
    found = households.linking_chain(accounts, values, 12)
    size = len(np.unique(accounts[found]))
    assert all(2 * int((values[found] == value).sum()) <= size for value in set(values[found].tolist()))
