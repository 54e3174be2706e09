"""The techniques of MITRE ATLAS that a reported group stands for.

Ids and names are those of mitre-atlas/atlas-data, where case study AML.CS0056 describes a campaign of this
kind. A technique is named only where a finding says so; its score says how surely.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CASE_STUDY = "AML.CS0056"
"""Model distillation campaigns."""

SURE = 100
"""The largest score in a layer of the Navigator: per cent."""


@dataclass(frozen=True)
class Technique:
    """One technique of a group: its id and name in ATLAS, a score from 0 to SURE, and why it is named."""

    id: str
    name: str
    score: int
    why: str


def techniques(finding: Mapping[str, Any]) -> list[Technique]:
    """The techniques of one row of `findings`, in the order of a campaign."""
    return list(_techniques(finding))


def _techniques(finding: Mapping[str, Any]) -> Iterable[Technique]:
    if finding["infrastructure"] == "reseller":
        why = "many others share what links these accounts, and not their work: a reseller's accounts"
        yield Technique("AML.T0008.005", "AI Service Proxies", SURE, why)
    yield Technique(
        "AML.T0021", "Establish Accounts", SURE, f"{finding['accounts']:,} accounts of one operator"
    )
    if finding["interactions"]:
        asked = f"{finding['interactions']:,} interactions"
        yield Technique("AML.T0040", "AI Model Inference API Access", SURE, asked)
    if finding["distillation"] is not None:
        score = round(SURE * finding["distillation"])
        why = f"distillation score {score} of {SURE}; a firm's own application can score high, too"
        yield Technique("AML.T0024.002", "Extract AI Model", score, why)
