"""What people decided, as a bundle tells it: a verdict is no evidence, and what stands by one says so first.

A group whose gates failed is reported only because a person confirmed it, and a pair below the link rule is a
link only because a person said so. Each such sentence stands first among what speaks against the group. The
verdicts that bound the run are committed to by number and digest: whoever runs it again, and is given their
file, runs under the same ones.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from linkage.bundle.case_units import Inputs
from linkage.bundle.checks.decided import (
    KEPT_APART,
    KEPT_TOGETHER,
    LINKED_BY_HAND,
    NOT_BY_DATA,
    OVERRULED,
)
from linkage.bundle.unresolved_groups import is_unresolved
from linkage.case import Case
from linkage.case.journal import VERDICTS
from linkage.errors import UsageError
from linkage.explain.gate_words import fails
from linkage.links.constraints import constraints, in_force

Row = Mapping[str, Any]


def known_at(case: Case, audit: Iterable[Row]) -> list[dict[str, Any]]:
    """The verdicts that these audit entries record, oldest first."""
    judged = [row["detail"] for row in audit if row.get("action") == "judge"]
    last = max((int(detail.get("seq", 0)) for detail in judged), default=0)
    return [row for row in case.verdicts() if int(row["seq"]) <= last]


def bound(case: Case, known: Sequence[Row]) -> dict[str, Any]:
    """How many verdicts are known, the digest of their lines, and how many of the first bound the run.

    Those are the most that amount to what the receipt says was decided: later ones came after the run.
    """
    told = sorted(_about(row) for row in case.run.get("verdicts") or ())
    numbers = range(len(known), -1, -1)
    count = next((each for each in numbers if _in_force(known[:each]) == told), len(known))
    path = case.path / VERDICTS
    lines = path.read_bytes() if path.exists() else b""
    return {"known": len(known), "sha256": digest_of(lines, len(known)), "bound": count}


def recorded(verdicts: Iterable[Row]) -> list[dict[str, Any]]:
    """Audit entries that record these verdicts: what a case has where they were made in it."""
    return [
        {"seq": number, "action": "judge", "who": row.get("who", ""), "detail": {"seq": row["seq"]}}
        for number, row in enumerate(verdicts, 1)
    ]


def digest_of(lines: bytes, count: int) -> str:
    """SHA-256 of the first lines of a file of verdicts, line ends included."""
    return hashlib.sha256(b"".join(lines.splitlines(keepends=True)[:count])).hexdigest()


def _in_force(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    given = constraints(rows)
    of_groups = {"confirmed": given.confirmed, "dismissed": given.dismissed}
    of_pairs = {"linked": given.linked, "not linked": given.not_linked}
    return sorted(
        [
            *((verdict, str(group)) for verdict, groups in of_groups.items() for group in groups),
            *((verdict, *pair) for verdict, pairs in of_pairs.items() for pair in pairs),
        ]
    )


def _about(row: Row) -> tuple[str, ...]:
    about = (row["group"],) if row.get("group") else (row["left"], row["right"])
    return (str(row["verdict"]), *map(str, about))


@dataclass(frozen=True)
class Decisions:
    """The known verdicts; those of them that bound the run; and how many links of each group are links only
    because a person said so."""

    known: Sequence[Row]
    bound: Sequence[Row]
    by_hand: Mapping[str, int]


def decided(finding: Row, detail: Row, given: Decisions, members: AbstractSet[str]) -> list[str]:
    """What people decided that speaks against a group, in sentences that name no account. The first says that
    it stands where its own data do not carry it."""
    group, by_hand = str(finding["group"]), given.by_hand.get(str(finding["group"]), 0)
    return [
        *_not_by_data(finding, detail),
        *_kept_together(given.bound, members),
        *([LINKED_BY_HAND.format(by_hand)] if by_hand else []),
        *_since(group, in_force(given.known), members),
    ]


def _kept_together(verdicts: Sequence[Row], members: AbstractSet[str]) -> Iterator[str]:
    """Accounts that a confirmed group keeps in one community, and pairs that were linked."""
    given = constraints(verdicts)
    together = set().union(*(them & members for them in given.confirmed.values() if len(them & members) > 1))
    together |= {account for pair in given.linked if {*pair} <= members for account in pair}
    if together:
        yield KEPT_TOGETHER.format(len(together))


def _not_by_data(finding: Row, detail: Row) -> Iterator[str]:
    failed = [gate for gate in detail.get("gates") or () if not gate["passed"]]
    if failed and not is_unresolved(finding):
        yield f"{NOT_BY_DATA} {'; '.join(map(_gate, failed))}"


def _gate(row: Row) -> str:
    return f"{fails(str(row['name']))} ({row['detail']})"


def _since(group: str, verdicts: Sequence[Row], members: AbstractSet[str]) -> Iterator[str]:
    """What is in force and the group does not obey: decided after the run, or against another verdict."""
    if any(row.get("group") == group and row["verdict"] == "dismissed" for row in verdicts):
        yield OVERRULED
    if apart := sum(
        row["verdict"] == "not linked" and {row["left"], row["right"]} <= members for row in verdicts
    ):
        yield KEPT_APART.format(apart)


def pass_gate(case: Case, inputs: Inputs, groups: Iterable[str]) -> None:
    """Raises UsageError where somebody has decided about one of these groups after the case was sealed: the
    seal would keep silent about it."""
    sealed = {int(row["seq"]) for row in inputs.verdicts}
    later = [row for row in case.verdicts() if int(row["seq"]) not in sealed]
    for group in sorted(groups):
        members = {str(row["account"]) for row in inputs.members[group]}
        for row in later:
            if row["group"] == group if row.get("group") else {row["left"], row["right"]} <= members:
                raise UsageError(
                    f"{group}: judged since the case was sealed (verdict {row['seq']})",
                    hint="--reseal seals the case anew, with what was decided",
                )
