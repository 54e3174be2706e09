"""From links to groups, on a small world: one operator and strangers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linkage.engines import Engine
from linkage.groups import stage as groups_stage
from linkage.groups.assessment import Assessment
from linkage.groups.closer_look import Assessed, CloserLook
from linkage.groups.split_by_workload import SplitPartition
from linkage.groups.stage import FoundCommunities, GroupingInput, Groups
from linkage.links.constraints import Constraints
from linkage.log import Log
from tests.groups.made_run import given_for
from tests.promised import PLAIN, small

SETTINGS = small()
OPERATOR = PLAIN.names()[: PLAIN.operator]


@pytest.fixture(scope="module")
def given(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> GroupingInput:
    """The plain world, without verdicts."""
    folder = tmp_path_factory.mktemp("world")
    return given_for(engine, PLAIN.tables(), folder, SETTINGS, Constraints())


@pytest.fixture(scope="module")
def found(engine: Engine, given: GroupingInput) -> FoundCommunities:
    return groups_stage.find_communities(engine, given, SETTINGS, Log())


@pytest.fixture(scope="module")
def assessed(given: GroupingInput, found: FoundCommunities) -> Groups:
    return groups_stage.assess_communities(found, given)


def numbers(given: GroupingInput, names: list[str]) -> list[int]:
    return [given.weighing.names.index(name) for name in names]


def test_the_operator_s_accounts_are_one_community(given: GroupingInput, found: FoundCommunities) -> None:
    labels = found.merged.labels[numbers(given, OPERATOR)]
    assert found.count == int(found.merged.labels.max()) + 1
    home = np.bincount(labels[labels >= 0]).argmax()
    assert (labels == home).sum() >= PLAIN.operator - 1


def test_each_community_is_assessed_with_its_membership_and_work(assessed: Groups) -> None:
    groups = assessed
    assert [each.members.tolist() for each in groups.assessments] == [
        np.flatnonzero(groups.split.labels == number).tolist() for number in range(len(groups.assessments))
    ]
    assert ((groups.membership >= 0) & (groups.membership <= 1)).all()
    assert all({"size", "beyond chance"} & {gate.name for gate in each.gates} for each in groups.assessments)


def test_a_group_that_shows_at_last_is_held_to_what_each_account_must_rest_on(
    engine: Engine, given: GroupingInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is reported before all are compared with everybody else; one account rests on too little."""
    usual, calls = groups_stage._assess, list[int]()
    (odd,) = numbers(given, OPERATOR[:1])

    def nothing_at_first(found: FoundCommunities, split: SplitPartition, *rest: Any) -> Any:
        calls.append(len(calls))
        asked, workloads = usual(found, split, *rest)
        if len(calls) > 1:
            return asked, workloads
        return replace(
            asked, assessments=[replace(one, dismissed=True) for one in asked.assessments]
        ), workloads

    def unchanged(found: FoundCommunities, _given: GroupingInput, whole: Assessed) -> CloserLook:
        return CloserLook(found.split, np.zeros(len(whole.membership), dtype=bool), whole.membership, [])

    # Of so few accounts chance and innocent stories explain everything.
    monkeypatch.setattr(Assessment, "reported", property(lambda one: not one.dismissed))
    monkeypatch.setattr(groups_stage, "_assess", nothing_at_first)
    monkeypatch.setattr(groups_stage, "_look_closer", unchanged)
    monkeypatch.setattr(groups_stage, "rests_on_enough", lambda _, group: group.members != odd)
    anew = groups_stage.find_communities(engine, given, SETTINGS, Log())
    groups = groups_stage.assess_communities(anew, given)
    reported = [one for one in groups.assessments if one.reported]
    assert len(calls) == 2 and reported
    assert odd not in np.concatenate([one.members for one in reported])


def test_evidence_of_the_whole_case_is_added_and_none_is_lost(given: GroupingInput, assessed: Groups) -> None:
    links = groups_stage.with_case_evidence(assessed, given)
    assert links.evidence.num_rows >= given.links.evidence.num_rows
    assert links.scored.left.tolist() == given.links.scored.left.tolist()
    own = [column for column in given.links.evidence.column_names if column in links.evidence.column_names]
    before = links.evidence.slice(0, given.links.evidence.num_rows).select(own)
    assert before.equals(given.links.evidence.select(own))


def test_a_confirmed_group_is_one_community_and_reported(engine: Engine, tmp_path: Path) -> None:
    sure = frozenset([*OPERATOR[:3], PLAIN.names()[-1]])
    given = given_for(engine, PLAIN.tables(), tmp_path, SETTINGS, Constraints(confirmed={"g": sure}))
    found = groups_stage.find_communities(engine, given, SETTINGS, Log())
    assert len(set(found.split.labels[numbers(given, sorted(sure))].tolist())) == 1
    groups = groups_stage.assess_communities(found, given)
    reported = [each for each in groups.assessments if each.reported]
    assert any(set(numbers(given, sorted(sure))) <= set(each.members.tolist()) for each in reported)


def test_where_prompts_are_withheld_accounts_are_split_by_access(engine: Engine, tmp_path: Path) -> None:
    tables = PLAIN.tables()
    for row in tables["interactions"]:
        del row["prompt"]
    log = Log()
    given = given_for(engine, tables, tmp_path, SETTINGS, Constraints())
    assert given.known.known.sum() == 0 < given.known.rows.min()
    found = groups_stage.find_communities(engine, given, SETTINGS, log)
    assert found.workloads.rows is None
    assert found.split.labels.tolist() == np.where(found.split.left, -1, found.merged.labels).tolist()
