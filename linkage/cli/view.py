"""What the screen of one group needs of a case, read once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linkage.case import Case

Row = Mapping[str, Any]
STRONGEST = 8
"""Reasons shown of a group; one for each signal and value, so that one card does not fill the list."""


@dataclass(frozen=True)
class FamilyShare:
    """How many links of a group a family supports, and with how many bits each on average."""

    family: str
    links: int
    mean_bits: float


@dataclass(frozen=True)
class GroupView:
    """One group: members, finding (None when it accuses nobody), details of the run, evidence inside it."""

    group: str
    members: Sequence[Row]
    finding: Row | None
    reason: str | None
    verdict: str | None
    detail: Row
    links: int
    families: Sequence[FamilyShare]
    strongest: Sequence[Row]
    against: Sequence[Row]

    @property
    def headline(self) -> str:
        """The group in a sentence."""
        if self.finding and self.finding["summary"]:
            return str(self.finding["summary"])
        core = sum(1 for row in self.members if row["role"] == "core")
        return f"{len(self.members):,} accounts, {core:,} of them core"

    def as_row(self) -> dict[str, Any]:
        """The group as one row for a program."""
        return {
            **(self.finding or {"group": self.group, "accounts": len(self.members)}),
            "reason": self.reason,
            "verdict": self.verdict,
            "members": [dict(row) for row in self.members],
            "links": self.links,
            "family_bits": [vars(each) for each in self.families],
            "strongest": [dict(row) for row in self.strongest],
            "against": [dict(row) for row in self.against],
            "detail": dict(self.detail),
        }


def view(case: Case, group: str) -> GroupView:
    """The group as a screen shows it; raises CaseError where there is none of that id."""
    members = case.members(group)
    accounts = {row["account"] for row in members}
    findings = case.table("findings", {"group": {group}}).to_pylist()
    links = case.table("links", {"left": accounts, "right": accounts})
    evidence = case.table("evidence", {"left": accounts, "right": accounts})
    return GroupView(
        group=group,
        members=members,
        finding=findings[0] if findings else None,
        reason=members[0].get("reason"),
        verdict=case.constraints().of_group(group),
        detail=case.run.get("groups", {}).get(group, {}),
        links=links.num_rows,
        families=_families(evidence),
        strongest=_strongest(evidence),
        against=_against(evidence),
    )


def _families(evidence: pa.Table) -> list[FamilyShare]:
    by_link = evidence.group_by(["family", "left", "right"]).aggregate([("bits", "sum")])
    counted = by_link.filter(pc.not_equal(by_link.column("bits_sum"), 0.0))
    by_family = counted.group_by("family").aggregate([("bits_sum", "mean"), ("bits_sum", "count")])
    shares = [
        FamilyShare(row["family"], row["bits_sum_count"], row["bits_sum_mean"])
        for row in by_family.to_pylist()
    ]
    return sorted(shares, key=lambda each: (-each.links * each.mean_bits, each.family))


def _strongest(evidence: pa.Table) -> list[Row]:
    """The most telling values: of each, its strongest pair, and how many pairs it joins."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    joined: Counter[tuple[str, str]] = Counter()
    for row in evidence.filter(pc.greater(evidence.column("bits"), 0.0)).to_pylist():
        key = row["signal"], row["value"]
        joined[key] += 1
        if key not in best or row["bits"] > best[key]["bits"]:
            best[key] = row
    ranked = sorted(best.items(), key=lambda item: (-item[1]["bits"], item[0]))
    return [{**row, "pairs": joined[key]} for key, row in ranked[:STRONGEST]]


def _against(evidence: pa.Table) -> list[Row]:
    contrary = evidence.filter(pc.less(evidence.column("bits"), 0.0)).to_pylist()
    return sorted(contrary, key=lambda row: (row["bits"], row["left"], row["right"]))[:3]
