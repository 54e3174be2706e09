"""What the screen of one group needs of a case, read once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.case import Case
from linkage.case.table import as_rows

Row = Mapping[str, Any]
Numbers = np.ndarray[Any, Any]
CODED = ("left", "right", "signal", "family", "value")
"""Columns of evidence by which it is counted."""

STRONGEST = 3
"""Values shown of each family: what many small reasons say together must not hide behind one large one."""


@dataclass(frozen=True)
class FamilyShare:
    """How many links of a group a family supports, and with how many bits each on average."""

    family: str
    links: int
    mean_bits: float


@dataclass(frozen=True)
class Reason:
    """What one value of one signal does in a group: the pairs it speaks for, the accounts in them, and its
    bits, for each of those pairs and for all together. `family_values` counts all such values of its
    family; `left` and `right` are the pair for which it says most, and `detail` is said there. `text` is what
    stands behind a value that is an id."""

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
class GroupView:
    """One group: members, finding (None when it accuses nobody), details of the run, evidence inside it."""

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
            "since_verdict": list(self.since),
            "members": [dict(row) for row in self.members],
            "links": self.links,
            "family_bits": [vars(each) for each in self.families],
            "strongest": [vars(each) for each in self.strongest],
            "against": [dict(row) for row in self.against],
            "detail": dict(self.detail),
        }


def view(case: Case, group: str) -> GroupView:
    """The group as a screen shows it; raises CaseError where there is none of that id."""
    members = case.members(group)
    accounts = {row["account"] for row in members}
    findings = as_rows(case.table("findings", {"group": {group}}))
    links = case.table("links", {"left": accounts, "right": accounts})
    evidence = Encoded(case.evidence_among(accounts, [*CODED, "bits", "detail"]))
    strongest = _strongest(evidence)
    texts = case.texts(each.value for each in strongest if each.family == "content")
    return GroupView(
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
    """What has changed about the verdicts on a group, and on those whose accounts have come into it."""
    said = []
    for row in verdicts:
        if row.get("group") == group:
            said += row["said"]
        elif inside := sum(now["accounts"] for now in row.get("now", ()) if now["group"] == group):
            said.append(f"{inside:,} of its accounts were in {row['group']}, which a person {row['verdict']}")
    return said


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


def _families(seen: Encoded) -> list[FamilyShare]:
    shares = []
    for code, family in enumerate(seen.names["family"].to_pylist()):
        own = (seen.codes["family"] == code) & (seen.bits != 0)
        links = int(np.count_nonzero(np.diff(seen.pair[own], prepend=-1)))
        if links:
            shares.append(FamilyShare(family, links, float(seen.bits[own].sum() / links)))
    return sorted(shares, key=lambda each: (-each.links * each.mean_bits, each.family))


def _strongest(seen: Encoded) -> list[Reason]:
    """The values that hold the group together, summed over its pairs: of each family the strongest few."""
    return [_reason(seen, rows, family_values) for rows, family_values in _by_value(seen)]


def _reason(seen: Encoded, rows: Numbers, family_values: int) -> Reason:
    bits = seen.bits[rows]
    best = seen.row(int(rows[np.argmax(bits)]))
    return Reason(
        family=best["family"],
        signal=best["signal"],
        value=best["value"],
        pairs=len(rows),
        accounts=seen.accounts(rows),
        mean_bits=round(float(bits.mean()), 6),
        sum_bits=round(float(bits.sum()), 6),
        family_values=family_values,
        left=best["left"],
        right=best["right"],
        detail=best["detail"],
    )


def _by_value(seen: Encoded) -> Iterator[tuple[Numbers, int]]:
    """The rows of each value to be shown, and how many values its family has.

    Families come by all they say, in each family its values by all they say; then the order of the table.
    """
    rows = np.flatnonzero(seen.bits > 0)
    value = seen.codes["signal"][rows] * np.int64(len(seen.names["value"])) + seen.codes["value"][rows]
    sums = np.bincount(value, weights=seen.bits[rows])
    found = np.flatnonzero(sums)
    family = np.zeros(len(sums), dtype=np.int64)
    family[value] = seen.codes["family"][rows]
    family = family[found]
    totals = np.bincount(family, weights=sums[found])
    order = np.lexsort((found, -sums[found], family, -totals[family]))
    for own in np.split(order, np.flatnonzero(np.diff(family[order])) + 1):
        for number in own[:STRONGEST]:
            yield rows[value == found[number]], len(own)


def _against(seen: Encoded) -> list[Row]:
    negative = np.flatnonzero(seen.bits < 0)
    most = negative[np.argsort(seen.bits[negative], kind="stable")[:3]]
    return [seen.row(int(number)) for number in most]
