"""The custody file: who did what with a case, from its audit file, up to the act that handed a view out.

Its first lines are sealed. After them come the seal, whatever was done since, and the export. Times never go
back: where the clock did, a line has the time of the line before it, and beside it what the clock showed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.bundle.checks.custody_chain import NOTHING_BEFORE
from linkage.bundle.units import Secret, json_line, moment
from linkage.case.journal import BEGUN, FAILED, MENDED
from linkage.errors import IntegrityError

Row = Mapping[str, Any]

SEALING = "bundle seal"
"""The audit entry of a sealing; its detail names the seal, its number, the one before, and the custodian."""

ACTS = {
    "investigate": "compute",
    f"investigate {BEGUN}": "compute-begun",
    f"investigate {FAILED}": "compute-failed",
    MENDED: "mend",
    "judge": "review",
    "neo4j push": "transfer",
    "neo4j pull": "import",
    SEALING: "seal",
    "bundle create": "re-export",
    "bundle redact": "re-export",
    "share": "re-export",
}
"""What an audit entry is called in custody; every other one is a look at the case."""


@dataclass(frozen=True)
class Export:
    """The act of handing a view out: when, to whom, by which key (principal, fingerprint), of which seal."""

    at: str
    recipient: str
    signer: str
    seal: str
    override: str = ""
    clock: str = ""


def custody_lines(audit: Sequence[Row], secret: Secret) -> list[bytes]:
    """The sealed part: a line for each audit entry, each with the digest of the one before.

    What the sealed run read and wrote is named by the units that say it, which a view may withhold.
    """
    lines: list[bytes] = []
    computed = [number for number, entry in enumerate(audit) if entry["action"] == "investigate"]
    last = ""
    for number, entry in enumerate(audit):
        row = _act(entry, last, secret)
        if computed and number == computed[-1]:
            row |= {"in": ["run/input"], "out": "run/sha256"}
        last = row["at"]
        lines.append(_chained(row, lines))
    return lines


def handed_out(
    lines: Sequence[bytes], since: Sequence[Row], export: Export, secret: Secret, last: str
) -> list[bytes]:
    """The whole file of a view: the sealed part, what was done `since` (audit entries, the sealing among
    them), and to whom it was handed. `last` is the time before which none of them was: that of the seal."""
    found = list(lines)
    for entry in since:
        row = _act(entry, last, secret)
        last = row["at"]
        found.append(_chained(row, found))
    handed = {"act": "export", "actor": export.signer, "at": export.at, "in": [export.seal]}
    handed |= {"out": export.recipient}
    handed |= {name: said for name in ("override", "clock") if (said := getattr(export, name))}
    found.append(_chained(handed, found))
    return found


def _act(entry: Row, last: str, secret: Secret) -> dict[str, Any]:
    row: dict[str, Any] = {
        "act": ACTS.get(str(entry["action"]), "look"),
        "actor": f"person/{secret.handle('person', str(entry['who']))}",
        # Keyed: an entry may name accounts, and its plain digest would tell whoever guesses them.
        "entry": secret.digest("audit", str(entry["hash"])),
        "in": [],
        "out": "",
        **not_before(last, str(entry["at"])),
    }
    if entry["action"] == SEALING:
        row |= {"actor": entry["detail"]["custodian"], "out": entry["detail"]["seal"]}
    return row


def not_before(last: str, now: str) -> dict[str, str]:
    """The time of an act that follows one at `last`, and what the clock showed where that was earlier."""
    try:
        clock = str(moment(datetime.fromisoformat(now)))
    except ValueError as error:
        raise IntegrityError(f"{now}: an audit entry without a time") from error
    return {"at": clock} if clock >= last else {"at": last, "clock": clock}


def last_time(audit: Sequence[Row]) -> str:
    """The latest time that the entries of an audit file show; empty where there are none."""
    return max((not_before("", str(entry["at"]))["at"] for entry in audit), default="")


def sealings(audit: Sequence[Row]) -> list[Row]:
    """What the audit file says of each sealing, oldest first."""
    return [entry["detail"] for entry in audit if entry["action"] == SEALING]


def head(lines: Sequence[bytes]) -> str:
    """The digest of the last line."""
    return hashlib.sha256(lines[-1].rstrip(b"\n")).hexdigest() if lines else NOTHING_BEFORE


def _chained(row: dict[str, Any], lines: Sequence[bytes]) -> bytes:
    return json_line({**row, "seq": len(lines) + 1, "prev": head(lines)})
