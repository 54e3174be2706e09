"""What families of evidence say together."""

import numpy as np
import pytest

from linkage.groups.families import NOT_PLANTED, PROVISION, independent_count, little_in_common


def test_network_and_device_count_once_for_an_account() -> None:
    names = ["content", "device", "network", "payment"]
    held = np.array(
        [[True, True, True, True], [False, True, True, False], [True, True, False, False], [False] * 4]
    )
    assert independent_count(held, names).tolist() == [3, 1, 2, 0]
    assert independent_count(np.zeros((2, 0), dtype=bool), []).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("families", "said"),
    [
        ({"network"}, "shared infrastructure"),
        ({"network", "device", "timing"}, "shared infrastructure"),
        ({"content"}, "alike questions, nothing else"),
        ({"content", "network"}, "alike questions, client and ways in"),
        (set(), "too few independent families"),
        ({"payment"}, "too few independent families"),
    ],
)
def test_what_is_said_of_too_few_families(families: set[str], said: str) -> None:
    assert said in little_in_common(frozenset(families))


def test_what_cannot_be_planted_is_provided_for_an_account() -> None:
    assert NOT_PLANTED in PROVISION
