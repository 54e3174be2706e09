"""The examination of reported groups, on a small world: one operator and strangers."""

import numpy as np
import pytest

from linkage.engines import Engine
from linkage.explain.findings import Examination
from linkage.explain.stage import examine, histories
from linkage.groups import stage as groups_stage
from linkage.groups.stage import GroupingInput, Groups
from linkage.links.constraints import Constraints
from linkage.log import Log
from tests.groups.made_run import given_for
from tests.promised import PLAIN, small

SETTINGS = small()
CONFIRMED = Constraints(confirmed={"g": frozenset(PLAIN.names()[: PLAIN.operator])})
"""So that a group is reported, whatever the gates say of so small a world."""


@pytest.fixture(scope="module")
def given(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> GroupingInput:
    return given_for(engine, PLAIN.tables(), tmp_path_factory.mktemp("world"), SETTINGS, CONFIRMED)


@pytest.fixture(scope="module")
def groups(engine: Engine, given: GroupingInput) -> Groups:
    found = groups_stage.find_communities(engine, given, SETTINGS, Log())
    return groups_stage.assess_communities(found, given)


@pytest.fixture(scope="module")
def examined(engine: Engine, given: GroupingInput, groups: Groups) -> dict[int, Examination]:
    return examine(engine, groups, given, settings=SETTINGS, log=Log())


def test_each_reported_group_is_examined_and_no_other(
    groups: Groups, examined: dict[int, Examination]
) -> None:
    reported = [each for each in groups.assessments if each.reported]
    assert reported and set(examined) == {int(each.members[0]) for each in reported}
    for each in reported:
        found = examined[int(each.members[0])]
        assert found.accounts == len(each.members) == found.core + found.fringe
        assert 0 < found.links_examined <= found.links


def test_every_family_that_links_the_group_is_left_out_once(examined: dict[int, Examination]) -> None:
    assert examined
    for found in examined.values():
        families = [each.family for each in found.without_family]
        assert families and len(families) == len(set(families))
        assert all(each.remains.links <= found.whole.links for each in found.without_family)


def test_an_examination_survives_the_receipt(examined: dict[int, Examination]) -> None:
    assert examined
    for found in examined.values():
        assert Examination.from_json(found.to_json()) == found


def test_an_account_s_history_begins_with_its_first_request(engine: Engine, given: GroupingInput) -> None:
    found = histories(engine, given.population)
    events = given.population.events
    a, at = events["a"].to_numpy(), events["at"].to_numpy()
    for account in np.unique(a)[:5]:
        assert found.acted[account] == at[a == account].min()
