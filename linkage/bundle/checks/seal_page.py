"""The page of a seal: its fields, the one way to write them, and the number of the form of bundles it begins.

A verifier reads the bundles of one schema alone: it renders every text of a bundle again, and texts are part
of the schema. Whoever changes what is rendered raises its number.
"""

import re
import time

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.faults import Report

SEAL = "data/seal/SEAL.txt"
SEAL_TITLE = "evidence seal v1"
SCHEMA = 4
"""Bundles of schema 2 lacked `data/case.jsonld`; seal, custody and times had more than one form."""

OTHER_SCHEMA = "a bundle of another schema: only verify_bundle.py of the version that sealed it reads it"

Seal = dict[str, str]

MOMENT_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
"""One form alone, so that the order of texts is the order of times."""

_TEXT, _COUNT, _DIGEST = re.compile("[ -~]+"), re.compile("0|[1-9][0-9]{0,14}"), re.compile("[0-9a-f]{64}")
_FORMS = {
    "case": _TEXT, "declared": MOMENT_FORM, "tool": _TEXT, "schema": _COUNT, "custodian": _TEXT,
    "commitments": _COUNT, "commitments-sha256": _DIGEST, "run-sha256": _DIGEST, "custody-entries": _COUNT,
    "custody-head": _DIGEST, "sealing": _COUNT, "prior-seal": _DIGEST,
}  # fmt: skip
SEAL_FIELDS = tuple(_FORMS)


def is_moment(text: object) -> bool:
    """Whether a text is a moment in UTC, with its six decimals, that a calendar has."""
    if not isinstance(text, str) or not MOMENT_FORM.fullmatch(text):
        return False
    try:
        time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return False
    return True


def page_text(fields: Seal) -> bytes:
    """The page in the one way to write it; raises UnicodeEncodeError beyond Latin-1, which no page holds."""
    rows = (f"{name}: {fields[name]}" for name in SEAL_FIELDS)
    return "\n".join([SEAL_TITLE, *rows, ""]).encode("latin-1")


def read_seal(content: Content, report: Report) -> Seal:
    """The fields of the seal; a field that is missing is empty."""
    text = content.whole(SEAL, "V2")
    pairs = [line.partition(": ")[::2] for line in text.decode("latin-1").split("\n")[1:-1]]
    fields = {**dict.fromkeys(SEAL_FIELDS, ""), **dict(pairs)}
    if not text:
        return fields
    if is_of_another_schema(fields):
        found = f"schema {fields['schema']}, sealed by {fields['tool']}"
        report.fault("V2", OTHER_SCHEMA, SEAL, expected=f"schema {SCHEMA}", found=found)
        return fields
    if set(fields) != set(SEAL_FIELDS) or text != page_text(fields):
        report.fault("V2", "not a seal of version 1", SEAL, expected=", ".join(SEAL_FIELDS))
    for name, form in _FORMS.items():
        if not form.fullmatch(fields[name]) or (name == "declared" and not is_moment(fields[name])):
            report.fault("V2", f"a seal whose {name} is of another form", SEAL, found=fields[name])
    return fields


def is_of_another_schema(seal: Seal) -> bool:
    """Whether a seal says a number that is not this verifier's; what says none is no seal at all."""
    return _COUNT.fullmatch(seal["schema"]) is not None and seal["schema"] != str(SCHEMA)
