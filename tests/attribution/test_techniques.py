"""Techniques of MITRE ATLAS that a finding stands for."""

from typing import Any

from linkage.attribution.techniques import techniques


def finding(**more: Any) -> dict[str, Any]:
    plain = {"accounts": 6, "interactions": 0, "infrastructure": "unknown", "distillation": None}
    return {**plain, **more}


def test_a_group_has_only_what_its_finding_says() -> None:
    assert [each.id for each in techniques(finding())] == ["AML.T0021"]
    full = techniques(finding(interactions=1_234, infrastructure="reseller", distillation=0.826))
    assert [each.id for each in full] == ["AML.T0008.005", "AML.T0021", "AML.T0040", "AML.T0024.002"]


def test_the_score_of_extraction_is_the_distillation_score() -> None:
    last = techniques(finding(distillation=0.826))[-1]
    assert (last.score, last.name) == (83, "Extract AI Model")
    assert "83 of 100" in last.why
    assert techniques(finding(distillation=0.0))[-1].score == 0
