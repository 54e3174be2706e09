"""The custody file: who did what with a case, from its audit file, then that it was sealed and handed out."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from linkage.bundle.checks.custody_chain import NOTHING_BEFORE
from linkage.bundle.units import Secret, json_line

Row = Mapping[str, Any]

ACTS = {
    "investigate": "compute",
    "judge": "review",
    "neo4j push": "transfer",
    "neo4j pull": "import",
    "bundle create": "re-export",
    "bundle redact": "re-export",
    "share": "re-export",
}
"""What an audit entry is called in custody; every other one is a look at the case."""


def custody_lines(audit: Sequence[Row], run: Row, run_sha256: str, secret: Secret) -> list[bytes]:
    """The sealed part: a line for each audit entry, each with the digest of the one before."""
    lines: list[bytes] = []
    computed = [number for number, entry in enumerate(audit) if entry["action"] == "investigate"]
    for number, entry in enumerate(audit):
        row: dict[str, Any] = {
            "act": ACTS.get(str(entry["action"]), "look"),
            "actor": f"person/{secret.handle('person', str(entry['who']))}",
            "at": entry["at"],
            "entry": entry["hash"],
            "in": [],
            "out": "",
        }
        if computed and number == computed[-1]:
            row["in"] = sorted(str(each["sha256"]) for each in run.get("inputs", ()))
            row["out"] = run_sha256
        lines.append(_chained(row, lines))
    return lines


def handed_out(lines: Sequence[bytes], *, at: str, seal: str, recipient: str, override: str) -> list[bytes]:
    """The whole file of a view: the sealed part, the seal, and to whom it was handed."""
    found = list(lines)
    found.append(_chained({"act": "seal", "actor": "custodian", "at": at, "in": [], "out": seal}, found))
    row = {"act": "export", "actor": "exporter", "at": at, "in": [seal], "out": recipient}
    found.append(_chained({**row, "override": override} if override else row, found))
    return found


def head(lines: Sequence[bytes]) -> str:
    """The digest of the last line."""
    return hashlib.sha256(lines[-1].rstrip(b"\n")).hexdigest() if lines else NOTHING_BEFORE


def _chained(row: dict[str, Any], lines: Sequence[bytes]) -> bytes:
    return json_line({**row, "seq": len(lines) + 1, "prev": head(lines)})
