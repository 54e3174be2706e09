"""V2: a group that stands because a person said so tells it first, in every view, and what the data say."""

from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.disclosures import Opened
from linkage.bundle.checks.outcomes import FIRST_POINT, READ_FIRST, UNRESOLVED, VIEW_FILE

NOT_BY_DATA = "a person confirmed it: on this data alone it would not be reported:"
LINKED_BY_HAND = (
    "{} of its links stand because a person linked the accounts: on this data alone they would not"
)
KEPT_TOGETHER = "a person joined {} of its accounts: they are together whatever the data say"
OVERRULED = "a person dismissed it; this run does not obey that yet"
KEPT_APART = "a person kept {} pairs of its accounts apart, which are in one group here nonetheless"
"""What is said of a group because of what people decided."""

SETTLES = "what would settle it:"
"""How the second point against an unresolved group begins."""


def decided_notice(group: str) -> str:
    """How the first page begins what people decided about a group."""
    return f"A PERSON DECIDED about group {group}:"


def check_decided(content: Content, view: dict[str, Any], opened: Opened) -> None:
    """What people decided about the groups of a view is opened, and told by the view and its first page."""
    told, sealed = view.get("decided", {}), dict[str, list[str]]()
    for group in view.get("groups", ()):
        decided = opened.small.get(f"group/{group}/decided")
        if not isinstance(decided, list):
            what = "a group without what people decided about it"
            content.report.fault("V2", what, f"group/{group}/decided")
        elif decided:
            sealed[group] = decided
        _first(content, group, opened)
    if told != sealed:
        what = "the view tells other decisions of people"
        content.report.fault("V2", what, VIEW_FILE, expected=sealed, found=told)
    if not sealed:
        return
    page = content.whole(READ_FIRST, "V2").decode("ascii", "replace")
    for group in sealed:
        if decided_notice(group) not in page:
            what = "the first page does not say what a person decided"
            content.report.fault("V2", what, READ_FIRST, expected=group)
    content.report.facts["stands or was changed by what a person decided"] = ", ".join(sorted(sealed))


def _first(content: Content, group: str, opened: Opened) -> None:
    """Decisions stand first among the points against; only that a group is unresolved comes before. A
    reported group of which an opened gate failed has such a decision."""
    decided = opened.small.get(f"group/{group}/decided") or []
    points = [opened.small.get(path) for path in opened.points(group)]
    while points and str(points[0]).startswith((FIRST_POINT, SETTLES)):
        points.pop(0)
    if points[: len(decided)] != decided:
        what = "what a person decided does not stand first among what speaks against"
        content.report.fault("V2", what, f"against/{group}", expected=decided[0], found=points[:1])
    gates = opened.small.get(f"group/{group}/gates") or []
    unresolved = opened.small.get(f"group/{group}/outcome") == UNRESOLVED
    carried = unresolved or all(gate["passed"] is True for gate in gates)
    if not carried and not (decided and str(decided[0]).startswith(NOT_BY_DATA)):
        what = "a group that its data do not carry, and does not say so"
        content.report.fault("V2", what, f"group/{group}/decided", expected=NOT_BY_DATA)
