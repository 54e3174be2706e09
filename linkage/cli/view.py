"""What the screen of one group needs of a case, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.case import Case
from linkage.case.table import as_rows

Row = Mapping[str, Any]
Numbers = np.ndarray[Any, Any]
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
    findings = as_rows(case.table("findings", {"group": {group}}))
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
    codes, names = _codes(evidence, "family")
    pairs, bits = _combined(evidence, "left", "right"), _bits(evidence)
    shares = []
    for code, family in enumerate(names):
        own = (codes == code) & (bits != 0)
        links = len(np.unique(pairs[own]))
        if links:
            shares.append(FamilyShare(family, links, float(bits[own].sum() / links)))
    return sorted(shares, key=lambda each: (-each.links * each.mean_bits, each.family))


def _strongest(evidence: pa.Table) -> list[Row]:
    """The most telling values: of each, its strongest pair, and how many pairs it joins."""
    bits, values = _bits(evidence), _combined(evidence, "signal", "value")
    # Strongest first; where two are equal, the order of the table decides.
    order = np.argsort(-bits, kind="stable")
    order = order[bits[order] > 0]
    _, first = np.unique(values[order], return_index=True)
    best = order[np.sort(first)[:STRONGEST]]
    joined = [int(((values == values[row]) & (bits > 0)).sum()) for row in best]
    return [{**_row(evidence, int(row)), "pairs": count} for row, count in zip(best, joined, strict=True)]


def _against(evidence: pa.Table) -> list[Row]:
    bits = _bits(evidence)
    return [_row(evidence, int(row)) for row in np.argsort(bits, kind="stable")[:3] if bits[row] < 0]


# Arrow's own filters, sums and ways to NumPy load pandas and its query engine, which takes a second.


def _bits(evidence: pa.Table) -> Numbers:
    return _numbers(evidence.column("bits").combine_chunks(), np.float64)


def _codes(evidence: pa.Table, column: str) -> tuple[Numbers, list[str]]:
    """For each row the place of its text among the distinct ones, and those."""
    encoded = evidence.column(column).combine_chunks().dictionary_encode(null_encoding="encode")
    return _numbers(encoded.indices, np.int32).astype(np.int64), encoded.dictionary.to_pylist()


def _numbers(array: pa.Array, kind: type[np.generic]) -> Numbers:
    """The memory of an array without nulls."""
    return np.frombuffer(array.buffers()[1], kind, count=len(array) + array.offset)[array.offset :]


def _combined(evidence: pa.Table, one: str, other: str) -> Numbers:
    first, second = _codes(evidence, one)[0], _codes(evidence, other)
    return first * len(second[1]) + second[0]


def _row(table: pa.Table, number: int) -> dict[str, Any]:
    return as_rows(table.slice(number, 1))[0]
