"""One row of evidence and one observation, as every page about accounts shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.schema import EvidenceLine

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Observation:
    """One observation, traced to the first source row that states it."""

    account: str
    trait: str
    value: str
    family: str
    first_at: datetime | None
    last_at: datetime | None
    count: int
    file: str | None
    line: int | None

    @property
    def where(self) -> str | None:
        """File and line, as an editor opens them."""
        return f"{self.file}:{self.line}" if self.file and self.line is not None else self.file


def is_linked(log_odds: float | None, link_bits: float, verdict: str | None) -> bool:
    """Whether two accounts count as linked: a person's verdict comes before the score."""
    return verdict == "linked" or (verdict != "not linked" and log_odds is not None and log_odds >= link_bits)


def evidence_line(row: Row, texts: Mapping[str, str], meanings: Row) -> EvidenceLine:
    """What a row of evidence says, without where it stands."""
    return EvidenceLine(
        signal=row["signal"],
        family=row["family"],
        value=row["value"] or "",
        bits=row["bits"],
        detail=row["detail"] or "",
        meaning=meanings.get(row["signal"], {}).get("meaning", ""),
        left_observation=None,
        right_observation=None,
        text=texts.get(row["value"] or ""),
    )
