"""The runs of a case, from its audit file: beside the sealed one those that were replaced, failed or stopped.

Who runs a case until he likes what it finds leaves a trace: a reader of a bundle sees how often that was, and
whether with the settings that are sealed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from linkage.case.journal import BEGUN, FAILED

Row = Mapping[str, Any]

RUN = "investigate"
SEALED, REPLACED = "sealed", "replaced by a later run"
STOPPED, KILLED = "failed or interrupted", "not finished"
"""What became of a run."""


def attempts(audit: Sequence[Row], run: Row, run_sha256: str) -> list[dict[str, str]]:
    """Each run that was begun, oldest first: when, what became of it, and whether its settings were those of
    the sealed run (`run` is the receipt of that one)."""
    found: dict[int, dict[str, str]] = {}
    last = max((entry["seq"] for entry in audit if entry["action"] == RUN), default=0)
    for entry in audit:
        detail = entry.get("detail") or {}
        key = int(detail.get("begun") or entry["seq"])
        if entry["action"] == f"{RUN} {BEGUN}":
            found[key] = _row(entry, KILLED, run)
        elif entry["action"] == f"{RUN} {FAILED}" and key in found:
            found[key]["outcome"] = STOPPED
        elif entry["action"] == RUN:
            row = found.setdefault(key, _row(entry, REPLACED, run))
            # Entries of earlier versions do not name the run; the last one made the tables.
            own = detail["run"] == run_sha256 if "run" in detail else entry["seq"] == last
            row["outcome"] = SEALED if own else REPLACED
    return list(found.values())


def _row(entry: Row, outcome: str, run: Row) -> dict[str, str]:
    given = (entry.get("detail") or {}).get("settings")
    same = "unknown" if given is None else "as sealed" if given == run.get("settings_digest") else "others"
    return {"at": str(entry["at"]), "outcome": outcome, "settings": same}
