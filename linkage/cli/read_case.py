"""Opens a case to read it only, and records that in the audit file of the case."""

from pathlib import Path

from linkage.case.journal import audit, user
from linkage.case.reader import CaseReader
from linkage.cli.screen.terminal import say
from linkage.errors import IntegrityError


def read_case(path: Path, action: str, who: str, **detail: str | bool) -> CaseReader:
    """The case at a path, for questions that need no explanation of a pair: that takes a while to load."""
    case = CaseReader(path)
    record(case, action, who, detail)
    return case


def record(case: CaseReader, action: str, who: str, detail: dict[str, str | bool]) -> None:
    """Add an entry to the audit file of a case. If the file cannot take it, warns and goes on."""
    try:
        audit(case.path, action, detail, who=who or user())
    except (OSError, IntegrityError) as error:
        say(f"warning: the audit file of the case does not record this command: {error}")
