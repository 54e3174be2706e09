"""One group of a case, summed up for its page: members, evidence by family, strongest values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.case import Case
from linkage.case.table import as_rows
from linkage.wording import many, noun

Row = Mapping[str, Any]
Numbers = np.ndarray[Any, Any]
CODED = ("left", "right", "signal", "family", "value")
"""Columns of evidence by which it is counted."""

STRONGEST = 3
"""Values shown of each family, so that many small pieces of evidence are not hidden by one large one."""


@dataclass(frozen=True)
class FamilyShare:
    """How many links of a group a family supports, and with how many bits each on average."""

    family: str
    links: int
    mean_bits: float


@dataclass(frozen=True)
class Reason:
    """One value of one signal in a group: the pairs it supports, the accounts in them, and its bits, mean
    and sum over these pairs. `family_values` counts the values of its family. `left` and `right` are the pair
    with the most bits, `detail` is its detail there. `text` is the text behind a value that is an id."""

    family: str
    signal: str
    value: str | None
    pairs: int
    accounts: int
    mean_bits: float
    sum_bits: float
    family_values: int
    left: str
    right: str
    detail: str | None
    text: str | None = None


@dataclass(frozen=True)
class GroupSummary:
    """One group: members, finding (None if it is not reported), details of the run, evidence inside it."""

    group: str
    members: Sequence[Row]
    finding: Row | None
    reason: str | None
    verdict: str | None
    since: Sequence[str]
    detail: Row
    links: int
    families: Sequence[FamilyShare]
    strongest: Sequence[Reason]
    against: Sequence[Row]

    @property
    def is_unresolved(self) -> bool:
        """Whether neither one operator nor an innocent explanation leads."""
        return any("favours" in row for row in self.members)

    @property
    def headline(self) -> str:
        """The group in a sentence."""
        if self.finding and self.finding["summary"]:
            return str(self.finding["summary"])
        core = sum(1 for row in self.members if row["role"] == "core")
        return f"{many(len(self.members), 'account')}, {core:,} of them core"

    def as_row(self) -> dict[str, Any]:
        """The group as one row for a program."""
        return {
            **(self.finding or {"group": self.group, "accounts": len(self.members)}),
            "reason": self.reason,
            "verdict": self.verdict,
            "since_verdict": list(self.since),
            "members": [dict(row) for row in self.members],
            "links": self.links,
            "family_bits": [vars(each) for each in self.families],
            "strongest": [vars(each) for each in self.strongest],
            "against": [dict(row) for row in self.against],
            "detail": dict(self.detail),
        }


def summary(case: Case, group: str) -> GroupSummary:
    """Sum up a group; raises CaseError if the case has no group of that id."""
    members = case.members(group)
    accounts = {row["account"] for row in members}
    findings = as_rows(case.table("findings", {"group": {group}}))
    links = case.table("links", {"left": accounts, "right": accounts})
    evidence = Encoded(case.evidence_among(accounts, [*CODED, "bits", "detail"]))
    strongest = _strongest(evidence)
    texts = case.texts((each.value for each in strongest), accounts)
    return GroupSummary(
        group=group,
        members=members,
        finding=findings[0] if findings else None,
        reason=members[0].get("reason"),
        verdict=case.constraints().of_group(group),
        since=_since(case.run.get("verdicts", ()), group),
        detail=case.run.get("groups", {}).get(group, {}),
        links=links.num_rows,
        families=_families(evidence),
        strongest=[replace(each, text=texts.get(each.value or "")) for each in strongest],
        against=_against(evidence),
    )


def _since(verdicts: Sequence[Row], group: str) -> list[str]:
    """What changed since the verdicts on a group, and on groups whose accounts are now in it."""
    changes = []
    for row in verdicts:
        if row.get("group") == group:
            changes += row["said"]
        elif inside := sum(now["accounts"] for now in row.get("now", ()) if now["group"] == group):
            were = noun(inside, "was", "were")
            changes.append(
                f"{inside:,} of its accounts {were} in {row['group']}, {row['verdict']} by a person"
            )
    return changes


class Encoded:
    """Evidence as numbers: its bits, of each row the number of its pair, and texts as places in lists.

    Arrow's own filters, sums and ways to NumPy load pandas and its query engine, which takes a second.
    """

    def __init__(self, evidence: pa.Table) -> None:
        self.evidence = evidence
        self.bits = _numbers(evidence.column("bits").combine_chunks(), np.float64)
        self.codes, self.names = {}, {}
        coded = evidence.select(CODED).unify_dictionaries()
        for name in CODED:
            encoded = coded.column(name).combine_chunks()
            self.codes[name] = _numbers(encoded.indices, np.int32)
            self.names[name] = encoded.dictionary
        # Rows are in the order of their pairs, so a pair is where left or right changes.
        changed = [np.diff(self.codes[side], prepend=-1) != 0 for side in ("left", "right")]
        self.pair = np.cumsum(changed[0] | changed[1])

    def row(self, number: int) -> dict[str, Any]:
        """One row as the case has it."""
        return as_rows(self.evidence.slice(number, 1))[0]

    def accounts(self, rows: Numbers) -> int:
        """How many accounts these rows are about."""
        places = {side: np.unique(self.codes[side][rows]) for side in ("left", "right")}
        return len({self.names[side][int(place)] for side, own in places.items() for place in own})


def _numbers(array: pa.Array, kind: type[np.generic]) -> Numbers:
    """The memory of an array without nulls."""
    return np.frombuffer(array.buffers()[1], kind, count=len(array) + array.offset)[array.offset :]


def _families(evidence: Encoded) -> list[FamilyShare]:
    shares = []
    for code, family in enumerate(evidence.names["family"].to_pylist()):
        own = (evidence.codes["family"] == code) & (evidence.bits != 0)
        links = int(np.count_nonzero(np.diff(evidence.pair[own], prepend=-1)))
        if links:
            shares.append(FamilyShare(family, links, float(evidence.bits[own].sum() / links)))
    return sorted(shares, key=lambda each: (-each.links * each.mean_bits, each.family))


def _strongest(evidence: Encoded) -> list[Reason]:
    """The strongest values of each family, summed over the pairs of the group."""
    return [_reason(evidence, rows, family_values) for rows, family_values in _by_value(evidence)]


def _reason(evidence: Encoded, rows: Numbers, family_values: int) -> Reason:
    bits = evidence.bits[rows]
    best = evidence.row(int(rows[np.argmax(bits)]))
    return Reason(
        family=best["family"],
        signal=best["signal"],
        value=best["value"],
        pairs=len(rows),
        accounts=evidence.accounts(rows),
        mean_bits=round(float(bits.mean()), 6),
        sum_bits=round(float(bits.sum()), 6),
        family_values=family_values,
        left=best["left"],
        right=best["right"],
        detail=best["detail"],
    )


def _by_value(evidence: Encoded) -> Iterator[tuple[Numbers, int]]:
    """The rows of each value to be shown, and how many values its family has.

    Families in the order of their sum of bits, values of a family too; ties in the order of the table.
    """
    rows = np.flatnonzero(evidence.bits > 0)
    value = (
        evidence.codes["signal"][rows] * np.int64(len(evidence.names["value"]))
        + evidence.codes["value"][rows]
    )
    sums = np.bincount(value, weights=evidence.bits[rows])
    found = np.flatnonzero(sums)
    family = np.zeros(len(sums), dtype=np.int64)
    family[value] = evidence.codes["family"][rows]
    family = family[found]
    totals = np.bincount(family, weights=sums[found])
    order = np.lexsort((found, -sums[found], family, -totals[family]))
    for own in np.split(order, np.flatnonzero(np.diff(family[order])) + 1):
        for number in own[:STRONGEST]:
            yield rows[value == found[number]], len(own)


def _against(evidence: Encoded) -> list[Row]:
    negative = np.flatnonzero(evidence.bits < 0)
    most = negative[np.argsort(evidence.bits[negative], kind="stable")[:3]]
    return [evidence.row(int(number)) for number in most]
