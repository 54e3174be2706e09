"""Techniques of MITRE ATLAS that a finding stands for."""

from typing import Any

import pytest

from linkage.attribution.techniques import techniques


def finding(**more: Any) -> dict[str, Any]:
    plain = {"accounts": 6, "interactions": 0, "infrastructure": "unknown", "distillation": None}
    return {**plain, **more}


def test_a_group_has_only_what_its_finding_says() -> None:
    assert [each.id for each in techniques(finding())] == ["AML.T0021"]
    full = techniques(finding(interactions=1_234, infrastructure="reseller", distillation=0.826))
    assert [each.id for each in full] == ["AML.T0008.005", "AML.T0021", "AML.T0040", "AML.T0024.002"]
    assert all(each.why and each.tactic for each in full)


def test_the_score_of_extraction_is_the_distillation_score() -> None:
    last = techniques(finding(distillation=0.826))[-1]
    assert (last.score, last.name) == (83, "Extract AI Model")
    assert "83 of 100" in last.why


@pytest.mark.parametrize(("score", "named"), [(0.0, False), (0.49, False), (0.5, True), (1.0, True)])
def test_extraction_is_named_only_from_half_the_score_on(score: float, named: bool) -> None:
    found = {each.id for each in techniques(finding(distillation=score))}
    assert ("AML.T0024.002" in found) == named


def test_no_technique_says_that_one_operator_runs_them() -> None:
    [only] = techniques(finding())
    assert only.why == "6 accounts that one operator may run"
