"""The custody file: every line carries the digest of the one before, and the seal names one of them."""

import hashlib
from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.seal_page import Seal, is_moment
from linkage.bundle.checks.strict_json import NotStrict, count_of, json_bytes, strict

CUSTODY = "data/custody/custody.jsonl"
NOTHING_BEFORE = "0" * 64
CUSTODY_ACTS = (
    "compute", "compute-begun", "compute-failed", "review", "transfer", "import", "seal", "re-export", "look",
    "mend", "export",
)  # fmt: skip

ACT_FIELDS = {"act": str, "actor": str, "at": str, "in": list, "out": str, "prev": str, "seq": int}
ENTRY_FIELDS, EXPORT_FIELDS = {"clock": str, "entry": str}, {"clock": str, "override": str}
"""The fields of every act, and those that an act of the audit file or an export may have beside them."""

Act = dict[str, Any]


def check_chain(content: Content, seal: Seal, view: dict[str, Any], digest: str) -> list[Act]:
    """Order, numbers, times, that the sealed part is the one that was sealed, and that seal and export are
    those of this view; returns the acts. `digest` is that of the seal's page."""
    report = content.report
    before, last, heads, acts = NOTHING_BEFORE, "", [NOTHING_BEFORE], []
    for number, line in enumerate(content.lines(CUSTODY, "V2"), 1):
        where = f"{CUSTODY}:{number}"
        row = _act_row(line, where, report)
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
        last = _time(row, (last, seal["declared"]), where, report)
        before = hashlib.sha256(line).hexdigest()
        heads.append(before)
        acts.append(row)
    sealed = _sealed_part(acts, heads, seal, report)
    _sealing(acts[:sealed], seal, report)
    _handed_out(acts[sealed:], seal, view, digest, report)
    if behind := sum("clock" in row for row in acts):
        report.facts["acts whose clock was behind the act before"] = str(behind)
    return acts


def _act_row(line: bytes, where: str, report: Report) -> Act:
    try:
        row = strict(line)
    except NotStrict as error:
        report.fault("V2", f"a custody line: {error}", where)
        return {}
    if not isinstance(row, dict):
        report.fault("V2", "a custody line that is no object", where)
        return {}
    if row.get("act") not in CUSTODY_ACTS:
        report.fault("V2", "an act that custody does not know", where, found=row.get("act"))
    if not _is_act(row) or json_bytes(row) != line + b"\n":
        report.fault("V2", "a custody line of another form", where, expected=", ".join(ACT_FIELDS), found=row)
    return row


def _is_act(row: Act) -> bool:
    """Whether an act has the fields that acts have, each of its kind, and no others."""
    known = {**ACT_FIELDS, **(EXPORT_FIELDS if row.get("act") == "export" else ENTRY_FIELDS)}
    read = row.get("in")
    return (
        all(name in known and type(value) is known[name] for name, value in row.items())
        and ACT_FIELDS.keys() <= row.keys()
        and isinstance(read, list)
        and all(isinstance(each, str) for each in read)
    )


def _time(row: Act, bounds: tuple[str, str], where: str, report: Report) -> str:
    """The time of a line, which is not before the one before it; `bounds` are that one's, and the seal's."""
    last = bounds[0]
    at, clock = str(row.get("at")), row.get("clock")
    for said in (at, str(clock)) if clock is not None else (at,):
        if not is_moment(said):
            report.fault("V2", "a custody time that is not in UTC", where, found=said)
            return last
    if at < last:
        report.fault("V2", "a clock that goes back in custody", where, expected=f"from {last}", found=at)
    if clock is not None and (str(clock) >= at or at not in bounds):
        # It stands there only where it was behind, and then the line has the time of what came before.
        report.fault("V2", "a custody time that its clock did not show", where, expected=clock, found=at)
    return max(at, last)


def _sealed_part(acts: list[Act], heads: list[str], seal: Seal, report: Report) -> int:
    """How many acts are under the seal."""
    sealed = count_of(seal["custody-entries"]) or 0
    if sealed >= len(heads) or heads[sealed] != seal["custody-head"]:
        found = heads[sealed] if sealed < len(heads) else f"{len(acts)} lines"
        report.fault(
            "V2", "custody is not what was sealed", CUSTODY, expected=seal["custody-head"], found=found
        )
    return sealed


def _sealing(sealed: list[Act], seal: Seal, report: Report) -> None:
    """A case that was sealed before says so: by number, and by the seal before."""
    earlier = [str(row.get("out")) for row in sealed if row.get("act") == "seal"]
    prior = earlier[-1] if earlier else NOTHING_BEFORE
    if seal["prior-seal"] != prior or seal["sealing"] != str(len(earlier) + 1):
        expected = f"number {len(earlier) + 1}, after {prior}"
        found = f"number {seal['sealing']}, after {seal['prior-seal']}"
        report.fault("V2", "a seal that hides an earlier one", CUSTODY, expected=expected, found=found)
    if any(str(row.get("at")) > seal["declared"] for row in sealed):
        report.fault("V2", "sealed before what it seals was done", CUSTODY, found=seal["declared"])
    report.facts["sealed"] = seal["declared"]
    if earlier:
        report.facts["sealed again"] = f"this is seal number {len(earlier) + 1}; the one before is {prior}"


def _handed_out(rest: list[Act], seal: Seal, view: dict[str, Any], digest: str, report: Report) -> None:
    """After the sealed part: this seal and no other, then, as the last act, the export of this view."""
    acts = [row.get("act") for row in rest]
    if acts[-1:] != ["export"] or acts.count("export") != 1 or acts.count("seal") != 1:
        return report.fault(
            "V2", "custody does not end with seal and export", CUSTODY, expected="seal, export", found=acts
        )
    (sealing,) = (row for row in rest if row.get("act") == "seal")
    export = rest[-1]
    if sealing.get("out") != digest or export.get("in") != [digest]:
        report.fault("V2", "custody names another seal", CUSTODY, expected=digest, found=sealing.get("out"))
    if str(sealing.get("at")) < seal["declared"]:
        report.fault("V2", "the seal was recorded before it was made", CUSTODY, expected=seal["declared"])
    for what, said, wanted in (
        ("custodian", sealing.get("actor"), seal["custodian"]),
        ("recipient", export.get("out"), view.get("recipient")),
        ("signer", export.get("actor"), view.get("signer")),
        ("time of export", export.get("at"), view.get("exported")),
        ("reason to override", export.get("override", ""), view.get("override")),
    ):
        if view and said != wanted:
            report.fault("V2", f"custody names another {what}", CUSTODY, expected=wanted, found=said)
