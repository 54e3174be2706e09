"""V2: a group that is no finding is called that, with what competes and why it was handed out nonetheless."""

from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.disclosures import Opened, small_under

UNRESOLVED, REPORTED = "unresolved", "reported"
FIRST_POINT = "unresolved, no finding:"
"""How the first point against an unresolved group begins."""

READ_FIRST, VIEW_FILE = "data/README-FIRST.txt", "data/VIEW.json"


def check_outcomes(content: Content, view: dict[str, Any], opened: Opened) -> None:
    """The view and its first page say of the groups what the opened units say."""
    report = content.report
    if not view:
        return
    sealed = _unresolved(opened)
    told = view.get("unresolved", {})
    if told != sealed:
        report.fault("V2", "the view tells other groups unresolved", VIEW_FILE, expected=sealed, found=told)
    for group in view["groups"]:
        outcome = opened.small.get(path := f"group/{group}/outcome")
        if outcome not in (UNRESOLVED, REPORTED):
            expected = f"{UNRESOLVED} or {REPORTED}"
            report.fault("V2", "a group without its outcome", path, expected=expected, found=outcome)
    if not sealed:
        return
    if not str(view.get("override", "")).strip():
        report.fault("V2", "an unresolved group is handed out without a reason", VIEW_FILE)
    page = content.whole(READ_FIRST, "V2").decode("ascii", "replace")
    for group in sealed:
        if f"group {group} is unresolved. Nobody in it is accused." not in page:
            report.fault(
                "V2", "the first page does not say that a group is unresolved", READ_FIRST, expected=group
            )
    report.facts["unresolved, nobody in it is accused"] = ", ".join(sealed)


def reported(view: dict[str, Any]) -> list[str]:
    """The groups of a view that are findings."""
    told = view.get("unresolved", {})
    return sorted(str(each) for each in view["groups"] if not isinstance(told, dict) or each not in told)


def _unresolved(opened: Opened) -> dict[str, dict[str, Any]]:
    """Of each opened group that is unresolved what is opened of why."""
    found = {}
    for path, outcome in small_under(opened, "group/"):
        start = path.removesuffix("outcome")
        if start != path and outcome == UNRESOLVED:
            settles = opened.small.get(f"{start}settles-in-full", opened.small.get(f"{start}settles"))
            known = {name: opened.small.get(f"{start}{name}") for name in ("reason", "favours")}
            found[path.split("/")[1]] = {**known, "settles": settles}
    return found
