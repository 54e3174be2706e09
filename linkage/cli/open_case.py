"""Opens a case for a command, and records that in the audit file of the case."""

from pathlib import Path

from linkage.case import Case
from linkage.cli.read_case import record


def open_case(path: Path, action: str, who: str, **detail: str | bool) -> Case:
    """The case at a path."""
    case = Case(path)
    record(case, action, who, detail)
    return case
