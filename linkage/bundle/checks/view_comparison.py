"""Two views of what should be one seal, side by side."""

from linkage.bundle.checks.disclosures import SEAL
from linkage.bundle.checks.ladder import Verified


def compare(found: Verified, other: Verified, name: str) -> None:
    """Add to the first report what the other view contradicts."""
    report = found.report
    if not other.report.good:
        report.fault(
            "V2", "the other view does not verify itself", name, found=f"{len(other.report.faults)} faults"
        )
        return
    if found.seal.get("case") != other.seal.get("case"):
        report.fault(
            "V2",
            "a view of another case",
            name,
            expected=found.seal.get("case"),
            found=other.seal.get("case"),
        )
    elif found.view.get("seal") != other.view.get("seal"):
        known = {found.seal.get("prior-seal"), other.seal.get("prior-seal")}
        follows = {found.view.get("seal"), other.view.get("seal")} & known
        what = "one seal takes the place of the other" if follows else "two seals of one case"
        report.fault("V2", what, SEAL, expected=other.view.get("seal"), found=found.view.get("seal"))
    for path in sorted(found.opened.paths.keys() & other.opened.paths.keys()):
        if found.opened.paths[path] != other.opened.paths[path]:
            report.fault("V2", "two values sealed for one path", name, found=path.hex())
