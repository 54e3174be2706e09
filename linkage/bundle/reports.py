"""Reports for use inside the house: an internal draft of all that a case holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linkage.bundle.case_units import Inputs, units
from linkage.bundle.checks.faults import RUNGS
from linkage.bundle.claims import claims
from linkage.bundle.sealed_units import sealed
from linkage.bundle.units import Secret
from linkage.bundle.unresolved_groups import is_unresolved
from linkage.bundle.view_report import of_errors, plots
from linkage.case import Case
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.errors import CaseError, UsageError
from linkage.report import html, pdf, xlsx
from linkage.report.document import Document
from linkage.report.dossier import dossier
from linkage.report.opened_units import INDICATORS, Source, Whole
from linkage.report.sections import Given, document

FORMS = (".html", ".pdf", ".xlsx")
DOSSIER_FORMS = (".html", ".pdf")


@dataclass(frozen=True)
class Report:
    """A report that can become a file of several kinds."""

    document: Document
    whole: Whole
    source: Source

    def as_file(self, suffix: str) -> bytes:
        """The report as HTML, PDF or XLSX."""
        if suffix == ".pdf":
            return pdf.render(self.document)
        return (
            xlsx.render(self.document, self.whole, self.source)
            if suffix == ".xlsx"
            else html.render(self.document)
        )

    def plots(self) -> dict[str, bytes]:
        """Every picture as a Vega-Lite specification, by file name."""
        return plots(self.document)


def of_case(case: Case, groups: Sequence[str]) -> Report:
    """An internal draft on some groups, or on all that are reported; it is neither sealed nor signed."""
    told = _told(case, groups)
    given = replace(
        told.given,
        title=f"Evidence in case {case.path.resolve().name}",
        unresolved=[_open_question(told.inputs, row) for row in told.inputs.findings if is_unresolved(row)],
        explained=len(set(case.table("explained").column("group").to_pylist())),
        scripted=True,
    )
    return Report(*document(told.source, given), told.source)


def dossier_of_case(case: Case, groups: Sequence[str]) -> Report:
    """A dossier on some groups, or on all that are reported: one page for each."""
    told = _told(case, groups)
    given = replace(told.given, title=f"Dossier of case {case.path.resolve().name}")
    details: Mapping[str, Any] = case.run.get("groups", {})
    settles = {
        group: str(settled)
        for group, detail in details.items()
        if (settled := (detail.get("competing") or {}).get("settles"))
    }
    settles |= {str(row["group"]): row["settles"] for row in told.inputs.findings if is_unresolved(row)}
    return Report(*dossier(told.source, given, settles), told.source)


@dataclass(frozen=True)
class _Told:
    """What of a case an internal draft is made of."""

    inputs: Inputs
    source: Source
    given: Given


def _told(case: Case, groups: Sequence[str]) -> _Told:
    inputs = sealed(case, read_lines(case.path / AUDIT), texts_of=groups)
    known(groups, inputs)
    chosen = set(groups or (row["group"] for row in inputs.findings if not is_unresolved(row)))
    listed = {name.replace("-", "_") for name in INDICATORS}
    said = [claim for claim in claims(inputs) if claim["group"] in chosen]

    def source(start: str) -> Iterator[tuple[str, Any]]:
        # Its numbers need no salts: nobody is asked to check them against a seal.
        seen = (row for row in inputs.seen if row[1] in listed)
        read = replace(inputs, seen=() if start else seen)
        for path, value, group in units(read, Secret(b""), said):
            if path.startswith(start) and (not group or group in chosen):
                yield path, value

    given = Given(
        **of_errors(source, sorted(chosen)),
        title="",
        label="Internal draft: unsigned, names real accounts",
        ladder=list(RUNGS.items()),
        verdicts={group: list(_decided(case.verdicts(), group)) for group in sorted(chosen)},
    )
    return _Told(inputs, source, given)


def _open_question(inputs: Inputs, finding: Mapping[str, Any]) -> dict[str, Any]:
    """An unresolved group as an overview lists it."""
    group = str(finding["group"])
    return {"group": group, "accounts": len(inputs.members[group]), "settles": finding["settles"]}


def _decided(verdicts: Iterable[Mapping[str, Any]], group: str) -> Iterator[str]:
    """What people decided on a group, oldest first."""
    for row in verdicts:
        if row.get("group") == group:
            reason = f": {row['reason']}" if row.get("reason") else ""
            yield f"{row['verdict']} by {row['who']} on {str(row['at'])[:10]}{reason}"


def form(out: Path, forms: Sequence[str] = FORMS) -> str:
    """The kind of file that a name asks for; raises UsageError for one that is not among `forms`."""
    suffix = out.suffix.lower()
    if suffix not in forms:
        raise UsageError(f"{out}: no kind of report", hint=f"a name that ends in {', '.join(forms)}")
    if suffix == ".pdf":
        require_pdf()
    return suffix


def require_pdf() -> None:
    """Raises UsageError where reports cannot be set on paper, before anything else is done."""
    pdf.typesetter()


def known(groups: Sequence[str], inputs: Inputs) -> None:
    """Raises CaseError for a group that the case neither reports nor calls unresolved."""
    for group in groups:
        if group not in inputs.members:
            hint = f"one of {', '.join(inputs.members)}"
            raise CaseError(f"{group}: no reported group of this case, nor an unresolved one", hint=hint)
