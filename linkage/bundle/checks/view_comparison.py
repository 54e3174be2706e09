"""Two views of what should be one seal, side by side."""

from linkage.bundle.checks.ladder import Verified
from linkage.bundle.checks.seal_page import SEAL


def compare(found: Verified, other: Verified, name: str) -> None:
    """Add to the first report what the other view contradicts."""
    report = found.report
    if not other.report.good:
        report.fault(
            "V2", "the other view does not verify itself", name, found=f"{len(other.report.faults)} faults"
        )
        return
    if found.seal.get("case") != other.seal.get("case"):
        # Whoever seals a copy of a case anew, with another secret, gives the case another name, not the run.
        same_run = found.seal.get("run-sha256") == other.seal.get("run-sha256")
        report.fault(
            "V2",
            "one run sealed twice, as two cases" if same_run else "a view of another case",
            name,
            expected=found.seal.get("case"),
            found=other.seal.get("case"),
        )
    elif found.view.get("seal") != other.view.get("seal"):
        known = {found.seal.get("prior-seal"), other.seal.get("prior-seal")}
        follows = {found.view.get("seal"), other.view.get("seal")} & known
        what = "one seal takes the place of the other" if follows else "two seals of one case"
        report.fault("V2", what, SEAL, expected=other.view.get("seal"), found=found.view.get("seal"))
    else:
        _histories(found, other, name)
    for path in sorted(found.opened.paths.keys() & other.opened.paths.keys()):
        if found.opened.paths[path] != other.opened.paths[path]:
            report.fault("V2", "two values sealed for one path", name, found=path.hex())


def _histories(found: Verified, other: Verified, name: str) -> None:
    """What was done by one export is what was done by the other, as far as both go."""
    one, two = ([row["entry"] for row in each.acts if "entry" in row] for each in (found, other))
    for place in range(min(len(one), len(two))):
        if one[place] != two[place]:
            what = "two histories of one case"
            found.report.fault(
                "V2", what, f"{name}, custody line {place + 1}", expected=one[place], found=two[place]
            )
            return
