"""Opening a case for a command, with an entry in its audit file."""

from pathlib import Path

from linkage.case import Case, audit, user
from linkage.cli.terminal import say
from linkage.errors import IntegrityError


def opened(path: Path, action: str, who: str, **detail: str | bool) -> Case:
    """The case at a path. Where the audit file cannot take an entry, says so and goes on."""
    case = Case(path)
    try:
        audit(case.path, action, detail, who=who or user())
    except (OSError, IntegrityError) as error:
        say(f"warning: this look at the case is not recorded: {error}")
    return case
