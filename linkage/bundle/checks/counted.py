"""V2: points against are opened of every group that is named; nothing is missing that is not withheld.

The number of units of each kind is sealed for each group. Whoever opens fewer says that the rest is withheld,
and how many that is; a claim is only attested where that is so.
"""

from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.disclosures import COUNTED_KINDS, Opened
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.strict_json import NotStrict, strict

COUNTER = "data/counter-evidence.jsonl"

Row = dict[str, Any]


def rows_of(content: Content, name: str, report: Report) -> list[tuple[int, Row]]:
    """The objects of a file of lines, each with the number of its line."""
    rows = []
    for number, line in enumerate(content.lines(name, "V2"), 1):
        try:
            row = strict(line)
        except NotStrict as error:
            report.fault("V2", f"a line: {error}", f"{name}:{number}")
            continue
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            report.fault("V2", "a line that is no object", f"{name}:{number}")
    return rows


def check_counts(content: Content, claims: dict[str, Row], opened: Opened) -> None:
    """Of every group that view, claims or opened units name: its points against, and as many units of each
    kind, opened or withheld, as were sealed."""
    report = content.report
    shown = {str(each) for each in opened.view.get("groups", ())}
    named = shown | opened.groups | {str(claim.get("group")) for claim in claims.values()}
    for group in sorted(named - shown):
        report.fault("V2", "units of a group that the view does not name", f"group {group}")
    for group in sorted(named):
        _check_group(group, opened, report)
    _check_listed(content, opened, named)
    for kind, each in (("member.standing", "member"), ("link.strength", "link"), ("claim.claim", "claim")):
        _check_withheld(kind, sum(opened.sealed(group)[each] for group in shown), opened, report)


def _check_group(group: str, opened: Opened, report: Report) -> None:
    said = opened.small.get(f"group/{group}/units")
    if not isinstance(said, dict) or set(said) != set(COUNTED_KINDS) or said != opened.sealed(group):
        what = "a group without the numbers of its units"
        report.fault("V2", what, f"group/{group}/units", expected=", ".join(COUNTED_KINDS), found=said)
        return
    count = said["against"]
    if opened.small.get(f"against/{group}/count") != count:
        found = opened.small.get(f"against/{group}/count")
        report.fault(
            "V2", "points against were left out", f"against/{group}/count", expected=count, found=found
        )
    points = opened.points(group)
    if len(points) != count or points != [
        f"against/{group}/{number:03d}/said" for number in range(len(points))
    ]:
        what = "points against were left out"
        report.fault("V2", what, f"against/{group}", expected=count, found=len(points))
    counts = {
        "member.standing": (len(opened.members.get(group, ())), said["member"]),
        "link.strength": (len(opened.strengths.get(group, ())), said["link"]),
        "link.weights": (len(opened.weights.get(group, ())), said["link"]),
    }
    for kind, (found, wanted) in counts.items():
        if found > wanted or (found < wanted and not opened.hides(kind)):
            what = (
                "units that are neither opened nor withheld"
                if found < wanted
                else "more units than were sealed"
            )
            report.fault("V2", what, f"{kind} of {group}", expected=wanted, found=found)


def _check_withheld(kind: str, sealed: int, opened: Opened, report: Report) -> None:
    """Opened and withheld are what was sealed."""
    said = opened.view.get("withheld", {})
    rows = [said[name] for name in (kind, f"{kind}, redacted") if name in said]
    withheld = sum(row["units"] for row in rows)
    if opened.classes.get(kind, 0) + withheld != sealed:
        what = "opened and withheld units are not as many as were sealed"
        found = f"{opened.classes.get(kind, 0)} opened, {withheld} withheld"
        report.fault("V2", what, kind, expected=sealed, found=found)


def _check_listed(content: Content, opened: Opened, named: set[str]) -> None:
    """The list of points against has every opened one, in its own words."""
    report = content.report
    listed = {str(row.get("unit")): row.get("says") for _, row in rows_of(content, COUNTER, report)}
    for path, says in sorted(listed.items()):
        sealed = opened.small.get(path)
        if not path.startswith("against/") or sealed is None or sealed != says:
            what = "a point against that is not the sealed one"
            report.fault("V2", what, COUNTER, expected=sealed or path, found=says)
    told = {path.rpartition("/")[0] for path in listed}
    for group in sorted(named):
        for path in opened.points(group):
            if path.rpartition("/")[0] not in told:
                report.fault("V2", "points against were left out", COUNTER, expected=path)
