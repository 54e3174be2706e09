"""Unresolved groups in a bundle: they are no findings, accuse nobody, and leave the case only with a reason.

A group is unresolved where one operator and an innocent explanation account for it about equally well. Its
units are sealed as those of a reported group are, with what competes and what would settle it; that it is
unresolved stands first among what speaks against it, which no view leaves out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.bundle.checks.decided import SETTLES
from linkage.bundle.checks.outcomes import FIRST_POINT, UNRESOLVED
from linkage.case import Case
from linkage.case.table import as_rows
from linkage.errors import UsageError
from linkage.wording import many

Row = Mapping[str, Any]


def as_findings(case: Case) -> tuple[list[Row], dict[str, list[Row]]]:
    """The unresolved groups in the form of findings, and their members by group.

    What only the examination of a reported group gives is None.
    """
    members: dict[str, list[Row]] = {}
    for row in as_rows(case.table("unresolved")):
        members.setdefault(str(row["group"]), []).append(row)
    details: Row = case.run.get("groups", {})
    found = [_finding(group, rows, details.get(group, {})) for group, rows in members.items()]
    return found, members


def all_groups(case: Case) -> list[str]:
    """The ids of all groups that can be in a bundle: reported, then unresolved."""
    tables = (case.table(name).column("group").to_pylist() for name in ("findings", UNRESOLVED))
    return list(dict.fromkeys(str(group) for groups in tables for group in groups))


def _finding(group: str, rows: Sequence[Row], detail: Row) -> Row:
    days = [row for row in detail.get("by_day") or () if row["count"]]
    unknown = ("input_tokens", "output_tokens", "first_at", "last_at", "log_odds", "q_value", "distillation")
    return {
        **dict.fromkeys((*unknown, "targets", "infrastructure")),
        "group": group,
        "accounts": len(rows),
        "interactions": sum(row["count"] for row in days) if days else None,
        "days": [days[0]["day"], days[-1]["day"]] if days else [None, None],
        "stability": sum(row["membership"] for row in rows) / len(rows),
        "families": (),
        "summary": f"{many(len(rows), 'account')}, unresolved: {rows[0]['reason']}. Nobody in it is accused.",
        **{name: rows[0][name] for name in ("reason", "favours", "settles")},
    }


def is_unresolved(finding: Row) -> bool:
    """Whether a row of findings is an unresolved group's."""
    return "favours" in finding


def points(finding: Row, detail: Row, decided: Sequence[str]) -> list[str]:
    """What speaks against a group, what people decided about it first; of an unresolved one before that, that
    it is no finding, and what would settle it."""
    found = [*decided, *(str(each) for each in detail.get("against") or ())]
    if not is_unresolved(finding):
        return found
    return [
        f"{FIRST_POINT} {finding['reason']}. Nobody in the group is accused.",
        f"{SETTLES} {finding['settles']}",
        *found,
    ]


def pass_gate(case: Case, groups: Sequence[str], override: str) -> None:
    """Raises UsageError where a bundle on an unresolved group is asked for, and nobody has said why."""
    undecided = set(case.table(UNRESOLVED, {"group": set(groups)}).column("group").to_pylist())
    if undecided and not override.strip():
        raise UsageError(
            f"{', '.join(sorted(undecided))}: unresolved: an innocent explanation accounts for it about as"
            " well, and nobody in it is accused",
            hint='--override "why this may leave"; the reason is kept in the bundle. Once it is decided:'
            " linkage judge CASE --confirm GROUP --reason WHY, and investigate again",
        )


def in_view(values: Mapping[str, Any], groups: Iterable[str]) -> dict[str, Row]:
    """Of each unresolved group what a view says of it, from the units it opens."""
    return {
        group: {
            "reason": values.get(f"group/{group}/reason"),
            "favours": values.get(f"group/{group}/favours"),
            "settles": values.get(f"group/{group}/settles-in-full", values.get(f"group/{group}/settles")),
        }
        for group in sorted(groups)
        if values.get(f"group/{group}/outcome") == UNRESOLVED
    }


def decided_in_view(values: Mapping[str, Any], groups: Iterable[str]) -> dict[str, list[str]]:
    """What people decided about the groups of a view, where there is something, from the units it opens."""
    found = {group: values.get(f"group/{group}/decided") for group in sorted(groups)}
    return {group: list(said) for group, said in found.items() if said}
