"""The custody file: every line carries the digest of the one before, and the seal names one of them."""

import hashlib
import re
from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.disclosures import Seal
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.strict_json import NotStrict, count_of, strict

CUSTODY = "data/custody/custody.jsonl"
NOTHING_BEFORE = "0" * 64
UTC_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")


def check_chain(content: Content, seal: Seal, seal_digest: str, report: Report) -> None:
    """Order, numbers, times, and that the sealed part is the one that was sealed."""
    before, last, heads, acts = NOTHING_BEFORE, "", [NOTHING_BEFORE], []
    for number, line in enumerate(content.lines(CUSTODY, "V2"), 1):
        where = f"{CUSTODY}:{number}"
        row = _row(line, where, report)
        if row.get("prev") != before:
            report.fault(
                "V2",
                "a custody line that does not follow from the one before",
                where,
                expected=before,
                found=row.get("prev"),
            )
        if row.get("seq") != number:
            report.fault("V2", "a gap in the custody numbers", where, expected=number, found=row.get("seq"))
        at = str(row.get("at"))
        if not UTC_MOMENT.fullmatch(at):
            report.fault("V2", "a custody time that is not in UTC", where, found=at)
        elif at[:19] < last:
            report.fault("V2", "a clock that goes back in custody", where, expected=f"from {last}", found=at)
        last = at[:19]
        before = hashlib.sha256(line).hexdigest()
        heads.append(before)
        acts.append(row)
    _against_seal(acts, heads, seal, seal_digest, report)


def _row(line: bytes, where: str, report: Report) -> dict[str, Any]:
    try:
        row = strict(line)
    except NotStrict as error:
        report.fault("V2", f"a custody line: {error}", where)
        return {}
    return row if isinstance(row, dict) else {}


def _against_seal(
    acts: list[dict[str, Any]], heads: list[str], seal: Seal, digest: str, report: Report
) -> None:
    sealed = count_of(seal["custody-entries"]) or 0
    if sealed >= len(heads) or heads[sealed] != seal["custody-head"]:
        found = heads[sealed] if sealed < len(heads) else f"{len(acts)} lines"
        report.fault(
            "V2", "custody is not what was sealed", CUSTODY, expected=seal["custody-head"], found=found
        )
    rest = [(row.get("act"), row.get("out")) for row in acts[sealed:]]
    if [act for act, _ in rest] != ["seal", "export"]:
        report.fault(
            "V2", "custody does not end with seal and export", CUSTODY, expected="seal, export", found=rest
        )
    elif rest[0][1] != digest:
        report.fault("V2", "custody names another seal", CUSTODY, expected=digest, found=rest[0][1])
