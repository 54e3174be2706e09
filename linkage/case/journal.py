"""What people decided on a case, and who did what with it: two files that only ever grow.

Audit entries are chained: each carries the hash of the one before, so a changed, lost or moved line shows. An
entry on a verdict carries the digest of the verdict, so a changed verdict shows, too.
"""

import getpass
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkage.case.ndjson import TORN, Row, append, append_unless, mend, number_after, read_lines, torn

AUDIT, VERDICTS = "audit.ndjson", "verdicts.ndjson"
START = "0" * 64
"""What the first audit entry names as the one before it."""

JUDGED, MENDED = "judge", "mend"
BEGUN, FAILED = "begun", "failed"
"""Behind the name of an act: that it was begun, and that it failed. One that was begun and neither done nor
failed was killed."""

SEALED_FILES = ("seal/exports.ndjson", "seal/checkpoints.ndjson")
"""The files beside the seal that grow in the same way."""


@dataclass(frozen=True)
class Act:
    """Something a person has the program do, as the audit file names it."""

    who: str
    action: str
    detail: Mapping[str, Any]


def user() -> str:
    """The account of the operating system that runs this program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def audit(case: Path, action: str, detail: Mapping[str, Any], *, who: str) -> Row:
    """Add an entry to the audit file of a case; returns it."""
    return append(case / AUDIT, lambda last: _entry(last, Act(who, action, detail)))


def audit_once(case: Path, act: Act, key: str) -> None:
    """Add the entry of an act unless it is there: an entry of its name with the same `key` in its detail."""

    def entry(last: Row | None) -> Row | None:
        rows = read_lines(case / AUDIT)
        wanted = act.action, act.detail[key]
        done = any((row.get("action"), row.get("detail", {}).get(key)) == wanted for row in rows)
        return None if done else _entry(last, act)

    append_unless(case / AUDIT, entry)


def _entry(last: Row | None, act: Act) -> Row:
    body = {
        "seq": number_after(last),
        "at": now(),
        "who": act.who,
        "action": act.action,
        "detail": dict(act.detail),
        "prev": last["hash"] if last else START,
    }
    return {**body, "hash": _hash(body)}


def audit_faults(case: Path) -> list[str]:
    """Every entry of the audit file that does not fit the one before it, and every verdict that is not the
    one an entry names, in words."""
    faults, previous, number = [], START, 0
    rows = read_lines(case / AUDIT)
    for number, row in enumerate(rows, 1):
        body = {key: value for key, value in row.items() if key != "hash"}
        if row.get("seq") != number or row.get("prev") != previous or row.get("hash") != _hash(body):
            faults.append(f"{AUDIT}: line {number} does not follow from the line before it")
        previous = str(row.get("hash"))
    return faults + _verdict_faults(rows, {row["seq"]: row for row in read_verdicts(case)})


def _verdict_faults(rows: list[Row], verdicts: Mapping[int, Row]) -> list[str]:
    faults = []
    for row in rows:
        detail = row.get("detail")
        if row.get("action") == JUDGED and isinstance(detail, dict) and "sha256" in detail:
            found = verdicts.get(detail.get("seq", 0))
            if found is None or _hash(found) != detail["sha256"]:
                faults.append(f"{VERDICTS}: verdict {detail.get('seq')} is not the one that was given")
    return faults


def read_verdicts(case: Path) -> list[Row]:
    """All verdicts, oldest first; none where there is no such file yet."""
    return read_lines(case / VERDICTS)


def add_verdict(case: Path, verdict: Row) -> Row:
    """Add a verdict, numbered and dated, and its audit entry; returns the verdict as written."""
    row = append(case / VERDICTS, lambda last: {"seq": number_after(last), "at": now(), **verdict})
    detail = {"seq": row["seq"], "verdict": row["verdict"], "sha256": _hash(row)}
    audit(case, JUDGED, detail, who=str(row["who"]))
    return row


def mend_all(case: Path) -> None:
    """Take torn last lines out of the files of a case, and enter each in the audit file.

    Leaves everything as it is where the case cannot be written.
    """
    with suppress(OSError):
        for name in (AUDIT, VERDICTS, *SEALED_FILES):
            mend(case / name)
        for folder in (case, case / "seal"):
            for kept in torn(folder):
                file, _, digest = kept.name.rpartition("-")
                where = f"{folder.relative_to(case) / TORN / kept.name}"
                detail = {"file": file, "sha256": digest, "bytes": kept.stat().st_size, "kept": where}
                audit_once(case, Act(user(), MENDED, detail), "sha256")


def now() -> str:
    """This moment, in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
