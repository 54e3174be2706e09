"""What the receipt states of each group."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from linkage.case import receipt
from linkage.explain.findings import Examination
from linkage.groups import gates
from linkage.groups.features import Features
from linkage.settings import Settings
from linkage.settings.case import CaseTables
from tests import made_case
from tests.groups.test_gates import OPERATOR

DAY = 86_400_000_000


def assessed(**community: Any) -> Any:
    known = {
        "unit_share": 0.0, "unit": "", "pair_families": frozenset(("payment",)),
        "chain_families": frozenset(), "group_families": frozenset(("registration",)),
        "workload": None, "verbatim": 0.0, "features": Features(payment=False, opening=False),
    }  # fmt: skip
    community = {**known, **community}
    return SimpleNamespace(
        members=np.array([2, 0]),
        gates=(),
        enrichments=[],
        profile=SimpleNamespace(**community),
        table="explained",
    )


def test_a_group_against_which_nothing_is_known_has_no_points() -> None:
    assert receipt.against(assessed(), None, Settings()) == []


@pytest.mark.parametrize(
    ("community", "point"),
    [
        ({"unit_share": 0.5, "unit": "organisation X"}, "50% of the accounts lie in one declared unit"),
        ({"pair_families": frozenset()}, "nothing about payment distinguishes these accounts"),
        ({"group_families": frozenset()}, "their registrations are spread over time"),
        ({"workload": 0.4}, "only 40% of their prompts lie in templates of the group"),
        ({"verbatim": 0.2}, "20% of the common prompts are exact copies"),
    ],
)
def test_each_point_has_its_figure(community: dict[str, Any], point: str) -> None:
    (found,) = receipt.against(assessed(**community), None, Settings())
    assert point in found


def test_what_could_not_be_compared_speaks_against_nobody() -> None:
    unknown = {"pair_families": frozenset(), "group_families": frozenset(), "features": Features()}
    assert receipt.against(assessed(**unknown), None, Settings()) == []


def test_a_low_workload_is_a_setting() -> None:
    chosen = Settings(case=CaseTables(low_workload=0.3))
    assert receipt.against(assessed(workload=0.4), None, chosen) == []


def test_what_the_examination_found_comes_first() -> None:
    found = Examination.from_json(made_case.examined())
    points = receipt.against(assessed(verbatim=0.2), found, Settings())
    assert points[0].startswith("without fingerprint card_1")
    assert "exact copies" in points[-1]


def test_days_hours_and_registrations_are_those_of_the_members() -> None:
    hours = [{"day": "2025-03-03", "hour": 23, "n": 2}, {"day": "2025-03-04", "hour": 0, "n": 1}]
    created = np.array([0.0, 5.0 * DAY, np.nan])
    found = receipt.by_group([("op-1", assessed())], {"op-1": hours}, created, {}, Settings())["op-1"]
    assert found["examined"] == {}
    assert found["by_day"] == [{"day": "2025-03-03", "count": 2}, {"day": "2025-03-04", "count": 1}]
    assert (found["hours"][23], found["week"][0][23], found["week"][1][0]) == (2, 2, 1)
    assert found["registrations_by_day"] == [{"day": "1970-01-01", "count": 1}]


def test_an_examination_belongs_to_the_group_of_its_first_account() -> None:
    found = Examination.from_json(made_case.examined())
    groups = receipt.by_group([("op-1", assessed())], {}, np.zeros(3), {2: found}, Settings())
    assert groups["op-1"]["examined"] == found.to_json()


def test_the_stories_of_a_group_are_stated_with_what_each_feature_says() -> None:
    chosen = Settings().groups
    bits = gates.stories_of(OPERATOR, chosen.stories)
    found = receipt.competing(
        SimpleNamespace(profile=OPERATOR, stories=bits, favours=min(bits.values()), settles="ask"), Settings()
    )
    assert {each["hypothesis"]: each["bits"] for each in found["stories"]} == bits
    assert {each["feature"] for each in found["features"]} == chosen.stories.likelihoods.keys()
    for name, total in bits.items():
        assert sum(each["bits"][name] for each in found["features"]) == pytest.approx(total, abs=1e-5)
    assert (found["margin"], found["missing"]) == (chosen.stories.margin_bits, [])
