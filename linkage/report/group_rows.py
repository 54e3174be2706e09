"""One row for each group of a report, for the spreadsheet."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from linkage.report import case_overview, dossier_answers
from linkage.report.document import Group
from linkage.report.formatting import share
from linkage.report.group_view import Subject
from linkage.report.opened_units import Whole

Value = str | int | float | date | None
Column = tuple[str, int, str]
"""The head of a column, its width in characters, and what stands in it, one of FORMATS."""

FORMATS = {
    "text": "@",
    "count": "#,##0",
    "bits": "+#,##0.000;-#,##0.000;0.000",
    "share": "0.0%",
    "number": "General",
    "day": "yyyy-mm-dd",
}
"""What a column holds, with how a spreadsheet writes it."""

COLUMNS: Sequence[Column] = (
    ("group", 16, "text"), ("outcome", 12, "text"), ("evidence", 16, "text"), ("accounts", 10, "count"),
    ("core", 8, "count"), ("interactions", 12, "count"), ("tokens sent", 12, "count"),
    ("tokens received", 12, "count"), ("first day", 12, "day"), ("last day", 12, "day"),
    ("log-odds, bits", 12, "bits"), ("q-value", 10, "number"), ("stability", 10, "share"),
    ("distillation", 12, "share"), ("infrastructure", 14, "text"), ("points against", 10, "count"),
    ("weakest point", 50, "text"), ("best innocent explanation", 26, "text"),
    ("bits for one operator against it", 14, "bits"), ("known operator", 22, "text"),
    ("asked for", 40, "text"), ("MITRE ATLAS", 28, "text"), ("a person decided", 30, "text"),
    ("linked by, set apart by", 60, "text"),
)  # fmt: skip

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


def as_number(given: object) -> Value:
    """A number for what is written as one; anything else as the text it is, so that no text becomes more."""
    said = str(given) if given is not None else None
    if said is None or not _NUMBER.fullmatch(said):
        return said
    return float(said) if "." in said else int(said)


def rows(whole: Whole, groups: Iterable[Group]) -> Iterable[Sequence[Value]]:
    """The rows, in the order of the report."""
    for each in groups:
        yield tuple(_row(Subject(each.name, whole, whole.groups[each.name], {}), each.decided))


def _row(subject: Subject, decided: str) -> Iterable[Value]:
    unresolved = case_overview.is_unresolved(subject)
    strength = subject.examination.strength if subject.examination else None
    story, against = dossier_answers.best_innocent(subject) or (None, None)
    known = case_overview.known_operator(subject)
    yield subject.name
    yield "unresolved, no finding" if unresolved else "reported"
    yield strength.level if strength else None
    yield case_overview.size(subject)
    yield _claimed(subject, "count-core")
    for name in ("interactions", "input-tokens", "output-tokens"):
        yield as_number(subject.group.fields.get(name))
    yield from _days(subject)
    for name in ("log-odds", "q-value"):
        yield as_number(subject.group.fields.get(name))
    yield _claimed(subject, "mean-membership")
    yield as_number(subject.group.fields.get("distillation"))
    yield subject.group.fields.get("infrastructure")
    yield _claimed(subject, "count-against")
    yield strength.reasons[0] if strength and strength.reasons else None
    yield story
    yield against
    yield None if known is None else f"{known['hypothesis']}, {known['confidence']} confidence"
    yield ", ".join(f"{name} {share(part)}" for name, part in subject.field("targets") or ())
    yield ", ".join(each.id for each in dossier_answers.named_techniques(subject))
    yield decided
    yield case_overview.in_one_line(subject)


def _claimed(subject: Subject, method: str) -> Value:
    found = subject.claim(method)
    return as_number(found[1]["value"]) if found else None


def _days(subject: Subject) -> Iterable[Value]:
    """The first and the last day; as they stand where they are no days."""
    for day in subject.field("active-days") or (None, None):
        try:
            yield None if day is None else date.fromisoformat(str(day))
        except ValueError:
            yield str(day)
