"""The trait index, from the engine: holders of each trait in canonical order."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.groups.stage_traits import trait_holders, trait_index
from linkage.groups.trait_index import INDEXED_TRAITS
from linkage.links.constraints import Constraints
from linkage.settings.group_assessment import TraitTests
from tests.groups.made_run import given_for
from tests.promised import PLAIN, small

ROWS = [
    ("a1", "fingerprint", "card y", 2),
    ("a0", "fingerprint", "card y", 1),
    ("a2", "fingerprint", "card x", 5),
    ("a0", "shoe", "red", 1),
    ("a1", "prefix", "home", 3),
    ("a0", "prefix", "work", 4),
    ("gone", "fingerprint", "card x", 1),
]


@pytest.mark.parametrize("order", [1, -1])
def test_holders_are_numbered_in_the_order_of_values_and_accounts(engine: Engine, order: int) -> None:
    account, trait, value, count = zip(*ROWS[::order], strict=True)
    observations = engine.table(
        pa.table(
            {
                "account": account,
                "trait": trait,
                "value": value,
                "count": pa.array(count, pa.int64()),
                "first_at": pa.array([10 * each for each in count], pa.int64()),
                "last_at": pa.array([11 * each for each in count], pa.int64()),
            }
        )
    )
    accounts = engine.table(pa.table({"account": ["a0", "a1", "a2"], "a": [0, 1, 2]}))
    found = trait_holders(engine, observations, accounts)
    assert set(found) == set(INDEXED_TRAITS)
    cards = found["fingerprint"]
    assert cards.names == ["card x", "card y"]
    assert list(zip(cards.a.tolist(), cards.value.tolist(), cards.count.tolist(), strict=True)) == [
        (2, 0, 5),
        (0, 1, 1),
        (1, 1, 2),
    ]
    ways = found["prefix"]
    assert (ways.first.tolist(), ways.last.tolist()) == ([30, 40], [33, 44])
    assert found["bin"].names == [] and len(found["bin"].a) == 0


def test_the_index_has_a_stratum_and_figures_for_each_account(engine: Engine, tmp_path: Path) -> None:
    given = given_for(engine, PLAIN.tables(), tmp_path, small(), Constraints())
    index = trait_index(engine, given.population, given.weighing, TraitTests(min_stratum_accounts=1))
    accounts = len(given.weighing.names)
    assert len(index.population.strata) == len(index.interactions) == len(index.created) == accounts
    country = {a: index.holders["country"].value[i] for i, a in enumerate(index.holders["country"].a)}
    for stratum in np.unique(index.population.strata):
        inside = np.flatnonzero(index.population.strata == stratum)
        assert len({country.get(a) for a in inside.tolist()}) == 1
