"""Accounts that somebody took over have a past of another kind; those made for a purpose have none."""

from dataclasses import replace

import numpy as np
import pytest

from linkage.groups.older_lives import DAY, older_lives
from linkage.groups.trait_index import INDEXED_TRAITS, UNTIMED, TraitIndex
from linkage.groups.trait_tests import Population
from linkage.settings.groups import Groups
from tests.groups.made_held import held

GROUPS = Groups()
N, TAKEN = 300, range(10)


def lived(past: float, days: float, *, others: int = 0, known: int = 10) -> TraitIndex:
    """Ten accounts used from home for `past` days, then for `days` by one network, from which so many
    `others` come as well, and only `known` of the ten."""
    uses = {(a, f"home {a}"): (0.0, past + days) for a in range(N)}
    uses |= {(a, "exit"): (past, past + days) for a in [*range(known), *range(10, 10 + others)]}
    rows = held(uses)
    ends = [uses[a, rows.names[v]] for a, v in zip(rows.a.tolist(), rows.value.tolist(), strict=True)]
    first, last = (np.array(each) * DAY for each in zip(*ends, strict=True))
    holders = {name: held([]) for name in INDEXED_TRAITS}
    holders["prefix"] = replace(rows, first=first.astype(np.int64), last=last.astype(np.int64))
    accounts = np.full(N, 12, dtype=np.int64)
    return TraitIndex(holders, accounts, np.full(N, np.nan), Population(np.zeros(N, dtype=np.int64)))


@pytest.mark.parametrize(
    ("past", "days", "share"),
    [(60, 5, 1.0), (14, 5, 1.0), (13, 5, 0.0), (60, 60, 0.0), (60, 59, 1.0), (0, 5, 0.0)],
)
def test_a_past_is_two_weeks_at_least_and_longer_than_what_came_after(
    past: float, days: float, share: float
) -> None:
    assert older_lives(lived(past, days), np.array(TAKEN), GROUPS) == share


def test_each_account_has_its_own_past() -> None:
    index = lived(60, 5)
    rows = index.holders["prefix"]
    homes = np.char.startswith(np.array(rows.names)[rows.value], "home")
    index.holders["prefix"] = replace(rows, first=np.where(homes & (rows.a < 4), 58 * DAY, rows.first))
    assert older_lives(index, np.array(TAKEN), GROUPS) == 0.6


def test_without_networks_of_their_own_nothing_is_known_of_a_past() -> None:
    assert older_lives(lived(60, 5, others=200), np.array(TAKEN), GROUPS) is None, "everybody comes by it"
    assert older_lives(lived(60, 5, known=4), np.array(TAKEN), GROUPS) is None, "fewer than half did"
    assert older_lives(lived(60, 5, known=5), np.array(TAKEN), GROUPS) == 1.0, "of those that did"
    silent = lived(60, 5)
    silent.holders["prefix"] = held([])
    assert older_lives(silent, np.array(TAKEN), GROUPS) is None


def test_facts_without_a_time_say_nothing_of_a_past() -> None:
    index = lived(60, 5)
    rows = index.holders["prefix"]
    index.holders["prefix"] = replace(
        rows, first=np.full(len(rows.a), UNTIMED), last=np.full(len(rows.a), UNTIMED)
    )
    assert older_lives(index, np.array(TAKEN), GROUPS) is None
