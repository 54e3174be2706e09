"""The links inside each community."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from linkage.groups.inner_links import rows_inside, strongest_links, tied_ends
from linkage.settings.group_assessment import Profiles


def made() -> Any:
    scored = SimpleNamespace(
        left=np.array([0, 0, 1, 3, 4]), right=np.array([1, 2, 2, 4, 5]), log_odds=np.array([1.0, 9, 2, 5, 7])
    )
    return SimpleNamespace(scored=scored, linked=np.array([True, False, True, True, True]))


LABELS = np.array([0, 0, 0, 1, 1, -1])


def test_each_account_s_strongest_link_inside_its_community() -> None:
    assert strongest_links(made(), LABELS).tolist() == [1.0, 2.0, 2.0, 5.0, 5.0, -np.inf]


def test_the_chosen_pairs_of_each_community() -> None:
    found = rows_inside(made(), LABELS, np.array([True, True, False, True, True]), 3)
    assert [rows.tolist() for rows in found] == [[0, 1], [3], []]


def test_a_family_ties_who_has_it_in_a_fair_part_of_his_links() -> None:
    """Account 0 has five links: content in all, a card in one; account 6 has none."""
    ends = np.array([[0, 0, 0, 0, 0], [1, 2, 3, 4, 5]])
    bits = np.array([[9.0, 0.0]] * 4 + [[9.0, 9.0]])
    tied = tied_ends(ends, bits, 7, Profiles())
    assert tied[:, 0].tolist() == [True] * 6 + [False]
    assert tied[:, 1].tolist() == [False] * 5 + [True, False]
    assert not tied_ends(ends, np.full((5, 1), 1.0), 7, Profiles()).any(), "a bit says nothing substantial"
