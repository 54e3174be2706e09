"""Opens a case for a command, and records that in the audit file of the case."""

from pathlib import Path

from linkage.case import Case, audit, user
from linkage.cli.screen.terminal import say
from linkage.errors import IntegrityError


def open_case(path: Path, action: str, who: str, **detail: str | bool) -> Case:
    """The case at a path. If the audit file cannot take the entry, warns and goes on."""
    case = Case(path)
    try:
        audit(case.path, action, detail, who=who or user())
    except (OSError, IntegrityError) as error:
        say(f"warning: the audit file of the case does not record this command: {error}")
    return case
