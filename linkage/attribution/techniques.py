"""The techniques of MITRE ATLAS that a reported group stands for.

Ids, names and tactics are those of mitre-atlas/atlas-data, where case study AML.CS0056 describes campaigns of
this kind. A technique is named only where a finding says so, with the reason; its score says how surely.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from linkage.wording import many

CASE_STUDY = "AML.CS0056"
"""Model distillation campaigns."""

LIKENESS = (
    f"{CASE_STUDY} describes campaigns of this kind; that a group is like them does not make it one of them"
)
"""What a reference to the case study means."""

SURE = 100
"""The largest score in a layer of the Navigator: per cent."""


@dataclass(frozen=True)
class Technique:
    """One technique of a group: its id, name and tactic in ATLAS, a score from 0 to SURE, and why it is
    named."""

    id: str
    name: str
    score: int
    why: str
    tactic: str


def techniques(finding: Mapping[str, Any]) -> list[Technique]:
    """The techniques of one row of `findings`, in the order of a campaign."""
    return list(_techniques(finding))


def _techniques(finding: Mapping[str, Any]) -> Iterable[Technique]:
    if finding["infrastructure"] == "reseller":
        why = "many others share what links these accounts, and not their work: perhaps a reseller's accounts"
        yield Technique("AML.T0008.005", "AI Service Proxies", SURE, why, "resource-development")
    why = f"{many(finding['accounts'], 'account')} that one operator may run"
    yield Technique("AML.T0021", "Establish Accounts", SURE, why, "resource-development")
    if finding["interactions"]:
        asked = f"{many(finding['interactions'], 'interaction')}"
        yield Technique("AML.T0040", "AI Model Inference API Access", SURE, asked, "ai-model-access")
    yield from _extraction(finding["distillation"])


def _extraction(distillation: float | None) -> Iterable[Technique]:
    """Of AML.T0024, Exfiltration via AI Inference API, the sub-technique that the score is about."""
    score = None if distillation is None else round(SURE * distillation)
    # Below half the way its accounts are more like everybody than like those that do nothing but collect.
    if score is not None and 2 * score >= SURE:
        why = f"distillation score {score} of {SURE}; a firm's own application can score high, too"
        yield Technique("AML.T0024.002", "Extract AI Model", score, why, "exfiltration")
