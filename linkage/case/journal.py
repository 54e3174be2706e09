"""The two files of a case that only ever grow: what people decided, and who did what.

A line is added under a lock, so that two commands at once cannot interleave. Audit entries are
chained: each carries the hash of the one before, so a changed, lost or moved line shows.
"""

import fcntl
import getpass
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from linkage.errors import IntegrityError

AUDIT, VERDICTS = "audit.ndjson", "verdicts.ndjson"
START = "0" * 64
"""What the first audit entry names as the one before it."""

Row = dict[str, Any]


def user() -> str:
    """The account of the operating system that runs this program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def audit(case: Path, action: str, detail: Row, *, who: str) -> None:
    """Add an entry to the audit file of a case."""

    def entry(last: Row | None) -> Row:
        body = {
            "seq": last["seq"] + 1 if last else 1,
            "at": now(),
            "who": who,
            "action": action,
            "detail": detail,
            "prev": last["hash"] if last else START,
        }
        return {**body, "hash": _hash(body)}

    append(case / AUDIT, entry)


def audit_faults(case: Path) -> list[str]:
    """Every entry of the audit file that does not fit the one before it, in words."""
    faults, previous, number = [], START, 0
    for number, row in enumerate(read_lines(case / AUDIT), 1):
        body = {key: value for key, value in row.items() if key != "hash"}
        if row.get("seq") != number or row.get("prev") != previous or row.get("hash") != _hash(body):
            faults.append(f"{AUDIT}: line {number} does not follow from the line before it")
        previous = str(row.get("hash"))
    return faults


def read_verdicts(case: Path) -> list[Row]:
    """All verdicts, oldest first; none where there is no such file yet."""
    return read_lines(case / VERDICTS)


def add_verdict(case: Path, verdict: Row) -> Row:
    """Add a verdict, numbered and dated; returns the row as written."""
    return append(
        case / VERDICTS, lambda last: {"seq": last["seq"] + 1 if last else 1, "at": now(), **verdict}
    )


def read_lines(path: Path) -> list[Row]:
    """The rows of an NDJSON file; raises IntegrityError naming the line that is none."""
    if not path.exists():
        return []
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        rows.append(_parsed(line, f"{path}: line {number}"))
    return rows


def append(path: Path, make: Callable[[Row | None], Row]) -> Row:
    """Add the row that `make` derives from the last one; synced to disk before this returns."""
    with open(path, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last_line(file)
        row = make(_parsed(last, f"{path}: last line") if last else None)
        file.write(json.dumps(row).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return row


def now() -> str:
    """This moment, in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _last_line(file: BinaryIO) -> bytes:
    size, reach = file.seek(0, os.SEEK_END), 4096
    while size:
        file.seek(max(0, size - reach))
        tail = file.read()
        if not tail.endswith(b"\n"):
            raise IntegrityError(
                f"{file.name}: the last line is cut short", hint="keep a copy, then remove that line"
            )
        lines = tail.splitlines()
        if len(lines) > 1 or reach >= size:
            return lines[-1]
        reach *= 8
    return b""


def _parsed(line: bytes, where: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise IntegrityError(f"{where} is not JSON: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("seq"), int):
        raise IntegrityError(f"{where} is not an entry with a number")
    return row


def _hash(body: Row) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
